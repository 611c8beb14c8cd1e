/** Types of a build's detail: stages, jobs and plug-ins with their states (bk-ci: ModelRecord.kt, ModelDetail.kt). */

import type { TaskError } from './snapshot.js';

export interface Plugin {
  /** `e-…`, which every server version accepts as taskId. */
  readonly id: string;
  /** The step id that a user has set in the pipeline. */
  readonly stepId?: string | undefined;
  readonly name: string;
  readonly status?: string | undefined;
  /** Its settings let the job go on when it fails. */
  readonly continuesOnFailure: boolean;
  /** Its settings let every user skip it when it fails. */
  readonly canBeSkipped: boolean;
  /** The id of the plug-in whose post action it is. BK-CI reruns both (bk-ci: PipelineContainerService.findPostTask). */
  readonly postActionOf?: string | undefined;
  readonly executeCount?: number | undefined;
  /** Milliseconds since 1970. */
  readonly startEpoch?: number | undefined;
  readonly errorType?: string | undefined;
  readonly errorCode?: number | undefined;
  readonly errorMessage?: string | undefined;
}

export interface Job {
  /** Sequence number as text, which the API accepts as taskId. */
  readonly id: string;
  /** `c-…`, which only the log API accepts. */
  readonly hashId?: string | undefined;
  readonly name: string;
  readonly status?: string | undefined;
  readonly executeCount?: number | undefined;
  /** Its settings let the stage go on when it fails. */
  readonly continuesOnFailure: boolean;
  /** Of the start of its build machine; absent for a job without one. */
  readonly machineStatus?: string | undefined;
  readonly plugins: readonly Plugin[];
  /** Jobs of a matrix group; the group itself runs no plug-in. */
  readonly children: readonly Job[];
}

export interface Stage {
  readonly id: string;
  readonly name: string;
  readonly status?: string | undefined;
  /** Runs last, whether or not the stages before it succeeded. */
  readonly isFinally: boolean;
  readonly executeCount?: number | undefined;
  /** Milliseconds. */
  readonly durationMs?: number | undefined;
  /** Who may decide its gate next; empty without one that waits. */
  readonly reviewers: readonly string[];
  readonly jobs: readonly Job[];
}

/** A stage as reports show it: the jobs of a large build are many, and not looked at there. */
export type StageSummary = Omit<Stage, 'jobs'>;

/** One response of the detail API. */
export interface BuildDetail {
  readonly pipelineName?: string | undefined;
  readonly executeCount?: number | undefined;
  /** The user who started the first execution. */
  readonly firstStartedBy?: string | undefined;
  readonly stages: readonly Stage[];
  readonly errors: readonly TaskError[];
}
