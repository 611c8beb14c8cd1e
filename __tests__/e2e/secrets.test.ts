import { describe, expect } from '@jest/globals';
import { failure } from '../standin/http/answer.js';
import { answer, type Fault, redirect } from '../standin/http/faults.js';
import type { StepResult } from '../standin/runner/runner.js';
import { nightlyWorld } from '../standin/scenarios/nightly.js';
import { ACCESS, APP_CODE, APP_SECRET, TOKEN } from '../standin/world/access.js';
import type { Server } from '../support/standin.js';
import { runMain, runPost, startMain, waitForOutput, withServer } from './harness.js';
import { concurrentTests } from './support/concurrent-tests.js';
import { endingWorld } from './support/worlds.js';

const concurrentTest = concurrentTests();

const HEADER_SECRETS = ['sso-ticket-0123456789', 'proxy-token-abcdefgh'];
const HEADERS = `Cookie: bk_ticket=${HEADER_SECRETS[0]}; theme=dark\nX-Access-Token: Bearer ${HEADER_SECRETS[1]}\nX-Bk-Tenant-Id: tenant-7`;

/** Every form in which a secret may appear. */
function formsOf(secret: string): readonly string[] {
  const encoded = encodeURIComponent(secret);
  const lower = encoded.replace(/%../g, (hex) => hex.toLowerCase());
  const base64 = Buffer.from(secret).toString('base64');
  return [
    ...[secret, encoded, lower, encodeURIComponent(encoded), encodeURIComponent(lower)],
    ...[
      JSON.stringify(secret).slice(1, -1),
      secret.replace(/[<>&=']/g, (char) => `\\u00${char.charCodeAt(0).toString(16)}`),
    ],
    ...[secret.replace(/[+=/]/g, (char) => `&#${char.charCodeAt(0)};`), secret.replaceAll('+', '&#43;')],
    ...[base64, base64.replace(/=+$/, ''), Buffer.from(secret).toString('base64url')],
  ];
}

/** All output of the step except for the commands that mask values. */
function visibleOutput({ stdout, stderr, outputs, state, summary, annotations }: StepResult): string {
  const printed = `${stdout}\n${stderr}`.split('\n').filter((line) => !line.startsWith('::add-mask::'));
  return [...printed, JSON.stringify({ outputs, state, annotations }), summary].join('\n');
}

function expectNoneOf(secrets: readonly string[], step: StepResult): void {
  const text = visibleOutput(step);
  for (const form of secrets.flatMap(formsOf)) expect(text).not.toContain(form);
  for (const secret of secrets) expect(step.masks).toContain(secret);
}

/** The answer of a server that repeats the token of the request, in all forms, and once where the message is cut. */
const echoing = (secret: string): Fault['action'] =>
  answer(failure(400, `bad request: access_token=${formsOf(secret).join(' ')} ${'x'.repeat(190)}${secret}`, 2100013));

const withToken = ({ ids }: Server) => ({ ...ids, accessToken: encodeURIComponent(TOKEN), headers: HEADERS });
const tokenWorld = () => nightlyWorld({ access: { ...ACCESS, tokenRequired: true } });
/** Switches on debug logging. */
const env = { RUNNER_DEBUG: '1' };

describe('the token and the secret headers appear nowhere in the output', () => {
  const secrets = [TOKEN, ...HEADER_SECRETS];
  const cases: [string, { faults: readonly Fault[]; exitCode: number }][] = [
    ['when the retry is accepted', { faults: [], exitCode: 0 }],
    ['when the server repeats the token', { faults: [{ on: 'retry', action: echoing(TOKEN) }], exitCode: 1 }],
    [
      'when the status read is refused with the token in the message',
      { faults: [{ on: 'status', count: Infinity, action: echoing(TOKEN) }], exitCode: 1 },
    ],
    [
      'when a redirect contains the token',
      { faults: [{ on: 'any', count: 9, action: redirect(`https://x.test/${TOKEN}?t=${TOKEN}`) }], exitCode: 1 },
    ],
  ];
  concurrentTest.each(
    cases,
    (name) => name,
    async ({ faults, exitCode }) => {
      await withServer({ world: tokenWorld(), faults }, async (server) => {
        const step = await runMain({ inputs: withToken(server), env });
        expect(step.exitCode).toBe(exitCode);
        expectNoneOf(secrets, step);
      });
    },
  );

  concurrentTest('when the address cannot be reached', async () => {
    await withServer({ world: tokenWorld() }, async (server) => {
      const step = startMain({ inputs: { ...withToken(server), apiUrl: 'https://127.0.0.1:9' }, env });
      await waitForOutput(step, /^Resend /m);
      step.signal('SIGINT');
      expectNoneOf(secrets, await step.done);
    });
  });

  concurrentTest('when other inputs are invalid', async () => {
    const inputs = {
      apiUrl: `https://user:${TOKEN}@x.test/?access_token=${TOKEN}`,
      accessToken: TOKEN,
      headers: HEADERS,
    };
    const step = await runMain({ inputs, env });
    expect(step.exitCode).toBe(1);
    expectNoneOf(secrets, step);
  });

  concurrentTest('when the build is followed and then stopped by post', async () => {
    await withServer({ world: tokenWorld() }, async (server) => {
      const inputs = { ...withToken(server), wait: 'true', pollSeconds: '1', stopOnAbort: 'true' };
      const step = startMain({ inputs, env });
      await waitForOutput(step, /queued/);
      step.signal('SIGKILL');
      const main = await step.done;
      expectNoneOf(secrets, main);
      const post = await runPost({ inputs, env, state: main.state });
      expect(server.effects().stops).toHaveLength(1);
      expectNoneOf(secrets, post);
    });
  });
});

concurrentTest("the app's secret appears nowhere in the output", async () => {
  await withServer({ world: endingWorld('FAILED') }, async ({ ids, standin }) => {
    const apiUrl = `${standin.url}/api/devops/prod/v4/apigw-app`;
    const inputs = { ...ids, apiUrl, appCode: APP_CODE, appSecret: APP_SECRET, wait: 'true', pollSeconds: '1' };
    const step = await runMain({ inputs, env });
    expect(step.outputs.result).toBe('failed');
    expectNoneOf([APP_SECRET], step);
  });
});

describe('names are not masked', () => {
  concurrentTest('names of projects, pipelines, builds, users and tenants stay readable', async () => {
    await withServer({ world: tokenWorld() }, async (server) => {
      const { ids } = server;
      const step = await runMain({ inputs: withToken(server) });
      for (const name of [ids.projectId, ids.pipelineId, ids.buildId, ids.username, 'tenant-7'])
        expect(step.masks).not.toContain(name);
      expect(step.outputs.buildId).toBe(ids.buildId);
    });
  });

  concurrentTest('but a build variable is never shown', async () => {
    await withServer({ world: endingWorld('FAILED') }, async ({ ids }) => {
      const step = await runMain({ inputs: { ...ids, wait: 'true', pollSeconds: '1' }, env });
      expect(visibleOutput(step)).not.toContain('hunter2');
    });
  });
});
