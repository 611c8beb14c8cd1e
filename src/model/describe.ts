/** Describes a build and its state in words. Pure; text from the server is sanitised here. */

import { ago, duration } from '../lib/format.js';
import { oneLine } from '../lib/sanitize.js';
import { refusedGate } from './gate.js';
import { type BuildStatus, startOf } from './snapshot.js';
import { isFinished, isQueued, isRefusedGate, meaningOfPart } from './status.js';

/** `#42`, or the id if the number is not known. */
export function buildName(buildNumber: number | undefined, buildId: string): string {
  return buildNumber === undefined ? buildId : `#${buildNumber}`;
}

/** `FAILED in stage Test`; STAGE_SUCCESS is followed by what it means. */
export function stateOf(build: BuildStatus): string {
  const stage = currentStage(build);
  const shown = oneLine(build.status, 40);
  const where = stage === undefined ? '' : `in stage ${oneLine(stage, 80)}`;
  if (build.status !== 'STAGE_SUCCESS') return [shown, where].filter(Boolean).join(' ');
  const gate = isRefusedGate(build) ? 'its gate was refused' : 'waiting for approval';
  return [shown, gate, where].filter(Boolean).join(', ');
}

/** The stage that a build is in or ended in; undefined for a successful build, and for one that is or ended in the queue. */
function currentStage(build: BuildStatus): string | undefined {
  if (build.status === 'SUCCEED' || build.status === 'QUEUE_TIMEOUT' || isQueued(build)) return undefined;
  if (isRefusedGate(build)) return refusedGate(build)?.name;
  const relevant = build.stages.filter(({ status }) => {
    const meaning = meaningOfPart(status);
    return meaning !== 'not run' && meaning !== 'succeeded';
  });
  return relevant.at(-1)?.name;
}

/** `FAILED in stage Test, execution 1, started by ci-bot, ended 2 h ago`, without the parts that are not known. */
export function describeStatus(build: BuildStatus): string {
  const parts = [
    stateOf(build),
    build.executeCount === undefined ? '' : `execution ${build.executeCount}`,
    build.startedBy === undefined ? '' : `started by ${oneLine(build.startedBy, 80)}`,
    age(build),
  ];
  return parts.filter((part) => part !== '').join(', ');
}

/** Both times are from the server's clock. */
function age(status: BuildStatus): string {
  const { serverTime } = status;
  if (serverTime === undefined) return '';
  if (isFinished(status)) return status.endTime ? `ended ${ago(serverTime - status.endTime)}` : '';
  const start = startOf(status);
  return start === undefined ? '' : `for ${duration(serverTime - start)}`;
}

/**
 * A sentence on how to check whether a build was retried.
 *
 * @param before the status before the retry. A plug-in of a running build is retried in the same execution (bk-ci:
 * PipelineBuildRetryService).
 */
export function howToTell(before: BuildStatus | undefined): string {
  if (before && !isFinished(before)) {
    return 'if the plug-in runs or has run again, it was retried.';
  }
  const count = before?.executeCount;
  if (count === undefined) return 'if it runs or has run again, it was retried.';
  return `if it still shows execution ${count}, it was not retried; if it shows execution ${count + 1}, it was.`;
}
