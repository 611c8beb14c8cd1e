/** Shows how the step ended: log lines, annotations, outputs and the job summary. */

import type { Runner } from '../github/runner.js';
import { ActionError, RESULT_OF_CODE, type ResponseInfo } from '../lib/errors.js';
import { plural } from '../lib/format.js';
import { continuation, logLine } from '../lib/log-line.js';
import { mapTexts, oneLine, quoteLines } from '../lib/sanitize.js';
import { taskPath } from '../model/describe-failure.js';
import type { FailedTask } from '../model/failure.js';
import { errorAnnotation, lostOutputsError, verdictOf } from './annotations.js';
import type { Conclusion } from './outcome.js';
import { type Outputs, type OutputValues, outputsOf } from './outputs.js';
import { type RunRecord, unreadLogs } from './record.js';
import { summaryOf } from './summary/summary.js';

export interface PublishOptions {
  readonly runner: Runner;
  readonly outputs: Outputs;
  /** Reads what only the summary shows. Called when everything else is written. */
  readonly readRest?: () => Promise<Partial<RunRecord>>;
}

/**
 * Annotations come before the logs: a problem matcher that an earlier step registered may turn lines of a log into
 * annotations, and the runner keeps ten of a step. The verdict is still the last line.
 */
export async function publish(
  { runner, outputs, readRest }: PublishOptions,
  ended: Conclusion,
  known: RunRecord,
): Promise<void> {
  // Before anything is cut or escaped.
  const record = mapTexts(known, runner.redact);
  const conclusion = ended instanceof ActionError ? ended.redacted(runner.redact) : mapTexts(ended, runner.redact);
  outputs.update({ ...outputsOf(record), ...finalOutputs(conclusion, record) });
  outputs.complete();
  const lost = lostOutputsError(outputs, conclusion, record);
  if (lost) runner.annotate('error', lost.message, lost.title);
  if (conclusion instanceof ActionError) logError(runner, conclusion);
  else {
    const verdict = verdictOf(conclusion, record);
    if ('errors' in verdict) for (const { title, message } of verdict.errors) runner.annotate('error', message, title);
    const hasLogs = showLogs(runner, record);
    if ('line' in verdict) runner.info(verdict.line);
    else if (hasLogs) runner.info(logLine('Failed', verdict.errors.at(-1)?.message ?? ''));
  }
  const rest = readRest ? mapTexts(await readRest(), runner.redact) : {};
  await runner.writeSummary(summaryOf(conclusion, { ...record, ...rest }));
}

function finalOutputs(conclusion: Conclusion, record: RunRecord): OutputValues {
  const duration = durationOf(record);
  if (!(conclusion instanceof ActionError)) {
    return {
      result: conclusion.result,
      // The end of a build that is not followed is not known.
      ...(conclusion.result === 'retried' ? {} : duration),
      ...(conclusion.result === 'failed' ? { failedTasks: failedTasksOutput(record) } : {}),
    };
  }
  const { status, message } = conclusion.response ?? {};
  return {
    result: RESULT_OF_CODE[conclusion.code],
    reason: conclusion.code,
    // Nothing was sent because of them.
    ...(conclusion.code === 'not-retryable' ? { failedTasks: failedTasksOutput(record) } : {}),
    ...duration,
    // These describe the answer to the retry. After an accepted retry the error is about a later read.
    ...(record.accepted ? {} : { status, message }),
  };
}

function failedTasksOutput({ failedTasks }: RunRecord): FailedTask[] {
  return failedTasks.map(({ canBeSkipped: _, isInMatrix: __, ...task }) => task);
}

/** Rounded down to seconds, as in the sentences. */
function durationOf({ elapsedMs, accepted }: RunRecord): OutputValues {
  return elapsedMs === undefined || !accepted ? {} : { durationSeconds: Math.floor(elapsedMs / 1000) };
}

/** Logs the request and the server's answer, then one error with cause and remedy. */
function logError(runner: Runner, error: ActionError): void {
  if (error.response && error.request !== undefined) {
    const requestLabel = error.request.startsWith('POST') ? 'Sent' : 'Look';
    const responseLabel = error.code === 'not-delivered' ? 'Answer' : 'Refused';
    for (const line of responseLines([requestLabel, responseLabel], error.request, error.response)) runner.info(line);
  }
  const { title, message } = errorAnnotation(error);
  runner.annotate('error', message, title);
}

/** The log lines of a refused request: the request, HTTP status and request id, and the server's message. */
export function responseLines(
  [requestLabel, responseLabel]: readonly [string, string],
  request: string,
  response: ResponseInfo,
): string[] {
  const id = response.requestId === undefined ? '' : `, request id ${oneLine(response.requestId, 100)}`;
  const message = quoteLines(response.message ?? '', 8).map(continuation);
  return [logLine(requestLabel, request), logLine(responseLabel, `HTTP ${response.http}${id}`), ...message];
}

/** False if there is nothing to show. */
function showLogs(runner: Runner, { logs, failedTasks }: RunRecord): boolean {
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
  return logs.length > 0;
}
