/** Collects why a build failed: the failed plug-ins of the execution that was followed, and the ends of their logs. */

import type { LogTail } from '../bkci/decode/decode.js';
import { TransientError } from '../bkci/transient-error.js';
import type { StepContext } from '../github/step.js';
import { ActionError } from '../lib/errors.js';
import { cleanLines } from '../lib/sanitize.js';
import type { BuildDetail, StageSummary } from '../model/detail.js';
import type { FailedTask, TaskLog } from '../model/failure.js';
import type { BuildRef } from '../model/link.js';
import { failedPlugins, type Part } from '../model/parts.js';
import type { BuildStatus, TaskError } from '../model/snapshot.js';
import { type FailureReader, repeating } from './repeating.js';

export interface FailureReport {
  readonly failedTasks: readonly FailedTask[];
  readonly logs: readonly TaskLog[];
  readonly stages: readonly StageSummary[];
  readonly pipelineName?: string | undefined;
  readonly firstStartedBy?: string | undefined;
}

export interface FailureOptions {
  readonly client: FailureReader;
  readonly build: BuildRef;
  readonly status: BuildStatus;
  /** Lines of each log; 0 for none. */
  readonly logLines: number;
}

/** What can't be read is left out: the result is known without it. Throws only the cancellation of the workflow. */
export async function collectFailures(step: StepContext, given: FailureOptions): Promise<FailureReport> {
  const options = { ...given, client: repeating(step, given.client) };
  const detail = await readDetail(step, options);
  const failedTasks = failedTasksOf(detail, options.status);
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

/**
 * The plug-ins that failed in this execution; if the model has none, the build's own list of errors. That list keeps the
 * errors of the execution before until the new one starts (bk-ci: PipelineBuildDao.startBuild).
 */
export function failedTasksOf(detail: BuildDetail | undefined, status: BuildStatus): FailedTask[] {
  // It never left the queue.
  if (status.status === 'QUEUE_TIMEOUT') return [];
  if (!detail) return tasksFromErrors(status.errors, undefined);
  const current = status.executeCount ?? detail.executeCount;
  const all = failedPlugins(detail);
  const parts = all.filter(({ plugin }) => current === undefined || (plugin.executeCount ?? current) === current);
  const errors = detail.errors.length > 0 ? detail.errors : status.errors;
  if (parts.length > 0) {
    const byTask = firstOfEach(errors.map((error) => [error.taskId, error]));
    return parts.map((part) => taskOf(part, byTask.get(part.plugin.id)));
  }
  const olderIds = new Set(all.map(({ plugin }) => plugin.id));
  return tasksFromErrors(
    errors.filter(({ taskId }) => taskId === undefined || !olderIds.has(taskId)),
    detail,
  );
}

function firstOfEach<Key, Value>(entries: readonly (readonly [Key, Value])[]): ReadonlyMap<Key, Value> {
  return new Map(entries.toReversed());
}

function taskOf({ stage, job, plugin }: Extract<Part, { kind: 'plug-in' }>, error: TaskError | undefined): FailedTask {
  return {
    stageId: stage.id,
    stageName: stage.name,
    containerId: job.id,
    containerName: job.name,
    taskId: plugin.id,
    taskName: plugin.name,
    errorType: plugin.errorType ?? error?.errorType ?? '',
    errorCode: plugin.errorCode ?? error?.errorCode ?? null,
    errorMessage: plugin.errorMessage ?? error?.errorMessage ?? '',
  };
}

function tasksFromErrors(errors: readonly TaskError[], detail: BuildDetail | undefined): FailedTask[] {
  const { stages = [] } = detail ?? {};
  const stageById = firstOfEach(stages.map((stage) => [stage.id, stage]));
  const jobById = firstOfEach(stages.flatMap(({ id, jobs }) => jobs.map((job) => [`${id} ${job.id}`, job] as const)));
  return errors.map((error) => {
    const stage = stageById.get(error.stageId ?? '');
    const job = jobById.get(`${error.stageId} ${error.containerId}`);
    return {
      stageId: error.stageId ?? '',
      stageName: stage?.name ?? '',
      containerId: error.containerId ?? '',
      containerName: job?.name ?? '',
      taskId: error.taskId ?? '',
      taskName: error.taskName ?? error.taskId ?? '',
      errorType: error.errorType ?? '',
      errorCode: error.errorCode ?? null,
      errorMessage: error.errorMessage ?? '',
    };
  });
}

/** Each log is one request, and more logs would hardly be read. */
const LOGS_SHOWN = 5;
/** In characters, for all logs together. */
const LOGS_CAP = 200_000;

async function readLogs(step: StepContext, options: FailureOptions, tasks: readonly FailedTask[]): Promise<TaskLog[]> {
  const logs: TaskLog[] = [];
  let remaining = LOGS_CAP;
  for (const task of tasks.filter(({ taskId }) => taskId !== '').slice(0, LOGS_SHOWN)) {
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
