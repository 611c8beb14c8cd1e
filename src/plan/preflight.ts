/** Reads the build before a retry, logs its status, and decides on a plan. Sends no POST request. */

import type { BuildReader } from '../bkci/client.js';
import type { StepContext } from '../github/step.js';
import type { Inputs } from '../inputs/inputs.js';
import { ActionError } from '../lib/errors.js';
import { listed } from '../lib/format.js';
import { continuation, logLine } from '../lib/log-line.js';
import { oneLine, quote } from '../lib/sanitize.js';
import { buildName, describeStatus } from '../model/describe.js';
import type { BuildDetail } from '../model/detail.js';
import type { FailedTask } from '../model/failure.js';
import { type BuildRef, buildLink } from '../model/link.js';
import { findParts } from '../model/parts.js';
import type { BuildStatus } from '../model/snapshot.js';
import { type Decision, decide, needsDetail, type Plan, type RetryRequest, rerunWarning } from './decide.js';
import { planText } from './describe.js';
import { failuresToJudge } from './retry-on.js';

export interface PreflightOptions {
  readonly build: BuildRef;
  readonly inputs: Inputs;
  readonly reader: Pick<BuildReader, 'buildStatus' | 'buildDetail'>;
  /** Receives what was read. */
  readonly state: {
    recordStatus(status: BuildStatus): void;
    recordNames(detail: BuildDetail): void;
    update(known: { readonly failedTasks: readonly FailedTask[] }): void;
  };
}

/**
 * Decides what to do with the build. Throws an ActionError when it can't be retried or read, when an answer was not
 * understood, and when a read is refused that an input needs.
 */
export async function preflight(step: StepContext, options: PreflightOptions): Promise<Decision> {
  const { build, inputs, reader, state } = options;
  const request = retryRequest(inputs);
  const signal = step.cancelled;
  const statusRead = await readUnless(isRefusal, () => reader.buildStatus(build, { signal }));
  if ('failure' in statusRead) {
    const { failure } = statusRead;
    throwIfNeeded(inputs, failure, inputsNeedingStatus(inputs));
    step.runner.info(logLine('Look', `refused (${shortReason(failure)}), so its status is not known`));
    return planWithoutStatus(request, failure);
  }
  const status = statusRead.value;
  state.recordStatus(status);
  logStatus(step, options, status);
  const isNeeded = needsDetail(request, status);
  if (!isNeeded) {
    const decision = decide(request, status, undefined, build.buildId);
    // A dry run reads the detail as well: it holds the pipeline of the build, which v3's status does not check.
    if (!inputs.dryRun || decision.kind !== 'plan') return decision;
  }
  const isTolerable = isNeeded ? isUnavailable : isUnread;
  const detailRead = await readUnless(isTolerable, () => reader.buildDetail(build, { signal }));
  if ('failure' in detailRead) {
    const { failure } = detailRead;
    if (isNeeded) throwIfNeeded(inputs, failure, inputsNeedingDetail(inputs, status));
    step.runner.info(
      logLine('Look', `at the plug-ins ${whatCameOf(failure)} (${shortReason(failure)}), so they are not known`),
    );
    return planWithoutDetail(options, status, failure);
  }
  const detail = detailRead.value;
  state.recordNames(detail);
  const [part] = findParts(detail, request.retry.taskId ?? '');
  // Reported if they are not worth a retry.
  if (request.retryOn) state.update({ failedTasks: failuresToJudge(status, detail, part) });
  return decide(request, status, detail, build.buildId);
}

/** The inputs that `decide` needs. */
export function retryRequest({ retry, onlyIfFailed, retryOn, maxExecuteCount }: Inputs): RetryRequest {
  return { retry, onlyIfFailed, retryOn, maxExecuteCount };
}

function logStatus({ runner }: StepContext, { build, inputs }: PreflightOptions, status: BuildStatus): void {
  const project = oneLine(build.projectId, 80);
  runner.info(
    logLine(
      'Build',
      `${buildName(status.buildNumber, build.buildId)} in project ${project}: ${describeStatus(status)}`,
    ),
  );
  if (inputs.consoleUrl !== undefined) runner.info(continuation(buildLink(inputs.consoleUrl, build)));
}

type ReadResult<T> = { readonly value: T } | { readonly failure: ActionError };

/** The value of a read, or its error if that is tolerable; throws any other error. */
async function readUnless<T>(
  isTolerable: (error: ActionError) => boolean,
  read: () => Promise<T>,
): Promise<ReadResult<T>> {
  try {
    return { value: await read() };
  } catch (error) {
    if (error instanceof ActionError && isTolerable(error)) return { failure: error };
    throw error;
  }
}

/** Throws if `needing`, the inputs in use that need what was not read, is not empty, or if taskId is not certain. */
function throwIfNeeded({ retry }: Inputs, failure: ActionError, needing: readonly string[]): void {
  const { taskId, skip } = retry;
  // Without an answer, no other taskId would help.
  const isUnanswered = failure.code === 'not-delivered' && failure.response === undefined;
  const because = (need: string) =>
    isUnanswered ? failure : failure.with({ problem: `${need} ${whatCameOf(failure)}: ${failure.text.problem}` });
  if (needing.length > 0) {
    throw because(`${listed(needing)} ${needing.length === 1 ? 'needs' : 'need'} a look at the build, which`);
  }
  // BK-CI reruns a job instead of skipping it, so skip takes no job number.
  if (taskId === undefined || isCertainId(taskId) || (isJobNumber(taskId) && !skip)) return;
  const forms = skip ? 'a plug-in (e-…) or a stage (stage-N)' : 'a plug-in (e-…), a stage (stage-N) or a job number';
  throw because(`Without a look at the build, taskId must be ${forms}, and the look`);
}

/** Names of the inputs in use that need the status of the build. */
function inputsNeedingStatus({ retry, onlyIfFailed, retryOn, maxExecuteCount, follow, dryRun }: Inputs): string[] {
  return inUse([
    ['wait', follow !== undefined],
    ['onlyIfFailed', onlyIfFailed],
    ['retryOn', retryOn !== undefined],
    ['maxExecuteCount', maxExecuteCount !== undefined],
    ['failedContainer without taskId', isWithoutStage(retry)],
    ['dryRun', dryRun],
  ]);
}

/** Names of the inputs in use that need the detail of the build, taskId apart. */
function inputsNeedingDetail({ retry, retryOn, maxExecuteCount }: Inputs, { executeCount }: BuildStatus): string[] {
  return inUse([
    ['retryOn', retryOn !== undefined],
    ['maxExecuteCount', maxExecuteCount !== undefined && executeCount === undefined],
    ['failedContainer without taskId', isWithoutStage(retry)],
  ]);
}

function inUse(uses: readonly (readonly [name: string, isUsed: boolean])[]): string[] {
  return uses.flatMap(([name, isUsed]) => (isUsed ? [name] : []));
}

function isWithoutStage({ failedContainer, taskId }: RetryRequest['retry']): boolean {
  return failedContainer === true && taskId === undefined;
}

/**
 * Whether the API itself said that the caller may not read. The retry needs another permission, so it may work. Any
 * other answer may come from somewhere else than BK-CI, and no retry is sent there.
 */
function isRefusal({ code }: ActionError): boolean {
  return code === 'forbidden';
}

/**
 * Whether only the detail can't be had, of a build whose status was read: refused with a number, too large, or failing
 * at every try (BK-CI answers 500 for every pipeline with certain plug-ins). A server that asks for a longer pause than
 * the budget allows gets no retry either.
 */
function isUnavailable(error: ActionError): boolean {
  const { code, response } = error;
  if (code === 'refused') return response?.status !== undefined;
  // Below 500, a proxy on the way lets nothing through.
  if (code === 'not-delivered') return response?.retryAfterMs === undefined && (response?.http ?? 500) >= 500;
  return isRefusal(error) || (error.cause as { code?: unknown } | undefined)?.code === 'BODY_TOO_LARGE';
}

/** Whether no detail came at all. An answer of the API about something else, or to other credentials, is one. */
function isUnread({ code, response }: ActionError): boolean {
  return code !== 'unauthorized' && code !== 'not-found' && !(code === 'unexpected-answer' && response?.status === 0);
}

/** A plug-in or stage by its id, which every server version accepts. A name may begin like one, and has white space. */
function isCertainId(taskId: string): boolean {
  return /^(?:e-\S+|stage-\d+)$/.test(taskId);
}

function isJobNumber(taskId: string): boolean {
  return /^\d+$/.test(taskId);
}

/** The plan as requested, without a baseline, since the build could not be read. */
function planWithoutStatus({ retry }: RetryRequest, refusal: ActionError): Plan {
  return {
    kind: 'plan',
    ...planText(retry, undefined),
    warnings: [],
    warningAfter: `The status of the build could not be read before the retry (${shortReason(refusal)}), so a lost answer could not have been verified.${uncheckedTaskWarning(retry)} ${VIEW_REMEDY}`,
  };
}

/** Decides by the status alone; the part and, in a dry run, the pipeline could not be checked. */
function planWithoutDetail({ build, inputs }: PreflightOptions, status: BuildStatus, failure: ActionError): Decision {
  const request = retryRequest(inputs);
  const { retry } = request;
  const decision = decide({ ...request, retry: {} }, status, undefined, build.buildId);
  if (decision.kind !== 'plan') return decision;
  const name = buildName(status.buildNumber, build.buildId);
  const extent = retry.taskId === undefined ? 'as a whole' : `from ${oneLine(retry.taskId, 80)} on`;
  const pipeline = inputs.dryRun ? ` It was not checked that the build is one of pipeline ${build.pipelineId}.` : '';
  const remedy = isRefusal(failure) ? VIEW_REMEDY : 'See the build in BK-CI.';
  return {
    ...decision,
    ...planText(retry, undefined),
    warnings: rerunWarning(status, name, extent),
    warningAfter: `The plug-ins of build ${name} could not be read (${shortReason(failure)}).${uncheckedTaskWarning(retry)}${pipeline} ${remedy}`,
  };
}

const VIEW_REMEDY = 'Give the user the permission VIEW on the pipeline.';

function uncheckedTaskWarning({ taskId }: RetryRequest['retry']): string {
  if (taskId === undefined) return '';
  return ` taskId ${quote(taskId, 80)} could not be checked, and BK-CI reruns the whole build for an unknown one.${isJobNumber(taskId) ? ' Of a job it reruns the first plug-in; one that failed after it stays failed.' : ''}`;
}

function whatCameOf({ code }: ActionError): string {
  return code === 'forbidden' || code === 'refused' ? 'was refused' : 'failed';
}

/** A gateway may answer 200 to what it refuses; the status then says more (src/bkci/response.ts). */
function shortReason({ code, response, cause }: ActionError): string {
  if (response) return response.http < 300 ? `status ${response.status ?? 'unknown'}` : `HTTP ${response.http}`;
  return cause instanceof Error ? cause.message : code === 'not-delivered' ? 'no answer' : code;
}
