/** What is to be done about a build that was seen: a Plan, nothing, or an error. Pure. */
import type { RetryParameters } from '../bkci/client.js';
import { ActionError } from '../lib/errors.js';
import { duration } from '../lib/format.js';
import { oneLine, quote } from '../lib/sanitize.js';
import { buildName, describeLook } from '../model/describe.js';
import type { Detail, Plugin } from '../model/detail.js';
import { canBeRetried, hasFailed, idOf, type Part, pathOf } from '../model/parts.js';
import type { Look } from '../model/snapshot.js';
import { isFinished, meaningOfBuild } from '../model/status.js';
import { type Intent, intentOf, takesFailedContainer } from './describe.js';
import { partToRetry } from './target.js';

/** What the user asked for, as far as deciding needs it. */
export interface Wish {
  readonly retry: RetryParameters;
  readonly onlyIfFailed: boolean;
  readonly maxExecuteCount?: number;
  /** A later attempt: what does not fail any more is left alone. */
  readonly again?: boolean;
}

export interface Plan extends Intent {
  readonly kind: 'plan';
  /** Told before the retry is sent. */
  readonly warnings: readonly string[];
  /** What could not be made sure of: told once the retry is accepted, since a refusal has its own words. */
  readonly caution?: string;
  /** Undefined when the look was refused: then a lost answer can't be settled. */
  readonly baseline?: Look;
  /** The plug-in as it stood, when it is retried inside a running build: the build's own state will not move. */
  readonly plugin?: Plugin;
}

export type Decision =
  | Plan
  | { readonly kind: 'not-needed'; readonly why: string }
  /** Runs already: where it is followed, its end decides whether a retry is needed. */
  | { readonly kind: 'follow'; readonly why: string };

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
  if (wish.onlyIfFailed && !finished) return { kind: 'follow', why: `the build ${whatItDoes(look)}` };
  checkCount(wish, look.executeCount ?? detail?.executeCount, { build, isGreen: meaning === 'succeeded' });
  const part = partToRetry(wish.retry, detail, { build, isGreen: meaning === 'succeeded' });
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
function checkCount(
  { maxExecuteCount }: Wish,
  executeCount: number | undefined,
  { build, isGreen }: { build: string; isGreen: boolean },
): void {
  if (maxExecuteCount === undefined || (executeCount !== undefined && executeCount < maxExecuteCount)) return;
  const times =
    executeCount === undefined ? 'an unknown number of times' : executeCount === 1 ? 'once' : `${executeCount} times`;
  throw new ActionError(
    'too-many-executions',
    `Build ${build} has been executed ${times} already and maxExecuteCount is ${maxExecuteCount}; nothing was sent. ${isGreen ? 'Set onlyIfFailed: true to leave green builds alone' : 'Look into why it keeps failing'}, or raise maxExecuteCount.`,
  );
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
  const remedy = meaningOfBuild(look) === 'waits for a person' ? 'Decide in BK-CI first' : 'Wait for its end';
  throw new ActionError(
    'already-running',
    `Build ${build} ${whatItDoes(look)} (${runningSince(look)}), so nothing was sent. ${remedy}, or set onlyIfFailed: true to leave it alone.`,
  );
}

function whatItDoes(look: Look): string {
  if (meaningOfBuild(look) === 'waits for a person') return 'waits for a person to decide';
  return look.status.startsWith('QUEUE') ? 'is queued' : 'is running';
}

function runningSince(look: Look): string {
  const since = look.serverTime && look.startTime ? ` ${duration(look.serverTime - look.startTime)} ago` : '';
  const by = look.startedBy === undefined ? '' : `started by ${oneLine(look.startedBy, 80)}${since}`;
  const execution = look.executeCount === undefined ? '' : `execution ${look.executeCount}`;
  return [execution, by].filter(Boolean).join(', ') || describeLook(look);
}

function greenWarning(look: Look, part: Part | undefined, build: string): string[] {
  if (part && hasFailed(part)) return [];
  return rerunWarning(look, build, part === undefined ? 'as a whole' : `from ${oneLine(pathOf(part))} on`);
}

/** That a green build is run again, to which extent. */
export function rerunWarning(look: Look, build: string, extent: string): string[] {
  if (meaningOfBuild(look) !== 'succeeded') return [];
  return [
    `Build ${build} has succeeded and is run again ${extent}. Set onlyIfFailed: true to leave green builds alone.`,
  ];
}

function uselessFailedContainer({ failedContainer }: RetryParameters, part: Part | undefined): string[] {
  if (!failedContainer || !part || takesFailedContainer(part)) return [];
  return [`failedContainer has no effect on a ${part.kind}; ${oneLine(pathOf(part))} is retried as it is.`];
}
