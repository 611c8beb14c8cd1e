/** Finds parts of a build's detail: the part a `taskId` names, the failed ones, the one that waits. Pure. */

import type { BuildDetail, Job, Plugin, Stage } from './detail.js';
import { meaningOfPart } from './status.js';

/** A part of a build that the API can retry, with the stage and the job around it. */
export type Part =
  | { readonly kind: 'stage'; readonly stage: Stage }
  | { readonly kind: 'job'; readonly stage: Stage; readonly job: Job }
  | { readonly kind: 'plug-in'; readonly stage: Stage; readonly job: Job; readonly plugin: Plugin };

/** All stages, jobs (matrix groups and their children) and plug-ins, in the order in which they run. */
export function partsOf(detail: BuildDetail): Part[] {
  return detail.stages.flatMap((stage): Part[] => [
    { kind: 'stage', stage },
    ...jobsOf(stage).flatMap((job): Part[] => [
      { kind: 'job', stage, job },
      ...job.plugins.map((plugin): Part => ({ kind: 'plug-in', stage, job, plugin })),
    ]),
  ]);
}

function jobsOf(stage: Stage): Job[] {
  return stage.jobs.flatMap(jobAndChildren);
}

/** A job, and after the group of a matrix the jobs of it. */
export function jobAndChildren(job: Job): readonly Job[] {
  return [job, ...job.children];
}

/** Whether a part is a job of a matrix, or in one; the group of the matrix is not. */
export function isInMatrix(part: Part): boolean {
  return part.kind !== 'stage' && part.stage.jobs.some(({ children }) => children.includes(part.job));
}

/**
 * The parts that a taskId names by any id the API knows; none for an unknown id, with which the API would rerun the
 * whole build. A step id is set by users and may be in several jobs: then the failed or cancelled plug-ins are meant.
 */
export function findParts(detail: BuildDetail, taskId: string): Part[] {
  const parts = partsOf(detail).filter((part) => idOf(part) !== '');
  const byId = parts.find((part) => idOf(part) === taskId);
  if (byId) return [byId];
  const byStepId = parts.filter((part) => part.kind === 'plug-in' && part.plugin.stepId === taskId);
  const retryable = byStepId.filter(canBeRetried);
  return retryable.length > 0 ? retryable : byStepId;
}

/** The parts with a name, alone or as in `pathOf`, whatever its case and white space; those that can be retried first. */
export function partsNamed(detail: BuildDetail, name: string): Part[] {
  const wanted = plain(name);
  const named = partsOf(detail).filter(
    (part) => idOf(part) !== '' && [nameOf(part), pathOf(part)].some((text) => plain(text) === wanted),
  );
  return [...named.filter(canBeRetried), ...named.filter((part) => !canBeRetried(part))];
}

function plain(name: string): string {
  return name.replace(/\s+/g, ' ').trim().toLowerCase();
}

/** The id of a part that every server version accepts; step ids are only known since v4.0. */
export function idOf(part: Part): string {
  if (part.kind === 'stage') return part.stage.id;
  return part.kind === 'job' ? part.job.id : part.plugin.id;
}

/** `Test › Linux › Run tests` for a plug-in, shorter for a job or a stage. Contains text from the server. */
export function pathOf(part: Part): string {
  if (part.kind === 'stage') return part.stage.name;
  if (part.kind === 'job') return `${part.stage.name} › ${part.job.name}`;
  return `${part.stage.name} › ${part.job.name} › ${part.plugin.name}`;
}

function nameOf(part: Part): string {
  if (part.kind === 'stage') return part.stage.name;
  return part.kind === 'job' ? part.job.name : part.plugin.name;
}

export function hasFailed(part: Part): boolean {
  return meaningOfPart(statusOf(part)) === 'failed';
}

/** BK-CI accepts the retry of a part that failed or was cancelled. */
export function canBeRetried(part: Part): boolean {
  return ['failed', 'cancelled'].includes(meaningOfPart(statusOf(part)));
}

export function stoppedParts(detail: BuildDetail): Part[] {
  return partsOf(detail).filter(canBeRetried);
}

/**
 * Stages whose failed jobs can be retried. A finally stage runs after a failure too, so it only counts if no other stage
 * failed.
 */
export function stagesToRetry(detail: BuildDetail): Stage[] {
  const stages = stoppedParts(detail).flatMap((part) => (part.kind === 'stage' ? [part.stage] : []));
  const ordinary = stages.filter((stage) => !stage.isFinally);
  return ordinary.length > 0 ? ordinary : stages;
}

/** The job with a hash id, which users copy from the address of a log although the API requires the job's number. */
export function jobByHash(detail: BuildDetail, hashId: string): Job | undefined {
  return detail.stages.flatMap(jobsOf).find((job) => job.hashId === hashId);
}

/** The innermost part that waits for a person; its stage may be RUNNING. */
export function waitingPart(detail: BuildDetail): Part | undefined {
  const waiting = partsOf(detail).filter((part) => meaningOfPart(statusOf(part)) === 'waits for a person');
  return waiting.at(-1);
}

function statusOf(part: Part): string | undefined {
  if (part.kind === 'stage') return part.stage.status;
  return part.kind === 'job' ? part.job.status : part.plugin.status;
}
