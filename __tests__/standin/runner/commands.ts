/** A workflow command as found by the runner's two parsers (actions/runner: ActionCommand.cs). */
export interface RunnerCommand {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly data: string;
}

/** actions/runner: ExtensionManager.cs; other names are plain text. */
const REGISTERED: ReadonlySet<string> = new Set([
  ...['set-output', 'save-state', 'set-env', 'add-path', 'add-mask', 'debug', 'notice', 'warning', 'error'],
  ...['group', 'endgroup', 'echo', 'add-matcher', 'remove-matcher', 'stop-commands'],
]);

/** White space for .NET's TrimStart: unlike JavaScript's, it includes U+0085 but not U+FEFF. */
const DOTNET_SPACE = /^[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/;

/** The command in a line, or null if the runner finds none. `stopToken` is the token that ends stop-commands. */
export function parseCommand(line: string, stopToken: string | null = null): RunnerCommand | null {
  const known = (name: string) => REGISTERED.has(name) || (stopToken !== null && name === stopToken.toLowerCase());
  const found = [parseDoubleColon(line), parseHashBracket(line)].find((one) => one !== null && known(one.name));
  return found ?? null;
}

/** `::name key=value,key=value::data`, at the start of the trimmed line. */
function parseDoubleColon(line: string): RunnerCommand | null {
  const text = line.replace(DOTNET_SPACE, '');
  const end = text.indexOf('::', 2);
  if (!text.startsWith('::') || end < 0) return null;
  const { name, rest } = headerOf(text.slice(2, end));
  return { name, properties: propertiesOf(rest, ','), data: unescapeData(text.slice(end + 2)) };
}

/** `##[name key=value;]data`, anywhere in the line. */
function parseHashBracket(line: string): RunnerCommand | null {
  const start = line.indexOf('##[');
  const end = line.indexOf(']', start);
  if (start < 0 || end < 0) return null;
  const { name, rest } = headerOf(line.slice(start + 3, end));
  return { name, properties: propertiesOf(rest, ';'), data: unescapeData(line.slice(end + 1)) };
}

function headerOf(header: string): { readonly name: string; readonly rest: string } {
  const space = header.indexOf(' ');
  const name = space < 0 ? header : header.slice(0, space);
  return { name: name.toLowerCase(), rest: space < 0 ? '' : header.slice(space + 1) };
}

function propertiesOf(text: string, separator: string): Readonly<Record<string, string>> {
  const pairs = text.split(separator).filter((part) => part.includes('='));
  return Object.fromEntries(
    pairs.map((part) => {
      const at = part.indexOf('=');
      return [part.slice(0, at).trim(), unescapeProperty(part.slice(at + 1))];
    }),
  );
}

function unescapeData(text: string): string {
  return text.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%');
}

function unescapeProperty(text: string): string {
  const plain = text.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%3A', ':').replaceAll('%2C', ',');
  return plain.replaceAll('%3B', ';').replaceAll('%5D', ']').replaceAll('%25', '%');
}
