/** A retry that BK-CI has accepted, as the answer says or the build itself shows. */
import type { BuildRef } from '../model/link.js';

export interface AcceptedRetry {
  readonly build: BuildRef;
  readonly buildNumber?: number | undefined;
  readonly executeCount?: number | undefined;
  /** `status` and `message` of the answer; absent when the answer was lost and the build itself shows the retry. */
  readonly response?: { readonly status: number; readonly message?: string | undefined } | undefined;
  /** The answer named another build than the one that was asked for. */
  readonly answeredOther?: boolean | undefined;
  /** Somebody else may have started this execution: it is followed, but never stopped. */
  readonly startedByOther?: boolean | undefined;
  /** On the step's clock. */
  readonly at: number;
}
