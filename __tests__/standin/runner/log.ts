import { parseCommand, type RunnerCommand } from './commands.js';

export interface Annotation {
  readonly level: 'error' | 'warning' | 'notice';
  readonly title: string;
  readonly message: string;
}

export interface ParsedLog {
  /** As GitHub's log view shows it, without debug lines and with masked values replaced. */
  readonly log: readonly string[];
  readonly annotations: readonly Annotation[];
  readonly debug: readonly string[];
  readonly masks: readonly string[];
  /** Every line that the runner parsed as a command, in order. */
  readonly commands: readonly RunnerCommand[];
  /** Outputs and state set by a command instead of a file; the action never does this. */
  readonly setByCommand: {
    readonly outputs: Readonly<Record<string, string>>;
    readonly state: Readonly<Record<string, string>>;
  };
  /** True after a command that makes the runner fail the step regardless of its exit code. */
  readonly failedByCommand: boolean;
}

/** actions/runner: annotations and their log lines are cut to this many characters. */
const ANNOTATION_LENGTH = 4096;
/** actions/runner: ExecutionContext._maxCountPerIssueType. */
const ANNOTATIONS_PER_LEVEL = 10;
const LABELS = { error: 'Error', warning: 'Warning', notice: 'Notice' } as const;
/** Commands that are disabled or misused in a way that fails the step (actions/runner: ActionCommandManager.cs). */
const FAILING: ReadonlySet<string> = new Set(['set-env', 'add-path', 'add-matcher']);

interface ReaderState {
  readonly log: string[];
  readonly annotations: Annotation[];
  readonly debug: string[];
  readonly masks: string[];
  readonly commands: RunnerCommand[];
  readonly outputs: Record<string, string>;
  readonly state: Record<string, string>;
  stopToken: string | null;
  indent: string;
  failed: boolean;
}

export interface LogReader {
  /** Reads whole lines, ended by \n, \r\n or a lone \r, as the runner does; returns the lines added to the log. */
  read(text: string): readonly string[];
  result(): ParsedLog;
}

export function logReader(secrets: readonly string[] = []): LogReader {
  const readerState: ReaderState = {
    log: [],
    annotations: [],
    debug: [],
    commands: [],
    outputs: {},
    state: {},
    masks: [...secrets],
    stopToken: null,
    indent: '',
    failed: false,
  };
  return {
    read: (text) => {
      const before = readerState.log.length;
      const lines = text.split(/\r\n|\r|\n/);
      if (lines.at(-1) === '') lines.pop();
      for (const line of lines) readLine(readerState, line);
      return readerState.log.slice(before);
    },
    result: () => {
      const { log, annotations, debug, masks, commands, outputs, state, failed } = readerState;
      return { log, annotations, debug, masks, commands, setByCommand: { outputs, state }, failedByCommand: failed };
    },
  };
}

/** Parses the whole output of a step at once. */
export function parseLog(output: string, secrets: readonly string[] = []): ParsedLog {
  const reader = logReader(secrets);
  reader.read(output);
  return reader.result();
}

function readLine(readerState: ReaderState, line: string): void {
  const command = parseCommand(line, readerState.stopToken);
  if (readerState.stopToken !== null) {
    if (command?.name === readerState.stopToken.toLowerCase()) readerState.stopToken = null;
    else show(readerState, line);
    return;
  }
  if (command === null) {
    show(readerState, line);
    return;
  }
  readerState.commands.push(command);
  executeCommand(readerState, command);
}

function executeCommand(readerState: ReaderState, { name, data, properties }: RunnerCommand): void {
  const text = { title: properties.title ?? '', message: data.slice(0, ANNOTATION_LENGTH) };
  const actions: Readonly<Record<string, () => void>> = {
    error: () => annotate(readerState, 'error', text),
    warning: () => annotate(readerState, 'warning', text),
    notice: () => annotate(readerState, 'notice', text),
    debug: () => void readerState.debug.push(mask(readerState, data)),
    group: () => {
      show(readerState, `▸ ${data}`);
      readerState.indent = '  ';
    },
    endgroup: () => {
      readerState.indent = '';
    },
    'add-mask': () => addMask(readerState, data),
    'set-output': () => {
      readerState.outputs[properties.name ?? ''] = data;
    },
    'save-state': () => {
      readerState.state[properties.name ?? ''] = data;
    },
    'stop-commands': () => {
      readerState.stopToken = data;
    },
  };
  actions[name]?.();
  readerState.failed ||= FAILING.has(name) || (name === 'echo' && !['on', 'off'].includes(data.toLowerCase()));
}

/** actions/runner: the value as a whole and each of its lines; white space is not masked. */
function addMask({ masks }: ReaderState, value: string): void {
  const parts = [value, ...value.split(/\r\n|\n/)].filter((part) => part.trim() !== '');
  masks.push(...new Set(parts.filter((part) => !masks.includes(part))));
}

function annotate(
  readerState: ReaderState,
  level: Annotation['level'],
  text: { title: string; message: string },
): void {
  const shown = { level, title: mask(readerState, text.title), message: mask(readerState, text.message) };
  show(readerState, `${LABELS[level]}: ${text.message}`);
  const already = readerState.annotations.filter((one) => one.level === level).length;
  if (already < ANNOTATIONS_PER_LEVEL) readerState.annotations.push(shown);
}

function show(readerState: ReaderState, text: string): void {
  for (const line of mask(readerState, text).split(/\r\n|\n/)) readerState.log.push(`${readerState.indent}${line}`);
}

/** actions/runner masks a value and its encodings (HostContext.cs); these are the ones that can show in our output. */
function mask({ masks }: ReaderState, text: string): string {
  const forms = masks.flatMap((value) => [value, encodeURIComponent(value), JSON.stringify(value).slice(1, -1)]);
  const longest = [...new Set(forms)].filter((value) => value !== '').sort((a, b) => b.length - a.length);
  return longest.reduce((masked, value) => masked.replaceAll(value, '***'), text);
}
