/**
 * Which failures broke a build, and which ones its settings let pass (bk-ci: StartActionTaskContainerCmd, ControlUtils).
 * Pure.
 */

import type { BuildDetail, Job, Plugin, Stage } from './detail.js';
import { jobAndChildren, type Part } from './parts.js';
import { meaningOfPart } from './status.js';

export interface Failure {
  readonly part: Part;
  /** The build went on after it. */
  readonly isTolerated: boolean;
}

/** In the order of the stages: failed plug-ins, and jobs and stages that failed without a part of theirs that explains it. */
export function failuresOf(detail: BuildDetail): Failure[] {
  return detail.stages.flatMap((stage) => {
    const inJobs = stage.jobs.flatMap((job) => failuresOfJob(stage, job));
    return isExplained(stage, inJobs) ? inJobs : [...inJobs, { part: { kind: 'stage', stage }, isTolerated: false }];
  });
}

/** Failed plug-ins that ended their job, without post actions of these. */
export function pluginsThatBroke(job: Job): Plugin[] {
  const failed = job.plugins.filter((plugin) => hasFailed(plugin) && !letsJobGoOn(job, plugin));
  return failed.filter(({ postActionOf }) => !failed.some(({ id }) => id === postActionOf));
}

/** Whether the job's build machine did not start. */
export function isWithoutMachine({ machineStatus }: Job): boolean {
  return meaningOfPart(machineStatus) === 'failed';
}

/** Whether one part is the other, or contains it. */
export function includes(outer: Part, inner: Part): boolean {
  if (outer.stage.id !== inner.stage.id) return false;
  if (outer.kind === 'stage') return true;
  if (inner.kind === 'stage' || !jobAndChildren(outer.job).includes(inner.job)) return false;
  return outer.kind === 'job' || (inner.kind === 'plug-in' && inner.plugin.id === outer.plugin.id);
}

/** The plug-ins of a matrix group are the template of its jobs, and run in these. */
function failuresOfJob(stage: Stage, job: Job): Failure[] {
  const isTolerated = job.continuesOnFailure;
  const inside =
    job.children.length > 0
      ? job.children.flatMap((child) => failuresOfJob(stage, child))
      : job.plugins.filter(hasFailed).map((plugin): Failure => {
          const part = { kind: 'plug-in', stage, job, plugin } as const;
          return { part, isTolerated: isTolerated || letsJobGoOn(job, plugin) };
        });
  const explains = job.children.length > 0 ? inside.length > 0 : pluginsThatBroke(job).length > 0;
  if (!hasFailed(job) || explains) return inside;
  return [...inside, { part: { kind: 'job', stage, job }, isTolerated }];
}

/** A plug-in that was terminated ends its job whatever its settings are, and so does a machine that did not start. */
function letsJobGoOn(job: Job, plugin: Plugin): boolean {
  return plugin.continuesOnFailure && plugin.status !== 'TERMINATE' && !isWithoutMachine(job);
}

function isExplained(stage: Stage, failures: readonly Failure[]): boolean {
  return !hasFailed(stage) || failures.some(({ isTolerated }) => !isTolerated);
}

function hasFailed({ status }: { readonly status?: string | undefined }): boolean {
  return meaningOfPart(status) === 'failed';
}
