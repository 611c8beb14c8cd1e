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
 * Reads at each of the moments until a value is what is waited for, and resolves with it; undefined when none was.
 * Rejects with the signal's reason as soon as it is aborted.
 *
 * @param at milliseconds from the call. A read takes time from the pause that follows it.
 * @param read undefined for a read that failed and does not count.
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
