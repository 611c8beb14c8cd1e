/** The sentences of the outcomes: what happened, and what it means for the build. Pure. */

import type { StopResult } from '../../follow/stop-result.js';
import { duration } from '../../lib/format.js';
import { oneLine, quote } from '../../lib/sanitize.js';
import { howToTell, stateOf } from '../../model/describe.js';
import { taskSentence } from '../../model/describe-failure.js';
import { refusedGate } from '../../model/gate.js';
import type { BuildStatus } from '../../model/snapshot.js';
import { failureReason, isFinished, meaningOfBuild, wasStopped } from '../../model/status.js';
import type { OutcomeOf } from '../outcome.js';
import { buildNameOf, causesOf, type RunRecord } from '../record.js';
import { failedAgain } from './headline.js';

export function failedSentence({ gateRefused }: OutcomeOf<'failed'>, record: RunRecord): string {
  const name = buildNameOf(record);
  if (gateRefused) {
    const gate = record.lastStatus && refusedGate(record.lastStatus);
    const place = gate ? `the gate of stage ${oneLine(gate.name, 80)}` : 'a stage gate';
    return `Build ${name} ended at ${place}${executionAndTime(record)}: the gate was refused, so what follows did not run.`;
  }
  const [first, ...others] = causesOf(record);
  const more = others.length > 0 ? ` and ${others.length} more` : '';
  const failedIn = first ? `: ${taskSentence(first)}${more}` : '';
  const reason = record.lastStatus ? failureReason(record.lastStatus) : '';
  const verb = `${failedAgain(record) ? 'failed again' : 'failed'}${reason === '' ? '' : ` (${oneLine(reason, 100)})`}`;
  return `Build ${name} ${verb}${executionAndTime(record)}${failedIn}.`;
}

/** BK-CI does not say who or what cancelled a build; its list of errors may have a reason (bk-ci: observed on v4.1.0). */
export function cancelledSentence({ hasRun }: OutcomeOf<'cancelled'>, record: RunRecord): string {
  const where = hasRun ? '' : ' in the queue';
  const reason = record.lastStatus?.errors.find(({ errorMessage }) => errorMessage)?.errorMessage ?? '';
  const cause = !hasRun
    ? ' The queue may have been full, or its concurrency group may have cancelled it.'
    : reason === ''
      ? ''
      : ` BK-CI gives a reason: ${quote(reason, 300)}.`;
  return `Build ${buildNameOf(record)} was cancelled${where}${executionAndTime(record)}.${cause} It is not retried again, because it was cancelled.`;
}

export function stoppedSentence(record: RunRecord): string {
  return `The step was cancelled and BK-CI was asked to stop build ${buildNameOf(record)}${executionAndTime(record)}.`;
}

const POST_RETRIES_STOP = 'the post step of this action tries once more.';

export function timeoutSentence({ status, stop, ended }: OutcomeOf<'timed-out'>, record: RunRecord): string {
  // After a stop the last status shows the end.
  const lastSeen = status ?? (ended ? undefined : record.lastStatus);
  const state = lastSeen ? ` (${stateOf(lastSeen)})` : '';
  const auxiliary = stop?.kind === 'unnecessary' || (ended && !wasStopped(ended)) ? 'had' : 'has';
  const stopped = stop ? afterTimeout(stop, ended) : '. It goes on without this step.';
  return `Build ${buildNameOf(record)} ${auxiliary} not ended after ${duration(record.elapsedMs ?? 0)}${state}${stopped}`;
}

/** `, execution 2, after 4 min 2 s` */
export function executionAndTime({ executeCount, elapsedMs }: RunRecord): string {
  const execution = executeCount === undefined ? '' : `, execution ${executeCount}`;
  return `${execution}${elapsedMs === undefined ? '' : `, after ${duration(elapsedMs)}`}`;
}

function afterTimeout(stop: StopResult, ended: BuildStatus | undefined): string {
  if (ended) return afterStop(stop, ended);
  switch (stop.kind) {
    case 'failed':
    case 'too-soon':
      return `. It could not be stopped: ${stop.why}`;
    case 'undelivered':
      return `. It could not be stopped (${stop.why}); ${POST_RETRIES_STOP}`;
    case 'unnecessary':
      return `. It was not stopped: ${stop.why}.`;
    case 'unanswered':
      return ` and was asked to stop, but ${stop.why}.`;
    case 'sent':
      return ' and was asked to stop; whether it did is not known here.';
  }
}

/** A stop may end a build as FAILED (bk-ci: a job that was about to start its plug-in is terminated). */
export function afterStop({ kind }: StopResult, ended: BuildStatus): string {
  if (wasStopped(ended))
    return kind === 'too-soon' ? ', was being stopped already, and has ended.' : ' and was stopped.';
  const asked = kind === 'too-soon' ? '' : ', was asked to stop';
  const how = meaningOfBuild(ended) === 'succeeded' ? 'ended by itself' : 'ended';
  return `${asked}, and ${how}: ${stateOf(ended)}.`;
}

export function abortSentence(outcome: OutcomeOf<'aborted'>, record: RunRecord): string {
  const { stop } = outcome;
  const name = buildNameOf(record);
  if (stop?.kind === 'unnecessary') return `The step was cancelled. Build ${name} was not stopped: ${stop.why}.`;
  if (stop?.kind === 'undelivered')
    return `The step was cancelled. Build ${name} could not be stopped (${stop.why}); ${POST_RETRIES_STOP}`;
  if (stop?.kind === 'unanswered')
    return `The step was cancelled and BK-CI was asked to stop build ${name}, but ${stop.why}. Check whether it goes on.`;
  if (stop?.kind === 'failed' || stop?.kind === 'too-soon')
    return `The step was cancelled. Build ${name} could not be stopped: ${stop.why}`;
  switch (record.phase) {
    case 'idle':
      if (!record.build) return 'The step was cancelled before anything was sent.';
      return record.plan
        ? `The step was cancelled before BK-CI got the retry, so build ${name} was not retried.`
        : `The step was cancelled; no retry of build ${name} was accepted.`;
    case 'sending':
      return abortedWhileSending(outcome, record);
    case 'running':
      return `The step was cancelled. Build ${name} goes on without it.`;
    case 'ended':
      return `The step was cancelled. Build ${name} had ended already${record.lastStatus ? ` (${stateOf(record.lastStatus)})` : ''}.`;
  }
}

function abortedWhileSending({ postLooks }: OutcomeOf<'aborted'>, record: RunRecord): string {
  const again = record.accepted ? ' again' : '';
  // The post step can't tell either whether a plug-in inside a running build was retried (run/post.ts).
  const postCanTell = record.statusBefore !== undefined && isFinished(record.statusBefore);
  const postNote =
    postLooks && postCanTell
      ? ' The post step of this action checks it too, and stops the build if it was retried.'
      : '';
  return `The step was cancelled while waiting for the answer, so it is not known whether build ${buildNameOf(record)} was retried${again}. Open the build: ${howToTell(record.statusBefore)}${postNote}`;
}
