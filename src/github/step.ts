/** What every part of the story is handed: the runner, the clock, and the signal that the workflow was cancelled. */

import type { Clock } from '../lib/clock.js';
import type { Runner } from './runner.js';

export interface StepContext {
  readonly runner: Runner;
  readonly clock: Clock;
  /** Aborted by the first SIGINT or SIGTERM; its reason is an Aborted. */
  readonly cancelled: AbortSignal;
}

/** The workflow was cancelled. Not an error: the end of the story is told as an outcome. */
export class WorkflowCancelled extends Error {
  override readonly name = 'WorkflowCancelled';
}
