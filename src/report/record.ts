/** What the run knows so far. Reports are made from it. Texts come from the server: sanitise them before showing them. */

import type { Candidate } from '../find/candidate.js';
import { buildName } from '../model/describe.js';
import type { StageSummary } from '../model/detail.js';
import type { FailedTask, TaskLog } from '../model/failure.js';
import { type BuildRef, buildLink } from '../model/link.js';
import type { BuildStatus } from '../model/snapshot.js';
import type { PlanText } from '../plan/describe.js';

/** One retry of this step that has ended. */
export interface Attempt {
  readonly executeCount?: number | undefined;
  /** `Test › Linux › Run tests` */
  readonly failedIn: string;
  /** Milliseconds. */
  readonly durationMs: number;
}

/** The retries of this step that were accepted, and what is known of the last one. */
export interface AcceptedRetries {
  /** At least 1. */
  readonly count: number;
  /** Count of the execution that the last one started. */
  readonly executeCount?: number | undefined;
  /** Another user may have started that execution instead. */
  readonly startedByOther: boolean;
  /** `status` and `message` of the answer to the last one; absent when that answer was lost. */
  readonly response?: { readonly status: number; readonly message?: string | undefined } | undefined;
}

/**
 * How far the retry is. `idle`: no request is under way. `sending`: sent, and the result of the request is not known.
 * `running`: accepted. `ended`: the build has ended, or a stop request was sent.
 */
export type RetryPhase = 'idle' | 'sending' | 'running' | 'ended';

export interface RunRecord {
  readonly phase: RetryPhase;
  readonly build?: BuildRef | undefined;
  readonly buildNumber?: number | undefined;
  readonly pipelineName?: string | undefined;
  readonly consoleUrl?: string | undefined;
  /** Execution count; after a retry, that of its execution. */
  readonly executeCount?: number | undefined;
  /** The build before the retry. */
  readonly statusBefore?: BuildStatus | undefined;
  /** The build as it was read last. */
  readonly lastStatus?: BuildStatus | undefined;
  /** What was sent, or would be sent in a dry run. */
  readonly plan?: PlanText | undefined;
  /** Undefined while no retry of this step was accepted. */
  readonly accepted?: AcceptedRetries | undefined;
  readonly maxAttempts: number;
  /** Attempts that have ended. */
  readonly attempts: readonly Attempt[];
  /** Milliseconds since waiting began (`RunState.startTimer`), to the end of the waiting. */
  readonly elapsedMs?: number | undefined;
  readonly failedTasks: readonly FailedTask[];
  readonly logs: readonly TaskLog[];
  readonly stages: readonly StageSummary[];
  readonly firstStartedBy?: string | undefined;
  /** The builds that were found; several if it was not clear which one is meant. */
  readonly candidates?: readonly Candidate[] | undefined;
  /** Address of the workflow run, built from the runner's own variables. */
  readonly workflowRun?: string | undefined;
  /** Address of the folder with the pages of this action, likewise. */
  readonly pages?: string | undefined;
  /** The user in whose name the retry is sent. */
  readonly username?: string | undefined;
}

/** Link to the execution; to the build while it is not known whether a new execution exists. */
export function linkOf({ consoleUrl, build, executeCount, phase }: RunRecord): string | undefined {
  if (consoleUrl === undefined || build === undefined) return undefined;
  return buildLink(consoleUrl, build, phase === 'sending' ? undefined : executeCount);
}

export function buildNameOf({ buildNumber, statusBefore, build }: RunRecord): string {
  return buildName(buildNumber ?? statusBefore?.buildNumber, build?.buildId ?? '');
}

/** The failures that broke the build. */
export function causesOf({ failedTasks }: Pick<RunRecord, 'failedTasks'>): readonly FailedTask[] {
  return failedTasks.filter(({ tolerated }) => !tolerated);
}

/** The number of failed plug-ins whose logs were not requested; 0 if no logs are wanted. */
export function unreadLogs({ logs, failedTasks }: Pick<RunRecord, 'logs' | 'failedTasks'>): number {
  const withLogs = causesOf({ failedTasks }).filter(({ taskId }) => taskId !== '');
  return logs.length === 0 ? 0 : Math.max(0, withLogs.length - logs.length);
}
