/** Outcome → the verdict: a line for a good end, one error for each failed plug-in and one for the whole otherwise. Pure. */

import type { FailedTask } from '../follow/failures.js';
import type { ActionError } from '../lib/errors.js';
import { logLine } from '../lib/log-line.js';
import { cap, quote } from '../lib/sanitize.js';
import type { Outcome, RunRecord } from './outcome.js';
import { buildNameOf, headlineOf, linkOf } from './wording/headline.js';
import { executionAndTime, failedSentence, sentenceOf } from './wording/sentence.js';
import { kindOf, taskPath, taskSentence } from './wording/tasks.js';

export interface Annotation {
  readonly title: string;
  readonly message: string;
}

export type Verdict = { readonly line: string } | { readonly errors: readonly Annotation[] };

/** The runner keeps ten annotations of a kind for each step; one is the verdict's (actions/runner: ExecutionContext.cs). */
const TASKS_SHOWN = 9;
/** Leaves room for the code within what the runner shows of an annotation, 4,000 characters. */
const MESSAGE_CAP = 3_900;
/** Where no build is known. */
const OWN_TITLE = 'Retry BK-CI build';

export function verdictOf(outcome: Outcome, record: RunRecord): Verdict {
  switch (outcome.result) {
    case 'retried':
      return { line: logLine('Done', 'the build runs and is not followed (wait: false)') };
    case 'not-needed':
      return { line: logLine('Done', `nothing to retry: ${outcome.why}`) };
    case 'found':
      return { line: logLine('Done', 'nothing was sent (dryRun: true)') };
    case 'succeeded':
      return { line: logLine('Succeeded', `build ${buildNameOf(record)}${executionAndTime(record)}`) };
    case 'failed': {
      const tasks = record.failedTasks.slice(0, TASKS_SHOWN).map((task) => taskError(task, record));
      return { errors: [...tasks, verdictError(outcome, record, failedSentence(outcome, record))] };
    }
    default:
      return { errors: [verdictError(outcome, record, sentenceOf(outcome, record))] };
  }
}

function taskError(task: FailedTask, record: RunRecord): Annotation {
  const notes = [task.errorCode === null ? '' : `code ${task.errorCode}`, kindOf(task.errorType)].filter(Boolean);
  const head = taskSentence(task, 'failed');
  const why = task.errorMessage === '' ? '' : `: ${quote(task.errorMessage, 1500)}`;
  return {
    title: `BK-CI ${buildNameOf(record)}: ${taskPath(task)}`,
    message: `${head}${why}${notes.length > 0 ? ` (${notes.join(', ')})` : ''}`,
  };
}

function verdictError(outcome: Outcome, record: RunRecord, sentence: string): Annotation {
  const address = linkOf(record);
  return {
    title: record.build ? `BK-CI ${buildNameOf(record)} ${headlineOf(outcome, record)}` : OWN_TITLE,
    message: address === undefined ? sentence : `${sentence} ${address}`,
  };
}

/** One sentence with cause and remedy, and the word to look up in the troubleshooting page. */
export function errorAnnotation(error: ActionError): Annotation {
  return { title: OWN_TITLE, message: `${cap(error.message, MESSAGE_CAP)} [${error.code}]` };
}
