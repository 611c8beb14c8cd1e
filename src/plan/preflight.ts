/** Look before the leap: reads the build, shows it, and has a plan decided. Nothing is sent from here. */

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
import { describeRequest } from './describe.js';

export function retryRequest({ retry, onlyIfFailed, maxExecuteCount }: Inputs): RetryRequest {
  return { retry, onlyIfFailed, maxExecuteCount };
}

export interface PreflightOptions {
  readonly build: BuildRef;
  readonly inputs: Inputs;
  readonly reader: Pick<BuildReader, 'buildStatus' | 'buildDetail'>;
  /** Learns what the reads show. */
  readonly state: {
    recordStatus(status: BuildStatus): void;
    recordNames(detail: BuildDetail): void;
  };
}

/** Throws an ActionError when the build can't be retried, can't be read, or may not be read and must be. */
export async function preflight(step: StepContext, options: PreflightOptions): Promise<Decision> {
  const { build, inputs, reader, state } = options;
  const request = retryRequest(inputs);
  const signal = step.cancelled;
  const read = await tolerateRefusal(inputs, () => reader.buildStatus(build, { signal }));
  if ('refusal' in read) {
    step.runner.info(logLine('Look', `refused (${shortRefusal(read.refusal)}), so its status is not known`));
    return planWithoutStatus(request, read.refusal);
  }
  const status = read.value;
  state.recordStatus(status);
  logStatus(step, options, status);
  if (!needsDetail(request, status)) return decide(request, status, undefined, build.buildId);
  const detail = await tolerateRefusal(inputs, () => reader.buildDetail(build, { signal }));
  if ('refusal' in detail) {
    const why = shortRefusal(detail.refusal);
    step.runner.info(logLine('Look', `at the plug-ins was refused (${why}), so they are not known`));
    return planWithoutDetail(request, { status, build }, detail.refusal);
  }
  state.recordNames(detail.value);
  return decide(request, status, detail.value, build.buildId);
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

/** What can't do without the look. */
function inputsNeedingStatus({ retry, onlyIfFailed, maxExecuteCount, follow }: Inputs): string[] {
  const wants: [string, boolean][] = [
    ['wait', follow !== undefined],
    ['onlyIfFailed', onlyIfFailed],
    ['maxExecuteCount', maxExecuteCount !== undefined],
    ['failedContainer without taskId', retry.failedContainer === true && retry.taskId === undefined],
  ];
  return wants.flatMap(([name, wanted]) => (wanted ? [name] : []));
}

type ReadResult<T> = { readonly value: T } | { readonly refusal: ActionError };

/** A read that is refused is passed over where the retry can do without it. */
async function tolerateRefusal<T>(inputs: Inputs, read: () => Promise<T>): Promise<ReadResult<T>> {
  try {
    return { value: await read() };
  } catch (error) {
    if (!(error instanceof ActionError) || !isTolerable(error)) throw error;
    const wanting = inputsNeedingStatus(inputs);
    const { taskId, skip } = inputs.retry;
    if (wanting.length > 0) {
      const verb = wanting.length === 1 ? 'needs' : 'need';
      throw error.with({
        problem: `${listed(wanting)} ${verb} a look at the build, which is refused: ${error.text.problem}`,
      });
    }
    // A job that is to be skipped would be rerun, so with skip a number is no certain id.
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

/**
 * The reading is closed to us, the retry may not be: no permission, no such route, an answer of another shape. A
 * redirect and a page are somebody's login or guard, and nothing more is sent there.
 */
function isTolerable({ code, response }: ActionError): boolean {
  if (code === 'forbidden' || code === 'refused') return true;
  const isRedirect = response !== undefined && response.http >= 300 && response.http <= 399;
  return code === 'unexpected-answer' && !isRedirect && !response?.isPage;
}

function isCertainId(taskId: string): boolean {
  return /^(?:e-.+|stage-\d+)$/.test(taskId);
}

function isJobNumber(taskId: string): boolean {
  return /^\d+$/.test(taskId);
}

/** The plan as it was asked for, of a build that nobody has seen. */
function planWithoutStatus({ retry }: RetryRequest, refusal: ActionError): Plan {
  return {
    kind: 'plan',
    ...describeRequest(retry, undefined),
    warnings: [],
    warningAfter: `The status of the build could not be read before the retry (${shortRefusal(refusal)}), so a lost answer could not have been verified.${uncheckedTaskWarning(retry)} ${remedyFor(refusal)}`,
  };
}

/** Everything about the build itself is still decided; only the part could not be found in it. */
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
    ...describeRequest(retry, undefined),
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
