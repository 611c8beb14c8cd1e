/** A build as one read of its status shows it (bk-ci: BuildHistoryWithVars.kt). Times are the server's, in milliseconds since 1970. */
import type { BuildTimes } from './status.js';

/** One failed plug-in as BK-CI lists it beside a build; ids may be missing on old servers. */
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
  /** Names who may approve a gate (bk-ci: PipelineStageService.pauseStage). */
  readonly showMsg?: string | undefined;
}

/** One read of a build's status. Times are the server's, in milliseconds since 1970. */
export interface BuildStatus extends Baseline {
  readonly buildNumber?: number | undefined;
  readonly startedBy?: string | undefined;
  /** The server's clock at this read. */
  readonly serverTime?: number | undefined;
  readonly queuePosition?: number | undefined;
  readonly stages: readonly StageStatus[];
  readonly errors: readonly TaskError[];
}

/** What of one look tells executions apart. */
export interface Baseline extends BuildTimes {
  /** Executions so far, counted from 1; absent when the server does not say. */
  readonly executeCount?: number | undefined;
  /** Milliseconds since 1970. A retry sets it anew (bk-ci: PipelineBuildDao.updateBuildRetryInfo). */
  readonly queueTime?: number | undefined;
}

/** Holds what starts the pipeline; it runs nothing, and nobody asks about it. */
export const TRIGGER_STAGE = 'stage-1';

export function stagesWithoutTrigger({ stages }: BuildStatus): StageStatus[] {
  return stages.filter(({ stageId }) => stageId !== TRIGGER_STAGE);
}
