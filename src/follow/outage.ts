/** Looks that fail in a row while a build is followed: one is nothing, a minute is worth a word, five are the end. */
import { TransientError } from '../bkci/transient-error.js';
import type { StepContext } from '../github/step.js';
import { ActionError } from '../lib/errors.js';
import { duration } from '../lib/format.js';

/** Without an answer for this long, people are told. */
const WARNING_MS = 60_000;
/** Without an answer for this long, the step gives up. */
const END_MS = 300_000;
/** What no further look can heal. */
const FINAL_CODES: ReadonlySet<string> = new Set(['unauthorized', 'forbidden', 'not-found']);

export function isFinal(error: unknown): boolean {
  return !(error instanceof TransientError) && !(error instanceof ActionError && !FINAL_CODES.has(error.code));
}

export class Outage {
  readonly #step: StepContext;
  /** When the first look in a row failed. */
  #since: number | undefined;
  #warned = false;

  constructor(step: StepContext) {
    this.#step = step;
  }

  /** The last look failed. */
  get isOngoing(): boolean {
    return this.#since !== undefined;
  }

  /** A look came through. Milliseconds of the outage that it ends, when people were told of one. */
  answered(): number | undefined {
    const since = this.#warned ? this.#since : undefined;
    this.#warned = false;
    this.#since = undefined;
    return since === undefined ? undefined : this.#step.clock.now() - since;
  }

  /** A look failed. Throws what can't heal, such as the abort, and `not-delivered` when it has lasted too long. */
  failed(error: unknown): void {
    const { runner, clock } = this.#step;
    if (isFinal(error)) throw error;
    const reason = error instanceof ActionError ? `HTTP ${error.response?.http ?? '?'}` : (error as Error).message;
    this.#since ??= clock.now();
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
    if (silence < WARNING_MS || this.#warned) return;
    this.#warned = true;
    runner.annotate(
      'warning',
      `BK-CI has not answered for ${duration(silence)} (${reason}). The build goes on; still trying.`,
    );
  }
}
