/**
 * The verdict of an outcome: one log line if it is good; otherwise an error for each failed plug-in and one for the
 * build. Pure.
 */

import { ActionError } from '../lib/errors.js';
import { capitalized, listed } from '../lib/format.js';
import { logLine } from '../lib/log-line.js';
import { cap, oneLine } from '../lib/sanitize.js';
import { kindOf, taskPath, taskReason, taskSentence } from '../model/describe-failure.js';
import type { FailedTask } from '../model/failure.js';
import type { Conclusion, Outcome } from './outcome.js';
import { textOf } from './outcomes.js';
import type { Outputs } from './outputs.js';
import { buildNameOf, causesOf, linkOf, type RunRecord } from './record.js';

export interface Annotation {
  readonly title: string;
  readonly message: string;
}

export type Verdict = { readonly line: string } | { readonly errors: readonly Annotation[] };

/** The runner keeps ten errors for each step (actions/runner: ExecutionContext.cs), and the verdict is one of them. */
const TASKS_SHOWN = 9;

export function verdictOf(outcome: Outcome, record: RunRecord): Verdict {
  const { green, sentence } = textOf(outcome);
  if (green !== undefined) return { line: logLine(green, sentence(outcome, record)) };
  const tasks = outcome.result === 'failed' ? causesOf(record).slice(0, TASKS_SHOWN) : [];
  return { errors: [...tasks.map((task) => taskError(task, record)), verdictError(outcome, record)] };
}

/** The title of an error that is not about a build. */
const OWN_TITLE = 'Retry BK-CI build';

/** In characters. The runner shows 4,000 of an annotation; the rest is for the code. */
const MESSAGE_CAP = 3_900;

/** The error in one sentence, with its code, which the troubleshooting page explains. */
export function errorAnnotation(error: ActionError): Annotation {
  return { title: OWN_TITLE, message: `${cap(error.message, MESSAGE_CAP)} [${error.code}]` };
}

/** The error about outputs that can't be written; undefined if there is none, or the conclusion is that error. */
export function lostOutputsError(
  { problem, lost }: Pick<Outputs, 'problem' | 'lost'>,
  conclusion: Conclusion,
  record: RunRecord,
): Annotation | undefined {
  if (!problem) return undefined;
  const { problem: clause, remedy } = problem.text;
  if (conclusion instanceof ActionError && conclusion.text.problem === clause) return undefined;
  const missing = `${clause}, so later steps don't get ${listed(lost)}`;
  if (!record.accepted) return { title: OWN_TITLE, message: `${missing}. ${remedy} [${problem.code}]` };
  const address = linkOf(record);
  const message = `The retry of build ${buildNameOf(record)} was accepted. ${missing}. Running this step again would retry the build once more.`;
  return { title: OWN_TITLE, message: `${message}${address === undefined ? '' : ` ${address}`} [${problem.code}]` };
}

function taskError(task: FailedTask, record: RunRecord): Annotation {
  const notes = [task.errorCode === null ? '' : `code ${task.errorCode}`, kindOf(task.errorType)].filter(Boolean);
  const sentence = taskSentence(task, 'failed');
  // The name of a plug-in keeps its case.
  const head = task.taskId === '' ? capitalized(sentence) : sentence;
  const why = taskReason(task, 1500);
  return {
    title: `BK-CI ${buildNameOf(record)}: ${taskPath(task)}`,
    message: `${[head, why].filter(Boolean).join(': ')}${notes.length > 0 ? ` (${notes.join(', ')})` : ''}`,
  };
}

function verdictError(outcome: Outcome, record: RunRecord): Annotation {
  const { headline, sentence } = textOf(outcome);
  const message = sentence(outcome, record);
  const address = linkOf(record);
  const heading = headline(outcome, record, (name) => oneLine(name, 80));
  return {
    title: record.build ? `BK-CI ${buildNameOf(record)} ${heading}` : OWN_TITLE,
    message: address === undefined ? message : `${message} ${address}`,
  };
}
