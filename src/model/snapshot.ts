/** A build as one read of its status shows it (bk-ci: BuildHistoryWithVars.kt). Times are the server's, in milliseconds since 1970. */
import type { BuildTimes } from './status.js';

/** One failed plug-in as BK-CI lists it beside a build; ids may be missing on old servers. */
export interface TaskError {
  readonly stageId?: string;
  readonly containerId?: string;
  readonly taskId?: string;
  readonly taskName?: string;
  readonly errorType?: string;
  readonly errorCode?: number;
  readonly errorMessage?: string;
}

export interface StageStatus {
  readonly stageId: string;
  readonly name: string;
  readonly status?: string;
  /** Milliseconds. */
  readonly durationMs?: number;
  /** Milliseconds since 1970. */
  readonly startEpoch?: number;
  /** Names who may approve a gate (bk-ci: PipelineStageService.pauseStage). */
  readonly showMsg?: string;
}

/** One read of a build's status. Times are the server's, in milliseconds since 1970. */
export interface BuildStatus extends Baseline {
  readonly buildNumber?: number;
  readonly startedBy?: string;
  /** The server's clock at this read. */
  readonly serverTime?: number;
  readonly queuePosition?: number;
  readonly stages: readonly StageStatus[];
  readonly errors: readonly TaskError[];
}

/** What of one look tells executions apart. */
export interface Baseline extends BuildTimes {
  /** Executions so far, counted from 1; absent when the server does not say. */
  readonly executeCount?: number;
  /** Milliseconds since 1970. A retry sets it anew (bk-ci: PipelineBuildDao.updateBuildRetryInfo). */
  readonly queueTime?: number;
}

/** Holds what starts the pipeline; it runs nothing, and nobody asks about it. */
export const TRIGGER_STAGE = 'stage-1';

export function stagesWithoutTrigger({ stages }: BuildStatus): StageStatus[] {
  return stages.filter(({ stageId }) => stageId !== TRIGGER_STAGE);
}
