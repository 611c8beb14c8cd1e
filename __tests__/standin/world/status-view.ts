import { type Build, type Execution, newestExecution } from './build.js';
import { ERROR_TYPE_NUMBER } from './execution-script.js';
import { leafJobs, type Stage } from './pipeline.js';
import type { Release } from './release.js';
import { buildStatusAt, endTimeAt, gateOpenAt, stageStartAt, stageStatusAt } from './status-at.js';

export interface ViewInput {
  readonly build: Build;
  readonly release: Release;
  readonly now: number;
}

export type Json = { readonly [name: string]: unknown };

/** bk-ci: BuildHistoryWithVars; null members are left out. */
export function statusView(input: ViewInput): Json {
  const { build, release } = input;
  const retries = retryCount(input);
  return dropNulls({
    ...commonFields(input),
    currentQueuePosition: release.showsQueuePosition ? queuePosition(input) : null,
    variables: { ...build.variables, ...(retries === null ? {} : { BK_CI_RETRY_COUNT: String(retries) }) },
  });
}

/** bk-ci: BuildHistory, one record of a page. */
export function historyView(input: ViewInput): Json {
  const executeCount = input.release.errorCodes.buildNotFound === 2101100 ? null : newestExecution(input.build).count;
  return dropNulls({ ...commonFields(input), executeCount });
}

function retryCount({ build, release }: ViewInput): number | null {
  const { count } = newestExecution(build);
  return count > 1 && release.showsRetryCount ? count - 1 : null;
}

function commonFields(input: ViewInput): Json {
  const { build, now } = input;
  const execution = newestExecution(build);
  const endTime = endTimeAt(execution, now);
  const visible = shownExecution(input);
  const startTime = build.startTime ?? 0;
  const retries = retryCount(input);
  return {
    id: build.id,
    userId: execution.user,
    trigger: 'MANUAL',
    buildNum: build.num,
    pipelineVersion: build.pipeline.version,
    startTime,
    endTime,
    status: buildStatusAt(execution, now),
    stageStatus: stageStatuses(input, visible),
    currentTimestamp: now,
    isMobileStart: false,
    queueTime: execution.queueTime,
    totalTime: endTime === null ? null : Math.max(0, endTime - startTime),
    executeTime: endTime === null ? 0 : Math.max(0, endTime - execution.timeline.engineStart),
    buildParameters: [
      ...Object.entries(build.startParameters).map(([key, value]) => ({
        key,
        value,
        valueType: 'STRING',
        readOnly: false,
      })),
      { key: 'BK_CI_BUILD_MSG', value: buildMessage(build), readOnly: true },
      ...(retries === null ? [] : [{ key: 'BK_CI_RETRY_COUNT', value: retries, readOnly: false }]),
    ],
    startType: 'MANUAL',
    retry: execution.count > 1,
    errorInfoList: errorInfos(build, visible, now),
    buildMsg: buildMessage(build),
  };
}

export function buildMessage(build: Build): string {
  return `start by ${build.executions[0]?.user}`;
}

/** bk-ci: until the engine starts the build, errors and stages are those of the previous execution. */
export function shownExecution({ build, now }: ViewInput): Execution {
  const execution = newestExecution(build);
  const before = build.executions.at(-2);
  return before && now < execution.timeline.engineStart ? before : execution;
}

/**
 * Null until the execution has ended. A retry of a part keeps the failed plug-ins that it did not run, and so their
 * entries (bk-ci: observed on v4.1.0, as is that a skipped one stays in the list).
 */
export function errorInfos(build: Build, execution: Execution, now: number): readonly Json[] | null {
  if (endTimeAt(execution, now) === null) return null;
  const infos: Json[] = [];
  for (const stage of build.pipeline.stages) {
    for (const job of leafJobs(stage)) {
      for (const plugin of job.plugins) {
        const span = execution.timeline.plugins.get(plugin.id);
        if (!span?.error) continue;
        infos.push({
          stageId: stage.id,
          containerId: job.id,
          matrixFlag: !stage.jobs.includes(job),
          taskId: plugin.id,
          taskName: plugin.name,
          atomCode: 'run',
          errorType: ERROR_TYPE_NUMBER[span.error.type],
          errorCode: span.error.code,
          errorMsg: span.error.message,
        });
      }
    }
  }
  return infos.length > 0 ? infos : null;
}

/** A stage that has not run has no status; the trigger's is listed in the first execution only. */
export function stageStatuses({ build, now }: ViewInput, execution: Execution): readonly Json[] {
  const [trigger, ...others] = build.pipeline.stages;
  const shown = trigger && execution.count === 1 ? [triggerStatus(trigger, execution, now)] : [];
  return [...shown, ...others.map((stage) => stageStatus(stage, execution, now))];
}

function triggerStatus(stage: Stage, execution: Execution, now: number): Json {
  const elapsed = execution.timeline.engineStart - execution.queueTime;
  const showMsg = endTimeAt(execution, now) === null ? '运行中' : `构建结束: ${execution.timeline.status}`;
  return { stageId: stage.id, name: stage.name, status: 'SUCCEED', elapsed, showMsg };
}

function stageStatus(stage: Stage, execution: Execution, now: number): Json {
  const span = execution.timeline.stages.get(stage.id);
  const entry = { stageId: stage.id, name: stage.name };
  if (!span) return entry;
  const { timeline } = execution;
  const status = stageStatusAt(span, timeline, now);
  const began = stageStartAt(span, now);
  const elapsed =
    began === null || gateOpenAt(span, now) || span.end > now || span.gate?.refused ? null : span.end - began;
  return dropNulls({ ...entry, status: status === 'UNEXEC' ? null : status, startEpoch: began, elapsed });
}

/** bk-ci, GROUP mode: index + 1, else the number of queued builds; 0 outside the queue. */
function queuePosition({ build, now }: ViewInput): number {
  const execution = newestExecution(build);
  if (buildStatusAt(execution, now) !== 'QUEUE') return 0;
  const state = { until: execution.queueTime };
  for (const step of execution.script.queue ?? []) {
    state.until += step.seconds * 1000;
    if (now < state.until) return step.position;
  }
  return 1;
}

export function dropNulls(value: Json): Json {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== null && one !== undefined));
}
