/** Which execution of a build a status shows, and whose it is. Whoever has to know asks `whoseExecution`. Pure. */

import { oneLine } from '../lib/sanitize.js';
import type { Baseline, BuildStatus } from './snapshot.js';
import { isFinished } from './status.js';

/** What is known of the execution that a retry of this step began. */
export interface OwnExecution {
  /** The build right before the retry; undefined where any execution counts. */
  readonly baseline?: Baseline | undefined;
  readonly executeCount?: number | undefined;
  /** Who retried, where it is not certain that the execution is ours: then its starter decides. */
  readonly username?: string | undefined;
}

export type Whose = 'before ours' | 'ours' | 'newer' | "somebody else's";

/** What cannot be told from the status counts as ours. */
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
 * Whether an execution has begun since the baseline. The count decides where both have one and they differ; else a
 * changed queue or end time; else an unfinished state where a finished one was.
 */
export function movedSince(before: Baseline, now: Baseline): boolean {
  if (before.executeCount !== undefined && now.executeCount !== undefined) {
    if (now.executeCount !== before.executeCount) return now.executeCount > before.executeCount;
  }
  if ((now.queueTime ?? 0) !== (before.queueTime ?? 0)) return true;
  if ((now.endTime ?? 0) !== (before.endTime ?? 0)) return true;
  return isFinished(before) && !isFinished(now);
}

/** Executions that began since the baseline, when both say how many there were. */
export function executionsSince(before: Baseline, now: Baseline): number | undefined {
  if (before.executeCount === undefined || now.executeCount === undefined) return undefined;
  return now.executeCount - before.executeCount;
}

/** The count of a retry's execution. A plug-in inside a running build adds none (bk-ci: PipelineBuildRetryService). */
export function expectedExecution(baseline: Baseline | undefined, insideRunning: boolean): number | undefined {
  if (baseline?.executeCount === undefined) return undefined;
  return insideRunning ? baseline.executeCount : baseline.executeCount + 1;
}

/** Who started it, sanitised, when that is known to be somebody else. BK-CI names who retried last. */
export function otherStarter(
  { startedBy }: Pick<BuildStatus, 'startedBy'>,
  username: string | undefined,
): string | undefined {
  return startedBy !== undefined && username !== undefined && startedBy !== username
    ? oneLine(startedBy, 80)
    : undefined;
}
