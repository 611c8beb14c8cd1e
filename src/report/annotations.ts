/** Outcome → the verdict: a line for a good end, one error for each failed plug-in and one for the whole otherwise. Pure. */

import type { ActionError } from '../lib/errors.js';
import { logLine } from '../lib/log-line.js';
import { cap, oneLine, quote } from '../lib/sanitize.js';
import type { FailedTask } from '../model/failure.js';
import type { Outcome } from './outcome.js';
import { textOf } from './outcomes.js';
import { buildNameOf, linkOf, type RunRecord } from './record.js';
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
  const { green, sentence } = textOf(outcome);
  if (green !== undefined) return { line: logLine(green, sentence(outcome, record)) };
  const tasks = outcome.result === 'failed' ? record.failedTasks.slice(0, TASKS_SHOWN) : [];
  return { errors: [...tasks.map((task) => taskError(task, record)), verdictError(outcome, record)] };
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

function verdictError(outcome: Outcome, record: RunRecord): Annotation {
  const { headline, sentence } = textOf(outcome);
  const message = sentence(outcome, record);
  const address = linkOf(record);
  const text = headline(outcome, record, (name) => oneLine(name, 80));
  return {
    title: record.build ? `BK-CI ${buildNameOf(record)} ${text}` : OWN_TITLE,
    message: address === undefined ? message : `${message} ${address}`,
  };
}

/** One sentence with cause and remedy, and the word to look up in the troubleshooting page. */
export function errorAnnotation(error: ActionError): Annotation {
  return { title: OWN_TITLE, message: `${cap(error.message, MESSAGE_CAP)} [${error.code}]` };
}
