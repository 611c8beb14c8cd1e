import type { Build, Execution } from './build.js';
import { failedOrCancelled } from './execution-script.js';
import type { Job, Plugin, Stage } from './pipeline.js';
import {
  buildStatusAt,
  endTimeAt,
  gateOpenAt,
  pluginStatusAt,
  stageStartAt,
  stageStatusAt,
  statusAt,
} from './status-at.js';
import {
  buildMessage,
  dropNulls,
  errorInfos,
  type Json,
  shownExecution,
  stageStatuses,
  type ViewInput,
} from './status-view.js';
import type { Span } from './timeline.js';

/** How much later the detail says that an execution was queued than the status does, observed on v4.1.0. */
const QUEUED_LATER_MS = 2_700;
/** bk-ci: the retry itself is accepted for a week longer. */
const SHOWN_RETRY_LIMIT_MS = 21 * 86_400_000;

/** What the model of one execution is built from. */
interface DetailContext {
  readonly build: Build;
  readonly execution: Execution;
  readonly now: number;
  /** bk-ci: ModelUtils.refreshCanRetry, the newest execution only and within 21 days. */
  readonly mayRetry: boolean;
  readonly isNewest: boolean;
}

/** bk-ci: ModelRecord (4.0), or ModelDetail with fewer fields before it. Null for an execution that does not exist. */
export function detailView(input: ViewInput, executeCount: number | null): Json | null {
  const { build, release, now } = input;
  const last = build.executions.length;
  const execution = build.executions[(executeCount ?? last) - 1];
  if (!execution) return null;
  const withinLimit = build.startTime === null || now - build.startTime < SHOWN_RETRY_LIMIT_MS;
  const endTime = endTimeAt(execution, now);
  const isNewest = execution.count === last;
  const context = { build, execution, now, isNewest, mayRetry: isNewest && withinLimit };
  const core = {
    id: build.id,
    pipelineId: build.pipeline.id,
    pipelineName: build.pipeline.name,
    userId: execution.user,
    triggerUser: build.executions[0]?.user,
    trigger: 'MANUAL',
    startTime: execution.timeline.engineStart <= now ? execution.timeline.engineStart : null,
    endTime,
    status: buildStatusAt(execution, now),
    model: {
      '@type': 'Model',
      name: build.pipeline.name,
      stages: build.pipeline.stages.map((stage) => stageView(context, stage)),
      ...(endTime === null ? {} : { timeCost: totalCosts(execution) }),
    },
    currentTimestamp: now,
    buildNum: build.num,
    curVersion: build.pipeline.version,
    latestVersion: build.pipeline.version + 4,
    latestBuildNum: build.num + 1,
    lastModifyUser: 'pipeline-owner',
    executeTime: endTime === null ? 0 : Math.max(0, endTime - execution.timeline.engineStart),
  };
  if (!release.showsExecutions) return dropNulls(core);
  return dropNulls({
    ...core,
    queueTime: execution.queueTime + QUEUED_LATER_MS,
    errorInfoList: errorInfos(build, execution, now),
    // Of the newest execution, whichever is asked for.
    stageStatus: stageStatuses(input, shownExecution(input)),
    executeCount: execution.count,
    startUserList: build.executions.map((one) => one.user),
    recordList: build.executions.toReversed().map((one) => recordView(one, now)),
    buildMsg: buildMessage(build),
    debug: false,
  });
}

/** One execution; bk-ci lists the newest first. */
function recordView(execution: Execution, now: number): Json {
  const hasEnded = endTimeAt(execution, now) !== null;
  return { startUser: execution.user, ...(hasEnded ? { timeCost: totalCosts(execution) } : {}) };
}

function totalCosts({ queueTime, timeline }: Execution): unknown {
  return costs(Math.max(0, timeline.end - queueTime)).timeCost;
}

function stageView(context: DetailContext, stage: Stage): Json {
  const { execution, now } = context;
  const isTrigger = isTriggerStage(stage);
  const span = execution.timeline.stages.get(stage.id);
  const status = isTrigger ? 'SUCCEED' : span ? stageStatusAt(span, execution.timeline, now) : null;
  const open = span !== undefined && gateOpenAt(span, now);
  const groups = stage.reviewers && [
    { id: `${stage.id}-flow-1`, name: 'Flow 1', reviewers: stage.reviewers, groups: [] },
  ];
  const began = isTrigger || !span ? null : stageStartAt(span, now);
  return dropNulls({
    id: stage.id,
    name: stage.name,
    status: shownStatus(status),
    executeCount: isTrigger ? 1 : (span?.executeCount ?? execution.count),
    canRetry: canRetry(context, status),
    finally: stage.finally,
    startEpoch: began,
    ...(isTrigger ? costs(0) : span && hasEnded(span, now) ? costs(span.end - (span.start ?? span.end)) : {}),
    checkIn: groups && dropNulls({ manualTrigger: true, status: open ? 'REVIEWING' : null, reviewGroups: groups }),
    containers: stage.jobs.map((job) => jobView(context, job)),
  });
}

function isTriggerStage(stage: Stage): boolean {
  return stage.jobs[0]?.type === 'trigger';
}

/** bk-ci: what has not run has an empty status. */
function shownStatus(status: string | null): string {
  return status === null || status === 'UNEXEC' ? '' : status;
}

function hasEnded(span: Span, now: number): boolean {
  return span.start !== null && span.end <= now;
}

function costs(elapsed: number): Json {
  return { elapsed, timeCost: { systemCost: 0, executeCost: elapsed, waitCost: 0, queueCost: 0, totalCost: elapsed } };
}

function jobView(context: DetailContext, job: Job): Json {
  const { execution, now } = context;
  const span = execution.timeline.jobs.get(job.id);
  const status = span ? jobStatus(context, job, span) : null;
  const { timeCost } = span && hasEnded(span, now) ? costs(span.end - (span.start ?? span.end)) : { timeCost: null };
  const isTrigger = job.type === 'trigger';
  return dropNulls({
    '@type': job.type,
    id: job.id,
    containerId: job.id,
    containerHashId: job.hashId,
    jobId: isTrigger ? null : (job.jobId ?? `job_${job.id}`),
    name: job.name,
    status: shownStatus(status),
    executeCount: span?.executeCount ?? execution.count,
    canRetry: canRetry(context, status),
    matrixGroupFlag: job.children.length > 0,
    groupContainers: job.children.length > 0 ? job.children.map((child) => jobView(context, child)) : null,
    jobControlOption: isTrigger ? null : { enable: true, runCondition: 'STAGE_RUNNING', continueWhenFailed: false },
    startVMStatus: startAt(span, now) === null ? null : 'SUCCEED',
    startEpoch: startAt(span, now),
    timeCost,
    elements: job.plugins.map((plugin) => (isTrigger ? triggerView(context, plugin) : pluginView(context, plugin))),
  });
}

/** PAUSE for a job with a plug-in that waits for a person; its build and stage stay RUNNING. */
function jobStatus(context: DetailContext, job: Job, span: Span): string | null {
  const { timeline } = context.execution;
  const status = statusAt(span, timeline, context.now);
  if (status !== 'RUNNING') return status;
  const inner = job.plugins.map((plugin) => timeline.plugins.get(plugin.id)).filter((one) => one !== undefined);
  return inner.some((one) => pluginStatusAt(one, timeline, context.now) === 'PAUSE') ? 'PAUSE' : status;
}

function triggerView({ execution, now }: DetailContext, plugin: Plugin): Json {
  const span = execution.timeline.plugins.get(plugin.id);
  const status = span ? statusAt(span, execution.timeline, now) : null;
  return {
    '@type': 'manualTrigger',
    name: plugin.name,
    id: plugin.id,
    status: shownStatus(status),
    executeCount: span?.executeCount ?? execution.count,
    atomCode: 'manualTrigger',
  };
}

function pluginView(context: DetailContext, plugin: Plugin): Json {
  const { execution, now } = context;
  const span = execution.timeline.plugins.get(plugin.id);
  const status = span ? pluginStatusAt(span, execution.timeline, now) : null;
  const failed = failedOrCancelled(status);
  const error = failed ? span?.error : null;
  const reruns = rerunsOf(context, plugin);
  return dropNulls({
    '@type': 'marketBuild',
    id: plugin.id,
    name: plugin.name,
    stepId: plugin.stepId,
    status: shownStatus(status),
    executeCount: span?.executeCount ?? execution.count,
    retryCount: reruns,
    retryCountManual: reruns,
    canRetry: context.mayRetry && failed ? true : null,
    errorType: error?.type,
    errorCode: error?.code,
    errorMsg: error?.message,
    startEpoch: startAt(span, now),
    ...(span && hasEnded(span, now) ? costs(span.end - (span.start ?? span.end)) : {}),
    atomCode: 'run',
    additionalOptions: {
      enable: true,
      manualRetry: true,
      manualSkip: plugin.manualSkip,
      continueWhenFailed: false,
      runCondition: 'PRE_TASK_SUCCESS',
    },
  });
}

/** How often the plug-in has run again; null if it has never run. */
function rerunsOf({ build, execution, now }: DetailContext, plugin: Plugin): number | null {
  const timelines = build.executions
    .slice(0, execution.count)
    .flatMap(({ timeline, previous }) => [timeline, previous]);
  const starts = timelines.map((timeline) => startAt(timeline?.plugins.get(plugin.id), now));
  const runs = new Set(starts.filter((start) => start !== null)).size;
  return runs === 0 ? null : runs - 1;
}

/** Absent, not false, in an older execution. */
function canRetry({ mayRetry, isNewest }: DetailContext, status: string | null): boolean | null {
  return isNewest ? mayRetry && failedOrCancelled(status) : null;
}

function startAt(span: Span | undefined, now: number): number | null {
  return span?.start != null && span.start <= now ? span.start : null;
}
