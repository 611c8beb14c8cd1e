/** When a request that was not delivered is sent again, and when no longer. Pure. */
/** Sends of one request in all. */
export const MAX_SENDS = 5;
/** All sends of one attempt, its look included, start within this time. */
export const RESEND_BUDGET_MS = 120_000;
/** Pause before the second, third, … send. A deployment of BK-CI takes about a minute. */
const PAUSES_MS: readonly number[] = [2_000, 5_000, 12_000, 30_000];
/** A server that says "at once" still gets this much. */
const SHORTEST_PAUSE_MS = 1_000;
/** Steps of one job may all start at the same moment: each pause is spread by this share of it, up or down. */
const JITTER = 0.2;

export interface BackoffInput {
  /** Sends so far, at least 1. */
  readonly sent: number;
  /** Sends allowed in all by the ending. */
  readonly allowed: number;
  /** What the server asked for, which then holds without jitter. */
  readonly retryAfterMs?: number | undefined;
  /** Milliseconds left of the budget. */
  readonly leftMs: number;
  /** 0 ≤ chance < 1. */
  readonly random: number;
}

export type Backoff =
  | { readonly resend: true; readonly pauseMs: number }
  | { readonly resend: false; readonly reason: 'sends' | 'time' | 'retry-after' };

export function nextDelay({ sent, allowed, retryAfterMs, leftMs, random }: BackoffInput): Backoff {
  if (sent >= Math.min(allowed, MAX_SENDS)) return { resend: false, reason: 'sends' };
  if (retryAfterMs !== undefined) {
    const pauseMs = Math.max(SHORTEST_PAUSE_MS, retryAfterMs);
    return pauseMs < leftMs ? { resend: true, pauseMs } : { resend: false, reason: 'retry-after' };
  }
  const base = PAUSES_MS[Math.min(sent, PAUSES_MS.length) - 1] ?? 0;
  const pauseMs = Math.round(base * (1 + JITTER * (2 * random - 1)));
  return pauseMs < leftMs ? { resend: true, pauseMs } : { resend: false, reason: 'time' };
}
