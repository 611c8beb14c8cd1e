import { type Build, newestExecution } from './build.js';
import { failedOrCancelled } from './execution-script.js';
import { type Refusal, refusal } from './messages.js';
import { type Job, leafJobs, leafPlugins, type Pipeline, type Plugin, type Stage } from './pipeline.js';
import type { Release } from './release.js';
import { buildStatusAt, isFinished, pluginStatusAt, stageStatusAt, statusAt } from './status-at.js';
import type { PluginAction } from './timeline.js';

export interface RetryRequest {
  readonly user: string;
  readonly projectId: string;
  readonly pipelineId: string;
  readonly buildId: string;
  readonly taskId: string;
  readonly failedContainer: boolean;
  readonly skip: boolean;
}

/** What `taskId` refers to; an unknown id means the whole build (bk-ci: PipelineBuildRetryService). */
export type Target =
  | { readonly kind: 'whole' }
  | { readonly kind: 'stage'; readonly stage: Stage }
  | { readonly kind: 'job'; readonly stage: Stage; readonly job: Job }
  | { readonly kind: 'plug-in'; readonly stage: Stage; readonly job: Job; readonly plugin: Plugin };

export interface RetryPlan {
  readonly description: string;
  /** True if a plug-in is retried inside the running execution. */
  readonly joinsRunning: boolean;
  readonly pluginActions: ReadonlyMap<string, PluginAction>;
  readonly gatesPassed: ReadonlySet<string>;
}

export type Decision = { readonly plan: RetryPlan } | { readonly refusal: Refusal };

export function resolveTask(pipeline: Pipeline, taskId: string, release: Release): Target {
  if (taskId.trim() === '') return { kind: 'whole' };
  for (const stage of pipeline.stages) {
    if (stage.id === taskId) return { kind: 'stage', stage };
    const children = release.acceptsMatrixChildren ? stage.jobs.flatMap((job) => job.children) : [];
    for (const job of [...stage.jobs, ...children]) {
      if (job.id === taskId) return { kind: 'job', stage, job };
      const plugin = job.plugins.find((one) => one.id === taskId || (release.acceptsStepIds && one.stepId === taskId));
      if (plugin && job.children.length === 0) return { kind: 'plug-in', stage, job, plugin };
    }
  }
  return { kind: 'whole' };
}

interface RetryContext {
  readonly build: Build;
  readonly request: RetryRequest;
  readonly target: Target;
  readonly release: Release;
  readonly mayOperate: boolean;
  readonly now: number;
}

export function decideRetry(context: RetryContext): Decision {
  const { build, target, request, release, now } = context;
  if (target.kind !== 'whole' && build.taskRecordsDeleted) return refusal(2101081);
  const finished = isFinished(newestExecution(build), now);
  if (!finished && release.retryWhileRunning === 'never') return refusal(release.errorCodes.alreadyRunning);
  if (target.kind === 'plug-in' && request.skip && !target.plugin.manualSkip && !context.mayOperate) {
    return refusal(2101221);
  }
  if (!finished) return decideWhileRunning(context);
  if (target.kind === 'stage' && !stageFailed(build, target.stage, now)) return refusal(2101114);
  return { plan: { ...planRetry(context), joinsRunning: false } };
}

/** bk-ci 4.0: a failed plug-in of a finished job in a running stage, and nothing else. */
function decideWhileRunning({ build, target, request, release, now }: RetryContext): Decision {
  const { timeline } = newestExecution(build);
  if (target.kind === 'stage' && release.retryWhileRunning === 'checked' && !stageFailed(build, target.stage, now)) {
    return refusal(2101114);
  }
  if (buildStatusAt(newestExecution(build), now) === 'STAGE_SUCCESS') return refusal(release.errorCodes.alreadyRunning);
  if (target.kind !== 'plug-in') {
    if (release.retryWhileRunning !== 'checked') return refusal(release.errorCodes.alreadyRunning);
    return refusal(2100002, 'BK_CI_RETRY_TASK_IN_STAGE_ID');
  }
  const stage = timeline.stages.get(target.stage.id);
  const job = timeline.jobs.get(target.job.id);
  const plugin = timeline.plugins.get(target.plugin.id);
  if (!stage || stageStatusAt(stage, timeline, now) !== 'RUNNING') return refusal(2101273);
  if (!job || job.start === null || now < job.end) return refusal(2101110);
  if (!plugin || !failedOrCancelled(pluginStatusAt(plugin, timeline, now))) return refusal(2101277);
  const before = build.pipeline.stages.slice(0, build.pipeline.stages.indexOf(target.stage) + 1);
  const pluginActions = new Map<string, PluginAction>(before.flatMap(leafPlugins).map((one) => [one.id, 'keep']));
  rerunPlugin(build, pluginActions, { ...target, skip: request.skip });
  return {
    plan: {
      description: `plug-in ${target.plugin.name}, running`,
      joinsRunning: true,
      pluginActions,
      gatesPassed: new Set(),
    },
  };
}

function stageFailed(build: Build, stage: Stage, now: number): boolean {
  const { timeline } = newestExecution(build);
  const span = timeline.stages.get(stage.id);
  return span !== undefined && failedOrCancelled(stageStatusAt(span, timeline, now));
}

/** Keeps the stages before the target's stage and runs those after it. */
function planRetry({ build, target, request, now }: RetryContext): Omit<RetryPlan, 'joinsRunning'> {
  if (target.kind === 'whole') return { description: 'whole build', pluginActions: new Map(), gatesPassed: new Set() };
  const { stages } = build.pipeline;
  const index = stages.indexOf(target.stage);
  const pluginActions = new Map<string, PluginAction>(
    stages
      .slice(0, index + 1)
      .flatMap(leafPlugins)
      .map((one) => [one.id, 'keep']),
  );
  const gatesPassed = new Set([target.stage.id]);
  if (target.kind !== 'stage')
    for (const { id } of leafPlugins(stages[0] ?? target.stage)) pluginActions.set(id, 'run');
  const failed = (job: Job) => jobFailed(build, job, now);
  if (target.kind === 'plug-in') {
    rerunPlugin(build, pluginActions, { ...target, skip: request.skip });
    return { description: `${request.skip ? 'skip ' : ''}plug-in ${target.plugin.name}`, pluginActions, gatesPassed };
  }
  if (target.kind === 'job') {
    const { job } = target;
    const [plugin] = job.plugins;
    const chosen = request.failedContainer ? job.children.filter(failed) : job.children;
    for (const child of chosen.flatMap(({ plugins }) => plugins)) pluginActions.set(child.id, 'run');
    if (job.children.length === 0 && plugin) rerunPlugin(build, pluginActions, { job, plugin, skip: false });
    return { description: `job ${job.name}`, pluginActions, gatesPassed };
  }
  if (request.skip) {
    for (const job of leafJobs(target.stage).filter(failed)) skipFailedPlugins(build, job, pluginActions);
    return { description: `skip stage ${target.stage.name}`, pluginActions, gatesPassed };
  }
  const jobs = leafJobs(target.stage).filter((job) => !request.failedContainer || failed(job));
  for (const plugin of jobs.flatMap((job) => job.plugins)) pluginActions.set(plugin.id, 'run');
  const what = `${request.failedContainer ? 'failed jobs of ' : ''}stage ${target.stage.name}`;
  return { description: what, pluginActions, gatesPassed };
}

function jobFailed(build: Build, job: Job, now: number): boolean {
  const { timeline } = newestExecution(build);
  const span = timeline.jobs.get(job.id);
  const status = span ? statusAt(span, timeline, now) : null;
  // After a stop some jobs of the stage have never started; they count as failed too.
  return failedOrCancelled(status) || status === 'UNEXEC';
}

/**
 * Of its job, only the plug-in runs again, and those that have not run or were cancelled; what has failed stays failed
 * (bk-ci: observed on v4.1.0).
 */
function rerunPlugin(
  build: Build,
  pluginActions: Map<string, PluginAction>,
  { job, plugin, skip }: { job: Job; plugin: Plugin; skip: boolean },
): void {
  const { plugins } = newestExecution(build).timeline;
  for (const { id } of job.plugins) {
    const status = plugins.get(id)?.status ?? 'UNEXEC';
    if (status === 'UNEXEC' || status === 'CANCELED') pluginActions.set(id, 'run');
  }
  pluginActions.set(plugin.id, skip ? 'skip' : 'run');
}

function skipFailedPlugins(build: Build, job: Job, pluginActions: Map<string, PluginAction>): void {
  const { plugins } = newestExecution(build).timeline;
  for (const plugin of job.plugins) {
    const status = plugins.get(plugin.id)?.status ?? null;
    if (failedOrCancelled(status)) pluginActions.set(plugin.id, 'skip');
    else if (status === 'UNEXEC') pluginActions.set(plugin.id, 'run');
  }
}
