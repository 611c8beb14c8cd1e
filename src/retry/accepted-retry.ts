/** The type of a retry that BK-CI has accepted, according to its answer or to the build itself. */

import type { BuildRef } from '../model/link.js';

export interface AcceptedRetry {
  readonly build: BuildRef;
  readonly buildNumber?: number | undefined;
  readonly executeCount?: number | undefined;
  /** `status` and `message` of the answer; absent when the answer was lost and only the build shows the retry. */
  readonly response?: { readonly status: number; readonly message?: string | undefined } | undefined;
  /** The answer names another build than the request. */
  readonly answeredOther?: boolean | undefined;
  readonly ownership: Ownership;
  /** When it was accepted, in milliseconds on the step's clock. */
  readonly at: number;
}

/**
 * Whether this step's retry started the execution. It is followed in any case. `unsure`: the build went further ahead
 * than one retry makes it, so it is only stopped if BK-CI names our user as the starter. `other`: somebody else may have
 * started it, so it is never stopped.
 */
export type Ownership = 'ours' | 'unsure' | 'other';
