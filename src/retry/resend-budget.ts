/** Sends undelivered requests again, with pauses, until the budget of sends and time is used up: `not-delivered`. */

import type { RequestOutcome } from '../bkci/classify.js';
import type { BuildReader } from '../bkci/client.js';
import { type RequestDescription, TransientError } from '../bkci/transient-error.js';
import type { StepContext } from '../github/step.js';
import { ActionError } from '../lib/errors.js';
import { duration } from '../lib/format.js';
import { logLine } from '../lib/log-line.js';
import { quote } from '../lib/sanitize.js';
import { nextDelay, RESEND_BUDGET_MS } from './backoff.js';

type TransientOutcome = TransientError['outcome'];

/** A request with the number of its sends so far. */
type SentRequest = RequestDescription & { readonly sent: number };

/** The budget of one attempt, shared by all its requests (backoff.ts). */
export class ResendBudget {
  readonly #step: StepContext;
  readonly #start: number;
  readonly #latest: number;

  /** @param latest no send starts after this time, in milliseconds on the step's clock. */
  constructor(step: StepContext, latest = Number.POSITIVE_INFINITY) {
    this.#step = step;
    this.#start = step.clock.now();
    this.#latest = latest;
  }

  /** Resolves when it is time for the next send. Throws `not-delivered` when there is none, or the cancellation. */
  async pause(outcome: TransientOutcome, description: SentRequest): Promise<void> {
    const { clock, runner, cancelled } = this.#step;
    const elapsed = clock.now() - this.#start;
    const retryAfterMs = outcome.response?.retryAfterMs;
    const next = nextDelay({
      sent: description.sent,
      allowed: outcome.sends,
      leftMs: Math.min(RESEND_BUDGET_MS, this.#latest - this.#start) - elapsed,
      random: clock.random(),
      retryAfterMs,
    });
    if (!next.resend)
      throw notDeliveredError(outcome, description, {
        elapsed,
        fallback: this.#fallbackFor(outcome),
        requestedMs: next.reason === 'retry-after' ? retryAfterMs : undefined,
        limit:
          this.#latest - this.#start < RESEND_BUDGET_MS
            ? 'timeoutMinutes ends before that'
            : `this step sends a request again for ${duration(RESEND_BUDGET_MS)} at most`,
      });
    runner.info(
      logLine(
        'Resend',
        `in ${duration(Math.max(1000, Math.round(next.pauseMs / 1000) * 1000))}, ${whatHappened(outcome)}: ${reasonOf(outcome)}`,
      ),
    );
    await clock.sleep(next.pauseMs, cancelled);
  }

  #fallbackFor({ kind, response }: TransientOutcome): string {
    const isHosted = this.#step.runner.environment('RUNNER_ENVIRONMENT') === 'github-hosted';
    return isHosted && kind === 'not-delivered' && response === undefined ? HOSTED : CHECK_ADDRESS;
  }

  /** Repeats a read while it fails with a `TransientError`. */
  async read<T>(read: () => Promise<T>): Promise<T> {
    for (let sent = 1; ; sent += 1) {
      try {
        return await read();
      } catch (error) {
        if (!(error instanceof TransientError)) throw error;
        await this.pause(error.outcome, { ...error.description, sent });
      }
    }
  }
}

/** The read methods of the client, each repeated within the budget. */
export function resending(client: BuildReader, budget: ResendBudget): BuildReader {
  return {
    buildStatus: (...request) => budget.read(() => client.buildStatus(...request)),
    buildDetail: (...request) => budget.read(() => client.buildDetail(...request)),
    buildHistory: (...request) => budget.read(() => client.buildHistory(...request)),
  };
}

function whatHappened({ kind }: TransientOutcome): string {
  return kind === 'not-delivered' ? 'the request was not delivered' : 'the read was not answered';
}

/** The reason with the server's message: `HTTP 503 “…” (BK-CI is being deployed)`. */
export function reasonOf({
  reason,
  note,
  response,
}: Exclude<RequestOutcome, { kind: 'accepted' | 'refused' }>): string {
  const words = response?.message ? ` ${quote(response.message, 160)}` : '';
  return `${reason}${words}${note === undefined ? '' : ` (${note})`}`;
}

const CHECK_ADDRESS =
  'Check that this runner reaches the address of apiUrl, and that proxy and NO_PROXY are right; then run this step again.';
const HOSTED =
  "This runner is one of GitHub's own, which does not reach the internal addresses of a company: use runs-on: self-hosted.";

interface Tries {
  /** What to do when nothing else tells. */
  readonly fallback: string;
  readonly elapsed: number;
  readonly requestedMs: number | undefined;
  readonly limit: string;
}

/** Cause first, address last. */
function notDeliveredError(
  outcome: TransientOutcome,
  { request, consequence, sent, subject, remedy }: SentRequest,
  { fallback, elapsed, requestedMs, limit }: Tries,
): ActionError {
  const tries = sent === 1 ? '' : ` (${sent} tries in ${duration(elapsed)})`;
  const advice = remedyAfter(outcome, requestedMs, limit) ?? remedy ?? outcome.remedy ?? fallback;
  return new ActionError(
    'not-delivered',
    {
      problem: problemOf(outcome, `${reasonOf(outcome)}${tries}`, subject),
      consequence,
      remedy: `${advice} ${request}`,
    },
    { request, response: outcome.response },
  );
}

function problemOf({ kind, response }: TransientOutcome, cause: string, subject: string | undefined): string {
  if (subject !== undefined) return `${subject} failed: ${cause}`;
  if (response === undefined || response.proxy !== undefined) return `BK-CI could not be reached: ${cause}`;
  return kind === 'not-delivered' ? `BK-CI turned the request away: ${cause}` : `BK-CI could not answer: ${cause}`;
}

/** The remedy that follows from the server's answer; undefined when none came. */
function remedyAfter(
  { response }: TransientOutcome,
  requestedMs: number | undefined,
  limit: string,
): string | undefined {
  if (requestedMs !== undefined) {
    return `The server asked for a wait of ${duration(requestedMs)}, but ${limit}. Run it again later.`;
  }
  return response && response.proxy === undefined
    ? 'The server answers, but does not accept the request now. Run this step again later.'
    : undefined;
}
