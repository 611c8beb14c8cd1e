/** What became of a build in a few words: the title of the verdict, and the heading of the summary. Pure. */

import { ActionError } from '../../lib/errors.js';
import { oneLine } from '../../lib/sanitize.js';
import { buildName } from '../../model/describe.js';
import { isNewerExecution } from '../../model/execution.js';
import { refusedGate } from '../../model/gate.js';
import { buildLink } from '../../model/link.js';
import { meaningOfBuild, wasStopped } from '../../model/status.js';
import type { Conclusion, Outcome, RunRecord } from '../outcome.js';

/** While it is not known whether the build was retried, it is the build that has to be opened, not the execution before. */
export function linkOf({ consoleUrl, build, executeCount, phase }: RunRecord): string | undefined {
  if (consoleUrl === undefined || build === undefined) return undefined;
  return buildLink(consoleUrl, build, phase === 'sending' ? undefined : executeCount);
}

export function buildNameOf({ buildNumber, statusBefore, build }: RunRecord): string {
  return buildName(buildNumber ?? statusBefore?.buildNumber, build?.buildId ?? '');
}

/** Whether the retry ended as the build had ended before. */
export function failedAgain({ statusBefore, acceptedCount }: RunRecord): boolean {
  return acceptedCount > 0 && statusBefore !== undefined && meaningOfBuild(statusBefore) === 'failed';
}

/** Whether what was seen last is an execution that somebody else began after ours. */
export function isNewerThanOurs({ execution, lastStatus }: RunRecord): boolean {
  return lastStatus !== undefined && isNewerExecution(lastStatus, execution?.executeCount);
}

/** Goes on where `build 42` ends. @param show how a name of the server is shown. */
export function headlineOf(
  conclusion: Conclusion,
  record: RunRecord,
  show = (name: string) => oneLine(name, 80),
): string {
  if (conclusion instanceof ActionError) return errorHeadline(conclusion, record);
  switch (conclusion.result) {
    case 'retried':
      return record.plan?.verb === 'Skip' ? 'goes on after a skip' : 'was retried';
    case 'not-needed':
      return 'needs no retry';
    case 'found':
      return 'was found, and nothing was sent';
    case 'succeeded':
      return 'succeeded';
    case 'failed': {
      const gate = record.lastStatus && refusedGate(record.lastStatus);
      if (conclusion.gateRefused) return `was refused at ${gate ? `the gate of ${show(gate.name)}` : 'a stage gate'}`;
      return failedAgain(record) ? 'failed again' : 'failed';
    }
    case 'cancelled':
      return 'was cancelled';
    case 'timed-out':
      return timeoutHeadline(conclusion);
    case 'stopped':
      return 'was asked to stop';
    case 'aborted':
      return abortHeadline(conclusion, record);
  }
}

function errorHeadline({ leavesDoubt }: ActionError, { acceptedCount }: RunRecord): string {
  if (leavesDoubt) return `may have been retried${acceptedCount > 0 ? ' again' : ''}`;
  return acceptedCount > 0 ? 'was retried, but its end is not known' : 'was not retried';
}

function timeoutHeadline({ stop, ended }: Extract<Outcome, { result: 'timed-out' }>): string {
  if (ended && !wasStopped(ended)) return 'ended too late';
  switch (stop?.kind) {
    case 'sent':
    case 'unanswered':
      return `has not ended in time and was ${ended ? 'stopped' : 'asked to stop'}`;
    case 'failed':
    case 'undelivered':
      return 'has not ended in time and could not be stopped';
    default:
      return 'has not ended in time';
  }
}

const CANCELLED = 'the step was cancelled';

function abortHeadline({ stop }: Extract<Outcome, { result: 'aborted' }>, { phase, acceptedCount }: RunRecord): string {
  if (stop?.kind === 'undelivered') return 'could not be stopped yet';
  if (stop) return stop.kind === 'unnecessary' ? 'was not stopped' : 'goes on: it could not be stopped';
  switch (phase) {
    case 'idle':
      return `was not retried: ${CANCELLED}`;
    case 'sending':
      return `may have been retried${acceptedCount > 0 ? ' again' : ''}: ${CANCELLED}`;
    case 'running':
      return 'goes on without this step';
    case 'ended':
      return `had ended when ${CANCELLED}`;
  }
}
