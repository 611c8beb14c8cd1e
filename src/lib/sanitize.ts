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

/** Control characters except the tab, and characters that show nothing: zero-width, bidirectional overrides and others. */
const INVISIBLE = /(?!\t)[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;

/** Half of a surrogate pair, which can't be written as UTF-8. */
const LONE_SURROGATE = /\p{Cs}/gu;

/** Longest line that is shown, in characters; the runner's live log cuts lines at 1,024. */
const LINE_CAP = 1000;

/**
 * The lines of a text without commands of the form `##[name]`, control characters and escape sequences. A line may still
 * start with `::`.
 */
export function cleanLines(text: string, max = LINE_CAP): string[] {
  return text
    .replace(ESCAPE_SEQUENCE, '')
    .split(LINE_END)
    .map((line) => line.replace(INVISIBLE, '').replace(LONE_SURROGATE, '\ufffd'))
    .map((line) => cap(breakCommands(line), max).trimEnd());
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

/** Text from the server inside a sentence: “…”. */
export function quote(text: string, max?: number): string {
  return `“${oneLine(text, max)}”`;
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

/** Replaces every secret by `***`, the longest first, so that no part of a secret is left when one contains another. */
export function redact(text: string, secrets: Iterable<string>): string {
  return [...secrets]
    .sort((a, b) => b.length - a.length)
    .reduce((rest, secret) => rest.replaceAll(secret, '***'), text);
}
