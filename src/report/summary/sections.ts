/** The paragraphs of the job summary: reasons, logs, sentences, errors, candidates. Pure Markdown. */

import type { ActionError } from '../../lib/errors.js';
import { plural } from '../../lib/format.js';
import { taskName, taskPath, taskPlace } from '../../model/describe-failure.js';
import type { TaskLog } from '../../model/failure.js';
import { causesOf, linkOf, type RunRecord, unreadLogs } from '../record.js';
import { code, link, plain, preformatted, prose } from './markdown.js';

const REASONS_SHOWN = 3;

/** The first failures that broke the build, one paragraph each. */
export function reasons(record: RunRecord): string[] {
  const causes = causesOf(record);
  const shown = causes.slice(0, REASONS_SHOWN).map((task) => {
    const why = task.errorMessage === '' ? '' : `: ${plain(task.errorMessage, 500)}`;
    const place = taskPlace(task).map((name) => plain(name));
    return `**${plain(taskName(task))}**${place.length > 0 ? ` in ${place.join(' › ')}` : ''}${why}`;
  });
  const more = causes.length - shown.length;
  return more > 0 ? [...shown, `… and ${more} more, see the table`] : shown;
}

/** The log of a single failed plug-in is shown open, several are folded. Missing ones are named. */
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

/** An error with its code; its list on separate lines. The link at its end is left out if the build's line has it. */
export function errorParagraph({ message, code: errorCode }: ActionError, record: RunRecord): string {
  const { candidates = [] } = record;
  const text = linkOf(record) === undefined ? message : message.replace(/ https?:\/\/\S+$/, '');
  // Candidates follow as a list with links.
  const lines = candidates.length > 1 ? [text.replace(/:?\n.*/s, '.')] : text.split('\n');
  return `${lines.map(sentenceParagraph).join('<br>')} \`${errorCode}\``;
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
