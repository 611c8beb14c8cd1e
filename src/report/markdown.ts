/** Escaping for the job summary, where GitHub renders Markdown and HTML and escapes nothing. Pure. */
import { cap, cleanLines, oneLine } from '../text.js';

const HTML: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => HTML[char] ?? '');
}

/** GFM makes a link of an e-mail address even where its @ is an entity; a comment parts the two halves. */
const AT = '&#64;';

/**
 * What can mean something in the middle of a line of GFM, as an entity: emphasis, links, images, tables, code,
 * mathematics, references, and what turns bare addresses and names into links.
 */
function escapeMarkdown(text: string): string {
  const entities = text.replace(/[\\`*_[\]#!|~:@$]|(?<=www)\./gi, (char) => `&#${char.charCodeAt(0)};`);
  return entities.replaceAll(AT, `${AT}<!-- -->`);
}

/** Opens a list, or underlines a heading, where a line begins with it. */
const LIST_MARKER = /^(?:[-+=]|\d{1,9}[.)])/;

/** Text of a server inside a sentence, a cell or an item of a list. */
export function plain(text: string, max = 200): string {
  return oneLine(text, max)
    .split(/([&<>"'])/)
    .map((part, index) => (index % 2 === 1 ? escapeHtml(part) : escapeMarkdown(part)))
    .join('')
    .replace(LIST_MARKER, (marker) => [...marker].map((char) => `&#${char.charCodeAt(0)};`).join(''));
}

/** An id in code font; one with characters that an id has not is shown as text. */
export function code(id: string): string {
  return /^[\w-]{1,64}$/.test(id) ? `\`${id}\`` : plain(id, 64);
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
