/**
 * A model of how the runner reads the output of a step, written only from the runner's sources (actions/runner:
 * ProcessInvoker.cs, OutputManager.cs, ActionCommand.cs, ActionCommandManager.cs), not from the code that it tests. Where
 * the result of the runner's culture-sensitive search is uncertain, the model takes the text for a command.
 */

export interface RunnerCommand {
  readonly grammar: 'v1' | 'v2';
  /** Lower case. */
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly data: string;
}

export interface RunnerReading {
  /** Commands that the runner runs, in order. */
  readonly commands: readonly RunnerCommand[];
  /** Lines that are shown as text, in order. */
  readonly shown: readonly string[];
}

const REGISTERED: ReadonlySet<string> = new Set([
  'add-mask',
  'add-matcher',
  'add-path',
  'debug',
  'echo',
  'endgroup',
  'error',
  'group',
  'notice',
  'remove-matcher',
  'save-state',
  'set-env',
  'set-output',
  'stop-commands',
  'warning',
]);

/** How the runner reads the whole output of a step. */
export function readAsRunner(stream: string): RunnerReading {
  const commands: RunnerCommand[] = [];
  const shown: string[] = [];
  let stopToken: string | undefined;
  const text = stream.replace(/^\ufeff/, '');
  const lines = text.split(/\r\n|\n|\r/);
  if (lines.at(-1) === '') lines.pop();
  for (const line of lines) {
    const isKnown = (name: string) => (stopToken === undefined ? REGISTERED.has(name) : name === stopToken);
    const command = parseV2(line, isKnown) ?? parseV1(line, isKnown);
    if (!command) shown.push(line);
    else if (stopToken !== undefined) stopToken = undefined;
    else {
      commands.push(command);
      if (command.name === 'stop-commands') stopToken = command.data.toLowerCase();
    }
  }
  return { commands, shown };
}

/** Names of the commands in the output of a step. */
export function commandsIn(stream: string): string[] {
  return readAsRunner(stream).commands.map(({ name }) => name);
}

/** .NET `Char.IsWhiteSpace`: includes U+0085, but not U+FEFF, U+180E and U+200B. */
const DOTNET_LEADING_SPACE = /^[\u0009-\u000d\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/;
/** Characters that ICU ignores in a comparison; a superset is safe. */
const SECOND_SEPARATOR = /:[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]*:/u;

function parseV2(line: string, isKnown: (name: string) => boolean): RunnerCommand | undefined {
  const text = line.replace(DOTNET_LEADING_SPACE, '');
  if (!text.startsWith('::')) return undefined;
  const rest = text.slice(2);
  const end = SECOND_SEPARATOR.exec(rest);
  if (!end) return undefined;
  const header = rest.slice(0, end.index);
  const [name, members] = splitHeader(header);
  if (!isKnown(name)) return undefined;
  const data = decode(rest.slice(end.index + end[0].length), { '%0D': '\r', '%0A': '\n', '%25': '%' });
  const escapes = { '%0D': '\r', '%0A': '\n', '%3A': ':', '%2C': ',', '%25': '%' };
  return { grammar: 'v2', name, properties: readProperties(members, ',', escapes), data };
}

/** A command anywhere in the line; only the first `##[` counts. */
function parseV1(line: string, isKnown: (name: string) => boolean): RunnerCommand | undefined {
  const start = line.indexOf('##[');
  const end = line.indexOf(']', start + 3);
  if (start < 0 || end < 0) return undefined;
  const [name, members] = splitHeader(line.slice(start + 3, end));
  if (!isKnown(name)) return undefined;
  const escapes = { '%3B': ';', '%0D': '\r', '%0A': '\n', '%5D': ']', '%25': '%' };
  return {
    grammar: 'v1',
    name,
    properties: readProperties(members, ';', escapes),
    data: decode(line.slice(end + 1), escapes),
  };
}

function splitHeader(header: string): [name: string, members: string] {
  const space = header.indexOf(' ');
  return space < 0 ? [header.toLowerCase(), ''] : [header.slice(0, space).toLowerCase(), header.slice(space + 1)];
}

function readProperties(members: string, separator: string, escapes: Readonly<Record<string, string>>) {
  const pairs = members.split(separator).flatMap((pair): [string, string][] => {
    const at = pair.indexOf('=');
    return at < 0 ? [] : [[pair.slice(0, at).trim(), decode(pair.slice(at + 1), escapes)]];
  });
  return Object.fromEntries(pairs);
}

function decode(text: string, escapes: Readonly<Record<string, string>>): string {
  return text.replace(/%[0-9A-F]{2}/g, (code) => escapes[code] ?? code);
}
