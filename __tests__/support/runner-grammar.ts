/**
 * A model of how the runner reads what a step prints, written from the runner's sources alone (actions/runner:
 * ProcessInvoker.cs, OutputManager.cs, ActionCommand.cs, ActionCommandManager.cs), not from the code it judges. Where the
 * runner's culture-sensitive search is in doubt, the model takes the side on which a command acts.
 */
export interface RunnerCommand {
  readonly grammar: 'v1' | 'v2';
  /** Lower case. */
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly data: string;
}

export interface RunnerReading {
  /** What acted, in order. */
  readonly commands: readonly RunnerCommand[];
  /** What is shown as text, in order. */
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

/** .NET `Char.IsWhiteSpace`: has U+0085, lacks U+FEFF, U+180E and U+200B. */
const DOTNET_LEADING_SPACE = /^[\u0009-\u000d\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/;
/** What ICU ignores between two characters it compares; a superset is the safe side. */
const SECOND_SEPARATOR = /:[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]*:/u;

function parseV2(line: string, known: (name: string) => boolean): RunnerCommand | undefined {
  const text = line.replace(DOTNET_LEADING_SPACE, '');
  if (!text.startsWith('::')) return undefined;
  const rest = text.slice(2);
  const end = SECOND_SEPARATOR.exec(rest);
  if (!end) return undefined;
  const header = rest.slice(0, end.index);
  const [name, members] = splitHeader(header);
  if (!known(name)) return undefined;
  const data = decode(rest.slice(end.index + end[0].length), { '%0D': '\r', '%0A': '\n', '%25': '%' });
  const escapes = { '%0D': '\r', '%0A': '\n', '%3A': ':', '%2C': ',', '%25': '%' };
  return { grammar: 'v2', name, properties: readProperties(members, ',', escapes), data };
}

/** Anywhere in the line; only the first `##[` counts. */
function parseV1(line: string, known: (name: string) => boolean): RunnerCommand | undefined {
  const start = line.indexOf('##[');
  const end = line.indexOf(']', start + 3);
  if (start < 0 || end < 0) return undefined;
  const [name, members] = splitHeader(line.slice(start + 3, end));
  if (!known(name)) return undefined;
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

/** What the runner makes of everything a step printed. */
export function readAsRunner(stream: string): RunnerReading {
  const commands: RunnerCommand[] = [];
  const shown: string[] = [];
  let stopToken: string | undefined;
  const text = stream.replace(/^\ufeff/, '');
  const lines = text.split(/\r\n|\n|\r/);
  if (lines.at(-1) === '') lines.pop();
  for (const line of lines) {
    const known = (name: string) => (stopToken === undefined ? REGISTERED.has(name) : name === stopToken);
    const command = parseV2(line, known) ?? parseV1(line, known);
    if (!command) shown.push(line);
    else if (stopToken !== undefined) stopToken = undefined;
    else {
      commands.push(command);
      if (command.name === 'stop-commands') stopToken = command.data.toLowerCase();
    }
  }
  return { commands, shown };
}

/** Names of the commands that act in what a step printed. */
export function actingIn(stream: string): string[] {
  return readAsRunner(stream).commands.map(({ name }) => name);
}
