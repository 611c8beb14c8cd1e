/** Escaping for the job summary, where GitHub renders Markdown and HTML and escapes nothing. Pure. */

import { INPUT_NAMES } from '../../inputs/names.js';
import { cap, cleanLines, oneLine } from '../../lib/sanitize.js';

const HTML_ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => HTML_ENTITIES[char] ?? '');
}

/** GFM makes a link of an e-mail address even where its @ is an entity; a comment parts the two halves. */
const AT = '&#64;';

/**
 * What can mean something in the middle of a line of GFM, as an entity: emphasis, links, images, tables, code,
 * mathematics, references, and what turns bare addresses and names into links. A colon means nothing before a blank.
 */
function escapeMarkdown(text: string): string {
  const entities = text.replace(/[\\`*_[\]#!|~@$]|:(?!\s)|(?<=www)\./gi, (char) => `&#${char.charCodeAt(0)};`);
  return entities.replaceAll(AT, `${AT}<!-- -->`);
}

/** Opens a list, or underlines a heading, where a line begins with it. */
const LIST_MARKER = /^(?:[-+=]|\d{1,9}[.)])/;

function escapeText(text: string): string {
  const parts = text.split(/([&<>"'])/);
  return parts.map((part, index) => (index % 2 === 1 ? escapeHtml(part) : escapeMarkdown(part))).join('');
}

function escapeStart(markdown: string): string {
  return markdown.replace(LIST_MARKER, (marker) => [...marker].map((char) => `&#${char.charCodeAt(0)};`).join(''));
}

/** Text of a server inside a sentence, a cell or an item of a list. */
export function plain(text: string, max = 200): string {
  return escapeStart(escapeText(oneLine(text, max)));
}

/** What is quoted, and addresses: no name in there is one of ours. */
const QUOTE_OR_ADDRESS = /(“[^”]*”|https?:\/\/\S+)/;
/** Names of inputs with their value; those that are everyday words as well only before a colon. */
const [CAMEL, WORDS] = [true, false].map((wanted) =>
  INPUT_NAMES.filter((name) => (/[A-Z]/.test(name) || name === 'username') === wanted).join('|'),
);
const INPUT = new RegExp(`\\b((?:${CAMEL})\\b(?:: (?:true|false)\\b)?|(?:${WORDS})(?:: (?:true|false)\\b|(?=: )))`);

/** A sentence of ours, which may quote a server: escaped like any text, with names of inputs in code font. */
export function prose(sentence: string, max = 1000): string {
  const named = (part: string) =>
    part.split(INPUT).map((piece, index) => (index % 2 === 1 ? code(piece) : escapeText(piece)));
  const parts = oneLine(sentence, max).split(QUOTE_OR_ADDRESS);
  return escapeStart(parts.flatMap((part, index) => (index % 2 === 1 ? escapeText(part) : named(part))).join(''));
}

/** An id, or a parameter with its value, in code font; entities stand for what could end it. */
export function code(text: string): string {
  if (/^[\w-]+(?:: [\w-]+)?$/.test(text) && text.length <= 80) return `\`${text}\``;
  const shown = plain(text, 80);
  return shown === '' ? '' : `<code>${shown}</code>`;
}

/** A link with our own text and an address that we built ourselves. */
export function link(markdown: string, address: string): string {
  return `[${markdown}](<${address.replace(/[<>\s]/g, encodeURIComponent)}>)`;
}

/** Lines in a fixed-width block. No text can close it, since no `<` survives. */
export function preformatted(lines: readonly string[]): string {
  const text = lines.flatMap((line) => cleanLines(line)).map((line) => escapeHtml(cap(line, 500)));
  return ['<pre>', ...text, '</pre>'].join('\n');
}

/** A table; cells are Markdown already. `:` columns: `l` left, `r` right. */
export function table(
  columns: readonly { title: string; align: 'l' | 'r' }[],
  rows: readonly (readonly string[])[],
): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const rule = columns.map(({ align }) => (align === 'l' ? ':--' : '--:'));
  return [line(columns.map(({ title }) => title)), line(rule), ...rows.map(line)].join('\n');
}

/** Cuts a document at whole paragraphs, so that no element stays open. `max` in UTF-8 bytes. */
export function capDocument(paragraphs: readonly string[], max: number): string {
  const kept: string[] = [];
  let size = 0;
  for (const paragraph of paragraphs) {
    size += Buffer.byteLength(paragraph, 'utf8') + 2;
    if (size > max - 100) return [...kept, 'The rest is in the log of this step.', ''].join('\n\n');
    kept.push(paragraph);
  }
  return [...kept, ''].join('\n\n');
}
