import type { Execution } from './build.js';
import { failedOrCancelled } from './execution-script.js';
import type { Job, Plugin, Stage } from './pipeline.js';
import { buildStatusAt, endTimeAt, gateOpenAt, pluginStatusAt, stageStatusAt, statusAt } from './status-at.js';
import { dropNulls, errorInfos, type Json, type ViewInput } from './status-view.js';
import type { Span } from './timeline.js';

const RETRY_LIMIT_MS = 28 * 86_400_000;

/** What the model of one execution is built from. */
interface DetailContext {
  readonly execution: Execution;
  readonly now: number;
  /** bk-ci: ModelUtils.refreshCanRetry, the newest execution only and within 28 days. */
  readonly mayRetry: boolean;
}

/** bk-ci: ModelRecord (4.0), or ModelDetail with fewer fields before it. Null for an execution that does not exist. */
export function detailView({ build, release, now }: ViewInput, executeCount: number | null): Json | null {
  const last = build.executions.length;
  const execution = build.executions[(executeCount ?? last) - 1];
  if (!execution) return null;
  const withinRetryLimit = build.startTime === null || now - build.startTime < RETRY_LIMIT_MS;
  const endTime = endTimeAt(execution, now);
  const context = { execution, now, mayRetry: execution.count === last && withinRetryLimit && endTime !== null };
  const core = {
    id: build.id,
    pipelineId: build.pipeline.id,
    pipelineName: build.pipeline.name,
    userId: execution.user,
    triggerUser: build.executions[0]?.user,
    trigger: 'MANUAL',
    startTime: build.startTime,
    endTime,
    status: buildStatusAt(execution, now),
    model: { name: build.pipeline.name, stages: build.pipeline.stages.map((stage) => stageView(context, stage)) },
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
    queueTime: execution.queueTime,
    errorInfoList: errorInfos(build, execution, now),
    executeCount: execution.count,
    startUserList: build.executions.map((one) => one.user),
    recordList: build.executions.map((one) => ({
      startUser: one.user,
      timeCost: { totalCost: Math.max(0, Math.min(one.timeline.end, now) - one.queueTime) },
    })),
    cancelUserId: execution.stop ? build.effects.stops.at(-1)?.user : null,
    debug: false,
  });
}

function stageView(context: DetailContext, stage: Stage): Json {
  const span = context.execution.timeline.stages.get(stage.id);
  const status = span ? stageStatusAt(span, context.execution.timeline, context.now) : null;
  const open = span !== undefined && gateOpenAt(span, context.now);
  const groups = stage.reviewers && [
    dropNulls({
      id: `${stage.id}-flow-1`,
      name: 'Flow 1',
      reviewers: stage.reviewers,
      status: open ? null : 'PROCESS',
    }),
  ];
  return dropNulls({
    id: stage.id,
    name: stage.name,
    stageIdForUser: stage.id,
    status,
    executeCount: span?.executeCount,
    canRetry: canRetry(context, status),
    finally: stage.finally,
    ...timing(context, span),
    checkIn: groups && { manualTrigger: true, status: open ? 'REVIEWING' : undefined, reviewGroups: groups },
    containers: stage.jobs.map((job) => jobView(context, job)),
  });
}

function jobView(context: DetailContext, job: Job): Json {
  const span = context.execution.timeline.jobs.get(job.id);
  const status = span ? jobStatus(context, job, span) : null;
  return dropNulls({
    '@type': job.type,
    id: job.id,
    containerId: job.id,
    containerHashId: job.hashId,
    jobId: job.jobId,
    name: job.name,
    status,
    executeCount: span?.executeCount,
    canRetry: canRetry(context, status),
    matrixGroupFlag: job.children.length > 0,
    groupContainers: job.children.length > 0 ? job.children.map((child) => jobView(context, child)) : null,
    ...timing(context, span),
    elements: job.plugins.map((plugin) => pluginView(context, plugin)),
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

function pluginView(context: DetailContext, plugin: Plugin): Json {
  const span = context.execution.timeline.plugins.get(plugin.id);
  const status = span ? pluginStatusAt(span, context.execution.timeline, context.now) : null;
  const failed = failedOrCancelled(status);
  const error = failed ? span?.error : null;
  return dropNulls({
    '@type': plugin.name === 'Manual trigger' ? 'manualTrigger' : 'marketBuild',
    id: plugin.id,
    name: plugin.name,
    stepId: plugin.stepId,
    status,
    executeCount: span?.executeCount,
    retryCount: 0,
    canRetry: canRetry(context, status),
    canSkip: context.mayRetry && failed ? plugin.manualSkip : null,
    errorType: error?.type,
    errorCode: error?.code,
    errorMsg: error?.message,
    ...timing(context, span),
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

function canRetry({ mayRetry }: DetailContext, status: string | null): boolean | null {
  return mayRetry && failedOrCancelled(status) ? true : null;
}

function timing({ now }: DetailContext, span: Span | undefined): Json {
  if (!span || span.start === null || span.start > now) return {};
  const executeCost = Math.min(span.end, now) - span.start;
  const timeCost = { systemCost: 0, executeCost, waitCost: 0, queueCost: 0, totalCost: executeCost };
  return { startEpoch: span.start, elapsed: executeCost, timeCost: span.end <= now ? timeCost : null };
}
