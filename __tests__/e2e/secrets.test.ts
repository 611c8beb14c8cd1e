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

/** In every form it may take on its way. */
function formsOf(secret: string): readonly string[] {
  const encoded = encodeURIComponent(secret);
  return [secret, encoded, encodeURIComponent(encoded), JSON.stringify(secret).slice(1, -1), encoded.toLowerCase()];
}

/** Everything that leaves the process, but for the commands that ask the runner to mask. */
function visibleOutput({ stdout, stderr, outputs, state, summary, annotations }: StepResult): string {
  const printed = `${stdout}\n${stderr}`.split('\n').filter((line) => !line.startsWith('::add-mask::'));
  return [...printed, JSON.stringify({ outputs, state, annotations }), summary].join('\n');
}

function expectNoneOf(secrets: readonly string[], step: StepResult): void {
  const text = visibleOutput(step);
  for (const form of secrets.flatMap(formsOf)) expect(text).not.toContain(form);
  for (const secret of secrets) expect(step.masks).toContain(secret);
}

/** A server that repeats what it was asked, as careless ones do. */
const echoing = (secret: string): Fault['action'] =>
  answer(failure(400, `bad request: access_token=${encodeURIComponent(secret)} (${secret})`, 2100013));

const withToken = ({ ids }: Server) => ({ ...ids, accessToken: encodeURIComponent(TOKEN), headers: HEADERS });
const tokenWorld = () => nightlyWorld({ access: { ...ACCESS, tokenRequired: true } });
/** Debug logging is what people switch on when something is wrong. */
const env = { RUNNER_DEBUG: '1' };

describe('the token and the secret headers appear nowhere', () => {
  const secrets = [TOKEN, ...HEADER_SECRETS];
  const cases: [string, { faults: readonly Fault[]; exitCode: number }][] = [
    ['when all goes well', { faults: [], exitCode: 0 }],
    ['when the server repeats the token', { faults: [{ on: 'retry', action: echoing(TOKEN) }], exitCode: 1 }],
    [
      'when the look is refused with it',
      { faults: [{ on: 'status', count: Infinity, action: echoing(TOKEN) }], exitCode: 0 },
    ],
    [
      'when a redirect carries it',
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

  concurrentTest('when the address can not be reached', async () => {
    await withServer({ world: tokenWorld() }, async (server) => {
      const step = startMain({ inputs: { ...withToken(server), apiUrl: 'https://127.0.0.1:9' }, env });
      await waitForOutput(step, /^Resend /m);
      step.signal('SIGINT');
      expectNoneOf(secrets, await step.done);
    });
  });

  concurrentTest('when other inputs are wrong', async () => {
    const inputs = {
      apiUrl: `https://user:${TOKEN}@x.test/?access_token=${TOKEN}`,
      accessToken: TOKEN,
      headers: HEADERS,
    };
    const step = await runMain({ inputs, env });
    expect(step.exitCode).toBe(1);
    expectNoneOf(secrets, step);
  });

  concurrentTest('when the build is followed, and stopped by post', async () => {
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

concurrentTest("the app's secret appears nowhere, and its code may", async () => {
  await withServer({ world: endingWorld('FAILED') }, async ({ ids, standin }) => {
    const apiUrl = `${standin.url}/api/devops/prod/v4/apigw-app`;
    const inputs = { ...ids, apiUrl, appCode: APP_CODE, appSecret: APP_SECRET, wait: 'true', pollSeconds: '1' };
    const step = await runMain({ inputs, env });
    expect(step.outputs.result).toBe('failed');
    expectNoneOf([APP_SECRET], step);
  });
});

describe('names are no secrets', () => {
  concurrentTest('projects, pipelines, builds, users and tenants stay readable in the whole job', async () => {
    await withServer({ world: tokenWorld() }, async (server) => {
      const { ids } = server;
      const step = await runMain({ inputs: withToken(server) });
      for (const name of [ids.projectId, ids.pipelineId, ids.buildId, ids.username, 'tenant-7'])
        expect(step.masks).not.toContain(name);
      expect(step.outputs.buildId).toBe(ids.buildId);
    });
  });

  concurrentTest('and a build variable is never shown', async () => {
    await withServer({ world: endingWorld('FAILED') }, async ({ ids }) => {
      const step = await runMain({ inputs: { ...ids, wait: 'true', pollSeconds: '1' }, env });
      expect(visibleOutput(step)).not.toContain('hunter2');
    });
  });
});
