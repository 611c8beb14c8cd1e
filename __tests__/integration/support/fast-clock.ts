import type { Clock } from '../../../src/lib/clock.js';
import type { WorldClock } from '../../standin/world/clock.js';

/** An arbitrary time. */
const START = Date.UTC(2026, 5, 1, 9, 0, 0);

/** A clock shared by the action and BK-CI in one process; sleeping advances it without real waiting. */
export interface FastClock extends Clock {
  /** The clock of BK-CI, which shows the same time. */
  readonly world: WorldClock;
  /** The length of every sleep, in milliseconds. */
  readonly pauses: readonly number[];
  /** Runs `callback` at `ms` after the start; a sleep beyond that time waits for it. */
  at(ms: number, callback: () => unknown): void;
  /** Advances the clock without a sleep. */
  advance(ms: number): Promise<void>;
}

export interface FastClockOptions {
  /**
   * Real milliseconds to use for a deadline, by its length. Sockets are real, so deadlines run in real time: only those
   * that a test wants to reach are shortened.
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
