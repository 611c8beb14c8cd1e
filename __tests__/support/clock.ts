/** A clock that advances only by `sleep` and `advance`. Timers that become pending call back in order. */

import type { Clock, Timer } from '../../src/lib/clock.js';

export interface FakeClock extends Clock {
  /** The duration of every sleep, in milliseconds. */
  readonly slept: readonly number[];
  /** Lets time pass without a sleep, such as during a slow response. */
  advance(ms: number): void;
}

interface PendingTimer extends Timer {
  readonly at: number;
  readonly callback: () => void;
}

export interface FakeClockOptions {
  /** The value that `random` always returns. */
  readonly random?: number;
  readonly start?: number;
}

export function fakeClock({ random = 0.5, start = 0 }: FakeClockOptions = {}): FakeClock {
  let now = start;
  const slept: number[] = [];
  const pending = new Set<PendingTimer>();
  const nextWithin = (end: number) => [...pending].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];

  /** False if the signal was aborted on the way. */
  const moveTo = (end: number, signal?: AbortSignal): boolean => {
    for (let next = nextWithin(end); next; next = nextWithin(end)) {
      pending.delete(next);
      now = Math.max(now, next.at);
      next.callback();
      if (signal?.aborted) return false;
    }
    now = Math.max(now, end);
    return true;
  };

  return {
    slept,
    now: () => now,
    random: () => random,
    advance: (ms) => {
      moveTo(now + ms);
    },
    sleep: async (ms, signal) => {
      signal?.throwIfAborted();
      if (!(ms >= 0 && Number.isFinite(ms))) throw new RangeError(`a sleep of ${ms} ms`);
      slept.push(ms);
      if (!moveTo(now + ms, signal)) throw signal?.reason;
    },
    timer: (ms, callback) => {
      const timer: PendingTimer = { at: now + ms, callback, dispose: () => void pending.delete(timer) };
      pending.add(timer);
      return timer;
    },
  };
}
