/** What every function of the step needs: the runner, the clock, and a signal that the workflow was cancelled. */

import type { Clock } from '../lib/clock.js';
import type { Runner } from './runner.js';

export interface StepContext {
  readonly runner: Runner;
  readonly clock: Clock;
  /** Aborted by the first SIGINT or SIGTERM, with a WorkflowCancelled as its reason. */
  readonly cancelled: AbortSignal;
}

/** Thrown when the workflow was cancelled. It is reported as an outcome, not as an error. */
export class WorkflowCancelled extends Error {
  override readonly name = 'WorkflowCancelled';
}
