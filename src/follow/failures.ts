/**
 * Reads what reports show of a build that was followed: why it failed, the ends of the logs of its failed plug-ins, and
 * its stages.
 */

import type { LogTail } from '../bkci/decode/decode.js';
import { TransientError } from '../bkci/transient-error.js';
import type { StepContext } from '../github/step.js';
import { ActionError } from '../lib/errors.js';
import { cleanLines } from '../lib/sanitize.js';
import type { BuildDetail, StageSummary } from '../model/detail.js';
import { type FailedTask, failedTasksOf, type TaskLog } from '../model/failure.js';
import type { BuildRef } from '../model/link.js';
import type { BuildStatus } from '../model/snapshot.js';
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
  /** Whether the execution was seen running. */
  readonly hasRun: boolean;
  /** Lines of each log; 0 for none. */
  readonly logLines: number;
}

type LogOptions = Omit<FailureOptions, 'hasRun'>;

/** What can't be read is left out: the result is known without it. Throws only the cancellation of the workflow. */
export async function collectFailures(step: StepContext, given: FailureOptions): Promise<FailureReport> {
  const options = { ...given, client: repeating(step, given.client) };
  const detail = await readDetail(step, options);
  const failedTasks = failedTasksOf(detail, options.status, options.hasRun);
  const logs = await readLogs(step, options, failedTasks);
  return { failedTasks, logs, stages: [], ...(detail ? overviewOf(detail) : {}) };
}

/** The ends of the logs alone. The detail may be of a newer execution by now. */
export function collectLogs(
  step: StepContext,
  given: LogOptions,
  failedTasks: readonly FailedTask[],
): Promise<TaskLog[]> {
  return readLogs(step, { ...given, client: repeating(step, given.client) }, failedTasks);
}

/** What reports show of a build whatever became of it. */
export type Overview = Pick<FailureReport, 'stages' | 'pipelineName' | 'firstStartedBy'>;

function overviewOf({ stages, pipelineName, firstStartedBy }: BuildDetail): Overview {
  return { stages: stages.map(({ jobs: _, ...stage }) => stage), pipelineName, firstStartedBy };
}

/** Milliseconds. The result is known without it. */
const OVERVIEW_DEADLINE_MS = 5_000;

/** Undefined if the detail can't be read at once. Never throws. */
export async function readOverview(
  { runner, cancelled }: StepContext,
  { client, build }: Pick<FailureOptions, 'client' | 'build'>,
): Promise<Overview | undefined> {
  try {
    return overviewOf(await client.buildDetail(build, { signal: cancelled, deadlineMs: OVERVIEW_DEADLINE_MS }));
  } catch (error) {
    runner.debug(`The detail could not be read for the summary: ${reasonOf(error)}`);
    return undefined;
  }
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

async function readLogs(step: StepContext, options: LogOptions, tasks: readonly FailedTask[]): Promise<TaskLog[]> {
  if (options.logLines === 0) return [];
  const logs: TaskLog[] = [];
  for (const task of tasks.filter(({ taskId, tolerated }) => taskId !== '' && !tolerated).slice(0, LOGS_SHOWN)) {
    step.cancelled.throwIfAborted();
    logs.push(await readLog(step, options, task));
  }
  const shares = fairShares(logs.map(({ lines }) => sizeOf(lines)));
  return logs.map((log, index) => ({ ...log, lines: shownLines(log.lines, shares[index] ?? 0, options.logLines) }));
}

/** The part of LOGS_CAP for each log of these sizes: small ones are kept whole, and the large ones share the rest. */
function fairShares(sizes: readonly number[]): number[] {
  const shares = [...sizes];
  let rest = LOGS_CAP;
  const smallestFirst = [...sizes.keys()].sort((a, b) => (sizes[a] ?? 0) - (sizes[b] ?? 0));
  for (const [done, index] of smallestFirst.entries()) {
    const share = Math.min(sizes[index] ?? 0, Math.floor(rest / (sizes.length - done)));
    shares[index] = share;
    rest -= share;
  }
  return shares;
}

/** BK-CI's own marker of a line: `##[error]`, `##[section]`, `##[group]` (bk-ci: log SDK, LoggerService). */
const MARKER = /^\s{0,8}##\[\w{1,20}\]/;

/** Cut before it is cleaned, which takes its time; a line may become several. */
function shownLines(lines: readonly string[], share: number, count: number): string[] {
  return lastWithin(lines, share)
    .flatMap((line) => cleanLines(line.replace(MARKER, '')))
    .slice(-count);
}

const LOG_MISSING: Readonly<Record<Exclude<LogTail['state'], 'found'>, string>> = {
  empty: 'it is empty',
  expired: 'it has expired',
  closed: 'it is archived',
  failed: 'BK-CI could not read it',
};

async function readLog(
  { cancelled }: StepContext,
  { client, build, status, logLines }: LogOptions,
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
    if (lines.some((line) => line !== '')) return { task, lines: lines.slice(-logLines) };
    return { task, lines: [], missing: LOG_MISSING[state === 'found' ? 'empty' : state] };
  } catch (error) {
    if (cancelled.aborted) throw error;
    return { task, lines: [], missing: reasonOf(error) };
  }
}

/** The last line is always kept, at least its start. */
function lastWithin(lines: readonly string[], max: number): string[] {
  let size = 0;
  const first = lines.findLastIndex((line) => {
    size += line.length;
    return size > max;
  });
  const whole = lines.slice(first + 1);
  return whole.length > 0 ? whole : lines.slice(-1).map((line) => line.slice(0, max));
}

function sizeOf(lines: readonly string[]): number {
  return lines.reduce((sum, line) => sum + line.length, 0);
}

function reasonOf(error: unknown): string {
  if (error instanceof ActionError) return error.response ? `it was refused (HTTP ${error.response.http})` : error.code;
  return error instanceof TransientError ? `it was not answered (${error.message})` : 'it could not be read';
}
