/** Collects why a build failed: the failed plug-ins of the execution that was followed, and the ends of their logs. */

import type { Client } from '../bkci/client.js';
import type { LogTail } from '../bkci/decode/decode.js';
import { TransientError } from '../bkci/transient-error.js';
import type { StepContext } from '../github/step.js';
import { ActionError } from '../lib/errors.js';
import { cleanLines } from '../lib/sanitize.js';
import type { BuildDetail, StageSummary } from '../model/detail.js';
import { type FailedTask, failedTasksOf, type TaskLog } from '../model/failure.js';
import type { BuildRef } from '../model/link.js';
import type { BuildStatus } from '../model/snapshot.js';

export interface FailureReport {
  readonly failedTasks: readonly FailedTask[];
  readonly logs: readonly TaskLog[];
  readonly stages: readonly StageSummary[];
  readonly pipelineName?: string | undefined;
  readonly firstStartedBy?: string | undefined;
}

export interface FailureOptions {
  readonly client: Client;
  readonly build: BuildRef;
  readonly status: BuildStatus;
  /** Whether the execution was seen running. */
  readonly hasRun: boolean;
  /** Lines of each log; 0 for none. */
  readonly logLines: number;
}

/** What can't be read is left out: the result is known without it. Throws only the cancellation of the workflow. */
export async function collectFailures(step: StepContext, options: FailureOptions): Promise<FailureReport> {
  const detail = await readDetail(step, options);
  const failedTasks = failedTasksOf(detail, options.status, options.hasRun);
  const logs = options.logLines > 0 ? await readLogs(step, options, failedTasks) : [];
  const { stages = [], pipelineName, firstStartedBy } = detail ?? {};
  return { failedTasks, logs, stages: stages.map(({ jobs: _, ...stage }) => stage), pipelineName, firstStartedBy };
}

async function readDetail(
  { runner, cancelled }: StepContext,
  { client, build }: FailureOptions,
): Promise<BuildDetail | undefined> {
  try {
    return await client.buildDetail(build, { signal: cancelled });
  } catch (error) {
    if (cancelled.aborted) throw error;
    runner.debug(`The detail could not be read: ${reasonOf(error)}`);
    return undefined;
  }
}

/** Each log is one request, and more logs would hardly be read. */
const LOGS_SHOWN = 5;
/** In characters, for all logs together. */
const LOGS_CAP = 200_000;

async function readLogs(step: StepContext, options: FailureOptions, tasks: readonly FailedTask[]): Promise<TaskLog[]> {
  const logs: TaskLog[] = [];
  let remaining = LOGS_CAP;
  for (const task of tasks.filter(({ taskId, tolerated }) => taskId !== '' && !tolerated).slice(0, LOGS_SHOWN)) {
    step.cancelled.throwIfAborted();
    const log = await readLog(step, options, task);
    const lines = lastWithin(log.lines, remaining);
    remaining -= lines.reduce((sum, line) => sum + line.length, 0);
    logs.push({ ...log, lines });
  }
  return logs;
}

const LOG_MISSING: Readonly<Record<Exclude<LogTail['state'], 'found'>, string>> = {
  empty: 'it is empty',
  expired: 'it has expired',
  closed: 'it is archived',
  failed: 'BK-CI could not read it',
};

async function readLog(
  { cancelled }: StepContext,
  { client, build, status, logLines }: FailureOptions,
  task: FailedTask,
): Promise<TaskLog> {
  const { executeCount } = status;
  try {
    const { state, lines } = await client.taskLog(build, {
      taskId: task.taskId,
      lines: logLines,
      signal: cancelled,
      executeCount,
    });
    const shown = lines.flatMap((line) => cleanLines(line)).slice(-logLines);
    if (shown.length > 0) return { task, lines: shown };
    return { task, lines: [], missing: LOG_MISSING[state === 'found' ? 'empty' : state] };
  } catch (error) {
    if (cancelled.aborted) throw error;
    return { task, lines: [], missing: reasonOf(error) };
  }
}

function lastWithin(lines: readonly string[], cap: number): string[] {
  let size = 0;
  const first = lines.findLastIndex((line) => {
    size += line.length;
    return size > cap;
  });
  return lines.slice(first + 1);
}

function reasonOf(error: unknown): string {
  if (error instanceof ActionError) return error.response ? `it was refused (HTTP ${error.response.http})` : error.code;
  return error instanceof TransientError ? `it was not answered (${error.message})` : 'it could not be read';
}
