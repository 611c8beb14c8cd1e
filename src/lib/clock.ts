/** Time and chance: the only place that asks the machine for either, so that tests can hand in their own clock. */
import { setTimeout as wait } from 'node:timers/promises';

export interface Clock {
  /** Milliseconds on a clock that never jumps; only differences mean anything. */
  now(): number;
  /** Resolves after `ms`; rejects with the signal's reason as soon as it is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** At least 0, less than 1. */
  random(): number;
  /** Calls back after `ms` unless disposed of before; holds the process open meanwhile. */
  timer(ms: number, callback: () => void): Timer;
}

export interface Timer {
  dispose(): void;
}

/**
 * Sleeps until each of the moments, in milliseconds from the first turn; what is done at one of them takes time from the
 * sleep before the next. Throws the signal's reason as soon as it is aborted.
 */
export async function* schedule(clock: Clock, at: readonly number[], signal?: AbortSignal): AsyncGenerator<void> {
  const start = clock.now();
  for (const moment of at) {
    await clock.sleep(Math.max(0, start + moment - clock.now()), signal);
    yield;
  }
}

export const systemClock: Clock = {
  now: () => performance.now(),
  sleep: async (ms, signal) => {
    signal?.throwIfAborted();
    try {
      await wait(ms, undefined, signal ? { signal } : {});
    } catch (error) {
      throw signal?.aborted ? signal.reason : error;
    }
  },
  random: () => Math.random(),
  timer: (ms, callback) => {
    const timer = setTimeout(callback, ms);
    return { dispose: () => clearTimeout(timer) };
  },
};
