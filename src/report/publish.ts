/** The one place where an ending is shown: lines, annotations, outputs, summary. */

import type { Runner } from '../github/runner.js';
import { ActionError, type AnswerFacts, RESULT_OF_CODE } from '../lib/errors.js';
import { plural } from '../lib/format.js';
import { given } from '../lib/given.js';
import { below, fact } from '../lib/log-line.js';
import { oneLine, quoteLines } from '../lib/sanitize.js';
import { errorAnnotation, verdictOf } from './annotations.js';
import type { Ending, Facts } from './outcome.js';
import { type Findings, findingsOf, type Outputs } from './outputs.js';
import { summaryOf } from './summary/summary.js';
import { logsLeft, taskPath } from './wording/tasks.js';

/** What came back when a request was refused: the request, the numbers, the server's words on lines of their own. */
export function refusedAnswer(
  [asked, verdict]: readonly [string, string],
  request: string,
  answer: AnswerFacts,
): string[] {
  const id = answer.requestId === undefined ? '' : `, request id ${oneLine(answer.requestId, 100)}`;
  const words = quoteLines(answer.message ?? '', 8).map(below);
  return [fact(asked, request), fact(verdict, `HTTP ${answer.http}${id}`), ...words];
}

export interface Press {
  readonly runner: Runner;
  readonly outputs: Outputs;
}

export async function publish({ runner, outputs }: Press, ending: Ending, facts: Facts): Promise<void> {
  outputs.know({ ...findingsOf(facts), ...endFindings(ending, facts) });
  outputs.complete();
  if (ending instanceof ActionError) showError(runner, ending);
  else {
    showLogs(runner, facts);
    const verdict = verdictOf(ending, facts);
    if ('line' in verdict) runner.info(verdict.line);
    else for (const { title, message } of verdict.errors) runner.annotate('error', message, title);
  }
  await runner.writeSummary(summaryOf(ending, facts));
}

function endFindings(ending: Ending, facts: Facts): Findings {
  const took = durationOf(facts);
  if (!(ending instanceof ActionError)) {
    return {
      result: ending.result,
      // Of a build that is not followed the end is not known.
      ...(ending.result === 'retried' ? {} : took),
      ...(ending.result === 'failed' ? { failedTasks: facts.failedTasks } : {}),
    };
  }
  // Both are about the retry: once one was accepted, the answer to a later read does not touch them.
  const { status, message } = (facts.accepted === 0 ? ending.answer : undefined) ?? {};
  return {
    result: RESULT_OF_CODE[ending.code],
    reason: ending.code,
    ...took,
    ...given({ status, message }),
  };
}

/** Cut to seconds as in the sentences. */
function durationOf({ took, accepted }: Facts): Findings {
  return took === undefined || accepted === 0 ? {} : { durationSeconds: Math.floor(took / 1000) };
}

/** The request and the server's words as facts, then one error with cause and remedy. */
function showError(runner: Runner, error: ActionError): void {
  if (error.answer && error.request !== undefined) {
    const word = error.request.startsWith('POST') ? 'Sent' : 'Look';
    const verdict = error.code === 'not-delivered' ? 'Answer' : 'Refused';
    for (const line of refusedAnswer([word, verdict], error.request, error.answer)) runner.info(line);
  }
  const { title, message } = errorAnnotation(error);
  runner.annotate('error', message, title);
}

function showLogs(runner: Runner, { logs, failedTasks }: Facts): void {
  for (const { task, lines, missing } of logs) {
    const path = taskPath(task);
    if (missing !== undefined) runner.info(fact('Log', `of ${path} is not shown: ${oneLine(missing)}`));
    else
      runner.group(
        `Log of ${path} (last ${plural(lines.length, 'line')})`,
        lines.map((line) => `| ${line}`),
      );
  }
  const left = logsLeft({ logs, failedTasks });
  if (left > 0) runner.info(fact('Log', `of ${plural(left, 'more failed plug-in')} is not shown: see the build`));
}
