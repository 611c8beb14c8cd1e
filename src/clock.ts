/** Time and chance: the only place that asks the machine for either, so that tests can hand in their own. */
import { setTimeout as wait } from 'node:timers/promises';

export interface Clock {
  /** Milliseconds on a clock that never jumps; only differences mean anything. */
  now(): number;
  /** Resolves after `ms`; rejects with the signal's reason as soon as it is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** At least 0, less than 1. */
  random(): number;
  /** Calls back after `ms` unless disposed of before; holds the process open meanwhile. */
  alarm(ms: number, ring: () => void): Alarm;
}

export interface Alarm {
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
  alarm: (ms, ring) => {
    const timer = setTimeout(ring, ms);
    return { dispose: () => clearTimeout(timer) };
  },
};
