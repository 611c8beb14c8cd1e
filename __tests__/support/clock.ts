/** A clock that only moves when somebody sleeps or a test moves it. Alarms on the way ring in order. */
import type { Clock, Timer } from '../../src/lib/clock.js';

export interface FakeClock extends Clock {
  /** Every sleep that was asked for, in milliseconds. */
  readonly slept: readonly number[];
  /** Time passes while something else happens: a slow answer. */
  advance(ms: number): void;
}

interface Due extends Timer {
  readonly at: number;
  readonly callback: () => void;
}

export interface Time {
  /** What `random` says, always. */
  readonly random?: number;
  readonly start?: number;
}

export function fakeClock({ random = 0.5, start = 0 }: Time = {}): FakeClock {
  let now = start;
  const slept: number[] = [];
  const due = new Set<Due>();
  const nextWithin = (end: number) => [...due].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];

  /** False when the signal ended it on the way. */
  const moveTo = (end: number, signal?: AbortSignal): boolean => {
    for (let next = nextWithin(end); next; next = nextWithin(end)) {
      due.delete(next);
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
      const timer: Due = { at: now + ms, callback, dispose: () => void due.delete(timer) };
      due.add(timer);
      return timer;
    },
  };
}
