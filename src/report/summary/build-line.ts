/** The facts on the line of the build in the job summary, joined by `·`, and those in the footnote. Pure Markdown. */

import { duration } from '../../lib/format.js';
import { oneLine } from '../../lib/sanitize.js';
import { stateOf } from '../../model/describe.js';
import type { BuildStatus } from '../../model/snapshot.js';
import { failureReason } from '../../model/status.js';
import type { PlanText } from '../../plan/describe.js';
import type { OutcomeOf } from '../outcome.js';
import { causesOf, type RunRecord } from '../record.js';
import { isNewerThanOurs } from '../wording/headline.js';
import { code, link, plain } from './markdown.js';

/** For errors, and before a retry: the state of the build. */
export function stateParts(record: RunRecord): string[] {
  // After an accepted retry the status before it shows another execution.
  const status = record.lastStatus ?? (record.accepted ? undefined : record.statusBefore);
  if (!status) return [];
  return [
    statePart(status),
    executionPart(record),
    status.startedBy ? `started by ${plain(status.startedBy, 80)}` : '',
  ];
}

export function retriedParts(record: RunRecord): string[] {
  return [executionPart(record), retriedPart(record), 'not followed, so its result is not known here'];
}

export function unneededParts({ why }: OutcomeOf<'not-needed'>, record: RunRecord): string[] {
  return [executionPart(record), plain(why, 300)];
}

export function foundParts(record: RunRecord): string[] {
  return [...stateParts(record), foundPart(record)];
}

export function succeededParts(record: RunRecord): string[] {
  return [executionPart(record), timePart(record), retriedPart(record), otherPart(record)];
}

export function failedParts({ gateRefused }: OutcomeOf<'failed'>, record: RunRecord): string[] {
  return [executionPart(record), failedPart(gateRefused, record), otherPart(record)];
}

/** @param status the last known status of the build. */
export function endedParts(status: BuildStatus | undefined, record: RunRecord): string[] {
  return [executionPart(record), statePart(status), otherPart(record)];
}

/** For a cancelled workflow. */
export function abortParts(record: RunRecord): string[] {
  const { phase, lastStatus, statusBefore, plan } = record;
  if (phase === 'idle') return stateParts(record);
  if (phase !== 'sending') return [executionPart(record), timePart(record), statePart(lastStatus), otherPart(record)];
  const state = statusBefore ? `last seen: ${statePart(statusBefore)}` : '';
  const execution = statusBefore?.executeCount === undefined ? '' : `execution ${statusBefore.executeCount}`;
  return [state, execution, plan ? `asked for: ${plain(plan.target, 300)}` : ''];
}

/** The last paragraph of the summary: what was sent, by whom, from where. */
export function footnote({ plan, accepted, maxAttempts, username, firstStartedBy, workflowRun }: RunRecord): string[] {
  if (!plan || !accepted) return [];
  const verb = accepted.startedByOther ? 'Asked for' : plan.verb === 'Skip' ? 'Skipped' : 'Retried';
  const parts = [
    `${verb}: ${whatWasSent(plan)}`,
    `attempt ${accepted.count} of ${maxAttempts}`,
    username ? `as ${plain(username, 80)}` : '',
    firstStartedBy ? `first started by ${plain(firstStartedBy, 80)}` : '',
    workflowRun ? link('by this workflow run', workflowRun) : '',
  ];
  return [`<sub>${parts.filter(Boolean).join(' · ')}</sub>`];
}

function executionPart({ executeCount }: RunRecord): string {
  return executeCount === undefined ? '' : `execution ${executeCount}`;
}

function timePart({ elapsedMs }: RunRecord): string {
  return elapsedMs === undefined ? '' : `after ${duration(elapsedMs)}`;
}

function statePart(status: BuildStatus | undefined): string {
  return status ? plain(stateOf(status)) : '';
}

function retriedPart(record: RunRecord): string {
  const { plan, accepted } = record;
  if (!plan) return '';
  const verb = accepted?.startedByOther ? 'asked for' : plan.verb === 'Skip' ? 'skipped' : 'retried';
  const as = isNewerThanOurs(record) ? ` as execution ${accepted?.executeCount}` : '';
  return `${verb}${as}: ${plain(plan.target, 300)}`;
}

/** Another user has retried the build after us, and that execution was followed. */
function otherPart(record: RunRecord): string {
  if (!isNewerThanOurs(record)) return '';
  const { startedBy } = record.lastStatus ?? {};
  return `${executionPart(record)} was started by ${startedBy ? plain(startedBy, 80) : 'somebody else'}`;
}

function foundPart({ plan }: RunRecord): string {
  return plan ? `would ${plan.verb === 'Skip' ? 'skip' : 'retry'}: ${whatWasSent(plan)}` : '';
}

/** ``stage Test (`taskId: stage-3`)`` */
function whatWasSent({ target, parameters: { taskId, failedContainer, skip } }: PlanText): string {
  const sent = [
    taskId ? code(`taskId: ${oneLine(taskId)}`) : '',
    failedContainer ? code('failedContainer: true') : '',
    skip ? code('skip: true') : '',
  ].filter(Boolean);
  return `${plain(target, 300)}${sent.length > 0 ? ` (${sent.join(', ')})` : ''}`;
}

function failedPart(gateRefused: boolean, record: RunRecord): string {
  const stage = causesOf(record)[0]?.stageName;
  const verb = gateRefused ? 'ended' : stage ? `failed in **${plain(stage, 80)}**` : 'failed';
  const reason = record.lastStatus && !gateRefused ? failureReason(record.lastStatus) : '';
  return [verb, timePart(record), reason === '' ? '' : `(${plain(reason, 100)})`].filter(Boolean).join(' ');
}
