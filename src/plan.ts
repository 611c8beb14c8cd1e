/** What is to be done about a build that was seen: a Plan, nothing, or an error. Pure. */
import type { RetryParameters } from './bkci/client.js';
import type { Look } from './bkci/decode.js';
import type { Detail, Plugin, Stage } from './bkci/decode-detail.js';
import {
  canBeRetried,
  failedPlugins,
  findParts,
  hasFailed,
  idOf,
  jobByHash,
  type Part,
  pathOf,
  stagesToRetry,
  stoppedParts,
} from './bkci/model.js';
import { isFinished, meaningOfBuild } from './bkci/status.js';
import { ActionError } from './errors.js';
import { type Intent, intentOf, takesFailedContainer } from './intent.js';
import { buildName, describeLook } from './report/lines.js';
import { duration, listed, oneLine, quote } from './text.js';

/** What the user asked for, as far as deciding needs it. */
export interface Wish {
  readonly retry: RetryParameters;
  readonly onlyIfFailed: boolean;
  readonly maxExecuteCount?: number;
  /** The build is followed. */
  readonly wait: boolean;
  /** A later attempt: what does not fail any more is left alone. */
  readonly again?: boolean;
}

export interface Plan extends Intent {
  readonly kind: 'plan';
  readonly warnings: readonly string[];
  /** Undefined when the look was refused: then a lost answer can't be settled. */
  readonly baseline?: Look;
  /** The plug-in as it stood, when it is retried inside a running build: the build's own state will not move. */
  readonly plugin?: Plugin;
}

export type Decision =
  | Plan
  | { readonly kind: 'not-needed'; readonly why: string }
  /** Runs already, and its end decides whether a retry is needed. */
  | { readonly kind: 'follow' };

/** Whether deciding needs the build's detail. */
export function needsDetail({ retry, maxExecuteCount }: Wish, look: Look): boolean {
  const countIsMissing = maxExecuteCount !== undefined && look.executeCount === undefined;
  return retry.taskId !== undefined || retry.failedContainer === true || countIsMissing;
}

/** Decides what to do about a build that was seen. Throws an ActionError when nothing can be done. Pure. */
export function decide(wish: Wish, look: Look, detail: Detail | undefined, buildId: string): Decision {
  const build = buildName(look.buildNumber, buildId);
  const meaning = meaningOfBuild(look);
  const finished = isFinished(look);
  if (wish.onlyIfFailed && meaning === 'succeeded') return { kind: 'not-needed', why: 'the build has succeeded' };
  if (wish.onlyIfFailed && meaning === 'cancelled') {
    return { kind: 'not-needed', why: 'the build was cancelled, and somebody meant it' };
  }
  if (wish.onlyIfFailed && !finished)
    return wish.wait ? { kind: 'follow' } : { kind: 'not-needed', why: 'the build is running' };
  checkCount(wish, look.executeCount ?? detail?.executeCount, build);
  const part = partToRetry(wish, detail, build);
  if (wish.again && part && !canBeRetried(part)) {
    throw new ActionError(
      'task-unknown',
      `${oneLine(pathOf(part))} does not fail any more, so there is nothing left to retry with taskId ${quote(idOf(part))}`,
    );
  }
  if (!finished) return insideRunning(wish, look, { part, build });
  const warnings = [...greenWarning(look, part, build), ...uselessFailedContainer(wish.retry, part)];
  return { kind: 'plan', ...intentOf(wish.retry, part), warnings, baseline: look };
}

/** The fence against workflows that retry each other for ever: it also holds when nobody can say how often it was. */
function checkCount({ maxExecuteCount }: Wish, executeCount: number | undefined, build: string): void {
  if (maxExecuteCount === undefined || (executeCount !== undefined && executeCount < maxExecuteCount)) return;
  const times = executeCount === undefined ? 'an unknown number of times' : `${executeCount} times`;
  throw new ActionError(
    'too-many-executions',
    `Build ${build} has been executed ${times} already and maxExecuteCount is ${maxExecuteCount}; nothing was sent. Look into why it keeps failing, or raise maxExecuteCount.`,
  );
}

/** The part that is meant; undefined for the whole build. */
function partToRetry({ retry }: Wish, detail: Detail | undefined, build: string): Part | undefined {
  if (retry.taskId === undefined) return retry.failedContainer && detail ? failedStage(detail, build) : undefined;
  if (!detail) return undefined;
  const [part, ...others] = findParts(detail, retry.taskId);
  if (!part) throw unknownTask(retry.taskId, detail, build);
  if (others.length > 0) {
    throw new ActionError(
      'ambiguous',
      `taskId ${quote(retry.taskId)} names ${others.length + 1} plug-ins of build ${build}; nothing was sent. Give the id of one${suggestions([part, ...others])}.`,
    );
  }
  if (retry.skip && part.kind === 'job') {
    throw new ActionError(
      'task-unknown',
      `taskId ${quote(retry.taskId)} is the job ${oneLine(pathOf(part))}, and BK-CI would rerun it instead of skipping it; nothing was sent. Give a plug-in or a stage to skip${suggestions(failedPlugins(detail))}.`,
    );
  }
  return part;
}

/** The server ignores failedContainer without a stage and reruns everything (bk-ci: PipelineBuildRetryService). */
function failedStage(detail: Detail, build: string): Part {
  const stages = stagesToRetry(detail);
  const [stage] = stages;
  if (stage && stages.length === 1) return { kind: 'stage', stage };
  if (!stage) {
    throw new ActionError(
      'task-unknown',
      `Build ${build} has no stage that failed, so failedContainer has nothing to retry; nothing was sent. Leave failedContainer out to retry the whole build.`,
    );
  }
  throw new ActionError(
    'ambiguous',
    `Build ${build} has ${stages.length} stages that failed, and failedContainer retries one; nothing was sent. Give one as taskId: ${listed(stages.map(stageAndId), 'or')}.`,
  );
}

function stageAndId({ name, id }: Stage): string {
  return `${oneLine(id, 40)} (${oneLine(name, 80)})`;
}

function unknownTask(taskId: string, detail: Detail, build: string): ActionError {
  const job = jobByHash(detail, taskId);
  const hint = job
    ? ` It is the hash of job ${oneLine(job.name, 80)}; the API wants the job's number, ${quote(job.id)}.`
    : '';
  return new ActionError(
    'task-unknown',
    `taskId ${quote(taskId)} is not in build ${build}; nothing was sent, since BK-CI would rerun the whole build.${hint} What failed here${suggestions(stoppedParts(detail)) || ': nothing'}.`,
  );
}

/** `: stage-2 (Test), 1 (Test › Linux), e-… (Test › Linux › Run tests)`; empty for no part. */
function suggestions(parts: readonly Part[]): string {
  const shown = parts.slice(0, 10).map((part) => `${oneLine(idOf(part), 60)} (${oneLine(pathOf(part), 120)})`);
  const more = parts.length > shown.length ? [`${parts.length - shown.length} more`] : [];
  return shown.length === 0 ? '' : `: ${[...shown, ...more].join(', ')}`;
}

/**
 * A running build is only sent a plug-in of it. Newer servers refuse anything else after they have deleted the build's
 * variables (bk-ci: PipelineBuildRetryService, setting cleanVariablesWhenRetry).
 */
function insideRunning(
  { retry }: Wish,
  look: Look,
  { part, build }: { part: Part | undefined; build: string },
): Decision {
  if (part?.kind === 'plug-in') {
    if (!canBeRetried(part)) {
      throw new ActionError(
        'already-running',
        `Build ${build} is running and its plug-in ${oneLine(pathOf(part))} has not failed (${oneLine(part.plugin.status ?? 'not run', 40)}); nothing was sent. While a build runs, only a failed or cancelled plug-in can be retried.`,
      );
    }
    return {
      kind: 'plan',
      ...intentOf(retry, part),
      warnings: [],
      baseline: look,
      plugin: part.plugin,
    };
  }
  const gate = meaningOfBuild(look) === 'waits for a person';
  const state = gate ? 'waits for a person to decide' : 'is running';
  const remedy = gate ? 'Decide in BK-CI first' : 'Wait for its end';
  throw new ActionError(
    'already-running',
    `Build ${build} ${state} (${runningSince(look)}), so nothing was sent. ${remedy}, or set onlyIfFailed: true to leave it alone.`,
  );
}

function runningSince(look: Look): string {
  const since = look.serverTime && look.startTime ? ` ${duration(look.serverTime - look.startTime)} ago` : '';
  const by = look.startedBy === undefined ? '' : `started by ${oneLine(look.startedBy, 80)}${since}`;
  const execution = look.executeCount === undefined ? '' : `execution ${look.executeCount}`;
  return [execution, by].filter(Boolean).join(', ') || describeLook(look);
}

function greenWarning(look: Look, part: Part | undefined, build: string): string[] {
  if (meaningOfBuild(look) !== 'succeeded' || (part && hasFailed(part))) return [];
  const extent = part === undefined ? 'as a whole' : `from ${oneLine(pathOf(part))} on`;
  return [
    `Build ${build} has succeeded and is run again ${extent}. Set onlyIfFailed: true to leave green builds alone.`,
  ];
}

function uselessFailedContainer({ failedContainer }: RetryParameters, part: Part | undefined): string[] {
  if (!failedContainer || !part || takesFailedContainer(part)) return [];
  return [`failedContainer has no effect on a ${part.kind}; ${oneLine(pathOf(part))} is retried as it is.`];
}
