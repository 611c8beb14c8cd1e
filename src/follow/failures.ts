/** Why a build failed: the failed plug-ins of our execution, and the last lines of their logs. */

import type { Client } from '../bkci/client.js';
import type { LogTail } from '../bkci/decode/decode.js';
import { PassingFailure } from '../bkci/transient-error.js';
import type { Step } from '../github/step.js';
import { ActionError } from '../lib/errors.js';
import { given } from '../lib/given.js';
import { cleanLines, oneLine } from '../lib/sanitize.js';
import type { Detail, Stage } from '../model/detail.js';
import type { BuildRef } from '../model/link.js';
import { failedPlugins, type Part } from '../model/parts.js';
import type { ListedError, Look } from '../model/snapshot.js';

export interface Explanation {
  readonly failedTasks: readonly FailedTask[];
  readonly logs: readonly TaskLog[];
  readonly stages: readonly Stage[];
  readonly pipelineName?: string;
  readonly firstStartedBy?: string;
}

/** Logs are read one request each, and a log view of more is not read by anybody. */
const LOGS_SHOWN = 5;
/** Characters of all logs together. */
const LOGS_CAP = 200_000;

export interface Question {
  readonly client: Client;
  readonly build: BuildRef;
  readonly look: Look;
  /** Lines of each log; 0 for none. */
  readonly logLines: number;
}

/** Never fails: the verdict stands whether or not it can be explained. Only the abort is thrown. */
export async function explain(step: Step, question: Question): Promise<Explanation> {
  const detail = await readDetail(step, question);
  const failedTasks = failedTasksOf(detail, question.look).map(shownTask);
  const logs = question.logLines > 0 ? await readLogs(step, question, failedTasks) : [];
  const { stages = [], pipelineName, firstStartedBy } = detail ?? {};
  return {
    failedTasks,
    logs,
    stages,
    ...(pipelineName ? { pipelineName } : {}),
    ...(firstStartedBy ? { firstStartedBy } : {}),
  };
}

async function readDetail({ runner, cancelled }: Step, { client, build }: Question): Promise<Detail | undefined> {
  try {
    return await client.buildDetail(build, { signal: cancelled });
  } catch (error) {
    if (cancelled.aborted) throw error;
    runner.debug(`The detail could not be read: ${reasonOf(error)}`);
    return undefined;
  }
}

/**
 * Plug-ins whose failure belongs to the execution that was followed; the list beside the build where the model has none.
 * That list keeps what an execution before left in it until the new one begins (bk-ci: PipelineBuildDao.startBuild).
 */
export function failedTasksOf(detail: Detail | undefined, look: Look): FailedTask[] {
  // It never left the queue.
  if (look.status === 'QUEUE_TIMEOUT') return [];
  if (!detail) return listedTasks(look.errors, undefined);
  const current = look.executeCount ?? detail.executeCount;
  const all = failedPlugins(detail);
  const parts = all.filter(({ plugin }) => current === undefined || (plugin.executeCount ?? current) === current);
  const listed = detail.errors.length > 0 ? detail.errors : look.errors;
  if (parts.length > 0) return parts.map((part) => taskOf(part, listed));
  const older = new Set(all.map(({ plugin }) => plugin.id));
  return listedTasks(
    listed.filter(({ taskId }) => taskId === undefined || !older.has(taskId)),
    detail,
  );
}

/** One line each: the texts go into an output that other steps will print. */
function shownTask(task: FailedTask): FailedTask {
  const texts = Object.entries(task).map(([name, value]) => [
    name,
    typeof value === 'string' ? oneLine(value, 1500) : value,
  ]);
  return { ...task, ...(Object.fromEntries(texts) as Partial<FailedTask>) };
}

function taskOf(
  { stage, job, plugin }: Extract<Part, { kind: 'plug-in' }>,
  listed: readonly ListedError[],
): FailedTask {
  const beside = listed.find(({ taskId }) => taskId === plugin.id);
  return {
    stageId: stage.id,
    stageName: stage.name,
    containerId: job.id,
    containerName: job.name,
    taskId: plugin.id,
    taskName: plugin.name,
    errorType: plugin.errorType ?? beside?.errorType ?? '',
    errorCode: plugin.errorCode ?? beside?.errorCode ?? null,
    errorMessage: plugin.errorMessage ?? beside?.errorMessage ?? '',
  };
}

function listedTasks(listed: readonly ListedError[], detail: Detail | undefined): FailedTask[] {
  return listed.map((error) => {
    const stage = detail?.stages.find(({ id }) => id === error.stageId);
    const job = stage?.jobs.find(({ id }) => id === error.containerId);
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

async function readLogs(step: Step, question: Question, tasks: readonly FailedTask[]): Promise<TaskLog[]> {
  const logs: TaskLog[] = [];
  let left = LOGS_CAP;
  for (const task of tasks.filter(({ taskId }) => taskId !== '').slice(0, LOGS_SHOWN)) {
    step.cancelled.throwIfAborted();
    const log = await readLog(step, question, task);
    const lines = lastWithin(log.lines, left);
    left -= lines.reduce((sum, line) => sum + line.length, 0);
    logs.push({ ...log, lines });
  }
  return logs;
}

const MISSING: Readonly<Record<Exclude<LogTail['state'], 'found'>, string>> = {
  empty: 'it is empty',
  expired: 'it has expired',
  closed: 'it is archived',
  failed: 'BK-CI could not read it',
};

async function readLog(
  { cancelled }: Step,
  { client, build, look, logLines }: Question,
  task: FailedTask,
): Promise<TaskLog> {
  const { executeCount } = look;
  try {
    const { state, lines } = await client.taskLog(build, {
      taskId: task.taskId,
      lines: logLines,
      signal: cancelled,
      ...given({ executeCount }),
    });
    const shown = lines.flatMap((line) => cleanLines(line)).slice(-logLines);
    if (shown.length > 0) return { task, lines: shown };
    return { task, lines: [], missing: MISSING[state === 'found' ? 'empty' : state] };
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
  if (error instanceof ActionError) return error.answer ? `it was refused (HTTP ${error.answer.http})` : error.code;
  return error instanceof PassingFailure ? `it was not answered (${error.message})` : 'it could not be read';
}

/** The last lines of one failed plug-in's log, or why there are none. */
export interface TaskLog {
  readonly task: FailedTask;
  readonly lines: readonly string[];
  readonly missing?: string;
}

/** One failed plug-in, as the output `failedTasks` and the reports show it. Texts are the server's. */
export interface FailedTask {
  readonly stageId: string;
  readonly stageName: string;
  readonly containerId: string;
  readonly containerName: string;
  readonly taskId: string;
  readonly taskName: string;
  readonly errorType: string;
  readonly errorCode: number | null;
  readonly errorMessage: string;
}
