/** The types of how a step ends: a known outcome, or an error. */

import type { StopResult } from '../follow/stop-result.js';
import type { ActionError } from '../lib/errors.js';
import type { BuildStatus } from '../model/snapshot.js';

/** A known result. What could not be done or learned is an ActionError instead. */
export type Outcome =
  | { readonly result: 'retried' }
  | { readonly result: 'not-needed'; readonly why: string }
  | { readonly result: 'found' }
  | { readonly result: 'succeeded' }
  | { readonly result: 'failed'; readonly gateRefused: boolean }
  /** `hasRun`: the execution was seen running. */
  | { readonly result: 'cancelled'; readonly hasRun: boolean }
  /** `status`: the build at the timeout. `ended`: its end after the stop request, if it was seen. */
  | {
      readonly result: 'timed-out';
      readonly status?: BuildStatus | undefined;
      readonly stop?: StopResult | undefined;
      readonly ended?: BuildStatus | undefined;
    }
  /** BK-CI accepted the stop, which does not prove that the build ends. */
  | { readonly result: 'stopped' }
  /** `postLooks`: the post step checks whether the build was retried, and stops it in that case. */
  | { readonly result: 'aborted'; readonly stop?: StopResult | undefined; readonly postLooks?: boolean | undefined };

export type OutcomeOf<Result extends Outcome['result']> = Extract<Outcome, { readonly result: Result }>;

/** How the step ended. */
export type Conclusion = Outcome | ActionError;
