import { describe, expect } from '@jest/globals';
import { delayed, reset, resetThenHandle, stallAt } from '../standin/http/faults.js';
import { nightlyWorld } from '../standin/scenarios/nightly.js';
import { scaledClock } from '../standin/world/clock.js';
import { startMain, withServer } from './harness.js';
import { concurrentTests } from './support/concurrent-tests.js';
import {
  FOLLOW,
  type InterruptedRun,
  type Interruption,
  type Moment,
  runInterrupted,
  whilePolling,
  whileReading,
  whileReconciling,
  whileSendingRetry,
} from './support/interrupted.js';

const concurrentTest = concurrentTests();

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** Time from the runner's SIGINT to its SIGTERM (actions/runner: ProcessInvoker.cs); the step must end before. */
const SIGTERM_AFTER_MS = 7_500;

const cancelled = (interruption: Interruption) =>
  runInterrupted({ world: nightlyWorld({ clock: scaledClock(1) }), ...interruption });

function expectRed({ main, tookMs }: InterruptedRun, result: RegExp | string): void {
  expect({ exitCode: main.exitCode, signal: main.signal, stderr: main.stderr }).toEqual({
    exitCode: 1,
    signal: null,
    stderr: '',
  });
  expect(main.outputs).toMatchObject({ result: expect.stringMatching(result), reason: '' });
  expect(tookMs).toBeLessThan(SIGTERM_AFTER_MS);
  expect(main.log.at(-1)).toMatch(/^Error: /);
  expect(main.summary).toMatch(/^## \S+ BK-CI build/);
}

describe.each(SIGNALS)('%s', (signal) => {
  concurrentTest('while the step reads the status: no retry and no stop is sent', async () => {
    const faults = [{ on: 'status', action: delayed(60_000) }] as const;
    const run = await cancelled({ signal, faults, at: whileReading });
    expectRed(run, 'aborted');
    expect(run).toMatchObject({ retries: 0, stopsOfMain: 0, stopsOfPost: 0 });
    expect(run.post.log).toEqual([]);
  });

  concurrentTest('while the retry is in flight: main sends no stop; post reconciles and sends one', async () => {
    const faults = [{ on: 'retry', action: delayed(2000) }] as const;
    const run = await cancelled({ signal, faults, at: whileSendingRetry });
    expectRed(run, 'aborted');
    expect(run).toMatchObject({ retries: 1, stopsOfMain: 0, stopsOfPost: 1 });
    expect(run.main.state.phase).toBe('sending');
    expect(run.post.log.at(-1)).toBe('Stopped   build #42, since the step ended before it; it has ended');
  });

  concurrentTest('while a lost answer is reconciled: main sends no stop; post reconciles and sends one', async () => {
    const faults = [{ on: 'retry', action: resetThenHandle(3500) }] as const;
    const run = await cancelled({ signal, faults, at: whileReconciling });
    expectRed(run, 'aborted');
    expect(run).toMatchObject({ retries: 1, stopsOfMain: 0, stopsOfPost: 1 });
  });

  concurrentTest('while the step polls: main sends one stop, and post does nothing', async () => {
    const run = await cancelled({ signal, at: whilePolling });
    expectRed(run, 'stopped');
    expect(run).toMatchObject({ retries: 1, stopsOfMain: 1, stopsOfPost: 0 });
    expect(run.main.state.phase).toBe('over');
    expect(run.post.log).toEqual([]);
    expect(run.main.outputs).toMatchObject({ retried: 'true', attempts: '1', executeCount: '2' });
  });

  concurrentTest('while the step polls without stopOnAbort: the build continues', async () => {
    const { stopOnAbort: _, ...inputs } = FOLLOW;
    const run = await cancelled({ signal, inputs, at: whilePolling });
    expectRed(run, 'aborted');
    expect(run).toMatchObject({ retries: 1, stopsOfMain: 0, stopsOfPost: 0 });
    expect(run.main.state).toEqual({});
  });

  concurrentTest(
    'while the step polls, and the stop is never answered: the step fails in time after one stop',
    async () => {
      const faults = [{ on: 'stop', count: Infinity, action: stallAt(0, 'never') }] as const;
      const run = await cancelled({ signal, faults, at: whilePolling });
      expectRed(run, 'aborted');
      expect(run).toMatchObject({ stopsOfMain: 1, stopsOfPost: 0 });
      expect(run.main.log.at(-1)).toMatch(/asked to stop build #42.*no answer within/);
    },
  );

  concurrentTest('while the step polls, and status reads are not answered either: the step fails in time', async () => {
    const faults = [
      { on: 'status', nth: 3, count: Infinity, action: stallAt(0, 'never') },
      { on: 'stop', count: Infinity, action: delayed(1000) },
    ] as const;
    const hung: Moment = ({ standin }) => standin.waitForRequest('status', 3);
    const run = await cancelled({ signal, faults: [...faults], at: hung });
    expectRed(run, 'stopped');
    expect(run).toMatchObject({ stopsOfMain: 1, stopsOfPost: 0 });
  });

  concurrentTest(
    'while the step polls, and the answer to the stop is lost: the step fails with this reason',
    async () => {
      const faults = [{ on: 'stop', action: reset() }] as const;
      const run = await cancelled({ signal, faults, at: whilePolling });
      expectRed(run, 'aborted');
      expect(run.main.log.at(-1)).toMatch(/asked to stop build #42.*connection reset/);
    },
  );
});

concurrentTest('a second signal ends the step at once', async () => {
  const faults = [{ on: 'stop', action: stallAt(0, 'never') }] as const;
  await withServer({ faults }, async (server) => {
    const step = startMain({ inputs: { ...server.ids, ...FOLLOW } });
    await whilePolling(server, step);
    step.signal('SIGINT');
    await server.standin.waitForRequest('stop');
    step.signal('SIGTERM');
    const { exitCode, log } = await step.done;
    expect(exitCode).toBe(1);
    // An error with the result would have been printed only after the answer to the stop.
    expect(log.filter((line) => line.startsWith('Error: '))).toEqual([]);
    expect(server.standin.requestsOf('stop')).toHaveLength(1);
  });
});
