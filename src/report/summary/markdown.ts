/** Escapes text for the job summary, which GitHub renders as Markdown and HTML. Pure. */

import { INPUT_NAMES } from '../../inputs/names.js';
import { cap, cleanLines, oneLine } from '../../lib/sanitize.js';

/** Text from the server for a sentence, a cell or a list item. `max` in characters. */
export function plain(text: string, max = 200): string {
  return escapeStart(escapeText(oneLine(text, max)));
}

/** Quoted text and addresses, in which nothing is the name of an input. */
const QUOTE_OR_ADDRESS = /(“[^”]*”|https?:\/\/\S+)/;
/** Names of inputs, with their value if it follows. Names that are also ordinary words count only before a colon. */
const [CAMEL, WORDS] = [true, false].map((wanted) =>
  INPUT_NAMES.filter((name) => (/[A-Z]/.test(name) || name === 'username') === wanted).join('|'),
);
const INPUT = new RegExp(`\\b((?:${CAMEL})\\b(?:: (?:true|false)\\b)?|(?:${WORDS})(?:: (?:true|false)\\b|(?=: )))`);

/** A sentence of this action, which may quote the server: escaped, with the names of inputs in code font. */
export function prose(sentence: string, max = 1000): string {
  const named = (part: string) =>
    part.split(INPUT).map((piece, index) => (index % 2 === 1 ? code(piece) : escapeText(piece)));
  const parts = oneLine(sentence, max).split(QUOTE_OR_ADDRESS);
  return escapeStart(parts.flatMap((part, index) => (index % 2 === 1 ? escapeText(part) : named(part))).join(''));
}

/** An id, or a parameter with its value, in code font. Special characters become entities. */
export function code(text: string): string {
  if (/^[\w-]+(?:: [\w-]+)?$/.test(text) && text.length <= 80) return `\`${text}\``;
  const shown = plain(text, 80);
  return shown === '' ? '' : `<code>${shown}</code>`;
}

/** A link. The text is Markdown already, and the address was built by this action. */
export function link(markdown: string, address: string): string {
  return `[${markdown}](<${address.replace(/[<>\s]/g, encodeURIComponent)}>)`;
}

/** Lines in a fixed-width block. No line can close it, since every `<` is escaped. */
export function preformatted(lines: readonly string[]): string {
  const text = lines.flatMap((line) => cleanLines(line)).map((line) => escapeHtml(cap(line, 500)));
  return ['<pre>', ...text, '</pre>'].join('\n');
}

/** A table. Cells are Markdown already; `align`: left or right. */
export function table(
  columns: readonly { title: string; align: 'l' | 'r' }[],
  rows: readonly (readonly string[])[],
): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const rule = columns.map(({ align }) => (align === 'l' ? ':--' : '--:'));
  return [line(columns.map(({ title }) => title)), line(rule), ...rows.map(line)].join('\n');
}

/** Cuts a document between paragraphs, so that no element stays open. `max` in UTF-8 bytes. */
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

/** At the start of a line: a list marker, or the underline of a heading. */
const LIST_MARKER = /^(?:[-+=]|\d{1,9}[.)])/;

function escapeStart(markdown: string): string {
  return markdown.replace(LIST_MARKER, (marker) => [...marker].map((char) => `&#${char.charCodeAt(0)};`).join(''));
}

function escapeText(text: string): string {
  const parts = text.split(/([&<>"'])/);
  return parts.map((part, index) => (index % 2 === 1 ? escapeHtml(part) : escapeMarkdown(part))).join('');
}

/** GFM links an e-mail address even if its @ is an entity; a comment after the @ prevents that. */
const AT = '&#64;';

/**
 * Replaces every character that has a meaning inside a line of GFM by an entity: emphasis, links, images, tables, code,
 * mathematics, references, bare addresses and mentions. A colon before a blank has no meaning.
 */
function escapeMarkdown(text: string): string {
  const entities = text.replace(/[\\`*_[\]#!|~@$]|:(?!\s)|(?<=www)\./gi, (char) => `&#${char.charCodeAt(0)};`);
  return entities.replaceAll(AT, `${AT}<!-- -->`);
}

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
