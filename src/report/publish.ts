/** The one place where an ending is shown: lines, annotations, outputs, summary. */

import type { Runner } from '../github/runner.js';
import { ActionError, RESULT_OF_CODE, type ResponseInfo } from '../lib/errors.js';
import { plural } from '../lib/format.js';
import { continuation, logLine } from '../lib/log-line.js';
import { oneLine, quoteLines } from '../lib/sanitize.js';
import { errorAnnotation, verdictOf } from './annotations.js';
import type { Conclusion } from './outcome.js';
import { type Outputs, type OutputValues, outputsOf } from './outputs.js';
import type { RunRecord } from './record.js';
import { summaryOf } from './summary/summary.js';
import { taskPath, unreadLogs } from './wording/tasks.js';

/** What came back when a request was refused: the request, the numbers, the server's words on lines of their own. */
export function responseLines(
  [asked, verdict]: readonly [string, string],
  request: string,
  answer: ResponseInfo,
): string[] {
  const id = answer.requestId === undefined ? '' : `, request id ${oneLine(answer.requestId, 100)}`;
  const words = quoteLines(answer.message ?? '', 8).map(continuation);
  return [logLine(asked, request), logLine(verdict, `HTTP ${answer.http}${id}`), ...words];
}

export interface Press {
  readonly runner: Runner;
  readonly outputs: Outputs;
}

export async function publish({ runner, outputs }: Press, conclusion: Conclusion, record: RunRecord): Promise<void> {
  outputs.update({ ...outputsOf(record), ...finalOutputs(conclusion, record) });
  outputs.complete();
  if (conclusion instanceof ActionError) logError(runner, conclusion);
  else {
    showLogs(runner, record);
    const verdict = verdictOf(conclusion, record);
    if ('line' in verdict) runner.info(verdict.line);
    else for (const { title, message } of verdict.errors) runner.annotate('error', message, title);
  }
  await runner.writeSummary(summaryOf(conclusion, record));
}

function finalOutputs(conclusion: Conclusion, record: RunRecord): OutputValues {
  const took = durationOf(record);
  if (!(conclusion instanceof ActionError)) {
    return {
      result: conclusion.result,
      // Of a build that is not followed the end is not known.
      ...(conclusion.result === 'retried' ? {} : took),
      ...(conclusion.result === 'failed' ? { failedTasks: record.failedTasks } : {}),
    };
  }
  const { status, message } = conclusion.response ?? {};
  return {
    result: RESULT_OF_CODE[conclusion.code],
    reason: conclusion.code,
    ...took,
    // Both are about the retry: once one was accepted, the answer to a later read does not touch them.
    ...(record.accepted ? {} : { status, message }),
  };
}

/** Cut to seconds as in the sentences. */
function durationOf({ elapsedMs, accepted }: RunRecord): OutputValues {
  return elapsedMs === undefined || !accepted ? {} : { durationSeconds: Math.floor(elapsedMs / 1000) };
}

/** The request and the server's words as facts, then one error with cause and remedy. */
function logError(runner: Runner, error: ActionError): void {
  if (error.response && error.request !== undefined) {
    const word = error.request.startsWith('POST') ? 'Sent' : 'Look';
    const verdict = error.code === 'not-delivered' ? 'Answer' : 'Refused';
    for (const line of responseLines([word, verdict], error.request, error.response)) runner.info(line);
  }
  const { title, message } = errorAnnotation(error);
  runner.annotate('error', message, title);
}

function showLogs(runner: Runner, { logs, failedTasks }: RunRecord): void {
  for (const { task, lines, missing } of logs) {
    const path = taskPath(task);
    if (missing !== undefined) runner.info(logLine('Log', `of ${path} is not shown: ${oneLine(missing)}`));
    else
      runner.group(
        `Log of ${path} (last ${plural(lines.length, 'line')})`,
        lines.map((line) => `| ${line}`),
      );
  }
  const unread = unreadLogs({ logs, failedTasks });
  if (unread > 0)
    runner.info(logLine('Log', `of ${plural(unread, 'more failed plug-in')} is not shown: see the build`));
}
