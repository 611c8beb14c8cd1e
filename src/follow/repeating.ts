/** Repeats the reads that explain a failed build while they fail in passing, for a few seconds in all. */

import type { Client } from '../bkci/client.js';
import { TransientError } from '../bkci/transient-error.js';
import type { StepContext } from '../github/step.js';

export type FailureReader = Pick<Client, 'buildDetail' | 'taskLog'>;

/** Milliseconds that pauses and repeated reads take at most, together. The result of the build is known already. */
const BUDGET_MS = 15_000;
/** Each pause is twice the one before. */
const FIRST_PAUSE_MS = 1_000;

/** The reads of the client, which share one budget. */
export function repeating(step: StepContext, client: FailureReader): FailureReader {
  let leftMs = BUDGET_MS;
  const read = async <T>(send: (deadlineMs?: number) => Promise<T>): Promise<T> => {
    try {
      return await send();
    } catch (error) {
      const start = step.clock.now();
      return await repeat(step, send, { error, leftMs }).finally(() => {
        leftMs -= step.clock.now() - start;
      });
    }
  };
  return {
    buildDetail: (build, options) => read((deadlineMs) => client.buildDetail(build, { ...options, deadlineMs })),
    taskLog: (build, options) => read((deadlineMs) => client.taskLog(build, { ...options, deadlineMs })),
  };
}

/** Rejects with the last error when the next pause would take all that is left, or longer than the server asks. */
async function repeat<T>(
  { clock, cancelled }: StepContext,
  send: (deadlineMs: number) => Promise<T>,
  { error: first, leftMs }: { error: unknown; leftMs: number },
): Promise<T> {
  const end = clock.now() + leftMs;
  let error = first;
  for (let sent = 1, pauseMs = FIRST_PAUSE_MS; ; sent += 1, pauseMs *= 2) {
    if (!(error instanceof TransientError) || sent >= error.outcome.sends) throw error;
    const pause = Math.max(pauseMs, error.outcome.response?.retryAfterMs ?? 0);
    const deadlineMs = end - clock.now() - pause;
    if (deadlineMs <= 0) throw error;
    await clock.sleep(pause, cancelled);
    try {
      return await send(deadlineMs);
    } catch (next) {
      error = next;
    }
  }
}
