/** The one place where an ending is shown: lines, annotations, outputs, summary. */

import { ActionError, RESULT_OF_CODE } from '../errors.js';
import type { Runner } from '../github/runner.js';
import { given } from '../given.js';
import { oneLine } from '../text.js';
import { errorAnnotation, verdictOf } from './annotations.js';
import { findingsOf } from './findings.js';
import { fact, refusedAnswer } from './lines.js';
import type { Ending, Facts } from './outcome.js';
import type { Findings, Outputs } from './outputs.js';
import { summaryOf } from './summary.js';
import { logsLeft, plural, taskPath } from './tasks.js';

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
