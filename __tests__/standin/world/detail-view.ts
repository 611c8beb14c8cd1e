import type { Execution } from './build.js';
import { failedOrCancelled } from './execution-script.js';
import { buildStatusAt, endTimeAt, gateOpenAt, pluginStatusAt, stageStatusAt, statusAt } from './moment.js';
import type { Job, Plugin, Stage } from './pipeline.js';
import { dropNulls, errorInfos, type Json, type Seen } from './status-view.js';
import type { Span } from './timeline.js';

const RETRY_LIMIT_MS = 28 * 86_400_000;

/** What the model of one execution is drawn from. */
interface Drawn {
  readonly execution: Execution;
  readonly now: number;
  /** bk-ci: ModelUtils.refreshCanRetry, the newest execution only and within 28 days. */
  readonly mayRetry: boolean;
}

/** bk-ci: ModelRecord (4.0), or the poorer ModelDetail before it. Null for an execution that never was. */
export function detailView({ build, dialect, now }: Seen, executeCount: number | null): Json | null {
  const last = build.executions.length;
  const execution = build.executions[(executeCount ?? last) - 1];
  if (!execution) return null;
  const young = build.startTime === null || now - build.startTime < RETRY_LIMIT_MS;
  const endTime = endTimeAt(execution, now);
  const drawn = { execution, now, mayRetry: execution.count === last && young && endTime !== null };
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
    model: { name: build.pipeline.name, stages: build.pipeline.stages.map((stage) => stageView(drawn, stage)) },
    currentTimestamp: now,
    buildNum: build.num,
    curVersion: build.pipeline.version,
    latestVersion: build.pipeline.version + 4,
    latestBuildNum: build.num + 1,
    lastModifyUser: 'pipeline-owner',
    executeTime: endTime === null ? 0 : Math.max(0, endTime - execution.timeline.engineStart),
  };
  if (!dialect.records) return dropNulls(core);
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
    cancelUserId: execution.stop ? build.truth.stops.at(-1)?.user : null,
    debug: false,
  });
}

function stageView(drawn: Drawn, stage: Stage): Json {
  const span = drawn.execution.timeline.stages.get(stage.id);
  const status = span ? stageStatusAt(span, drawn.execution.timeline, drawn.now) : null;
  const open = span !== undefined && gateOpenAt(span, drawn.now);
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
    canRetry: canRetry(drawn, status),
    finally: stage.finally,
    ...timing(drawn, span),
    checkIn: groups && { manualTrigger: true, status: open ? 'REVIEWING' : undefined, reviewGroups: groups },
    containers: stage.jobs.map((job) => jobView(drawn, job)),
  });
}

function jobView(drawn: Drawn, job: Job): Json {
  const span = drawn.execution.timeline.jobs.get(job.id);
  const status = span ? jobStatus(drawn, job, span) : null;
  return dropNulls({
    '@type': job.type,
    id: job.id,
    containerId: job.id,
    containerHashId: job.hashId,
    jobId: job.jobId,
    name: job.name,
    status,
    executeCount: span?.executeCount,
    canRetry: canRetry(drawn, status),
    matrixGroupFlag: job.children.length > 0,
    groupContainers: job.children.length > 0 ? job.children.map((child) => jobView(drawn, child)) : null,
    ...timing(drawn, span),
    elements: job.plugins.map((plugin) => pluginView(drawn, plugin)),
  });
}

/** A job whose plug-in waits for a person says so itself; build and stage go on saying RUNNING. */
function jobStatus(drawn: Drawn, job: Job, span: Span): string | null {
  const { timeline } = drawn.execution;
  const status = statusAt(span, timeline, drawn.now);
  if (status !== 'RUNNING') return status;
  const inner = job.plugins.map((plugin) => timeline.plugins.get(plugin.id)).filter((one) => one !== undefined);
  return inner.some((one) => pluginStatusAt(one, timeline, drawn.now) === 'PAUSE') ? 'PAUSE' : status;
}

function pluginView(drawn: Drawn, plugin: Plugin): Json {
  const span = drawn.execution.timeline.plugins.get(plugin.id);
  const status = span ? pluginStatusAt(span, drawn.execution.timeline, drawn.now) : null;
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
    canRetry: canRetry(drawn, status),
    canSkip: drawn.mayRetry && failed ? plugin.manualSkip : null,
    errorType: error?.type,
    errorCode: error?.code,
    errorMsg: error?.message,
    ...timing(drawn, span),
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

function canRetry({ mayRetry }: Drawn, status: string | null): boolean | null {
  return mayRetry && failedOrCancelled(status) ? true : null;
}

function timing({ now }: Drawn, span: Span | undefined): Json {
  if (!span || span.start === null || span.start > now) return {};
  const executeCost = Math.min(span.end, now) - span.start;
  const timeCost = { systemCost: 0, executeCost, waitCost: 0, queueCost: 0, totalCost: executeCost };
  return { startEpoch: span.start, elapsed: executeCost, timeCost: span.end <= now ? timeCost : null };
}
