import { describe, expect } from '@jest/globals';
import { actsLate, delayed, reset, stallAt } from '../standin/http/faults.js';
import { nightlyWorld } from '../standin/scenarios/nightly.js';
import { scaledClock } from '../standin/world/clock.js';
import { startMain, withServer } from './harness.js';
import {
  FOLLOW,
  type Interrupted,
  type Interruption,
  interrupted,
  type Moment,
  whileLooking,
  whilePosting,
  whileSettling,
  whileWaiting,
} from './support/interrupted.js';
import { sideBySide } from './support/side-by-side.js';

const together = sideBySide();

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** When the runner sends SIGTERM after its SIGINT (actions/runner: ProcessInvoker.cs); the step must have ended by itself. */
const SIGTERM_AFTER_MS = 7_500;

const cancelled = (draft: Interruption) => interrupted({ world: nightlyWorld({ clock: scaledClock(1) }), ...draft });

function expectRed({ main, tookMs }: Interrupted, result: RegExp | string): void {
  expect({ exitCode: main.exitCode, signal: main.signal, stderr: main.stderr }).toEqual({
    exitCode: 1,
    signal: null,
    stderr: '',
  });
  expect(main.outputs).toMatchObject({ result: expect.stringMatching(result), reason: '' });
  expect(tookMs).toBeLessThan(SIGTERM_AFTER_MS);
  expect(main.log.at(-1)).toMatch(/^Error: /);
  expect(main.summary).toMatch(/^## BK-CI build/);
}

describe.each(SIGNALS)('%s', (signal) => {
  together('while it looks: nothing was sent and nothing is stopped', async () => {
    const faults = [{ on: 'status', what: delayed(60_000) }] as const;
    const end = await cancelled({ signal, faults, at: whileLooking });
    expectRed(end, 'aborted');
    expect(end).toMatchObject({ retries: 0, stopsOfMain: 0, stopsOfPost: 0 });
    expect(end.post.log).toEqual([]);
  });

  together('while the retry is in flight: main sends no stop, post settles and sends one', async () => {
    const faults = [{ on: 'retry', what: delayed(2000) }] as const;
    const end = await cancelled({ signal, faults, at: whilePosting });
    expectRed(end, 'aborted');
    expect(end).toMatchObject({ retries: 1, stopsOfMain: 0, stopsOfPost: 1 });
    expect(end.main.state.phase).toBe('sending');
    expect(end.post.log.at(-1)).toContain('build #42 was asked to stop');
  });

  together('while a lost answer is settled: main sends no stop, post settles and sends one', async () => {
    const faults = [{ on: 'retry', what: actsLate(3500) }] as const;
    const end = await cancelled({ signal, faults, at: whileSettling });
    expectRed(end, 'aborted');
    expect(end).toMatchObject({ retries: 1, stopsOfMain: 0, stopsOfPost: 1 });
  });

  together('while it waits: one stop, and post has nothing left to do', async () => {
    const end = await cancelled({ signal, at: whileWaiting });
    expectRed(end, 'stopped');
    expect(end).toMatchObject({ retries: 1, stopsOfMain: 1, stopsOfPost: 0 });
    expect(end.main.state.phase).toBe('over');
    expect(end.post.log).toEqual([]);
    expect(end.main.outputs).toMatchObject({ retried: 'true', attempts: '1', executeCount: '2' });
  });

  together('while it waits without stopOnAbort: the build goes on', async () => {
    const { stopOnAbort: _, ...inputs } = FOLLOW;
    const end = await cancelled({ signal, inputs, at: whileWaiting });
    expectRed(end, 'aborted');
    expect(end).toMatchObject({ retries: 1, stopsOfMain: 0, stopsOfPost: 0 });
    expect(end.main.state).toEqual({});
  });

  together('while it waits, and the stop is never answered: ends in time, red, after one stop', async () => {
    const faults = [{ on: 'stop', count: Infinity, what: stallAt(0, 'never') }] as const;
    const end = await cancelled({ signal, faults, at: whileWaiting });
    expectRed(end, 'stopped');
    expect(end).toMatchObject({ stopsOfMain: 1, stopsOfPost: 0 });
    expect(end.main.log.at(-1)).toMatch(/asked to stop build #42.*no answer within/);
  });

  together('while it waits, and looks hang too: ends in time, red', async () => {
    const faults = [
      { on: 'status', nth: 3, count: Infinity, what: stallAt(0, 'never') },
      { on: 'stop', count: Infinity, what: delayed(1000) },
    ] as const;
    const hung: Moment = ({ standin }) => standin.seen('status', 3);
    const end = await cancelled({ signal, faults: [...faults], at: hung });
    expectRed(end, 'stopped');
    expect(end).toMatchObject({ stopsOfMain: 1, stopsOfPost: 0 });
  });

  together('while it waits, and the answer to the stop is lost: red, and said so', async () => {
    const faults = [{ on: 'stop', what: reset() }] as const;
    const end = await cancelled({ signal, faults, at: whileWaiting });
    expectRed(end, 'stopped');
    expect(end.main.log.at(-1)).toMatch(/asked to stop build #42.*connection reset/);
  });
});

together('a second signal ends the step at once', async () => {
  const faults = [{ on: 'stop', what: stallAt(0, 'never') }] as const;
  await withServer({ faults }, async (server) => {
    const step = startMain({ inputs: { ...server.ids, ...FOLLOW } });
    await whileWaiting(server, step);
    step.signal('SIGINT');
    await server.standin.seen('stop');
    step.signal('SIGTERM');
    const { exitCode, log } = await step.done;
    expect(exitCode).toBe(1);
    // A verdict would have waited for the answer to the stop.
    expect(log.filter((line) => line.startsWith('Error: '))).toEqual([]);
    expect(server.standin.of('stop')).toHaveLength(1);
  });
});
