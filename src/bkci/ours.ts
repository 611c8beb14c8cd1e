/** Whose execution a look shows: what somebody else may have started is followed, and never stopped. Pure. */

import { oneLine } from '../text.js';
import type { Baseline } from './moved.js';

interface Seen {
  readonly executeCount?: number;
  /** Who retried last, as BK-CI names the starter of a build. */
  readonly startedBy?: string;
}

/** The count of a retry's execution. A plug-in inside a running build adds none (bk-ci: PipelineBuildRetryService). */
export function countOfRetry(baseline: Baseline | undefined, insideRunning: boolean): number | undefined {
  if (baseline?.executeCount === undefined) return undefined;
  return insideRunning ? baseline.executeCount : baseline.executeCount + 1;
}

/** Whether a newer execution runs than ours; false where either is not counted. */
export function isLater({ executeCount }: Seen, ours: number | undefined): boolean {
  return executeCount !== undefined && ours !== undefined && executeCount > ours;
}

/** The one who started it, when that is known to be somebody else. */
export function otherStarter({ startedBy }: Seen, username: string | undefined): string | undefined {
  return startedBy !== undefined && username !== undefined && startedBy !== username
    ? oneLine(startedBy, 80)
    : undefined;
}
