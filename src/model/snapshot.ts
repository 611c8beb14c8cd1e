/** Types of a build's status (bk-ci: BuildHistoryWithVars.kt). Times are from the server's clock. */

import type { BuildTimes } from './status.js';

/** One entry of BK-CI's list of errors of a build; old servers may omit the ids. */
export interface TaskError {
  readonly stageId?: string | undefined;
  readonly containerId?: string | undefined;
  readonly taskId?: string | undefined;
  readonly taskName?: string | undefined;
  readonly errorType?: string | undefined;
  readonly errorCode?: number | undefined;
  readonly errorMessage?: string | undefined;
}

export interface StageStatus {
  readonly stageId: string;
  readonly name: string;
  readonly status?: string | undefined;
  /** Milliseconds. */
  readonly durationMs?: number | undefined;
  /** Milliseconds since 1970. */
  readonly startEpoch?: number | undefined;
  /** Lists who may approve a gate (bk-ci: PipelineStageService.pauseStage). */
  readonly showMsg?: string | undefined;
}

/** The part of a status that distinguishes executions. */
export interface Baseline extends BuildTimes {
  /** Number of executions so far, at least 1; absent if the server does not give it. */
  readonly executeCount?: number | undefined;
  /** Milliseconds since 1970. A retry changes it (bk-ci: PipelineBuildDao.updateBuildRetryInfo). */
  readonly queueTime?: number | undefined;
}

/** One response of the status API. */
export interface BuildStatus extends Baseline {
  readonly buildNumber?: number | undefined;
  readonly startedBy?: string | undefined;
  /** The server's time at this response, milliseconds since 1970. */
  readonly serverTime?: number | undefined;
  readonly queuePosition?: number | undefined;
  readonly stages: readonly StageStatus[];
  readonly errors: readonly TaskError[];
}

/**
 * When the execution began, in milliseconds since 1970: BK-CI keeps the start of the first execution after a retry of a
 * part (bk-ci: observed on v4.1.0). Undefined while it is not known.
 */
export function startOf({ startTime = 0, queueTime = 0 }: BuildStatus): number | undefined {
  return startTime > 0 ? Math.max(startTime, queueTime) : undefined;
}

/** The stage of the triggers, which runs no job. */
export const TRIGGER_STAGE = 'stage-1';

export function stagesWithoutTrigger({ stages }: BuildStatus): StageStatus[] {
  return stages.filter(({ stageId }) => stageId !== TRIGGER_STAGE);
}
