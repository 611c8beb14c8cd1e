/** The error of a read that failed but may be repeated. Internal: it ends as a value or as an ActionError. */

import type { RequestOutcome } from './classify.js';

export class TransientError extends Error {
  override readonly name = 'TransientError';
  readonly outcome: Extract<RequestOutcome, { kind: 'not-delivered' | 'answer-lost' }>;
  readonly description: RequestDescription;

  constructor(outcome: TransientError['outcome'], description: RequestDescription) {
    super(outcome.reason);
    this.outcome = outcome;
    this.description = description;
  }
}

/** What the error message of a failed request needs. */
export interface RequestDescription {
  /** `METHOD address` without query. */
  readonly request: string;
  /** What failed, before `failed:`. Absent for requests to `apiUrl`. */
  readonly subject?: string | undefined;
  /** What was not done because of it: `nothing was retried`. */
  readonly consequence: string;
  /** What to do when no answer came. Absent for requests to `apiUrl`. */
  readonly remedy?: string | undefined;
}
