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

/**
 * Two counts decide alone. If one is not known, the baseline decides, then the user. If nothing shows whose execution it
 * is, it counts as ours.
 */
export function whoseExecution(
  { baseline, executeCount, username }: OwnExecution,
  status: Baseline & Pick<BuildStatus, 'startedBy'>,
): Whose {
  if (executeCount !== undefined && status.executeCount !== undefined) {
    if (status.executeCount !== executeCount) return status.executeCount > executeCount ? 'newer' : 'before ours';
  } else if (baseline && !movedSince(baseline, status)) return 'before ours';
  return otherStarter(status, username) === undefined ? 'ours' : "somebody else's";
}

/**
 * Whether an execution has started since the baseline. Two counts decide alone, whatever the times are. If one is not
 * known: a later queue or end time, or a finished build that is unfinished now. A time that is missing or earlier proves
 * nothing.
 */
export function movedSince(before: Baseline, now: Baseline): boolean {
  if (before.executeCount !== undefined && now.executeCount !== undefined) {
    return now.executeCount > before.executeCount;
  }
  return (
    isLater(before.queueTime, now.queueTime) ||
    isLater(before.endTime, now.endTime) ||
    (isFinished(before) && !isFinished(now))
  );
}

/** BK-CI also writes 0 for a time that is not known. */
function isLater(before: number | undefined, now: number | undefined): boolean {
  return before !== undefined && now !== undefined && before > 0 && now > before;
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
