/** Decides what to do with a build after its status was read: retry, follow, nothing, or an error. Pure. */

import type { RetryParameters } from '../bkci/endpoints.js';
import type { RetryOn } from '../inputs/parse.js';
import { ActionError, NOTHING_SENT } from '../lib/errors.js';
import { duration } from '../lib/format.js';
import { oneLine, quote } from '../lib/sanitize.js';
import { buildName, describeStatus } from '../model/describe.js';
import type { BuildDetail, Plugin } from '../model/detail.js';
import { canBeRetried, hasFailed, idOf, type Part, pathOf } from '../model/parts.js';
import { type BuildStatus, startOf } from '../model/snapshot.js';
import { isFinished, isQueued, meaningOfBuild } from '../model/status.js';
import { type PlanText, planText, takesFailedContainer } from './describe.js';
import { matrixWarning, partToRerun, remainingFailureWarning } from './rerun.js';
import { checkRetryOn, failuresToJudge } from './retry-on.js';
import { resolveTarget } from './target.js';

/** The inputs that the decision depends on. */
export interface RetryRequest {
  readonly retry: RetryParameters;
  readonly onlyIfFailed: boolean;
  readonly retryOn?: RetryOn | undefined;
  readonly maxExecuteCount?: number | undefined;
  /** Set for every attempt after the first: a part that no longer fails is not retried. */
  readonly isFurtherAttempt?: boolean | undefined;
}

export interface Plan extends PlanText {
  readonly kind: 'plan';
  /** Shown before the retry is sent. */
  readonly warnings: readonly string[];
  /** What could not be checked. Shown once the retry is accepted, as a refused one has an error of its own; or in a dry run. */
  readonly warningAfter?: string | undefined;
  /** The status before the retry. Undefined when its read was refused: then a lost answer can't be reconciled. */
  readonly baseline?: BuildStatus | undefined;
  /** The plug-in before its retry inside a running build, since the status of the build does not change then. */
  readonly plugin?: Plugin | undefined;
}

export type Decision =
  | Plan
  | { readonly kind: 'not-needed'; readonly why: string }
  /** The build is running. If the step waits for it, the result decides whether a retry is needed. */
  | { readonly kind: 'follow'; readonly why: string };

/** Throws an ActionError when the build can't or must not be retried. */
export function decide(
  request: RetryRequest,
  status: BuildStatus,
  detail: BuildDetail | undefined,
  buildId: string,
): Decision {
  const build = buildName(status.buildNumber, buildId);
  const meaning = meaningOfBuild(status);
  const finished = isFinished(status);
  const left = leftAlone(request, status);
  if (left) return left;
  checkExecutionCount(request, status.executeCount ?? detail?.executeCount, {
    build,
    isGreen: meaning === 'succeeded',
  });
  if (finished) checkRetryOn(request.retryOn, failuresToJudge(status, detail, undefined), { status, build });
  const part = resolveTarget(request.retry, detail, { build, isGreen: meaning === 'succeeded' });
  if (request.isFurtherAttempt && part && !canBeRetried(part)) {
    throw new ActionError('task-unknown', {
      problem: `${oneLine(pathOf(part))} does not fail any more, so there is nothing left to retry with taskId ${quote(idOf(part))}`,
    });
  }
  if (!finished) return planInsideRunning(request, status, { part, build });
  const { skip = false } = request.retry;
  const rerun = part && detail ? partToRerun(part, detail, { build, skip }) : part;
  const warnings = [
    ...greenWarning(status, rerun, build),
    ...failedContainerWarning(request.retry, rerun),
    ...matrixWarning(rerun, skip),
    ...remainingFailureWarning(rerun, detail, skip),
  ];
  return { kind: 'plan', ...planText(request.retry, rerun), warnings, baseline: status };
}

/** What `onlyIfFailed` leaves as it is, whatever the other inputs say. */
function leftAlone({ onlyIfFailed }: RetryRequest, status: BuildStatus): Exclude<Decision, Plan> | undefined {
  if (!onlyIfFailed) return undefined;
  const meaning = meaningOfBuild(status);
  if (meaning === 'succeeded') return { kind: 'not-needed', why: 'the build has succeeded' };
  if (meaning === 'cancelled') return { kind: 'not-needed', why: 'the build was cancelled' };
  return isFinished(status) ? undefined : { kind: 'follow', why: `the build ${describeActivity(status)}` };
}

/** Whether `decide` needs the build's detail. */
export function needsDetail(request: RetryRequest, status: BuildStatus): boolean {
  if (leftAlone(request, status)) return false;
  const { retry, retryOn, maxExecuteCount } = request;
  const countIsMissing = maxExecuteCount !== undefined && status.executeCount === undefined;
  return retryOn !== undefined || retry.taskId !== undefined || retry.failedContainer === true || countIsMissing;
}

/** Prevents workflows from retrying each other without end. An unknown execution count is refused as well. */
function checkExecutionCount(
  { maxExecuteCount }: RetryRequest,
  executeCount: number | undefined,
  { build, isGreen }: { build: string; isGreen: boolean },
): void {
  if (maxExecuteCount === undefined || (executeCount !== undefined && executeCount < maxExecuteCount)) return;
  const times =
    executeCount === undefined ? 'an unknown number of times' : executeCount === 1 ? 'once' : `${executeCount} times`;
  throw new ActionError('too-many-executions', {
    problem: `Build ${build} has been executed ${times} already and maxExecuteCount is ${maxExecuteCount}`,
    consequence: NOTHING_SENT,
    remedy: `${isGreen ? 'Set onlyIfFailed: true to leave green builds alone' : 'Look into why it keeps failing'}, or raise maxExecuteCount.`,
  });
}

/**
 * In a running build only a plug-in can be retried. For anything else newer servers delete the build's variables, and
 * refuse only then (bk-ci: PipelineBuildRetryService, setting cleanVariablesWhenRetry).
 */
function planInsideRunning(
  { retry, retryOn }: RetryRequest,
  status: BuildStatus,
  { part, build }: { part: Part | undefined; build: string },
): Decision {
  if (part?.kind === 'plug-in') {
    if (!canBeRetried(part)) {
      throw new ActionError('already-running', {
        problem: `Build ${build} is running and its plug-in ${oneLine(pathOf(part))} has not failed (${oneLine(part.plugin.status ?? 'not run', 40)})`,
        consequence: NOTHING_SENT,
        remedy: `While a build runs, only a failed or cancelled plug-in can be retried.`,
      });
    }
    checkRetryOn(retryOn, failuresToJudge(status, undefined, part), { status, build });
    return {
      kind: 'plan',
      ...planText(retry, part),
      warnings: [],
      baseline: status,
      plugin: part.plugin,
    };
  }
  const remedy = meaningOfBuild(status) === 'waits for a person' ? 'Decide in BK-CI first' : 'Wait for its end';
  throw new ActionError('already-running', {
    problem: `Build ${build} ${describeActivity(status)} (${describeExecution(status)})`,
    consequence: NOTHING_SENT,
    remedy: `${remedy}, or set onlyIfFailed: true to leave it alone.`,
  });
}

function describeActivity(status: BuildStatus): string {
  if (meaningOfBuild(status) === 'waits for a person') return 'waits for a person to decide';
  return isQueued(status) ? 'is queued' : 'is running';
}

function describeExecution(status: BuildStatus): string {
  const start = startOf(status);
  const since = status.serverTime && start ? ` ${duration(status.serverTime - start)} ago` : '';
  const by = status.startedBy === undefined ? '' : `started by ${oneLine(status.startedBy, 80)}${since}`;
  const execution = status.executeCount === undefined ? '' : `execution ${status.executeCount}`;
  return [execution, by].filter(Boolean).join(', ') || describeStatus(status);
}

function greenWarning(status: BuildStatus, part: Part | undefined, build: string): string[] {
  if (part && hasFailed(part)) return [];
  return rerunWarning(status, build, part === undefined ? 'as a whole' : `from ${oneLine(pathOf(part))} on`);
}

/** The warning for a build that has succeeded and is run again; `extent` says how much of it. None for other builds. */
export function rerunWarning(status: BuildStatus, build: string, extent: string): string[] {
  if (meaningOfBuild(status) !== 'succeeded') return [];
  return [
    `Build ${build} has succeeded and is run again ${extent}. Set onlyIfFailed: true to leave green builds alone.`,
  ];
}

function failedContainerWarning({ failedContainer }: RetryParameters, part: Part | undefined): string[] {
  if (!failedContainer || !part || takesFailedContainer(part)) return [];
  return [`failedContainer has no effect on a ${part.kind}; ${oneLine(pathOf(part))} is retried as it is.`];
}
