/** The paragraphs of the job summary: reasons, logs, errors, candidates, what was sent. Pure Markdown. */

import type { ActionError } from '../../lib/errors.js';
import { duration, plural } from '../../lib/format.js';
import { oneLine } from '../../lib/sanitize.js';
import { stateOf } from '../../model/describe.js';
import type { TaskLog } from '../../model/failure.js';
import type { BuildStatus } from '../../model/snapshot.js';
import { failureReason } from '../../model/status.js';
import type { PlanText } from '../../plan/describe.js';
import type { OutcomeOf } from '../outcome.js';
import { linkOf, type RunRecord } from '../record.js';
import { isNewerThanOurs } from '../wording/headline.js';
import { taskName, taskPath, taskPlace, unreadLogs } from '../wording/tasks.js';
import { code, link, plain, preformatted, prose } from './markdown.js';

function executionPart({ executeCount }: RunRecord): string {
  return executeCount === undefined ? '' : `execution ${executeCount}`;
}

function timePart({ elapsedMs }: RunRecord): string {
  return elapsedMs === undefined ? '' : `after ${duration(elapsedMs)}`;
}

function statePart(status: BuildStatus | undefined): string {
  return status ? plain(stateOf(status)) : '';
}

export function stateParts(record: RunRecord): string[] {
  // Once a retry was accepted, what was seen before it is another execution.
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

/** @param status the last that is known of the build. */
export function endedParts(status: BuildStatus | undefined, record: RunRecord): string[] {
  return [executionPart(record), statePart(status), otherPart(record)];
}

function retriedPart(record: RunRecord): string {
  const { plan, accepted } = record;
  if (!plan) return '';
  const verb = accepted?.startedByOther ? 'asked for' : plan.verb === 'Skip' ? 'skipped' : 'retried';
  const as = isNewerThanOurs(record) ? ` as execution ${accepted?.executeCount}` : '';
  return `${verb}${as}: ${plain(plan.target, 300)}`;
}

/** Somebody else retried on top, and theirs is what was followed to its end. */
function otherPart(record: RunRecord): string {
  if (!isNewerThanOurs(record)) return '';
  const { startedBy } = record.lastStatus ?? {};
  return `${executionPart(record)} was started by ${startedBy ? plain(startedBy, 80) : 'somebody else'}`;
}

function foundPart({ plan }: RunRecord): string {
  return plan ? `would ${plan.verb === 'Skip' ? 'skip' : 'retry'}: ${whatWasSent(plan)}` : '';
}

function failedPart(gateRefused: boolean, record: RunRecord): string {
  const stage = record.failedTasks[0]?.stageName;
  const verb = gateRefused ? 'ended' : stage ? `failed in **${plain(stage, 80)}**` : 'failed';
  const reason = record.lastStatus && !gateRefused ? failureReason(record.lastStatus) : '';
  return [verb, timePart(record), reason === '' ? '' : `(${plain(reason, 100)})`].filter(Boolean).join(' ');
}

export function abortParts(record: RunRecord): string[] {
  const { phase, lastStatus, statusBefore, plan } = record;
  if (phase === 'idle') return stateParts(record);
  if (phase !== 'sending') return [executionPart(record), timePart(record), statePart(lastStatus), otherPart(record)];
  const state = statusBefore ? `last seen: ${statePart(statusBefore)}` : '';
  const execution = statusBefore?.executeCount === undefined ? '' : `execution ${statusBefore.executeCount}`;
  return [state, execution, plan ? `asked for: ${plain(plan.target, 300)}` : ''];
}

const REASONS = 3;
const LOG_LINES = 20;
/** BK-CI's own markers at the start of a log line (`##[error]`), as they come out of the sanitiser. */
const MARKER = /^##\\\[[a-z]+\]/;

export function reasons({ failedTasks }: RunRecord): string[] {
  const shown = failedTasks.slice(0, REASONS).map((task) => {
    const why = task.errorMessage === '' ? '' : `: ${plain(task.errorMessage, 500)}`;
    const where = taskPlace(task).map((name) => plain(name));
    return `**${plain(taskName(task))}**${where.length > 0 ? ` in ${where.join(' › ')}` : ''}${why}`;
  });
  const more = failedTasks.length - shown.length;
  return more > 0 ? [...shown, `… and ${more} more, see the table`] : shown;
}

/** The log of a single failed plug-in is open, of several folded; those that are not shown are named. */
export function logs(record: RunRecord): string[] {
  const shown = record.logs.filter(({ missing }) => missing === undefined);
  const missing = record.logs.flatMap(({ task, missing: why }) =>
    why === undefined ? [] : [`The log of ${plain(taskPath(task), 300)} is not shown: ${plain(why)}.`],
  );
  const unread = unreadLogs(record);
  const more = unread > 0 ? [`The logs of ${plural(unread, 'more failed plug-in')} are not shown: see the build.`] : [];
  const notes = [...missing, ...more].join('<br>');
  return [...shown.map((log) => logSection(log, shown.length === 1)), notes].filter(Boolean);
}

function logSection({ task, lines }: TaskLog, open: boolean): string {
  const last = lines.slice(-LOG_LINES).map((line) => line.replace(MARKER, ''));
  const caption = `Log of ${plain(taskPath(task), 300)}, last ${plural(last.length, 'line')}`;
  // One paragraph: an element must not be cut in two.
  return [
    `<details${open ? ' open' : ''}>`,
    `<summary>${caption}</summary>`,
    '',
    preformatted(last),
    '',
    '</details>',
  ].join('\n');
}

/** A sentence of ours, as one paragraph. */
export function sentenceParagraph(sentence: string): string {
  // GitHub may turn a bare #42 into a link to an issue.
  return prose(sentence.replace(/(?<=\bbuild )#(?=\d)/gi, ''));
}

/** An error, with what it lists on lines of their own; a link at its end stands above already. */
export function errorParagraph({ message, code: errorCode }: ActionError, record: RunRecord): string {
  const { candidates = [] } = record;
  const text = linkOf(record) === undefined ? message : message.replace(/ https?:\/\/\S+$/, '');
  // The candidates follow as a list with links.
  const lines = candidates.length > 1 ? [text.replace(/:?\n.*/s, '.')] : text.split('\n');
  return `${lines.map(sentenceParagraph).join('<br>')} \`${errorCode}\``;
}

export function candidateList({ candidates = [] }: RunRecord): string[] {
  if (candidates.length < 2) return [];
  const items = candidates.slice(0, 50).map(({ name, buildUrl, buildId }) => {
    return buildUrl === '' ? `- ${plain(name)} ${code(buildId)}` : `- ${link(plain(name), buildUrl)}`;
  });
  return [items.join('\n')];
}

/** The execution is followed, but whose it is can't be told. */
export function doubtNote({ accepted }: RunRecord): string[] {
  if (!accepted?.startedByOther) return [];
  return [
    'Somebody else may have started this execution; it is not known whether the retry of this step took effect as well.',
  ];
}

/** ``stage Test (`taskId: stage-3`)`` */
export function whatWasSent({ target, parameters: { taskId, failedContainer, skip } }: PlanText): string {
  const sent = [
    taskId ? code(`taskId: ${oneLine(taskId)}`) : '',
    failedContainer ? code('failedContainer: true') : '',
    skip ? code('skip: true') : '',
  ].filter(Boolean);
  return `${plain(target, 300)}${sent.length > 0 ? ` (${sent.join(', ')})` : ''}`;
}

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
