/**
 * The lines of the log: a word or a time in a column of ten, then our words, then the server's. Pure; every text of a
 * server that comes in here is sanitised here.
 */

import { ago, duration } from '../lib/format.js';
import { oneLine } from '../lib/sanitize.js';
import { refusedGate } from './gate.js';
import type { BuildStatus } from './snapshot.js';
import { isFinished, isQueued, isRefusedGate, meaningOfPart } from './status.js';

/** `#42`, or the id where no number is known. */
export function buildName(buildNumber: number | undefined, buildId: string): string {
  return buildNumber === undefined ? buildId : `#${buildNumber}`;
}

/** The stage in which a build stands or ended; a queued one stands in none yet. */
function currentStage(build: BuildStatus): string | undefined {
  if (build.status === 'SUCCEED' || isQueued(build)) return undefined;
  if (isRefusedGate(build)) return refusedGate(build)?.name;
  const telling = build.stages.filter(({ status }) => {
    const meaning = meaningOfPart(status);
    return meaning !== 'not run' && meaning !== 'succeeded';
  });
  return telling.at(-1)?.name;
}

/** `FAILED in stage Test`; a status that does not say that people are waited for gets our words beside it. */
export function stateOf(build: BuildStatus): string {
  const stage = currentStage(build);
  const shown = oneLine(build.status, 40);
  const where = stage === undefined ? '' : `in stage ${oneLine(stage, 80)}`;
  if (build.status !== 'STAGE_SUCCESS') return [shown, where].filter(Boolean).join(' ');
  const gate = isRefusedGate(build) ? 'its gate was refused' : 'waiting for approval';
  return [shown, gate, where].filter(Boolean).join(', ');
}

/** `FAILED in stage Test, execution 1, started by ci-bot, ended 2 h ago`, as far as each is known. */
export function describeStatus(build: BuildStatus): string {
  const parts = [
    stateOf(build),
    build.executeCount === undefined ? '' : `execution ${build.executeCount}`,
    build.startedBy === undefined ? '' : `started by ${oneLine(build.startedBy, 80)}`,
    age(build),
  ];
  return parts.filter((part) => part !== '').join(', ');
}

/** By the server's clock on both sides. */
function age({ serverTime, ...status }: BuildStatus): string {
  if (serverTime === undefined) return '';
  if (isFinished(status)) return status.endTime ? `ended ${ago(serverTime - status.endTime)}` : '';
  return status.startTime ? `for ${duration(serverTime - status.startTime)}` : '';
}

/**
 * How a person finds out whether a build was retried, from how it stood before. A plug-in inside a running build is
 * retried in the same execution (bk-ci: PipelineBuildRetryService).
 */
export function howToTell(before: BuildStatus | undefined): string {
  if (before && !isFinished(before)) {
    return 'Open the build: if the plug-in runs or has run again, it was retried.';
  }
  const count = before?.executeCount;
  if (count === undefined) return 'Open the build: if it runs or has run again, it was retried.';
  return `Open the build: if it still shows execution ${count}, it was not retried; if it shows execution ${count + 1}, it was.`;
}
