/** The parameters that are sent for a part of a build, and the text that describes them. Pure. */

import type { RetryParameters } from '../bkci/endpoints.js';
import { oneLine } from '../lib/sanitize.js';
import { isWithoutMachine, pluginsThatBroke } from '../model/cause.js';
import { idOf, type Part } from '../model/parts.js';
import { meaningOfPart } from '../model/status.js';

/** What is sent for a build or a part of it, and its description. */
export interface PlanText {
  /** Holds ids that every server version accepts. */
  readonly parameters: RetryParameters;
  readonly verb: 'Retry' | 'Skip';
  /** The effect, in a sentence without its verb. */
  readonly description: string;
  /** The part without its id, for places that show the parameters as well. */
  readonly target: string;
}

const WHOLE = 'the whole build, from its first stage';
const UNCHECKED = 'a part that could not be checked';

/** Parameters and description of a retry of `part`; without a part, of the whole build or of a taskId that was not checked. */
export function planText(
  { skip = false, failedContainer = false, taskId }: RetryParameters,
  part: Part | undefined,
): PlanText {
  const verb = skip ? 'Skip' : 'Retry';
  if (!part) {
    if (taskId === undefined) return { verb, description: WHOLE, target: WHOLE, parameters: {} };
    const description = `${oneLine(taskId)}, which could not be checked`;
    return { verb, description, target: UNCHECKED, parameters: { taskId, failedContainer, skip } };
  }
  const onlyFailed = failedContainer && takesFailedContainer(part);
  const options = { skip, onlyFailed, isDetected: taskId === undefined, brokeJob: isOfJob(part, taskId) };
  return {
    verb,
    description: describePart(part, options),
    target: describeTarget(part, options),
    parameters: { taskId: idOf(part), failedContainer: onlyFailed, skip },
  };
}

/** Whether failedContainer has an effect: on stages, and on the group of a matrix, where it means its failed children. */
export function takesFailedContainer(part: Part): boolean {
  return part.kind === 'stage' || (part.kind === 'job' && part.job.children.length > 0);
}

/** Whether the part is a plug-in that is retried in place of the job that was asked for. */
function isOfJob(part: Part, taskId: string | undefined): boolean {
  return part.kind === 'plug-in' && part.job.id === taskId && part.plugin.stepId !== taskId;
}

interface DescribeOptions {
  readonly skip: boolean;
  readonly onlyFailed: boolean;
  /** The user did not name the part: it is the stage that failed. */
  readonly isDetected: boolean;
  /** The user named the job, of which this plug-in is what failed. */
  readonly brokeJob: boolean;
}

function describePart(part: Part, options: DescribeOptions): string {
  const after = options.skip ? 'and go on' : 'and what follows';
  const id = name(idOf(part));
  switch (part.kind) {
    case 'stage':
      return `${describeTarget(part, options)} (${id}${options.isDetected ? ', the one that failed' : ''}) ${after}`;
    case 'job': {
      return `${jobOf(part, options)} (${id}) of stage ${name(part.stage.name)}${options.onlyFailed ? '' : extentOf(part)}`;
    }
    case 'plug-in': {
      const why = options.brokeJob ? `, since it is what failed in job ${name(part.job.id)}` : '';
      return `plug-in ${name(part.plugin.name)} (${id}) in ${placeOf(part)} ${after}${why}`;
    }
  }
}

/** Of a job BK-CI resets the first plug-in, and those that did not run or were cancelled (bk-ci: observed on v4.1.0). */
function extentOf({ job }: Extract<Part, { kind: 'job' }>): string {
  const isWhole = job.children.length > 0 || pluginsThatBroke(job).length > 0 || isWithoutMachine(job);
  const hasRun = job.plugins.some(({ status }) => meaningOfPart(status) === 'succeeded');
  return isWhole || !hasRun
    ? ', from its first plug-in'
    : '; of its plug-ins only the first reruns, and those that did not run or were cancelled';
}

function describeTarget(part: Part, options: DescribeOptions): string {
  switch (part.kind) {
    case 'stage': {
      const scope = options.skip ? 'the failed plug-ins of ' : options.onlyFailed ? 'the failed jobs of ' : '';
      return `${scope}stage ${name(part.stage.name)}`;
    }
    case 'job':
      return `${jobOf(part, options)} of stage ${name(part.stage.name)}`;
    case 'plug-in':
      return `plug-in ${name(part.plugin.name)} in ${placeOf(part)}`;
  }
}

function jobOf({ job }: Extract<Part, { kind: 'job' }>, { onlyFailed }: DescribeOptions): string {
  return `${onlyFailed ? 'the failed jobs of matrix' : 'job'} ${name(job.name)}`;
}

function placeOf({ stage, job }: Extract<Part, { kind: 'plug-in' }>): string {
  return `${name(stage.name)} › ${name(job.name)}`;
}

function name(text: string): string {
  return oneLine(text, 80);
}
