/** Judges whether what failed is worth a retry (input `retryOn`). Pure. */

import type { RetryOn } from '../inputs/parse.js';
import { ActionError, NOTHING_SENT } from '../lib/errors.js';
import { oneLine } from '../lib/sanitize.js';
import { stateOf } from '../model/describe.js';
import { taskReason, taskSentence } from '../model/describe-failure.js';
import type { BuildDetail } from '../model/detail.js';
import { type FailedTask, failedTaskOf, failedTasksOf, wasFastKilled } from '../model/failure.js';
import { hasFailed, type Part } from '../model/parts.js';
import type { BuildStatus } from '../model/snapshot.js';
import { isFinished, meaningOfBuild } from '../model/status.js';

/**
 * What is judged: what failed in a build, if it has failed, or in one that runs, the plug-in that is retried, unless it
 * was cancelled. A build that ended in the queue still lists the errors of the execution before (bk-ci: observed on
 * v4.1.0), and may be anything but FAILED.
 */
export function failuresToJudge(
  status: BuildStatus,
  detail: BuildDetail | undefined,
  part: Part | undefined,
): FailedTask[] {
  if (!isFinished(status)) return part && hasFailed(part) ? [failedTaskOf({ part, isTolerated: false })] : [];
  if (meaningOfBuild(status) !== 'failed') return [];
  return failedTasksOf(detail, status, status.status === 'FAILED');
}

/**
 * Throws an ActionError unless there is a failure that broke the build, and all of them match by type or number. One that
 * was ended because of another need not.
 */
export function checkRetryOn(
  retryOn: RetryOn | undefined,
  failures: readonly FailedTask[],
  { status, build }: { status: BuildStatus; build: string },
): void {
  if (!retryOn) return;
  const causes = failures.filter(({ tolerated }) => !tolerated);
  const unmatched = causes.find((task) => !wasFastKilled(task) && !matches(retryOn, task));
  if (!unmatched && causes.some((task) => matches(retryOn, task))) return;
  const what = isFinished(status) ? 'Build' : 'A plug-in of build';
  throw new ActionError('not-retryable', {
    problem: unmatched
      ? `${what} ${build} failed for a reason that retryOn does not name: ${describe(unmatched)}`
      : `Build ${build} has no failure that retryOn could match (${stateOf(status)})`,
    consequence: NOTHING_SENT,
    remedy: unmatched
      ? 'Look into the failure; to retry such ones as well, add their type or number to retryOn.'
      : remedyWithoutFailure(status),
  });
}

function remedyWithoutFailure(status: BuildStatus): string {
  const meaning = meaningOfBuild(status);
  if (meaning === 'succeeded') return 'Set onlyIfFailed: true to leave green builds alone.';
  const retry = 'Leave retryOn out to retry it all the same';
  return meaning === 'cancelled' ? `${retry}, or set onlyIfFailed: true to leave it alone.` : `${retry}.`;
}

function matches({ types, codes }: RetryOn, { errorType, errorCode }: FailedTask): boolean {
  return types.some((type) => type === errorType.toUpperCase()) || (errorCode !== null && codes.includes(errorCode));
}

/** `Run tests in Test › Linux (USER 2199001): “exit status 1”` */
function describe(task: FailedTask): string {
  const kind = [oneLine(task.errorType, 40), task.errorCode ?? ''].filter((part) => part !== '').join(' ');
  const what = `${taskSentence(task)} (${kind === '' ? 'without a type or number' : kind})`;
  return [what, taskReason(task, 300)].filter(Boolean).join(': ');
}
