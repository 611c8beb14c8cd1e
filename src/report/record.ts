/** What the run has learned so far: every report is made of it. Texts are the server's: whoever shows them sanitises them. */

import type { Candidate } from '../find/candidate.js';
import { buildName } from '../model/describe.js';
import type { Stage } from '../model/detail.js';
import type { FailedTask, TaskLog } from '../model/failure.js';
import { type BuildRef, buildLink } from '../model/link.js';
import type { BuildStatus } from '../model/snapshot.js';
import type { PlanText } from '../plan/describe.js';

/** One retry of this step that has ended. */
export interface Attempt {
  readonly executeCount?: number | undefined;
  /** `Test › Linux › Run tests`; text of the server. */
  readonly failedIn: string;
  /** Milliseconds. */
  readonly durationMs: number;
}

/** The retries of this step that were accepted, and what is known of the last one. */
export interface AcceptedRetries {
  /** At least 1. */
  readonly count: number;
  /** Of the execution that the last one began. */
  readonly executeCount?: number | undefined;
  /** Somebody else may have started that execution instead. */
  readonly startedByOther: boolean;
  /** `status` and `message` of the answer to it; absent when that answer was lost. */
  readonly response?: { readonly status: number; readonly message?: string | undefined } | undefined;
}

/**
 * How far the retry is. `idle`: nothing is on its way. `sending`: sent, and its end not known. `running`: accepted.
 * `ended`: the build has ended, or was sent a stop.
 */
export type RetryPhase = 'idle' | 'sending' | 'running' | 'ended';

/** What the story has learned so far. Texts are the server's: whoever shows them sanitises them. */
export interface RunRecord {
  readonly phase: RetryPhase;
  readonly build?: BuildRef | undefined;
  readonly buildNumber?: number | undefined;
  readonly pipelineName?: string | undefined;
  readonly consoleUrl?: string | undefined;
  /** Execution count, after the retry when there was one. */
  readonly executeCount?: number | undefined;
  /** The build before the retry, and as it was seen last. */
  readonly statusBefore?: BuildStatus | undefined;
  readonly lastStatus?: BuildStatus | undefined;
  /** What was sent, or would be. */
  readonly plan?: PlanText | undefined;
  /** Undefined while no retry of this step was accepted. */
  readonly accepted?: AcceptedRetries | undefined;
  readonly maxAttempts: number;
  /** Attempts that have ended. */
  readonly attempts: readonly Attempt[];
  /** Milliseconds from the first accepted retry to the end. */
  readonly elapsedMs?: number | undefined;
  readonly failedTasks: readonly FailedTask[];
  readonly logs: readonly TaskLog[];
  readonly stages: readonly Stage[];
  readonly firstStartedBy?: string | undefined;
  /** The builds that were found; several where one could not be told. */
  readonly candidates?: readonly Candidate[] | undefined;
  /** Address of the workflow run, built from the runner's own variables. */
  readonly workflowRun?: string | undefined;
  /** Who retried, as BK-CI was told. */
  readonly username?: string | undefined;
}

/** While it is not known whether the build was retried, it is the build that has to be opened, not the execution before. */
export function linkOf({ consoleUrl, build, executeCount, phase }: RunRecord): string | undefined {
  if (consoleUrl === undefined || build === undefined) return undefined;
  return buildLink(consoleUrl, build, phase === 'sending' ? undefined : executeCount);
}

export function buildNameOf({ buildNumber, statusBefore, build }: RunRecord): string {
  return buildName(buildNumber ?? statusBefore?.buildNumber, build?.buildId ?? '');
}
