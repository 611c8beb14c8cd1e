/** How a step ended, and all that is known when it does: what every report is made of. */

import type { StopResult } from '../follow/stop-result.js';
import type { ActionError } from '../lib/errors.js';
import type { BuildStatus } from '../model/snapshot.js';

/** Something that is known. What could not be done or learned is an ActionError instead. */
export type Outcome =
  | { readonly result: 'retried' }
  | { readonly result: 'not-needed'; readonly why: string }
  | { readonly result: 'found' }
  | { readonly result: 'succeeded' }
  | { readonly result: 'failed'; readonly gateRefused: boolean }
  | { readonly result: 'cancelled' }
  /** As it was seen when time was up, and, after a stop, its end if that was seen. */
  | {
      readonly result: 'timed-out';
      readonly status?: BuildStatus | undefined;
      readonly stop?: StopResult | undefined;
      readonly ended?: BuildStatus | undefined;
    }
  | { readonly result: 'stopped'; readonly stop?: StopResult | undefined }
  /** `postLooks`: the post step finds out whether the build was retried, and then stops it. */
  | { readonly result: 'aborted'; readonly stop?: StopResult | undefined; readonly postLooks?: boolean | undefined };

export type OutcomeOf<Result extends Outcome['result']> = Extract<Outcome, { readonly result: Result }>;

/** How the step ended. */
export type Conclusion = Outcome | ActionError;
