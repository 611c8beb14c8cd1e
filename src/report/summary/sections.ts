/** The paragraphs of the job summary: reasons, logs, errors, candidates, what was sent. Pure Markdown. */

import type { TaskLog } from '../../follow/failures.js';
import type { ActionError } from '../../lib/errors.js';
import { plural } from '../../lib/format.js';
import { oneLine } from '../../lib/sanitize.js';
import type { PlanText } from '../../plan/describe.js';
import type { RunRecord } from '../outcome.js';
import { linkOf } from '../wording/headline.js';
import { logsLeft, taskName, taskPath, taskPlace } from '../wording/tasks.js';
import { code, link, plain, preformatted, prose } from './markdown.js';

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
  const left = logsLeft(record);
  const more = left > 0 ? [`The logs of ${plural(left, 'more failed plug-in')} are not shown: see the build.`] : [];
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
  const words = linkOf(record) === undefined ? message : message.replace(/ https?:\/\/\S+$/, '');
  // The candidates follow as a list with links.
  const lines = candidates.length > 1 ? [words.replace(/:?\n.*/s, '.')] : words.split('\n');
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
export function doubt({ execution }: RunRecord): string[] {
  if (!execution?.startedByOther) return [];
  return [
    "Somebody else may have started this execution; it can't be told whether the retry of this step took effect as well.",
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

export function footnote({
  plan,
  execution,
  acceptedCount,
  maxAttempts,
  username,
  firstStartedBy,
  workflowRun,
}: RunRecord): string[] {
  if (!plan || acceptedCount === 0) return [];
  const verb = execution?.startedByOther ? 'Asked for' : plan.verb === 'Skip' ? 'Skipped' : 'Retried';
  const parts = [
    `${verb}: ${whatWasSent(plan)}`,
    `attempt ${acceptedCount} of ${maxAttempts}`,
    username ? `as ${plain(username, 80)}` : '',
    firstStartedBy ? `first started by ${plain(firstStartedBy, 80)}` : '',
    workflowRun ? link('by this workflow run', workflowRun) : '',
  ];
  return [`<sub>${parts.filter(Boolean).join(' · ')}</sub>`];
}
