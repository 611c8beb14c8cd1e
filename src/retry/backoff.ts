/** Decides when a request that was not delivered is sent again, and when no more. Pure. */

/** A request is sent this often at most, the first send included. */
export const MAX_SENDS = 5;
/** All sends of one attempt, its reads included, start within this time. */
export const RESEND_BUDGET_MS = 120_000;

export interface BackoffInput {
  /** Sends so far, at least 1. */
  readonly sent: number;
  /** Sends that the kind of failure allows in all. */
  readonly allowed: number;
  /** The server's `Retry-After`. It is used without jitter. */
  readonly retryAfterMs?: number | undefined;
  /** What is left of the budget. */
  readonly leftMs: number;
  /** A random number, 0 ≤ random < 1. */
  readonly random: number;
}

export type Backoff =
  | { readonly resend: true; readonly pauseMs: number }
  | { readonly resend: false; readonly reason: 'sends' | 'time' | 'retry-after' };

/** Pauses before the second, third, … send. A deployment of BK-CI takes about a minute. */
const PAUSES_MS: readonly number[] = [2_000, 5_000, 12_000, 30_000];
/** The shortest pause, even if the server asks for less (`Retry-After: 0`). */
const SHORTEST_PAUSE_MS = 1_000;
/** Each pause is varied by up to this share of it, up or down, since parallel jobs may start at the same moment. */
const JITTER = 0.2;

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
