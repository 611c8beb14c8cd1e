/** What is sent for a part of a build, and the sentence that says what it does. Pure. */
import type { RetryParameters } from './bkci/client.js';
import { idOf, type Part } from './bkci/model.js';
import { oneLine } from './text.js';

export interface Intent {
  /** What is sent: ids that every server version knows. */
  readonly parameters: RetryParameters;
  readonly word: 'Retry' | 'Skip';
  /** What that does, in a sentence without its verb. */
  readonly intent: string;
}

/** Stages, and the group of a matrix, whose failed children it then means. */
export function takesFailedContainer(part: Part): boolean {
  return part.kind === 'stage' || (part.kind === 'job' && part.job.children.length > 0);
}

/** The request for a part, or for the whole build, and the sentence for it. */
export function intentOf(
  { skip = false, failedContainer = false, taskId }: RetryParameters,
  part: Part | undefined,
): Intent {
  const word = skip ? 'Skip' : 'Retry';
  if (!part) {
    const intent =
      taskId === undefined ? 'the whole build, from its first stage' : `${oneLine(taskId)}, which could not be checked`;
    return { word, intent, parameters: taskId === undefined ? {} : { taskId, failedContainer, skip } };
  }
  const onlyFailed = failedContainer && takesFailedContainer(part);
  return {
    word,
    intent: intentFor(part, { skip, onlyFailed, chosen: taskId === undefined }),
    parameters: { taskId: idOf(part), failedContainer: onlyFailed, skip },
  };
}

function intentFor(part: Part, how: { skip: boolean; onlyFailed: boolean; chosen: boolean }): string {
  const after = how.skip ? 'and go on' : 'and what follows';
  const name = (text: string) => oneLine(text, 80);
  switch (part.kind) {
    case 'stage': {
      const id = `${name(part.stage.id)}${how.chosen ? ', the one that failed' : ''}`;
      const what = how.skip ? 'the failed plug-ins of ' : how.onlyFailed ? 'the failed jobs of ' : '';
      return `${what}stage ${name(part.stage.name)} (${id}) ${after}`;
    }
    case 'job': {
      const what = how.onlyFailed ? 'the failed jobs of matrix' : 'job';
      const from = how.onlyFailed ? '' : ', from its first plug-in';
      return `${what} ${name(part.job.name)} (${name(part.job.id)}) of stage ${name(part.stage.name)}${from}`;
    }
    case 'plug-in':
      return `plug-in ${name(part.plugin.name)} (${name(part.plugin.id)}) in ${name(part.stage.name)} › ${name(part.job.name)} ${after}`;
  }
}
