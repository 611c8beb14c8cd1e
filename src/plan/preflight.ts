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
import { type BuildRef, buildLink } from '../model/link.js';
import type { BuildStatus } from '../model/snapshot.js';
import { type Decision, decide, needsDetail, type Plan, type RetryRequest, rerunWarning } from './decide.js';
import { planText } from './describe.js';

export interface PreflightOptions {
  readonly build: BuildRef;
  readonly inputs: Inputs;
  readonly reader: Pick<BuildReader, 'buildStatus' | 'buildDetail'>;
  /** Receives what was read. */
  readonly state: {
    recordStatus(status: BuildStatus): void;
    recordNames(detail: BuildDetail): void;
  };
}

/**
 * Decides what to do with the build. Throws an ActionError when it can't be retried or read, or when the read is refused
 * and an input needs it.
 */
export async function preflight(step: StepContext, options: PreflightOptions): Promise<Decision> {
  const { build, inputs, reader, state } = options;
  const request = retryRequest(inputs);
  const signal = step.cancelled;
  const statusRead = await tolerateRefusal(inputs, isTolerable, () => reader.buildStatus(build, { signal }));
  if ('refusal' in statusRead) {
    step.runner.info(logLine('Look', `refused (${shortRefusal(statusRead.refusal)}), so its status is not known`));
    return planWithoutStatus(request, statusRead.refusal);
  }
  const status = statusRead.value;
  state.recordStatus(status);
  logStatus(step, options, status);
  if (!needsDetail(request, status)) return decide(request, status, undefined, build.buildId);
  const detailRead = await tolerateRefusal(inputs, isTolerableForDetail, () => reader.buildDetail(build, { signal }));
  if ('refusal' in detailRead) {
    const why = shortRefusal(detailRead.refusal);
    step.runner.info(logLine('Look', `at the plug-ins was refused (${why}), so they are not known`));
    return planWithoutDetail(request, { status, build }, detailRead.refusal);
  }
  state.recordNames(detailRead.value);
  return decide(request, status, detailRead.value, build.buildId);
}

/** The inputs that `decide` needs. */
export function retryRequest({ retry, onlyIfFailed, maxExecuteCount }: Inputs): RetryRequest {
  return { retry, onlyIfFailed, maxExecuteCount };
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

type ReadResult<T> = { readonly value: T } | { readonly refusal: ActionError };

/** The value of a read, or its refusal where the retry is possible without the value; otherwise throws. */
async function tolerateRefusal<T>(
  inputs: Inputs,
  tolerable: (error: ActionError) => boolean,
  read: () => Promise<T>,
): Promise<ReadResult<T>> {
  try {
    return { value: await read() };
  } catch (error) {
    if (!(error instanceof ActionError) || !tolerable(error)) throw error;
    const needing = inputsNeedingStatus(inputs);
    const { taskId, skip } = inputs.retry;
    if (needing.length > 0) {
      const verb = needing.length === 1 ? 'needs' : 'need';
      throw error.with({
        problem: `${listed(needing)} ${verb} a look at the build, which is refused: ${error.text.problem}`,
      });
    }
    // BK-CI reruns a job instead of skipping it, so skip takes no job number.
    if (taskId !== undefined && !(isCertainId(taskId) || (isJobNumber(taskId) && !skip))) {
      const forms = skip
        ? 'a plug-in (e-…) or a stage (stage-N)'
        : 'a plug-in (e-…), a stage (stage-N) or a job number';
      throw error.with({
        problem: `Without a look at the build, taskId must be ${forms}, and the look is refused: ${error.text.problem}`,
      });
    }
    return { refusal: error };
  }
}

/** Names of the inputs in use that need the status of the build. */
function inputsNeedingStatus({ retry, onlyIfFailed, maxExecuteCount, follow }: Inputs): string[] {
  const uses: [string, boolean][] = [
    ['wait', follow !== undefined],
    ['onlyIfFailed', onlyIfFailed],
    ['maxExecuteCount', maxExecuteCount !== undefined],
    ['failedContainer without taskId', retry.failedContainer === true && retry.taskId === undefined],
  ];
  return uses.flatMap(([name, isUsed]) => (isUsed ? [name] : []));
}

/**
 * Whether the retry may work although the read was refused: no permission, no such route, an answer of another shape.
 * A redirect or an HTML page comes from a login or a proxy, so no retry is sent there.
 */
function isTolerable({ code, response }: ActionError): boolean {
  if (code === 'forbidden' || code === 'refused') return true;
  const isRedirect = response !== undefined && response.http >= 300 && response.http <= 399;
  return code === 'unexpected-answer' && response !== undefined && !isRedirect && !response.isPage;
}

/** A detail may also be too long to be read; the status before it shows that the address is right. */
function isTolerableForDetail(error: ActionError): boolean {
  return isTolerable(error) || (error.code === 'unexpected-answer' && error.response === undefined);
}

/** A plug-in or stage by its id, which every server version accepts. */
function isCertainId(taskId: string): boolean {
  return /^(?:e-.+|stage-\d+)$/.test(taskId);
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
    warningAfter: `The status of the build could not be read before the retry (${shortRefusal(refusal)}), so a lost answer could not have been verified.${uncheckedTaskWarning(retry)} ${remedyFor(refusal)}`,
  };
}

/** Decides by the status alone; the part could not be checked. */
function planWithoutDetail(
  request: RetryRequest,
  { status, build }: { status: BuildStatus; build: BuildRef },
  refusal: ActionError,
): Decision {
  const { retry } = request;
  const decision = decide({ ...request, retry: {} }, status, undefined, build.buildId);
  if (decision.kind !== 'plan') return decision;
  const name = buildName(status.buildNumber, build.buildId);
  return {
    ...decision,
    ...planText(retry, undefined),
    warnings: rerunWarning(status, name, `from ${oneLine(retry.taskId ?? '', 80)} on`),
    warningAfter: `The plug-ins of build ${name} could not be read (${shortRefusal(refusal)}).${uncheckedTaskWarning(retry)} ${remedyFor(refusal)}`,
  };
}

function uncheckedTaskWarning({ taskId }: RetryRequest['retry']): string {
  if (taskId === undefined) return '';
  return ` taskId ${quote(taskId, 80)} could not be checked, and BK-CI reruns the whole build for an unknown one.`;
}

function shortRefusal({ code, response }: ActionError): string {
  if (!response) return code;
  return response.http < 300 ? "an answer that is not the API's" : `HTTP ${response.http}`;
}

function remedyFor({ code }: ActionError): string {
  return code === 'forbidden'
    ? 'Give the user the permission VIEW on the pipeline.'
    : 'Check that apiUrl is the address of the OpenAPI.';
}
