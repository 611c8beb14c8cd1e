/** Has an execution begun since the baseline? One pure rule for settling a lost answer, for waiting and for post. */
import { type BuildTimes, isFinished } from './status.js';

/** What of one look tells executions apart. */
export interface Baseline extends BuildTimes {
  /** Executions so far, counted from 1; absent when the server does not say. */
  readonly executeCount?: number;
  /** Milliseconds since 1970. A retry sets it anew (bk-ci: PipelineBuildDao.updateBuildRetryInfo). */
  readonly queueTime?: number;
}

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
