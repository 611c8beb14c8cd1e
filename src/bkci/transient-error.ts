/** A read that did not come through this time, with the words for it. */
import type { RequestOutcome } from './classify.js';

/** A request that did not come through, for its sentence. */
export interface RequestDescription {
  /** `METHOD address` without query. */
  readonly request: string;
  /** What that leaves undone: `the build was not retried`. */
  readonly consequence: string;
  /** What to do when no answer came at all; absent for requests to `apiUrl`. */
  readonly remedy?: string | undefined;
}

/** A read that did not come through and may be read again; every other failure is an ActionError. */
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
