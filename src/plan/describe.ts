/** What is sent for a part of a build, and the sentence that says what it does. Pure. */

import type { RetryParameters } from '../bkci/endpoints.js';
import { oneLine } from '../lib/sanitize.js';
import { idOf, type Part } from '../model/parts.js';

const WHOLE = 'the whole build, from its first stage';
const UNCHECKED = 'a part that could not be checked';

/** Stages, and the group of a matrix, whose failed children it then means. */
export function takesFailedContainer(part: Part): boolean {
  return part.kind === 'stage' || (part.kind === 'job' && part.job.children.length > 0);
}

/** The request for a part, or for the whole build, and the sentence for it. */
export function describeRequest(
  { skip = false, failedContainer = false, taskId }: RetryParameters,
  part: Part | undefined,
): PlanText {
  const word = skip ? 'Skip' : 'Retry';
  if (!part) {
    if (taskId === undefined) return { verb: word, description: WHOLE, target: WHOLE, parameters: {} };
    const intent = `${oneLine(taskId)}, which could not be checked`;
    return { verb: word, description: intent, target: UNCHECKED, parameters: { taskId, failedContainer, skip } };
  }
  const onlyFailed = failedContainer && takesFailedContainer(part);
  const how = { skip, onlyFailed, chosen: taskId === undefined };
  return {
    verb: word,
    description: describePart(part, how),
    target: describeTarget(part, how),
    parameters: { taskId: idOf(part), failedContainer: onlyFailed, skip },
  };
}

interface DescribeOptions {
  readonly skip: boolean;
  readonly onlyFailed: boolean;
  /** The part was found, not named by the user. */
  readonly chosen: boolean;
}

function describePart(part: Part, how: DescribeOptions): string {
  const after = how.skip ? 'and go on' : 'and what follows';
  const id = name(idOf(part));
  switch (part.kind) {
    case 'stage':
      return `${describeTarget(part, how)} (${id}${how.chosen ? ', the one that failed' : ''}) ${after}`;
    case 'job': {
      const from = how.onlyFailed ? '' : ', from its first plug-in';
      return `${jobOf(part, how)} (${id}) of stage ${name(part.stage.name)}${from}`;
    }
    case 'plug-in':
      return `plug-in ${name(part.plugin.name)} (${id}) in ${placeOf(part)} ${after}`;
  }
}

function describeTarget(part: Part, how: DescribeOptions): string {
  switch (part.kind) {
    case 'stage': {
      const of = how.skip ? 'the failed plug-ins of ' : how.onlyFailed ? 'the failed jobs of ' : '';
      return `${of}stage ${name(part.stage.name)}`;
    }
    case 'job':
      return `${jobOf(part, how)} of stage ${name(part.stage.name)}`;
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

/** What is sent for a build or a part of it, and what that does. */
export interface PlanText {
  /** What is sent: ids that every server version knows. */
  readonly parameters: RetryParameters;
  readonly verb: 'Retry' | 'Skip';
  /** What that does, in a sentence without its verb. */
  readonly description: string;
  /** The part it is sent for, without its id: for where the parameters stand beside it. */
  readonly target: string;
}
