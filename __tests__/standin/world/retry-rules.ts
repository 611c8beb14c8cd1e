import { type Build, newest } from './build.js';
import type { Dialect } from './dialect.js';
import { failedOrCancelled } from './execution-script.js';
import { type Refusal, refusal } from './messages.js';
import { buildStatusAt, isFinished, pluginStatusAt, stageStatusAt, statusAt } from './moment.js';
import { type Job, leafJobs, leafPlugins, type Pipeline, type Plugin, type Stage } from './pipeline.js';
import type { Fate } from './timeline.js';

export interface RetryRequest {
  readonly user: string;
  readonly projectId: string;
  readonly pipelineId: string;
  readonly buildId: string;
  readonly taskId: string;
  readonly failedContainer: boolean;
  readonly skip: boolean;
}

/** What `taskId` turned out to be; anything unknown is a whole build (bk-ci: PipelineBuildRetryService). */
export type Target =
  | { readonly kind: 'whole' }
  | { readonly kind: 'stage'; readonly stage: Stage }
  | { readonly kind: 'job'; readonly stage: Stage; readonly job: Job }
  | { readonly kind: 'plug-in'; readonly stage: Stage; readonly job: Job; readonly plugin: Plugin };

export interface RetryPlan {
  readonly what: string;
  /** A plug-in retried inside the execution that is running. */
  readonly joins: boolean;
  readonly fates: ReadonlyMap<string, Fate>;
  readonly gatesPassed: ReadonlySet<string>;
}

export type Decision = { readonly plan: RetryPlan } | { readonly refusal: Refusal };

export function resolveTask(pipeline: Pipeline, taskId: string, dialect: Dialect): Target {
  if (taskId.trim() === '') return { kind: 'whole' };
  for (const stage of pipeline.stages) {
    if (stage.id === taskId) return { kind: 'stage', stage };
    const children = dialect.matrixChildren ? stage.jobs.flatMap((job) => job.children) : [];
    for (const job of [...stage.jobs, ...children]) {
      if (job.id === taskId) return { kind: 'job', stage, job };
      const plugin = job.plugins.find((one) => one.id === taskId || (dialect.stepIds && one.stepId === taskId));
      if (plugin && job.children.length === 0) return { kind: 'plug-in', stage, job, plugin };
    }
  }
  return { kind: 'whole' };
}

interface Situation {
  readonly build: Build;
  readonly request: RetryRequest;
  readonly target: Target;
  readonly dialect: Dialect;
  readonly mayOperate: boolean;
  readonly now: number;
}

export function decideRetry(situation: Situation): Decision {
  const { build, target, request, dialect, now } = situation;
  if (target.kind !== 'whole' && build.rowsGone) return refusal(2101081);
  const finished = isFinished(newest(build), now);
  if (!finished && dialect.running === 'never') return refusal(dialect.numbers.duplicate);
  if (target.kind === 'plug-in' && request.skip && !target.plugin.manualSkip && !situation.mayOperate) {
    return refusal(2101221);
  }
  if (!finished) return joinRunning(situation);
  if (target.kind === 'stage' && !stageFailed(build, target.stage, now)) return refusal(2101114);
  return { plan: { ...planOf(situation), joins: false } };
}

/** bk-ci 4.0: a failed plug-in of a finished job in a running stage, and nothing else. */
function joinRunning({ build, target, request, dialect, now }: Situation): Decision {
  const { timeline } = newest(build);
  if (buildStatusAt(newest(build), now) === 'STAGE_SUCCESS') return refusal(dialect.numbers.duplicate);
  if (target.kind !== 'plug-in') {
    if (dialect.running !== 'checked') return refusal(dialect.numbers.duplicate);
    if (target.kind === 'stage' && !stageFailed(build, target.stage, now)) return refusal(2101114);
    return refusal(2100002, 'BK_CI_RETRY_TASK_IN_STAGE_ID');
  }
  const stage = timeline.stages.get(target.stage.id);
  const job = timeline.jobs.get(target.job.id);
  const plugin = timeline.plugins.get(target.plugin.id);
  if (!stage || stageStatusAt(stage, timeline, now) !== 'RUNNING') return refusal(2101273);
  if (!job || job.start === null || now < job.end) return refusal(2101110);
  if (!plugin || !failedOrCancelled(pluginStatusAt(plugin, timeline, now))) return refusal(2101277);
  const before = build.pipeline.stages.slice(0, build.pipeline.stages.indexOf(target.stage) + 1);
  const fates = new Map<string, Fate>(before.flatMap(leafPlugins).map((one) => [one.id, 'keep']));
  fromPlugin(fates, target, request.skip);
  return { plan: { what: `plug-in ${target.plugin.name}, running`, joins: true, fates, gatesPassed: new Set() } };
}

function stageFailed(build: Build, stage: Stage, now: number): boolean {
  const { timeline } = newest(build);
  const span = timeline.stages.get(stage.id);
  return span !== undefined && failedOrCancelled(stageStatusAt(span, timeline, now));
}

/** Stages before the target's are kept, those behind it run. */
function planOf({ build, target, request, now }: Situation): Omit<RetryPlan, 'joins'> {
  if (target.kind === 'whole') return { what: 'whole build', fates: new Map(), gatesPassed: new Set() };
  const { stages } = build.pipeline;
  const index = stages.indexOf(target.stage);
  const fates = new Map<string, Fate>(
    stages
      .slice(0, index + 1)
      .flatMap(leafPlugins)
      .map((one) => [one.id, 'keep']),
  );
  const gatesPassed = new Set([target.stage.id]);
  const failed = (job: Job) => jobFailed(build, job, now);
  if (target.kind === 'plug-in') {
    fromPlugin(fates, target, request.skip);
    return { what: `${request.skip ? 'skip ' : ''}plug-in ${target.plugin.name}`, fates, gatesPassed };
  }
  if (target.kind === 'job') {
    const parts = target.job.children.length > 0 ? target.job.children : [target.job];
    const chosen = request.failedContainer && target.job.children.length > 0 ? parts.filter(failed) : parts;
    for (const plugin of chosen.flatMap((job) => job.plugins)) fates.set(plugin.id, 'run');
    return { what: `job ${target.job.name}`, fates, gatesPassed };
  }
  if (request.skip) {
    for (const job of leafJobs(target.stage).filter(failed)) skipFailed(build, job, fates);
    return { what: `skip stage ${target.stage.name}`, fates, gatesPassed };
  }
  const jobs = leafJobs(target.stage).filter((job) => !request.failedContainer || failed(job));
  for (const plugin of jobs.flatMap((job) => job.plugins)) fates.set(plugin.id, 'run');
  const what = `${request.failedContainer ? 'failed jobs of ' : ''}stage ${target.stage.name}`;
  return { what, fates, gatesPassed };
}

function jobFailed(build: Build, job: Job, now: number): boolean {
  const { timeline } = newest(build);
  const span = timeline.jobs.get(job.id);
  const status = span ? statusAt(span, timeline, now) : null;
  // A stop leaves jobs of its stage that never began; they have not succeeded either.
  return failedOrCancelled(status) || status === 'UNEXEC';
}

function fromPlugin(fates: Map<string, Fate>, target: { job: Job; plugin: Plugin }, skip: boolean): void {
  const index = target.job.plugins.indexOf(target.plugin);
  for (const plugin of target.job.plugins.slice(index)) fates.set(plugin.id, 'run');
  if (skip) fates.set(target.plugin.id, 'skip');
}

function skipFailed(build: Build, job: Job, fates: Map<string, Fate>): void {
  const { plugins } = newest(build).timeline;
  for (const plugin of job.plugins) {
    const status = plugins.get(plugin.id)?.status ?? null;
    if (failedOrCancelled(status)) fates.set(plugin.id, 'skip');
    else if (status === 'UNEXEC') fates.set(plugin.id, 'run');
  }
}
