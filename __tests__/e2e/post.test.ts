import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect } from '@jest/globals';
import { stallAt } from '../standin/http/faults.js';
import { withDefaults } from '../standin/runner/action.js';
import { startStep } from '../standin/runner/runner.js';
import type { Server } from '../support/standin.js';
import { ACTION, runMain, runPost, withServer } from './harness.js';
import { concurrentTests } from './support/concurrent-tests.js';
import { FOLLOW } from './support/interrupted.js';
import { endingWorld, lockedWorld } from './support/worlds.js';

const concurrentTest = concurrentTests();

describe('post', () => {
  const nothing: [string, Readonly<Record<string, string>>][] = [
    ['no state at all', {}],
    ['an empty phase', { phase: '' }],
    ['the phase over', { phase: 'over', retry: '{}' }],
  ];
  concurrentTest.each(
    nothing,
    (name) => `with ${name}: succeeds without output, and nothing is sent`,
    async (state) => {
      await withServer({}, async ({ ids, standin }) => {
        const post = await runPost({ inputs: { ...ids, ...FOLLOW }, state });
        expect(post).toMatchObject({ exitCode: 0, stdout: '', stderr: '', summary: '', outputs: {} });
        expect(standin.requestLines()).toEqual([]);
      });
    },
  );

  const broken: [string, Readonly<Record<string, string>>][] = [
    ['an unknown phase', { phase: 'begun' }],
    ['a phase without a retry', { phase: 'running' }],
    ['a retry that is not valid JSON', { phase: 'running', retry: '{' }],
    ['a retry that is null', { phase: 'sending', retry: 'null' }],
    ['a retry without a build', { phase: 'sending', retry: '{"api":"http://127.0.0.1"}' }],
  ];
  concurrentTest.each(
    broken,
    (name) => `with ${name}: succeeds with one warning, and nothing is sent`,
    async (state) => {
      await withServer({}, async ({ ids, standin }) => {
        const post = await runPost({ inputs: { ...ids, ...FOLLOW }, state });
        expect(post).toMatchObject({ exitCode: 0, stderr: '' });
        expect(post.log).toEqual([expect.stringMatching(/^Warning: A retried build may still be running: .* damaged/)]);
        expect(standin.requestLines()).toEqual([]);
      });
    },
  );

  concurrentTest('with the phase running, for a build that has ended: no retry and no stop is sent', async () => {
    await withServer({}, async ({ ids, standin }) => {
      const { projectId, pipelineId, buildId, apiUrl } = ids;
      const build = { projectId, pipelineId, buildId };
      const retry = { build, api: `${apiUrl}/ms/openapi/api/apigw/v3`, username: 'ci-bot', credentials: [] };
      const state = { phase: 'running', retry: JSON.stringify(retry) };
      const post = await runPost({ inputs: { ...ids, ...FOLLOW }, state });
      expect(post).toMatchObject({ exitCode: 0, log: ['Done      build #42 has ended already (FAILED)'] });
      expect(standin.requests.map(({ operation }) => operation)).toEqual(['status']);
    });
  });

  concurrentTest('after a main step whose retry was refused: nothing is sent', async () => {
    await withServer({ world: lockedWorld() }, async ({ ids, standin }) => {
      const inputs = { ...ids, ...FOLLOW };
      const main = await runMain({ inputs });
      expect(main.outputs).toMatchObject({ result: 'refused', reason: 'refused' });
      expect(main.state.phase).toBe('over');
      const before = standin.requestLines().length;
      const post = await runPost({ inputs, state: main.state });
      expect(post).toMatchObject({ exitCode: 0, stdout: '' });
      expect(standin.requestLines()).toHaveLength(before);
    });
  });

  const ends: [string, { status: 'SUCCEED' | 'FAILED' | 'CANCELED'; result: string }][] = [
    ['succeeded', { status: 'SUCCEED', result: 'succeeded' }],
    ['failed', { status: 'FAILED', result: 'failed' }],
    ['was cancelled in BK-CI', { status: 'CANCELED', result: 'cancelled' }],
  ];
  concurrentTest.each(
    ends,
    (name) => `after a build that ${name}: prints nothing, and nothing is sent`,
    async ({ status, result }) => {
      await withServer({ world: endingWorld(status) }, async ({ ids, standin, effects }) => {
        const inputs = { ...ids, ...FOLLOW };
        const main = await runMain({ inputs });
        expect(main.outputs.result).toBe(result);
        expect(main.state.phase).toBe('over');
        const before = standin.requestLines().length;
        const post = await runPost({ inputs, state: main.state });
        expect(post).toMatchObject({ exitCode: 0, stdout: '', stderr: '', summary: '' });
        expect(standin.requestLines()).toHaveLength(before);
        expect(effects().stops).toEqual([]);
      });
    },
  );

  concurrentTest('after a main step with invalid inputs: prints nothing', async () => {
    const main = await runMain({ inputs: FOLLOW });
    expect(main.exitCode).toBe(1);
    const post = await runPost({ inputs: FOLLOW, state: main.state });
    expect(post).toMatchObject({ exitCode: 0, stdout: '', stderr: '' });
  });

  concurrentTest('the saved state contains no credentials', async () => {
    await withServer({ world: lockedWorld() }, async ({ ids }) => {
      const accessToken = 'abc+/def0123456789==';
      const headers = 'X-Site-Token: letmein-letmein';
      const main = await runMain({ inputs: { ...ids, ...FOLLOW, accessToken, headers } });
      const state = Object.values(main.state).join();
      expect(state).toContain('"build"');
      for (const secret of [accessToken, encodeURIComponent(accessToken), 'letmein'])
        expect(state).not.toContain(secret);
    });
  });
});

/** A retry of the first build of a world, as main saves it. */
const savedRetry = ({ ids: { projectId, pipelineId, buildId, apiUrl, username } }: Server) => {
  const build = { projectId, pipelineId, buildId };
  return JSON.stringify({ build, api: `${apiUrl}/ms/openapi/api/apigw/v3`, username, credentials: [] });
};

describe('a post step that gets a signal', () => {
  concurrentTest.each(
    [
      ['SIGINT', 'SIGINT'],
      ['SIGTERM', 'SIGTERM'],
    ] as const,
    (name) => `${name} while it reads: it ends in time with a warning`,
    async (signal) => {
      const faults = [{ on: 'status', count: Infinity, action: stallAt(0, 'never') }] as const;
      await withServer({ faults: [...faults] }, async (server) => {
        const { standin, ids } = server;
        const state = { phase: 'running', retry: savedRetry(server) };
        const step = startStep({
          entry: ACTION.post ?? '',
          inputs: withDefaults(ACTION, { apiUrl: ids.apiUrl }),
          state,
        });
        await standin.waitForRequest('status');
        const began = Date.now();
        step.signal(signal);
        const { exitCode, log } = await step.done;
        expect(Date.now() - began).toBeLessThan(6000);
        expect([exitCode, log]).toEqual([
          0,
          [expect.stringMatching(/^Warning: Build b-\w+ may still be running: the workflow was cancelled\. Check it /)],
        ]);
      });
    },
  );
});

describe('post.js without the bundle in its directory', () => {
  const directory = mkdtempSync(join(tmpdir(), 'post-alone-'));
  const entry = join(directory, 'post.cjs');
  copyFileSync(ACTION.post ?? '', entry);
  afterAll(() => rmSync(directory, { recursive: true }));
  const run = (state: Readonly<Record<string, string>>) => startStep({ entry, inputs: FOLLOW, state }).done;

  concurrentTest('succeeds when there is nothing to do, since it does not load the bundle then', async () => {
    expect(await run({})).toMatchObject({ exitCode: 0, stdout: '', stderr: '' });
  });

  concurrentTest('fails to load the bundle when a retry may be running', async () => {
    expect((await run({ phase: 'running' })).stderr).toContain('MODULE_NOT_FOUND');
  });
});
