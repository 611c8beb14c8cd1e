/** A read that did not come through this time, with the words for it. */
import type { Ending } from './classify.js';

/** A request that did not come through, for its sentence. */
export interface Sending {
  /** `METHOD address` without query. */
  readonly request: string;
  /** What that leaves undone: `the build was not retried`. */
  readonly consequence: string;
  /** What to do when no answer came at all; absent for requests to `apiUrl`. */
  readonly remedy?: string;
}

/** A read that did not come through and may be read again; every other failure is an ActionError. */
export class PassingFailure extends Error {
  override readonly name = 'PassingFailure';
  readonly ending: Extract<Ending, { kind: 'not-delivered' | 'answer-lost' }>;
  readonly sending: Sending;

  constructor(ending: PassingFailure['ending'], sending: Sending) {
    super(ending.reason);
    this.ending = ending;
    this.sending = sending;
  }
}
