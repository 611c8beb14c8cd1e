/** The clock: time, timers and random numbers. Only this file takes them from the system, so tests can pass their own. */

import { setTimeout as wait } from 'node:timers/promises';

export interface Clock {
  /** Milliseconds of a monotonic clock; only differences have a meaning. */
  now(): number;
  /** Resolves after `ms`; rejects with the signal's reason as soon as it is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** From 0 (inclusive) to 1 (exclusive). */
  random(): number;
  /** Calls `callback` after `ms` unless disposed of first; keeps the process alive until then. */
  timer(ms: number, callback: () => void): Timer;
}

export interface Timer {
  dispose(): void;
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

/**
 * Reads at each time in `at` until a value satisfies `until`, and resolves with that value, or with undefined if none
 * does. Rejects with the signal's reason as soon as it is aborted.
 *
 * @param at milliseconds since the call. The time a read takes shortens the pause after it.
 * @param read resolves with undefined if the read failed and is to be skipped.
 */
export async function pollAt<T>(
  { clock, at, signal }: { clock: Clock; at: readonly number[]; signal?: AbortSignal },
  read: () => Promise<T | undefined>,
  until: (value: T) => boolean,
): Promise<T | undefined> {
  const start = clock.now();
  for (const moment of at) {
    await clock.sleep(Math.max(0, start + moment - clock.now()), signal);
    const value = await read();
    if (value !== undefined && until(value)) return value;
  }
  return undefined;
}
