/** A build as one read of its detail shows it: the model with the state of each part (bk-ci: ModelRecord.kt, ModelDetail.kt). */
import type { TaskError } from './snapshot.js';

export interface Plugin {
  /** `e-…`, what every server takes as taskId. */
  readonly id: string;
  /** The user's own name of the step. */
  readonly stepId?: string | undefined;
  readonly name: string;
  readonly status?: string | undefined;
  readonly executeCount?: number | undefined;
  /** Milliseconds since 1970. */
  readonly startEpoch?: number | undefined;
  readonly errorType?: string | undefined;
  readonly errorCode?: number | undefined;
  readonly errorMessage?: string | undefined;
}

export interface Job {
  /** Sequence number as text, what the API takes as taskId. */
  readonly id: string;
  /** `c-…`, which only logs take. */
  readonly hashId?: string | undefined;
  readonly name: string;
  readonly status?: string | undefined;
  readonly plugins: readonly Plugin[];
  /** Jobs of a matrix; the group itself runs no plug-in. */
  readonly children: readonly Job[];
}

export interface Stage {
  readonly id: string;
  readonly name: string;
  readonly status?: string | undefined;
  /** Runs last, whatever happened before. */
  readonly isFinally: boolean;
  readonly executeCount?: number | undefined;
  /** Milliseconds. */
  readonly durationMs?: number | undefined;
  readonly jobs: readonly Job[];
}

/** One read of a build's detail: the model with the state of each part. */
export interface BuildDetail {
  readonly pipelineName?: string | undefined;
  readonly executeCount?: number | undefined;
  /** Who started the first execution, and who the newest. */
  readonly firstStartedBy?: string | undefined;
  readonly stages: readonly Stage[];
  readonly errors: readonly TaskError[];
}
