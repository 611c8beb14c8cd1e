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
  /** Another user may have started this execution: it is followed, but never stopped. */
  readonly startedByOther?: boolean | undefined;
  /** When it was accepted, in milliseconds on the step's clock. */
  readonly at: number;
}
