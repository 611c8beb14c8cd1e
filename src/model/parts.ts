/** Walks a build's model: which part a `taskId` names, what failed, and where it stands. Pure. */
import type { BuildDetail, Job, Plugin, Stage } from './detail.js';
import { meaningOfPart } from './status.js';

/** A part of a build that the API can retry, with what stands around it. */
export type Part =
  | { readonly kind: 'stage'; readonly stage: Stage }
  | { readonly kind: 'job'; readonly stage: Stage; readonly job: Job }
  | { readonly kind: 'plug-in'; readonly stage: Stage; readonly job: Job; readonly plugin: Plugin };

/** Every part: stages, jobs, matrix groups and their children, plug-ins. In the order in which they run. */
export function partsOf(detail: BuildDetail): Part[] {
  return detail.stages.flatMap((stage): Part[] => [
    { kind: 'stage', stage },
    ...jobsOf(stage).flatMap((job): Part[] => [
      { kind: 'job', stage, job },
      ...job.plugins.map((plugin): Part => ({ kind: 'plug-in', stage, job, plugin })),
    ]),
  ]);
}

/** Jobs of a stage, a matrix group followed by its children. */
export function jobsOf(stage: Stage): Job[] {
  return stage.jobs.flatMap((job) => [job, ...job.children]);
}

/**
 * The parts a taskId names, by any id the API knows; none for an id that would rerun the whole build. A step id is the
 * user's own word and may stand in several jobs: then those that failed are meant.
 */
export function findParts(detail: BuildDetail, taskId: string): Part[] {
  const parts = partsOf(detail).filter((part) => idOf(part) !== '');
  const exact = parts.find((part) => idOf(part) === taskId);
  if (exact) return [exact];
  const named = parts.filter((part) => part.kind === 'plug-in' && part.plugin.stepId === taskId);
  const stopped = named.filter(canBeRetried);
  return stopped.length > 0 ? stopped : named;
}

/** The id that every server version takes for a part: a step id is only known since v4.0. */
export function idOf(part: Part): string {
  if (part.kind === 'stage') return part.stage.id;
  return part.kind === 'job' ? part.job.id : part.plugin.id;
}

/** `Test › Linux › Run tests` for a plug-in, shorter for a job or a stage. Holds text of the server. */
export function pathOf(part: Part): string {
  if (part.kind === 'stage') return part.stage.name;
  if (part.kind === 'job') return `${part.stage.name} › ${part.job.name}`;
  return `${part.stage.name} › ${part.job.name} › ${part.plugin.name}`;
}

function statusOf(part: Part): string | undefined {
  if (part.kind === 'stage') return part.stage.status;
  return part.kind === 'job' ? part.job.status : part.plugin.status;
}

export function hasFailed(part: Part): boolean {
  return meaningOfPart(statusOf(part)) === 'failed';
}

/** Failed or cancelled: what BK-CI takes for a retry of a part. */
export function canBeRetried(part: Part): boolean {
  return ['failed', 'cancelled'].includes(meaningOfPart(statusOf(part)));
}

export function stoppedParts(detail: BuildDetail): Part[] {
  return partsOf(detail).filter(canBeRetried);
}

/**
 * Stages whose failed jobs can be retried. The finally stage runs whatever happened, so it only counts when no other
 * stage failed.
 */
export function stagesToRetry(detail: BuildDetail): Stage[] {
  const stages = stoppedParts(detail).flatMap((part) => (part.kind === 'stage' ? [part.stage] : []));
  const ordinary = stages.filter((stage) => !stage.isFinally);
  return ordinary.length > 0 ? ordinary : stages;
}

/** Not those of a matrix group itself: they are the pattern that its jobs were made from, and run in these. */
export function failedPlugins(detail: BuildDetail): Extract<Part, { kind: 'plug-in' }>[] {
  return partsOf(detail).flatMap((part) =>
    part.kind === 'plug-in' && part.job.children.length === 0 && hasFailed(part) ? [part] : [],
  );
}

/** The job behind a hash, which people copy from the address of a log although the API wants the job's number. */
export function jobByHash(detail: BuildDetail, hashId: string): Job | undefined {
  return detail.stages.flatMap(jobsOf).find((job) => job.hashId === hashId);
}

/** A part that waits for a person inside a stage that says RUNNING. */
export function waitingPart(detail: BuildDetail): Part | undefined {
  const waiting = partsOf(detail).filter((part) => meaningOfPart(statusOf(part)) === 'waits for a person');
  return waiting.at(-1);
}
