/** Sends again what may be sent again: pauses, says so, and ends with `not-delivered` when the budget is used up. */

import type { Ending } from '../bkci/classify.js';
import { PassingFailure, type Sending } from '../bkci/transient-error.js';
import type { Step } from '../github/step.js';
import { ActionError } from '../lib/errors.js';
import { duration } from '../lib/format.js';
import { given } from '../lib/given.js';
import { fact } from '../lib/log-line.js';
import { quote } from '../lib/sanitize.js';
import { nextSend, RESEND_BUDGET_MS } from './backoff.js';

type Passing = PassingFailure['ending'];

const LONGEST = `longer than this step keeps trying (${duration(RESEND_BUDGET_MS)})`;

const CHECK_ADDRESS =
  'Check that this runner reaches the address of apiUrl, and that proxy and NO_PROXY are right; then run this step again.';

/** With the number of sends so far. */
type Sent = Sending & { readonly sent: number };

/** Two minutes for all sends of one attempt, its look included. */
export class ResendBudget {
  readonly #step: Step;
  readonly #start: number;
  readonly #latest: number;

  /** @param latest nothing is sent again after this moment, on the step's clock. */
  constructor(step: Step, latest = Number.POSITIVE_INFINITY) {
    this.#step = step;
    this.#start = step.clock.now();
    this.#latest = latest;
  }

  /** Resolves when it is time for the next send. Throws `not-delivered` when there is none, or the abort. */
  async pause(ending: Passing, sending: Sent): Promise<void> {
    const { clock, runner, cancelled } = this.#step;
    const elapsed = clock.now() - this.#start;
    const retryAfterMs = ending.said?.retryAfterMs;
    const next = nextSend({
      sent: sending.sent,
      allowed: ending.kind === 'not-delivered' ? ending.sends : Number.POSITIVE_INFINITY,
      leftMs: Math.min(RESEND_BUDGET_MS, this.#latest - this.#start) - elapsed,
      chance: clock.random(),
      ...given({ retryAfterMs }),
    });
    if (!next.again)
      throw notDelivered(ending, sending, {
        elapsed,
        asked: next.because === 'retry-after' ? retryAfterMs : undefined,
        bound: this.#latest - this.#start < RESEND_BUDGET_MS ? 'beyond the end of timeoutMinutes' : LONGEST,
      });
    runner.info(
      fact(
        'Resend',
        `in ${duration(Math.max(1000, Math.round(next.pauseMs / 1000) * 1000))}, ${whatHappened(ending)}: ${reasonOf(ending)}`,
      ),
    );
    await clock.sleep(next.pauseMs, cancelled);
  }

  /** A read, sent again as long as it fails in passing. */
  async read<T>(read: () => Promise<T>): Promise<T> {
    for (let sent = 1; ; sent += 1) {
      try {
        return await read();
      } catch (error) {
        if (!(error instanceof PassingFailure)) throw error;
        await this.pause(error.ending, { ...error.sending, sent });
      }
    }
  }
}

function whatHappened({ kind }: Passing): string {
  return kind === 'not-delivered' ? 'the request was not delivered' : 'the read was not answered';
}

/** `HTTP 503 “…” (BK-CI is being deployed)`: the reason with the server's words and ours. */
export function reasonOf({ reason, said }: Exclude<Ending, { kind: 'accepted' | 'refused' }>): string {
  const words = said?.message ? ` ${quote(said.message, 160)}` : '';
  const deployment = said?.http === 503 && said.status === 503 ? ' (BK-CI is being deployed)' : '';
  return `${reason}${words}${deployment}`;
}

function notDelivered(
  ending: Passing,
  { request, consequence, sent, remedy = CHECK_ADDRESS }: Sent,
  { elapsed, asked, bound }: { elapsed: number; asked: number | undefined; bound: string },
): ActionError {
  const tries = sent === 1 ? '' : ` ${sent} times in ${duration(elapsed)}`;
  return new ActionError(
    'not-delivered',
    `${request} failed${tries}: ${reasonOf(ending)}; ${consequence}. ${remedyFor(ending, asked, bound) ?? remedy}`,
    {
      request,
      ...given({ answer: ending.said }),
    },
  );
}

/** What the server's answer tells to do; undefined when none came. */
function remedyFor({ said }: Passing, asked: number | undefined, bound: string): string | undefined {
  if (asked !== undefined) {
    return `The server asks to stay away for ${duration(asked)}, ${bound}; run it again later.`;
  }
  return said && 'The server answers, but does not take the request now; run this step again later.';
}
