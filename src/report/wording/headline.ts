/** What happened to a build in a few words, for the title of the verdict and the heading of the summary. Pure. */

import type { ActionError } from '../../lib/errors.js';
import { whoseExecution } from '../../model/execution.js';
import { refusedGate } from '../../model/gate.js';
import { meaningOfBuild, wasStopped } from '../../model/status.js';
import type { OutcomeOf } from '../outcome.js';
import type { RunRecord } from '../record.js';

/** Escapes or sanitises a name from the server for the place where the headline is shown. */
export type ShowName = (name: string) => string;

export function failedHeadline({ gateRefused }: OutcomeOf<'failed'>, record: RunRecord, show: ShowName): string {
  if (!gateRefused) return failedAgain(record) ? 'failed again' : 'failed';
  const gate = record.lastStatus && refusedGate(record.lastStatus);
  return `was refused at ${gate ? `the gate of ${show(gate.name)}` : 'a stage gate'}`;
}

export function errorHeadline({ leavesDoubt }: ActionError, { accepted }: RunRecord): string {
  if (leavesDoubt) return `may have been retried${accepted ? ' again' : ''}`;
  return accepted ? 'was retried, but its end is not known' : 'was not retried';
}

export function timeoutHeadline({ stop, ended }: OutcomeOf<'timed-out'>): string {
  if (ended && !wasStopped(ended)) return 'ended too late';
  switch (stop?.kind) {
    case 'sent':
    case 'unanswered':
      return `has not ended in time and was ${ended ? 'stopped' : 'asked to stop'}`;
    case 'too-soon':
      return `has not ended in time and ${ended ? 'was' : 'could not be'} stopped`;
    case 'failed':
    case 'undelivered':
      return 'has not ended in time and could not be stopped';
    default:
      return 'has not ended in time';
  }
}

const CANCELLED = 'the step was cancelled';

export function abortHeadline({ stop }: OutcomeOf<'aborted'>, { phase, accepted }: RunRecord): string {
  if (stop?.kind === 'undelivered') return 'could not be stopped yet';
  if (stop?.kind === 'unanswered') return 'was asked to stop, without an answer';
  if (stop) return stop.kind === 'unnecessary' ? 'was not stopped' : 'goes on: it could not be stopped';
  switch (phase) {
    case 'idle':
      return `was not retried: ${CANCELLED}`;
    case 'sending':
      return `may have been retried${accepted ? ' again' : ''}: ${CANCELLED}`;
    case 'running':
      return 'goes on without this step';
    case 'ended':
      return `had ended when ${CANCELLED}`;
  }
}

/** Whether the build had failed before the retry as well. */
export function failedAgain({ statusBefore, accepted }: RunRecord): boolean {
  return accepted !== undefined && statusBefore !== undefined && meaningOfBuild(statusBefore) === 'failed';
}

/** Whether the last status shows an execution that was started after ours. */
export function isNewerThanOurs({ accepted, lastStatus }: RunRecord): boolean {
  return lastStatus !== undefined && whoseExecution({ executeCount: accepted?.executeCount }, lastStatus) === 'newer';
}
