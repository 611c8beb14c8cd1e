/**
 * Text from outside, made harmless before a person or the runner sees it.
 *
 * The runner reads commands from every line a step prints: `::name::` at the start of a line, `##[name]` anywhere in
 * it, where a lone carriage return ends a line as well (actions/runner: ProcessInvoker.cs, ActionCommand.cs).
 */
/** CSI, OSC and short escape sequences of ECMA-48, in their 7-bit and 8-bit forms. */
const ESCAPE_SEQUENCE =
  /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|(?:\u001b\]|\u009d)[^\u0007\u001b\u009c\n\r]*(?:\u0007|\u001b\\|\u009c)?|\u001b[ -/]*[0-~]/g;

/** Everything that ends a line anywhere: for the runner, for .NET, for a browser. */
const LINE_END = /\r\n|[\n\r\v\f\u0085\u2028\u2029]/;

/** Control characters but the tab, and all that shows nothing: zero-width, bidirectional overrides, variation. */
const INVISIBLE = /(?!\t)[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;

/** Half of a character that needs two code units: it can't be written as UTF-8. */
const LONE_SURROGATE = /\p{Cs}/gu;

/** Longest line that is shown, in characters; the runner's live log cuts at 1,024. */
const LINE_CAP = 1000;

/** `##[` with a visible character inside. An invisible one would not do: the runner's comparison skips those. */
function breakCommands(line: string): string {
  return line.replaceAll('##[', '##\\[');
}

/** At most `max` characters; what was cut leaves `…`. Never cuts through a character. */
export function cap(text: string, max: number): string {
  if (text.length <= max) return text;
  const head = text.slice(0, max - 1).replace(/[\ud800-\udbff]$/u, '');
  return `${head}…`;
}

/** The lines of a text, each without a command, a control character or an escape sequence. May still start with `::`. */
export function cleanLines(text: string, max = LINE_CAP): string[] {
  return text
    .replace(ESCAPE_SEQUENCE, '')
    .split(LINE_END)
    .map((line) => line.replace(INVISIBLE, '').replace(LONE_SURROGATE, '\ufffd'))
    .map((line) => cap(breakCommands(line), max).trimEnd());
}

/** One line for the middle of a sentence of ours: line ends and runs of white space become single spaces. */
export function oneLine(text: string, max = 300): string {
  return cap(cleanLines(text).join(' ').replace(/\s+/g, ' ').trim(), max);
}

/** Words of a server inside a sentence: “…”. */
export function quote(text: string, max?: number): string {
  return `“${oneLine(text, max)}”`;
}

/** Lines of a server standing on their own: `| ` before each, since a line of theirs must never begin one of ours. */
export function quoteLines(text: string, max = 20): string[] {
  const lines = cleanLines(text).filter((line) => line !== '');
  const shown = lines.slice(0, max).map((line) => `| ${line}`);
  return lines.length > max ? [...shown, `| … ${lines.length - max} more lines`] : shown;
}

/**
 * The last look at a line before it is printed, whoever wrote it: no line end, no command. Lines of ours pass
 * unchanged; it stands between a forgotten `quote` and the runner.
 */
export function printable(line: string): string {
  const safe = cleanLines(line).join(' ');
  return /^[\s\u0085]*::/u.test(safe) ? `| ${safe}` : safe;
}

/** Replaces every occurrence of each secret, longest first, so that no part of one survives another. */
export function redact(text: string, secrets: Iterable<string>): string {
  return [...secrets]
    .sort((a, b) => b.length - a.length)
    .reduce((rest, secret) => rest.replaceAll(secret, '***'), text);
}
