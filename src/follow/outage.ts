/** Counts failed reads in a row while a build is followed: warns after one minute, gives up after five. */

import { TransientError } from '../bkci/transient-error.js';
import type { StepContext } from '../github/step.js';
import { ActionError } from '../lib/errors.js';
import { duration } from '../lib/format.js';

/** After this long without an answer a warning is shown. */
const WARNING_MS = 60_000;
/** After this long without an answer the step gives up. */
const END_MS = 300_000;

export class Outage {
  readonly #step: StepContext;
  /** When the first read of the row failed, later by the pauses that the server asked for. */
  #since: number | undefined;
  #warned = false;

  constructor(step: StepContext) {
    this.#step = step;
  }

  /** Whether the last read failed. */
  get isOngoing(): boolean {
    return this.#since !== undefined;
  }

  /** Call it after a successful read. Returns how long the outage lasted in milliseconds, if a warning was shown. */
  onSuccess(): number | undefined {
    const since = this.#warned ? this.#since : undefined;
    this.#warned = false;
    this.#since = undefined;
    return since === undefined ? undefined : this.#step.clock.now() - since;
  }

  /**
   * Call it after a failed read. Returns the pause in milliseconds that the server asked for, which is no part of the
   * outage. Throws the error if it is final, and `not-delivered` when the outage lasts too long.
   */
  onFailure(error: unknown): number | undefined {
    const { runner, clock } = this.#step;
    if (isFinal(error)) throw error;
    const requestedMs = error instanceof TransientError ? error.outcome.response?.retryAfterMs : undefined;
    const reason = error instanceof ActionError ? reasonOf(error) : (error as Error).message;
    this.#since = (this.#since ?? clock.now()) + (requestedMs ?? 0);
    const silence = clock.now() - this.#since;
    runner.debug(`A look failed: ${(error as Error).message}`);
    if (silence >= END_MS) {
      throw new ActionError(
        'not-delivered',
        {
          problem: `BK-CI has not answered for ${duration(silence)} (${reason})`,
          consequence: 'the build goes on without this step',
          remedy: 'See its result in BK-CI.',
        },
        { cause: error },
      );
    }
    if (silence < WARNING_MS || this.#warned) return requestedMs;
    this.#warned = true;
    runner.annotate(
      'warning',
      `BK-CI has not answered for ${duration(silence)} (${reason}). The build goes on; still trying.`,
    );
    return requestedMs;
  }
}

function reasonOf({ response, text }: ActionError): string {
  return response ? `HTTP ${response.http}` : text.problem;
}

/** Errors that do not go away by reading again. */
const FINAL_CODES: ReadonlySet<string> = new Set(['unauthorized', 'forbidden', 'not-found']);

/** Whether reading again is pointless. The cancellation of the workflow is final too. */
export function isFinal(error: unknown): boolean {
  return !(error instanceof TransientError) && !(error instanceof ActionError && !FINAL_CODES.has(error.code));
}
