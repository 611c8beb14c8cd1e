/** What must hold of every hostile text: it is no command of the runner, and no markup in two renderers of Markdown. */

import { micromark } from 'micromark';
import { gfm, gfmHtml } from 'micromark-extension-gfm';
import { recordActions } from '../../__tests__/support/actions.js';
import { failedTask } from '../../__tests__/support/builds.js';
import { elementsIn, elementsOf } from '../../__tests__/support/markdown.js';
import { commandsIn } from '../../__tests__/support/runner-grammar.js';
import { createRunner } from '../../src/github/runner.js';
import { oneLine, quote, quoteLines } from '../../src/lib/sanitize.js';
import { Outputs } from '../../src/report/outputs.js';
import { code, link, plain, preformatted, prose, table } from '../../src/report/summary/markdown.js';

export interface Check {
  readonly name: string;
  readonly holds: (text: string) => boolean;
}

/** The commands that the action itself prints, in order; the text is in all places of each. */
const OWN_COMMANDS = ['debug', 'group', 'endgroup', 'error', 'warning', 'notice'].join();

function isPrintedHarmlessly(text: string): boolean {
  const recorder = recordActions();
  const runner = createRunner(recorder.core, {});
  runner.info(text);
  runner.info(`stage ${oneLine(text)}, ${quote(text)}`);
  runner.debug(text);
  runner.group(text, [text, `| ${text}`]);
  for (const line of quoteLines(text)) runner.info(line);
  for (const severity of ['error', 'warning', 'notice'] as const) runner.annotate(severity, text, text);
  return commandsIn(recorder.recorded.stdout).join() === OWN_COMMANDS;
}

const hasOneQuotation = (text: string) => /^“[^“”]*”$/.test(quote(text));

/** As scripts print outputs: whole, from JSON by `jq -r`, word by word, and with escapes turned into characters. */
function isWrittenHarmlessly(text: string): boolean {
  const recorder = recordActions();
  const outputs = new Outputs(createRunner(recorder.core, {}));
  outputs.update({ message: text, buildStatus: text, failedTasks: [failedTask({ stageName: text, taskName: text })] });
  const { message = '', failedTasks = '[]' } = recorder.recorded.outputs;
  const [task] = JSON.parse(failedTasks) as { stageName: string }[];
  const texts = [message, task?.stageName ?? ''];
  const words = texts.flatMap((line) => line.split(/[\s,;|]+/u));
  const echoed = texts.map((line) => line.replace(/\\[nrvft]|%0[ad]/gi, '\n'));
  return commandsIn([failedTasks, ...texts, ...words, ...echoed].join('\n')).length === 0;
}

const COLUMNS = [
  { title: 'a', align: 'l' },
  { title: 'b', align: 'r' },
] as const;

/** Every place of a summary that may hold text of a server. */
const PLACES: readonly ((text: string) => string)[] = [
  (text) => `## BK-CI build ${code('b-1')} ${plain(text, 80)}`,
  (text) => `${link(plain(text), 'https://devops.example.com/x')} · **${plain(text)}** · ${plain(text)}`,
  (text) => prose(`BK-CI refused: ${quote(text)}. Check taskId.`),
  (text) => `- ${plain(text)}\n- ${link(plain(text), 'https://devops.example.com/x')}`,
  (text) => table(COLUMNS, [[`**${plain(text)}**`, code(`${text}!`)]]),
  (text) => `<details>\n<summary>${plain(text)}</summary>\n\n${preformatted([text])}\n\n</details>\n\nend`,
  (text) => `<sub>${plain(text)} · ${plain(text)}</sub>`,
];

const GFM = { extensions: [gfm()], htmlExtensions: [gfmHtml()], allowDangerousHtml: true };
const elementsOfMicromark = (markdown: string) => elementsIn(micromark(markdown, GFM));

/**
 * The same elements, attributes and links as with a word, in one of the places, which the text decides: all of them
 * would take several times as long. A text that is empty once it is sanitised is no text.
 */
function addsNoElement(render: (markdown: string) => string[]): (text: string) => boolean {
  const places = PLACES.map((place) => ({ place, expected: render(place('word')).join('\n') }));
  return (text) => {
    const chosen = places[text.length % places.length];
    return oneLine(text) === '' || (chosen !== undefined && render(chosen.place(text)).join('\n') === chosen.expected);
  };
}

export const CHECKS: readonly Check[] = [
  { name: 'printed: no command of the runner', holds: isPrintedHarmlessly },
  { name: 'output, also from JSON: no command of the runner', holds: isWrittenHarmlessly },
  { name: 'quoted: the quotation is closed by its own mark', holds: hasOneQuotation },
  { name: 'summary in marked: no markup', holds: addsNoElement(elementsOf) },
  { name: 'summary in micromark with GFM: no markup', holds: addsNoElement(elementsOfMicromark) },
];
