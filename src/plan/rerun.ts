/**
 * What a retry of a part reruns. BK-CI resets the plug-in that it is given, or the first one of a job, and the plug-ins
 * that never ran or were cancelled. All others keep their state, so what failed elsewhere in the stage fails the build
 * again without having run (bk-ci: observed on v4.1.0). Pure.
 */

import { ActionError, NOTHING_SENT } from '../lib/errors.js';
import { oneLine, quote } from '../lib/sanitize.js';
import { failuresOf, includes, isWithoutMachine, pluginsThatBroke } from '../model/cause.js';
import type { BuildDetail, Stage } from '../model/detail.js';
import { isInMatrix, type Part, pathOf, stoppedParts } from '../model/parts.js';
import { meaningOfPart } from '../model/status.js';
import { suggestions } from './target.js';

/**
 * The part to retry for the one that was asked for: the plug-in that broke a job, unless it is the job's first. Throws an
 * ActionError when the retry could not help.
 */
export function partToRerun(asked: Part, detail: BuildDetail, { build, skip }: { build: string; skip: boolean }): Part {
  if (asked.kind === 'stage' && isKnownNotToHaveFailed(asked.stage)) throw stageNotFailed(asked.stage, detail, build);
  const part = asked.kind === 'job' ? jobOrItsPlugin(asked, build) : asked;
  const others = otherFailures(part, detail);
  if (part.kind !== 'plug-in' || others.length === 0 || brokeTheBuild(part, detail)) return part;
  const state = oneLine(part.plugin.status ?? 'not run', 40);
  throw new ActionError('task-unknown', {
    problem: `${oneLine(pathOf(part))} (${state}) is not what failed in stage ${oneLine(part.stage.name, 80)} of build ${build}, and ${skip ? 'skipping' : 'retrying'} it leaves the failure as it is`,
    consequence: NOTHING_SENT,
    remedy: `Give what failed${suggestions(others)}.`,
  });
}

/** A warning about failures that a retry of the part leaves as they are; none for a build or part that all of them are in. */
export function remainingFailureWarning(
  part: Part | undefined,
  detail: BuildDetail | undefined,
  skip: boolean,
): string[] {
  const others = part && detail ? otherFailures(part, detail) : [];
  if (!part || others.length === 0) return [];
  const names = others.slice(0, 3).map((other) => oneLine(pathOf(other)));
  const more = others.length > names.length ? ` and ${others.length - names.length} more` : '';
  const [state, whole] = skip ? ['skipped', 'skip all failed plug-ins'] : ['rerun', 'rerun all failed jobs'];
  return [
    `${names.join(', ')}${more} failed as well and is not ${state}, so the build fails again. To ${whole} of the stage, set ${wholeStage(part, skip)}.`,
  ];
}

/** BK-CI looks for an id in the groups of matrices alone, and takes any other for none (bk-ci: PipelineBuildRetryService). */
export function matrixWarning(part: Part | undefined, skip: boolean): string[] {
  if (!part || !isInMatrix(part)) return [];
  return [
    `${oneLine(pathOf(part))} is part of a matrix: BK-CI before v4.2 does not know its id, and reruns the whole build. On an older one, set ${wholeStage(part, skip)}.`,
  ];
}

/** The inputs for all that failed in the stage of the part. BK-CI takes only one of `skip` and `failedContainer`. */
function wholeStage({ stage }: Part, skip: boolean): string {
  return `taskId: ${oneLine(stage.id, 40)}${skip ? '' : ' and failedContainer: true'}`;
}

/** Where this action does not know the status of the stage, BK-CI decides. */
function isKnownNotToHaveFailed({ status }: Stage): boolean {
  return status !== undefined && !['failed', 'cancelled', 'unknown'].includes(meaningOfPart(status));
}

/** BK-CI refuses such a stage with 2101114 (bk-ci: PipelineBuildRetryService). */
function stageNotFailed({ id, name, status }: Stage, detail: BuildDetail, build: string): ActionError {
  const failed = suggestions(stoppedParts(detail));
  return new ActionError('task-unknown', {
    problem: `Stage ${oneLine(name, 80)} (${oneLine(id, 40)}) of build ${build} has not failed (${oneLine(status || 'not run', 40)}), and BK-CI retries only failed stages`,
    consequence: NOTHING_SENT,
    remedy: failed === '' ? 'Leave taskId out to retry the whole build.' : `What can be retried${failed}.`,
  });
}

function jobOrItsPlugin(part: Extract<Part, { kind: 'job' }>, build: string): Part {
  const { stage, job } = part;
  const isWhole = stage.isFinally || job.children.length > 0 || isWithoutMachine(job);
  const [plugin, ...others] = isWhole ? [] : pluginsThatBroke(job);
  if (!plugin) return part;
  if (others.length > 0) {
    const plugins = [plugin, ...others].map((each): Part => ({ kind: 'plug-in', stage, job, plugin: each }));
    throw new ActionError('ambiguous', {
      problem: `${plugins.length} plug-ins failed in job ${quote(oneLine(pathOf(part)))} of build ${build}, and a retry of the job reruns its first plug-in only`,
      consequence: NOTHING_SENT,
      remedy: `Give one as taskId${suggestions(plugins)}; or ${oneLine(stage.id, 40)} with failedContainer: true, which reruns the failed jobs of the stage.`,
    });
  }
  // BK-CI takes the first one, even if it is disabled, and then reruns nothing (bk-ci: PipelineBuildRetryService).
  const isFirst = job.plugins[0] === plugin;
  return isFirst || plugin.id === '' ? part : { kind: 'plug-in', stage, job, plugin };
}

function brokeTheBuild(part: Part, detail: BuildDetail): boolean {
  return breakersOf(part, detail).some((breaker) => isRerunWith(part, breaker));
}

/** Whether it is the part, is in it, or is the post action of it. */
function isRerunWith(part: Part, failed: Part): boolean {
  const isPostAction =
    part.kind === 'plug-in' && failed.kind === 'plug-in' && failed.plugin.postActionOf === part.plugin.id;
  return isPostAction || includes(part, failed);
}

/**
 * What broke the build in the same stage and is not rerun with the part. All of a finally stage is, with every retry
 * (bk-ci: StartBuildContext.needRerun).
 */
function otherFailures(part: Part, detail: BuildDetail): Part[] {
  if (part.stage.isFinally) return [];
  return breakersOf(part, detail).filter((breaker) => !isRerunWith(part, breaker) && !includes(breaker, part));
}

function breakersOf({ stage }: Part, detail: BuildDetail): Part[] {
  return failuresOf(detail).flatMap(({ part, isTolerated }) =>
    part.stage.id === stage.id && !isTolerated ? [part] : [],
  );
}
