/** Decides which execution of a build a status shows, and whether this step's retry started it. Pure. */

import { oneLine } from '../lib/sanitize.js';
import type { Baseline, BuildStatus } from './snapshot.js';
import { isFinished } from './status.js';

/** What is known about the execution that this step's retry started. */
export interface OwnExecution {
  /** The build right before the retry; undefined if any execution counts. */
  readonly baseline?: Baseline | undefined;
  readonly executeCount?: number | undefined;
  /** The user who retried; only given if the user who started the execution decides whether it is ours. */
  readonly username?: string | undefined;
}

export type Whose = 'before ours' | 'ours' | 'newer' | "somebody else's";

/** If the status does not show whose execution it is, it counts as ours. */
export function whoseExecution(
  { baseline, executeCount, username }: OwnExecution,
  status: Baseline & Pick<BuildStatus, 'startedBy'>,
): Whose {
  if (baseline && !movedSince(baseline, status)) return 'before ours';
  if (executeCount !== undefined && status.executeCount !== undefined && status.executeCount !== executeCount) {
    return status.executeCount > executeCount ? 'newer' : 'before ours';
  }
  return otherStarter(status, username) === undefined ? 'ours' : "somebody else's";
}

/**
 * Whether an execution has started since the baseline. Different execution counts decide, if both are known; otherwise
 * a changed queue or end time; otherwise a change from a finished to an unfinished status.
 */
export function movedSince(before: Baseline, now: Baseline): boolean {
  if (before.executeCount !== undefined && now.executeCount !== undefined) {
    if (now.executeCount !== before.executeCount) return now.executeCount > before.executeCount;
  }
  if ((now.queueTime ?? 0) !== (before.queueTime ?? 0)) return true;
  if ((now.endTime ?? 0) !== (before.endTime ?? 0)) return true;
  return isFinished(before) && !isFinished(now);
}

/** How many executions have started since the baseline; undefined unless both counts are known. */
export function executionsSince(before: Baseline, now: Baseline): number | undefined {
  if (before.executeCount === undefined || now.executeCount === undefined) return undefined;
  return now.executeCount - before.executeCount;
}

/**
 * The execution count after a retry. A plug-in of a running build is retried in the same execution (bk-ci:
 * PipelineBuildRetryService).
 */
export function expectedExecution(baseline: Baseline | undefined, insideRunning: boolean): number | undefined {
  if (baseline?.executeCount === undefined) return undefined;
  return insideRunning ? baseline.executeCount : baseline.executeCount + 1;
}

/** The starter of the execution, sanitised, if known to be another user. BK-CI gives the user who retried last. */
export function otherStarter(
  { startedBy }: Pick<BuildStatus, 'startedBy'>,
  username: string | undefined,
): string | undefined {
  return startedBy !== undefined && username !== undefined && startedBy !== username
    ? oneLine(startedBy, 80)
    : undefined;
}
