import type { Clock } from '../../../src/lib/clock.js';
import type { WorldClock } from '../../standin/world/clock.js';

/** A day in June; any will do. */
const START = Date.UTC(2026, 5, 1, 9, 0, 0);

/** Time for a whole run in process: one for the action and BK-CI together, and nobody waits for it. */
export interface FastClock extends Clock {
  /** BK-CI's own clock, always at the same moment. */
  readonly world: WorldClock;
  /** Every pause that was slept, in milliseconds. */
  readonly pauses: readonly number[];
  /** Lets something happen `ms` after the start; whoever sleeps past it waits for it. */
  at(ms: number, callback: () => unknown): void;
  /** Time passes although nobody sleeps. */
  advance(ms: number): Promise<void>;
}

export interface FastClockOptions {
  /**
   * Real milliseconds that stand for a deadline, by its length. Sockets are real, so deadlines are too: only those that
   * a test means to reach are shortened, and a healthy exchange has all the time of the others.
   */
  readonly deadlines?: Readonly<Record<number, number>>;
}

interface ScheduledCallback {
  readonly at: number;
  readonly callback: () => unknown;
}

export function fastClock({ deadlines = {} }: FastClockOptions = {}): FastClock {
  const state = { now: 0 };
  const pauses: number[] = [];
  const scheduled: ScheduledCallback[] = [];

  const takeDue = (until: number) => {
    scheduled.sort((a, b) => a.at - b.at);
    const first = scheduled[0];
    return first && first.at <= until ? scheduled.shift() : undefined;
  };
  const advanceTo = async (until: number, signal?: AbortSignal) => {
    for (let due = takeDue(until); due; due = takeDue(until)) {
      state.now = Math.max(state.now, due.at);
      await due.callback();
      signal?.throwIfAborted();
    }
    state.now = Math.max(state.now, until);
  };

  return {
    now: () => state.now,
    random: () => 0.5,
    sleep: async (ms, signal) => {
      signal?.throwIfAborted();
      pauses.push(ms);
      await advanceTo(state.now + ms, signal);
      await new Promise(setImmediate);
      signal?.throwIfAborted();
    },
    timer: (ms, callback) => {
      const due = state.now + ms;
      const timer = setTimeout(() => {
        state.now = Math.max(state.now, due);
        callback();
      }, deadlines[ms] ?? ms);
      return { dispose: () => clearTimeout(timer) };
    },
    world: { scale: 1, now: () => START + Math.round(state.now) },
    pauses,
    at: (ms, callback) => {
      scheduled.push({ at: ms, callback });
    },
    advance: (ms) => advanceTo(state.now + ms),
  };
}
