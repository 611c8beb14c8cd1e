/** Finds the part of a build that `taskId` and `failedContainer` select. Pure. */

import type { RetryParameters } from '../bkci/endpoints.js';
import { ActionError, NOTHING_SENT } from '../lib/errors.js';
import { listed } from '../lib/format.js';
import { oneLine, quote } from '../lib/sanitize.js';
import { failuresOf } from '../model/cause.js';
import type { BuildDetail, Stage } from '../model/detail.js';
import {
  findParts,
  idOf,
  jobByHash,
  type Part,
  partsNamed,
  pathOf,
  stagesToRetry,
  stoppedParts,
} from '../model/parts.js';

/**
 * The selected part; undefined for the whole build, and without a detail to search. Throws an ActionError when no part
 * or several parts match, or when the part can't be skipped.
 */
export function resolveTarget(
  retry: RetryParameters,
  detail: BuildDetail | undefined,
  { build, isGreen }: { build: string; isGreen: boolean },
): Part | undefined {
  if (retry.taskId === undefined)
    return retry.failedContainer && detail ? failedStage(detail, { build, isGreen }) : undefined;
  if (!detail) return undefined;
  const [part, ...others] = findParts(detail, retry.taskId);
  if (!part) throw namedTask(retry.taskId, detail, build) ?? unknownTask(retry.taskId, detail, build);
  if (others.length > 0) {
    throw new ActionError('ambiguous', {
      problem: `taskId ${quote(retry.taskId)} names ${others.length + 1} plug-ins of build ${build}`,
      consequence: NOTHING_SENT,
      remedy: `Give the id of one${suggestions([part, ...others])}.`,
    });
  }
  if (retry.skip && part.kind === 'job') {
    const failedPlugins = failuresOf(detail).flatMap(({ part: failed }) => (failed.kind === 'plug-in' ? [failed] : []));
    throw new ActionError('task-unknown', {
      problem: `taskId ${quote(retry.taskId)} is the job ${oneLine(pathOf(part))}, and BK-CI would rerun it instead of skipping it`,
      consequence: NOTHING_SENT,
      remedy: `Give a plug-in or a stage to skip${suggestions(failedPlugins)}.`,
    });
  }
  return part;
}

/** Without a taskId BK-CI ignores failedContainer and reruns the whole build (bk-ci: PipelineBuildRetryService). */
function failedStage(detail: BuildDetail, { build, isGreen }: { build: string; isGreen: boolean }): Part {
  const stages = stagesToRetry(detail);
  const [stage] = stages;
  if (stage && stages.length === 1) return { kind: 'stage', stage };
  if (!stage) {
    const why = isGreen ? 'has succeeded' : 'has no stage that failed';
    const remedy = isGreen
      ? 'Set onlyIfFailed: true to leave green builds alone'
      : 'Leave failedContainer out to retry the whole build';
    throw new ActionError('task-unknown', {
      problem: `Build ${build} ${why}, so failedContainer has nothing to retry`,
      consequence: NOTHING_SENT,
      remedy: `${remedy}.`,
    });
  }
  throw new ActionError('ambiguous', {
    problem: `Build ${build} has ${stages.length} stages that failed, and failedContainer retries one`,
    consequence: NOTHING_SENT,
    remedy: `Give one as taskId: ${listed(stages.map(stageAndId), 'or')}.`,
  });
}

function stageAndId({ name, id }: Stage): string {
  return `${oneLine(id, 40)} (${oneLine(name, 80)})`;
}

/** The error for a name instead of an id; undefined if nothing has this name. */
function namedTask(taskId: string, detail: BuildDetail, build: string): ActionError | undefined {
  const parts = partsNamed(detail, taskId);
  const [part] = parts;
  if (!part) return undefined;
  const isOne = parts.length === 1;
  const what = isOne ? `the ${part.kind} ${oneLine(pathOf(part))}` : `${parts.length} parts`;
  return new ActionError('task-unknown', {
    problem: `taskId ${quote(taskId)} is the name of ${what} of build ${build}, not an id`,
    consequence: NOTHING_SENT,
    remedy: isOne ? `Give its id, ${oneLine(idOf(part), 60)}.` : `Give the id of one${suggestions(parts)}.`,
  });
}

function unknownTask(taskId: string, detail: BuildDetail, build: string): ActionError {
  const job = jobByHash(detail, taskId);
  const hint = job
    ? `It is the hash of job ${oneLine(job.name, 80)}; the API wants the job's number, ${quote(job.id)}. `
    : '';
  return new ActionError('task-unknown', {
    problem: `taskId ${quote(taskId)} is not in build ${build}`,
    consequence: `${NOTHING_SENT}, since BK-CI would rerun the whole build`,
    remedy: `${hint}What failed here${suggestions(stoppedParts(detail)) || ': nothing'}.`,
  });
}

/** `: stage-2 (Test), 1 (Test › Linux), e-… (Test › Linux › Run tests)`: ten parts at most; empty without parts. */
export function suggestions(parts: readonly Part[]): string {
  const shown = parts.slice(0, 10).map((part) => `${oneLine(idOf(part), 60)} (${oneLine(pathOf(part), 120)})`);
  const more = parts.length > shown.length ? [`${parts.length - shown.length} more`] : [];
  return shown.length === 0 ? '' : `: ${[...shown, ...more].join(', ')}`;
}
