/** The paragraphs of the job summary: reasons, logs, sentences, errors, candidates. Pure Markdown. */

import type { ActionError } from '../../lib/errors.js';
import { capitalized, plural } from '../../lib/format.js';
import { oneLine } from '../../lib/sanitize.js';
import { isOfMachine, isQualityGate, kindOf, taskName, taskPath, taskPlace } from '../../model/describe-failure.js';
import { type FailedTask, NO_MACHINE, type TaskLog } from '../../model/failure.js';
import { causesOf, linkOf, type RunRecord, unreadLogs } from '../record.js';
import { code, link, plain, preformatted, prose } from './markdown.js';

const CAUSES_SHOWN = 3;

/** What broke the build, each failure with its reason, what to do about it, and the end of its log. */
export function causes(record: RunRecord): string[] {
  const isOpen = shownLogs(record).length === 1;
  return causesOf(record)
    .slice(0, CAUSES_SHOWN)
    .flatMap((task) => [causeParagraph(task), ...logsOf(task, record).map((log) => logSection(log, isOpen))]);
}

/** All other failures: those beyond the first causes, and those that were tolerated. */
export function otherFailures({ failedTasks }: RunRecord): FailedTask[] {
  const others = causesOf({ failedTasks }).slice(CAUSES_SHOWN);
  return [...others, ...failedTasks.filter(({ tolerated }) => tolerated)];
}

function causeParagraph(task: FailedTask): string {
  const kind = [kindOf(task.errorType), task.errorCode ?? ''].filter((part) => part !== '').join(' ');
  const reasons = new Set([isOfMachine(task) ? NO_MACHINE : '', task.errorMessage].filter(Boolean));
  const why = [...reasons].map((reason) => `: ${plain(reason, 500)}`).join('');
  const place = taskPlace(task).map((name) => plain(name));
  // The name of a plug-in keeps its case.
  const name = task.taskId === '' ? capitalized(taskName(task)) : taskName(task);
  const what = `**${plain(name)}**${place.length > 0 ? ` in ${place.join(' › ')}` : ''}${why}`;
  return [`${what}${kind === '' ? '' : ` (${plain(kind)})`}`, nextStep(task)].filter(Boolean).join('<br>');
}

/** A part is retried by the id of its own kind, if it has one that every BK-CI knows. */
function nextStep(task: FailedTask): string {
  const { taskId, taskName: name, containerId, stageId, canBeSkipped, isInMatrix } = task;
  // The stage of a gate has not failed, so BK-CI refuses (bk-ci: 2101114).
  if (isInMatrix || isQualityGate(task)) return '';
  const id = taskId || (name === '' ? containerId || stageId : '');
  if (id === '') return '';
  const retry = `Retry only this: ${code(`taskId: ${oneLine(id)}`)}`;
  return canBeSkipped ? `${retry} · Skip it: add ${code('skip: true')}` : retry;
}

/** Logs of failures that are not among the first, and what is missing. */
export function otherLogs(record: RunRecord): string[] {
  const shown = causesOf(record).slice(0, CAUSES_SHOWN);
  const isFirst = ({ task }: TaskLog) => shown.some((each) => isSame(each, task));
  const missing = record.logs.flatMap(({ task, missing: why }) =>
    why === undefined ? [] : [`The log of ${plain(taskPath(task), 300)} is not shown: ${plain(why)}.`],
  );
  const unread = unreadLogs(record);
  const more = unread > 0 ? [`The logs of ${plural(unread, 'more failed plug-in')} are not shown: see the build.`] : [];
  const notes = [...missing, ...more].join('<br>');
  const others = shownLogs(record).filter((log) => !isFirst(log));
  return [...others.map((log) => logSection(log, false)), notes].filter(Boolean);
}

function logsOf(failure: FailedTask, record: RunRecord): TaskLog[] {
  return shownLogs(record).filter(({ task }) => isSame(failure, task));
}

function isSame(one: FailedTask, other: FailedTask): boolean {
  return one.taskId === other.taskId && one.containerId === other.containerId && one.stageId === other.stageId;
}

function shownLogs({ logs }: RunRecord): TaskLog[] {
  return logs.filter(({ missing }) => missing === undefined);
}

const LOG_LINES_SHOWN = 20;

function logSection({ task, lines }: TaskLog, open: boolean): string {
  const last = lines.slice(-LOG_LINES_SHOWN);
  const caption = `Log of ${plain(taskPath(task), 300)}, last ${plural(last.length, 'line')}`;
  // All in one paragraph, so that `capDocument` can't cut the element in two.
  return [
    `<details${open ? ' open' : ''}>`,
    `<summary>${caption}</summary>`,
    '',
    preformatted(last),
    '',
    '</details>',
  ].join('\n');
}

/** A sentence of this action as a paragraph. */
export function sentenceParagraph(sentence: string): string {
  // GitHub may turn `#42` into a link to an issue.
  return prose(sentence.replace(/(?<=\bbuild )#(?=\d)/gi, ''));
}

/** An error: what happened, its list, the remedy, and its code, which links to its part of the troubleshooting page. */
export function errorParagraph({ text, code: errorCode }: ActionError, record: RunRecord): string {
  const { candidates = [], pages } = record;
  const { problem, consequence, remedy = '', list = [] } = text;
  // Candidates follow as a list with links.
  const lines = candidates.length > 1 ? [] : list;
  // The link at its end is left out if the build's line has it.
  const shownRemedy = linkOf(record) === undefined ? remedy : remedy.replace(/ ?https?:\/\/\S+$/, '');
  const sentence = consequence === undefined ? problem : `${problem}; ${consequence}`;
  const name = `\`${errorCode}\``;
  const page = pages === undefined ? name : link(name, `${pages}/TROUBLESHOOTING.md#${errorCode}`);
  const shown =
    remedy === ''
      ? [`${sentence}${lines.length > 0 ? ':' : '.'}`]
      : [
          `${sentence}.`,
          lines.length > 0
            ? `${shownRemedy}:`
            : candidates.length > 1 && list.length > 0
              ? `${shownRemedy}.`
              : shownRemedy,
        ];
  return [...[...shown, ...lines].filter(Boolean).map(sentenceParagraph), page].join('<br>');
}

/** Several candidates as a list. */
export function candidateList({ candidates = [] }: RunRecord): string[] {
  if (candidates.length < 2) return [];
  const items = candidates.slice(0, 50).map(({ name, buildUrl, buildId }) => {
    return buildUrl === '' ? `- ${plain(name)} ${code(buildId)}` : `- ${link(plain(name), buildUrl)}`;
  });
  return [items.join('\n')];
}

/** A note that the execution may be another user's. */
export function doubtNote({ accepted }: RunRecord): string[] {
  if (!accepted?.startedByOther) return [];
  return [
    'Somebody else may have started this execution; it is not known whether the retry of this step took effect as well.',
  ];
}
