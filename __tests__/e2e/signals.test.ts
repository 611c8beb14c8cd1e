import { describe, expect } from '@jest/globals';
import { scaledClock, sleep } from '../standin/clock.js';
import { actsLate, delayed, type Fault, reset, stallAt } from '../standin/faults.js';
import { nightlyWorld } from '../standin/nightly.js';
import type { Step, StepResult } from '../standin/runner.js';
import { sideBySide } from './support/side-by-side.js';
import { printed, runPost, type Server, startMain, withServer } from './support/step.js';

const together = sideBySide();

/** The runner sends SIGINT, SIGTERM after 7.5 s, and kills 2.5 s later. */
const ENDS_WITHIN_MS = 6000;
const FOLLOW = { wait: 'true', pollSeconds: '1', stopOnAbort: 'true' };
const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

type Moment = (server: Server, step: Step) => Promise<unknown>;

interface Cancelled {
  readonly main: StepResult;
  /** From the signal to the end of the process. */
  readonly tookMs: number;
  readonly post: StepResult;
  readonly stopsOfMain: number;
  readonly stops: number;
  readonly retries: number;
}

interface Draft {
  readonly faults?: readonly Fault[];
  readonly inputs?: Readonly<Record<string, string>>;
  readonly signal: NodeJS.Signals;
  readonly at: Moment;
}

/** Main with a signal at some moment, then post, as the runner does. */
async function cancelled({ faults = [], inputs = FOLLOW, signal, at }: Draft): Promise<Cancelled> {
  return withServer({ faults, world: nightlyWorld({ clock: scaledClock(1) }) }, async (server) => {
    const all = { ...server.ids, ...inputs };
    const step = startMain({ inputs: all });
    await at(server, step);
    const began = Date.now();
    step.signal(signal);
    const main = await step.done;
    const tookMs = Date.now() - began;
    const stopsOfMain = server.standin.of('stop').length;
    const post = await runPost({ inputs: all, state: main.state });
    const { retries } = server.truth();
    return { main, tookMs, post, stopsOfMain, stops: server.standin.of('stop').length, retries: retries.length };
  });
}

function expectRed({ main, tookMs, post }: Cancelled, result: RegExp | string): void {
  expect({ exitCode: main.exitCode, signal: main.signal, stderr: main.stderr }).toEqual({
    exitCode: 1,
    signal: null,
    stderr: '',
  });
  expect(main.outputs).toMatchObject({ result: expect.stringMatching(result), reason: '' });
  expect(tookMs).toBeLessThan(ENDS_WITHIN_MS);
  expect(main.log.at(-1)).toMatch(/^Error: /);
  expect(main.summary).toMatch(/^## BK-CI build/);
  expect(post).toMatchObject({ exitCode: 0, stderr: '' });
  expect(post.annotations.filter(({ level }) => level === 'error')).toEqual([]);
}

const whileLooking: Moment = ({ standin }) => standin.seen('status');
const whilePosting: Moment = ({ standin }) => standin.seen('retry');
const whileSettling: Moment = (_, step) => printed(step, /^Lost /m);
const whileWaiting: Moment = async (_, step) => {
  await printed(step, /queued/);
  await sleep(300);
};

describe.each(SIGNALS)('%s', (signal) => {
  together('while it looks: nothing was sent and nothing is stopped', async () => {
    const faults = [{ on: 'status', what: delayed(60_000) }] as const;
    const end = await cancelled({ signal, faults, at: whileLooking });
    expectRed(end, 'aborted');
    expect(end).toMatchObject({ retries: 0, stops: 0 });
    expect(end.post.log).toEqual([]);
  });

  together('while the retry is in flight: main sends no stop, post settles and sends one', async () => {
    const faults = [{ on: 'retry', what: delayed(2000) }] as const;
    const end = await cancelled({ signal, faults, at: whilePosting });
    expectRed(end, 'aborted');
    expect(end).toMatchObject({ retries: 1, stopsOfMain: 0, stops: 1 });
    expect(end.main.state.phase).toBe('maybe');
    expect(end.post.log.at(-1)).toContain('build #42 was asked to stop');
  });

  together('while a lost answer is settled: main sends no stop, post settles and sends one', async () => {
    const faults = [{ on: 'retry', what: actsLate(3500) }] as const;
    const end = await cancelled({ signal, faults, at: whileSettling });
    expectRed(end, 'aborted');
    expect(end).toMatchObject({ retries: 1, stopsOfMain: 0, stops: 1 });
  });

  together('while it waits: one stop, and post has nothing left to do', async () => {
    const end = await cancelled({ signal, at: whileWaiting });
    expectRed(end, 'stopped');
    expect(end).toMatchObject({ retries: 1, stopsOfMain: 1, stops: 1 });
    expect(end.main.state.phase).toBe('over');
    expect(end.post.log).toEqual([]);
    expect(end.main.outputs).toMatchObject({ retried: 'true', attempts: '1', executeCount: '2' });
  });

  together('while it waits without stopOnAbort: the build goes on', async () => {
    const { stopOnAbort: _, ...inputs } = FOLLOW;
    const end = await cancelled({ signal, inputs, at: whileWaiting });
    expectRed(end, 'aborted');
    expect(end).toMatchObject({ retries: 1, stops: 0 });
    expect(end.main.state).toEqual({});
  });

  together('while it waits, and the stop is never answered: ends in time, red, after one stop', async () => {
    const faults = [{ on: 'stop', count: Infinity, what: stallAt(0, 'never') }] as const;
    const end = await cancelled({ signal, faults, at: whileWaiting });
    expectRed(end, 'stopped');
    expect(end).toMatchObject({ stopsOfMain: 1, stops: 1 });
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
    expect(end).toMatchObject({ stopsOfMain: 1, stops: 1 });
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
    const began = Date.now();
    step.signal('SIGTERM');
    const { exitCode } = await step.done;
    expect(exitCode).toBe(1);
    expect(Date.now() - began).toBeLessThan(500);
    expect(server.standin.of('stop')).toHaveLength(1);
  });
});
