/**
 * Makes text from outside harmless before it is shown to a person or printed to the runner.
 *
 * The runner reads commands from every line a step prints: `::name::` at the start of a line, `##[name]` anywhere in
 * it. A lone carriage return also ends a line (actions/runner: ProcessInvoker.cs, ActionCommand.cs).
 */

/** CSI, OSC and short escape sequences of ECMA-48, in their 7-bit and 8-bit forms. */
const ESCAPE_SEQUENCE =
  /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|(?:\u001b\]|\u009d)[^\u0007\u001b\u009c\n\r]*(?:\u0007|\u001b\\|\u009c)?|\u001b[ -/]*[0-~]/g;

/** Everything that the runner, .NET or a browser treats as the end of a line. */
const LINE_END = /\r\n|[\n\r\v\f\u0085\u2028\u2029]/;

/**
 * Printable ASCII, tabs, and the punctuation of this action's own sentences: most texts are nothing else. For these no
 * pattern with a Unicode class is reached. Node builds the classes of a literal where it is evaluated, so none of them is a
 * constant of this file.
 */
const PLAIN = /^[\t -~\u2010-\u2027\u203a]*$/;

/** Longest line that is shown, in characters; the runner's live log cuts lines at 1,024. */
const LINE_CAP = 1000;

/** In characters. Text after this is dropped before any pattern is applied to it; no text is shown at such a length. */
const TEXT_CAP = 65_536;

/**
 * The lines of a text without commands of the form `##[name]`, control characters and escape sequences. A line may still
 * start with `::`.
 */
export function cleanLines(text: string, max = LINE_CAP): string[] {
  return text
    .slice(0, TEXT_CAP)
    .replace(ESCAPE_SEQUENCE, '')
    .split(LINE_END)
    .map((line) => cap(breakCommands(visible(line)), max).trimEnd());
}

/**
 * The text without control characters except the tab, and without characters that show nothing: zero-width, bidirectional
 * overrides and others. Half of a surrogate pair, which can't be written as UTF-8, becomes U+FFFD.
 */
export function visible(text: string): string {
  if (PLAIN.test(text)) return text;
  return text
    .replace(/(?!\t)[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]/gu, '')
    .replace(/[\ud800-\udfff]/gu, '\ufffd');
}

/** Puts a visible character into `##[`: the runner's comparison ignores invisible ones. */
function breakCommands(line: string): string {
  return line.replaceAll('##[', '##\\[');
}

/** At most `max` characters; a longer text ends in `…`. Never splits a surrogate pair. */
export function cap(text: string, max: number): string {
  if (text.length <= max) return text;
  const head = text.slice(0, max - 1).replace(/[\ud800-\udbff]$/u, '');
  return `${head}…`;
}

/** One line, for use inside a sentence: line ends and runs of white space become single spaces. */
export function oneLine(text: string, max = 300): string {
  return cap(cleanLines(text).join(' ').replace(/\s+/g, ' ').trim(), max);
}

/** Text from the server inside a sentence: “…”. Its own quotation marks of that form can't end the quotation. */
export function quote(text: string, max?: number): string {
  return `“${oneLine(text, max).replace(/[“”]/g, '"')}”`;
}

/** One line for an output, which a later step may print, whole or in parts: no part of it is a command of the runner. */
export function inertLine(text: string, max: number): string {
  const line = oneLine(text, max);
  return line.includes('::') ? cap(breakLineCommands(line), max) : line;
}

/**
 * Puts a backslash between two or more colons where a later step that prints the text could begin a line: at the start,
 * after anything but a letter or a digit (shells split at white space, jq and tr at any separator), and after an escape
 * that echo or printf may turn into a line end. Not in `std::vector`, and not in an address of our own with an IPv6 host.
 */
function breakLineCommands(line: string): string {
  const command = /(?<![\p{L}\p{N}_:]|\/\/\[):{2,}|(?<=\\[a-z]|\\[xu]?[0-9a-f]{1,8}|%[0-9a-f]{2}):{2,}/giu;
  return line.replace(command, (colons) => [...colons].join('\\'));
}

/** Text from the server on lines of its own, each after `| `, so that none can start with a command. */
export function quoteLines(text: string, max = 20): string[] {
  const lines = cleanLines(text).filter((line) => line !== '');
  const shown = lines.slice(0, max).map((line) => `| ${line}`);
  return lines.length > max ? [...shown, `| … ${lines.length - max} more lines`] : shown;
}

/**
 * Applied to every line right before it is printed: one line, without a command. It does not change the action's own
 * lines; it protects the runner where a `quote` was forgotten.
 */
export function printable(line: string): string {
  const safe = cleanLines(line).join(' ');
  return /^[\s\u0085]*::/u.test(safe) ? `| ${safe}` : safe;
}

/** A function that removes the secrets from a text. It must run before the text is cut, escaped or matched. */
export type Redact = (text: string) => string;

/**
 * Replaces every secret by `***`, the longest first, so that no part of a secret is left when one contains another. A
 * search for substrings, so that its time grows with the text and nothing else.
 */
export function redactor(secrets: Iterable<string>): Redact {
  const longestFirst = [...secrets].sort((a, b) => b.length - a.length);
  const shortest = longestFirst.at(-1)?.length ?? Number.POSITIVE_INFINITY;
  return (text) => {
    // Most texts are names, and shorter than any secret.
    if (text.length < shortest) return text;
    return longestFirst.reduce(
      (rest, secret) => (rest.includes(secret) ? rest.replaceAll(secret, () => '***') : rest),
      text,
    );
  };
}

/** A copy of a plain value in which each text is changed; `name` is that of the member which holds it. */
export function mapTexts<T>(value: T, change: (text: string, name: string) => string, name = ''): T {
  if (typeof value === 'string') return change(value, name) as T;
  if (Array.isArray(value)) return value.map((item: unknown) => mapTexts(item, change, name)) as T;
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([key, member]: [string, unknown]) => [key, mapTexts(member, change, key)]);
  return Object.fromEntries(members) as T;
}
