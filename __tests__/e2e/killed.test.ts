import { describe, expect } from '@jest/globals';
import { delayed, reset, resetThenHandle } from '../standin/http/faults.js';
import { nightlyWorld } from '../standin/scenarios/nightly.js';
import { ACCESS, EXPIRED_TOKEN, TOKEN } from '../standin/world/access.js';
import { sleep } from '../standin/world/clock.js';
import type { Server } from '../support/standin.js';
import { withServer } from './harness.js';
import { concurrentTests } from './support/concurrent-tests.js';
import {
  FOLLOW,
  type Interruption,
  runInterrupted,
  whilePolling,
  whileReading,
  whileReconciling,
  whileSendingRetry,
} from './support/interrupted.js';

const concurrentTest = concurrentTests();

/** Kills main without a signal that it could handle, as in a container job or after the runner's time limit; only post runs. */
const killed = (interruption: Omit<Interruption, 'signal'>) => runInterrupted({ ...interruption, signal: 'SIGKILL' });

function stoppedBySomebody({ standin, ids }: Server): void {
  standin.world.stop({ ...ids, user: 'ops-lead' });
}

/** Reads, one stop, and the reads that look for the end. */
const STOP_AND_LOOK = /^(?:status )+stop(?: status)+$/;
const STOPPED = 'Stopped   build #42, since the step ended before it; it has ended';

describe('main is killed', () => {
  concurrentTest('before the retry was sent: post does nothing', async () => {
    const faults = [{ on: 'status', action: delayed(30_000) }] as const;
    const run = await killed({ faults, at: whileReading });
    expect(run).toMatchObject({ operationsOfPost: [], retries: 0, stops: [] });
    expect(run.main.state).toEqual({});
  });

  concurrentTest('while it polls: post reads the status, then sends exactly one stop', async () => {
    const run = await killed({ at: whilePolling });
    expect(run.operationsOfPost.join(' ')).toMatch(STOP_AND_LOOK);
    expect(run.stops).toMatchObject([{ forced: false }]);
    expect(run.post.log).toEqual([STOPPED]);
  });

  concurrentTest('while it polls without stopOnAbort: post does nothing', async () => {
    const run = await killed({ at: whilePolling, inputs: { wait: 'true' } });
    expect(run).toMatchObject({ operationsOfPost: [], stops: [] });
  });

  concurrentTest(
    'while the retry is in flight, and BK-CI has retried: post reconciles it and stops the build',
    async () => {
      const faults = [
        { on: 'retry', action: { kind: 'stall', handled: 'first', atByte: 0, framing: 'length' } },
      ] as const;
      const run = await killed({ faults: [...faults], at: whileSendingRetry });
      expect(run.operationsOfPost.join(' ')).toMatch(STOP_AND_LOOK);
      expect(run.retries).toBe(1);
      expect(run.stops).toHaveLength(1);
    },
  );

  concurrentTest(
    'while the retry is in flight, and BK-CI retries later: post waits for the retry, then stops the build',
    async () => {
      const run = await killed({ faults: [{ on: 'retry', action: delayed(9000) }], at: whileSendingRetry });
      expect(run.retries).toBe(1);
      expect(run.operationsOfPost.join(' ')).toMatch(/^(?:status ){2,}stop(?: status)+$/);
      expect(run.stops).toHaveLength(1);
    },
  );

  concurrentTest('while it reconciles a lost answer: post continues to reconcile and stops the build', async () => {
    const run = await killed({ faults: [{ on: 'retry', action: resetThenHandle(1500) }], at: whileReconciling });
    expect(run.retries).toBe(1);
    expect(run.stops).toHaveLength(1);
  });

  concurrentTest('and the build has ended before post: post sends no stop', async () => {
    const world = nightlyWorld({ stopSeconds: 0 });
    const run = await killed({ world, at: whilePolling, beforePostStep: stoppedBySomebody });
    expect(run.operationsOfPost).toEqual(['status']);
    expect(run.post.log).toEqual(['Done      build #42 has ended already (CANCELED)']);
  });

  concurrentTest(
    'and another user has already stopped the build: post sends one stop, which does not force the end',
    async () => {
      const beforePostStep = async (server: Server) => {
        stoppedBySomebody(server);
        // BK-CI accepts a second stop within a second.
        await sleep(1500);
      };
      const world = nightlyWorld({ stopSeconds: 8 });
      const run = await killed({ world, at: whilePolling, beforePostStep });
      expect(run.stopsOfPost).toBe(1);
      expect(run.stops).toMatchObject([{ user: 'ops-lead', forced: false }]);
      expect(run.post.log).toEqual([STOPPED]);
    },
  );

  concurrentTest('and the stop fails: post warns and does not fail the job', async () => {
    const run = await killed({ faults: [{ on: 'stop', action: reset() }], at: whilePolling });
    expect(run.stopsOfPost).toBe(1);
    expect(run.post.annotations).toMatchObject([{ level: 'warning', message: expect.stringContaining('#42') }]);
  });

  const withToken = (accessToken: string) =>
    killed({
      world: nightlyWorld({ access: { ...ACCESS, tokenRequired: true } }),
      inputs: { ...FOLLOW, accessToken: TOKEN },
      at: whilePolling,
      postInputs: { accessToken },
    });

  concurrentTest('and the credentials are wrong in post: post warns', async () => {
    const run = await withToken(EXPIRED_TOKEN);
    expect(run).toMatchObject({ operationsOfPost: ['status'], stops: [] });
    expect(run.post.log).toEqual([
      expect.stringMatching(/^Warning: Build b-\w+ may still be running: accessToken has expired .* \[unauthorized\]$/),
    ]);
  });

  concurrentTest('and a credential is missing in post: post says which one, and tries without', async () => {
    const run = await withToken('');
    expect(run).toMatchObject({ operationsOfPost: ['status'], stops: [] });
    expect(run.post.log).toEqual([
      expect.stringMatching(/^Warning: The step had accessToken, which its post step did not get\./),
      expect.stringMatching(/^Warning: Build b-\w+ may still be running: This BK-CI asks for an accessToken/),
    ]);
  });

  const wrong: [string, Readonly<Record<string, string>>][] = [
    ['empty', { wait: '', stopOnAbort: '', projectId: '', pipelineId: '', buildId: '', username: '', apiUrl: '' }],
    ['other values', { wait: 'false', stopOnAbort: 'false', projectId: 'x', buildId: 'b-0', username: 'stranger' }],
    ['not valid', { wait: 'perhaps', stopOnAbort: 'inputs.stop', buildUrl: 'x', pollSeconds: '0', skip: '1' }],
    ['misspelt', { 'stop-on-abort': 'true', api_url: 'x' }],
  ];
  concurrentTest.each(
    wrong,
    (name) => `and the inputs are ${name} in post: post takes what to do from the state, and stops the build`,
    async (postInputs) => {
      const run = await killed({ at: whilePolling, postInputs });
      expect(run.operationsOfPost.join(' ')).toMatch(STOP_AND_LOOK);
      expect(run.stops).toMatchObject([{ user: 'ci-bot', forced: false }]);
      expect(run.post.log).toEqual([STOPPED]);
    },
  );

  concurrentTest('and apiUrl is different in post: nothing is sent to it', async () => {
    await withServer({}, async ({ standin }) => {
      const run = await killed({ at: whilePolling, postInputs: { apiUrl: standin.url } });
      expect(run.post.annotations.map(({ level }) => level)).toEqual(['warning']);
      expect({ asked: run.operationsOfPost, elsewhere: standin.requestLines() }).toEqual({ asked: [], elsewhere: [] });
    });
  });
});
