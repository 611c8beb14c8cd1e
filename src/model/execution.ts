/** Has an execution begun since the baseline? One pure rule for settling a lost answer, for waiting and for post. */

import { oneLine } from '../lib/sanitize.js';
import type { Baseline } from './snapshot.js';
import { isFinished } from './status.js';

/**
 * The count decides where both looks have one. Else a changed queue or end time; else an unfinished state where a
 * finished one was.
 */
export function movedSince(before: Baseline, now: Baseline): boolean {
  if (before.executeCount !== undefined && now.executeCount !== undefined) {
    if (now.executeCount !== before.executeCount) return now.executeCount > before.executeCount;
  }
  if ((now.queueTime ?? 0) !== (before.queueTime ?? 0)) return true;
  if ((now.endTime ?? 0) !== (before.endTime ?? 0)) return true;
  return isFinished(before) && !isFinished(now);
}

/** Executions that began since the baseline, when both looks say how many there were. */
export function executionsSince(before: Baseline, now: Baseline): number | undefined {
  if (before.executeCount === undefined || now.executeCount === undefined) return undefined;
  return now.executeCount - before.executeCount;
}

interface Seen {
  readonly executeCount?: number;
  /** Who retried last, as BK-CI names the starter of a build. */
  readonly startedBy?: string;
}

/** The count of a retry's execution. A plug-in inside a running build adds none (bk-ci: PipelineBuildRetryService). */
export function expectedExecution(baseline: Baseline | undefined, insideRunning: boolean): number | undefined {
  if (baseline?.executeCount === undefined) return undefined;
  return insideRunning ? baseline.executeCount : baseline.executeCount + 1;
}

/** Whether a newer execution runs than ours; false where either is not counted. */
export function isNewerExecution({ executeCount }: Seen, accepted: number | undefined): boolean {
  return executeCount !== undefined && accepted !== undefined && executeCount > accepted;
}

/** The one who started it, when that is known to be somebody else. */
export function otherStarter({ startedBy }: Seen, username: string | undefined): string | undefined {
  return startedBy !== undefined && username !== undefined && startedBy !== username
    ? oneLine(startedBy, 80)
    : undefined;
}
