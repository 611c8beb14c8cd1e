import { type Build, type Execution, newestExecution } from './build.js';
import { ERROR_TYPE_NUMBER } from './execution-script.js';
import { leafJobs } from './pipeline.js';
import type { Release } from './release.js';
import { buildStatusAt, endTimeAt, gateOpenAt, stageStatusAt } from './status-at.js';

export interface ViewInput {
  readonly build: Build;
  readonly release: Release;
  readonly now: number;
}

export type Json = { readonly [name: string]: unknown };

/** bk-ci: BuildHistoryWithVars; null members are left out. */
export function statusView(input: ViewInput): Json {
  const { build, release, now } = input;
  const { count } = newestExecution(build);
  const parameters = Object.entries(build.startParameters).map(([key, value]) => parameter(key, value));
  const retries = count > 1 && release.showsRetryCount ? [parameter('BK_CI_RETRY_COUNT', count - 1)] : [];
  return dropNulls({
    ...commonFields(input),
    currentTimestamp: now,
    currentQueuePosition: release.showsQueuePosition ? queuePosition(input) : null,
    buildParameters: [...parameters, ...retries],
    variables: { ...build.variables, ...(retries.length > 0 ? { BK_CI_RETRY_COUNT: String(count - 1) } : {}) },
  });
}

/** bk-ci: BuildHistory, one record of a page. */
export function historyView(input: ViewInput): Json {
  const executeCount = input.release.errorCodes.buildNotFound === 2101100 ? null : newestExecution(input.build).count;
  return dropNulls({ ...commonFields(input), executeCount });
}

function commonFields(input: ViewInput): Json {
  const { build, now } = input;
  const execution = newestExecution(build);
  const endTime = endTimeAt(execution, now);
  const visible = shownExecution(input);
  const startTime = build.startTime ?? 0;
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
    mobileStart: false,
    material: [],
    queueTime: execution.queueTime,
    artifactList: [],
    remark: null,
    totalTime: Math.max(0, (endTime ?? now) - startTime),
    executeTime: endTime === null ? 0 : Math.max(0, endTime - execution.timeline.engineStart),
    startType: 'MANUAL',
    recommendVersion: null,
    retry: execution.count > 1,
    errorInfoList: errorInfos(build, visible, now),
    buildMsg: `start by ${build.executions[0]?.user}`,
  };
}

/** bk-ci: until the engine starts the build, errors and stages are those of the previous execution. */
function shownExecution({ build, now }: ViewInput): Execution {
  const execution = newestExecution(build);
  const before = build.executions.at(-2);
  return before && now < execution.timeline.engineStart ? before : execution;
}

export function errorInfos(build: Build, execution: Execution, now: number): readonly Json[] | null {
  const infos: Json[] = [];
  for (const stage of build.pipeline.stages) {
    for (const job of leafJobs(stage)) {
      for (const plugin of job.plugins) {
        const span = execution.timeline.plugins.get(plugin.id);
        if (!span?.error || span.end > now) continue;
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

function stageStatuses({ build, now }: ViewInput, execution: Execution): readonly Json[] {
  return build.pipeline.stages.map((stage) => {
    const span = execution.timeline.stages.get(stage.id);
    const began = span?.start != null && span.start <= now ? span.start : null;
    return dropNulls({
      stageId: stage.id,
      name: stage.name,
      status: span ? (stageStatusAt(span, execution.timeline, now) ?? '') : '',
      startEpoch: began,
      elapsed: span && began !== null ? Math.min(span.end, now) - began : null,
      showMsg: span && gateOpenAt(span, now) ? `待审核人: ${stage.reviewers?.join(',')}` : null,
    });
  });
}

/** bk-ci, GROUP mode: index + 1, else the number of queued builds. */
function queuePosition({ build, now }: ViewInput): number | null {
  const execution = newestExecution(build);
  if (buildStatusAt(execution, now) !== 'QUEUE') return null;
  const state = { until: execution.queueTime };
  for (const step of execution.script.queue ?? []) {
    state.until += step.seconds * 1000;
    if (now < state.until) return step.position;
  }
  return 1;
}

function parameter(key: string, value: string | number): Json {
  return { key, value, valueType: typeof value === 'number' ? 'LONG' : 'STRING', readOnly: false };
}

export function dropNulls(value: Json): Json {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== null && one !== undefined));
}
