import { type Build, type Execution, newest } from './build.js';
import type { Dialect } from './dialect.js';
import { ERROR_TYPE_NUMBER } from './execution-script.js';
import { buildStatusAt, endTimeAt, gateOpenAt, stageStatusAt } from './moment.js';
import { leafJobs } from './pipeline.js';

export interface Seen {
  readonly build: Build;
  readonly dialect: Dialect;
  readonly now: number;
}

export type Json = { readonly [name: string]: unknown };

/** bk-ci: BuildHistoryWithVars; null members are left out. */
export function statusView(seen: Seen): Json {
  const { build, dialect, now } = seen;
  const { count } = newest(build);
  const parameters = Object.entries(build.startParameters).map(([key, value]) => parameter(key, value));
  const retries = count > 1 && dialect.retryCount ? [parameter('BK_CI_RETRY_COUNT', count - 1)] : [];
  return dropNulls({
    ...common(seen),
    currentTimestamp: now,
    currentQueuePosition: dialect.queuePosition ? queuePosition(seen) : null,
    buildParameters: [...parameters, ...retries],
    variables: { ...build.variables, ...(retries.length > 0 ? { BK_CI_RETRY_COUNT: String(count - 1) } : {}) },
  });
}

/** bk-ci: BuildHistory, one record of a page. */
export function historyView(seen: Seen): Json {
  const executeCount = seen.dialect.numbers.noBuild === 2101100 ? null : newest(seen.build).count;
  return dropNulls({ ...common(seen), executeCount });
}

function common(seen: Seen): Json {
  const { build, now } = seen;
  const execution = newest(build);
  const endTime = endTimeAt(execution, now);
  const shown = staleOrNow(seen);
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
    stageStatus: stageStatuses(seen, shown),
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
    errorInfoList: errorInfos(build, shown, now),
    buildMsg: `start by ${build.executions[0]?.user}`,
  };
}

/** bk-ci: errors and stages stay those of the execution before until the engine starts the build. */
function staleOrNow({ build, now }: Seen): Execution {
  const execution = newest(build);
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

function stageStatuses({ build, now }: Seen, execution: Execution): readonly Json[] {
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
function queuePosition({ build, now }: Seen): number | null {
  const execution = newest(build);
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
