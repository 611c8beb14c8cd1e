import { parseCommand, type RunnerCommand } from './commands.js';

export interface Annotation {
  readonly level: 'error' | 'warning' | 'notice';
  readonly title: string;
  readonly message: string;
}

export interface ReadLog {
  /** As GitHub's log view shows it; debug lines and what is masked are not in it. */
  readonly log: readonly string[];
  readonly annotations: readonly Annotation[];
  readonly debug: readonly string[];
  readonly masks: readonly string[];
  /** Every line that the runner took for a command, in order. */
  readonly commands: readonly RunnerCommand[];
  /** Outputs and states set by a command rather than a file; ours never are. */
  readonly printed: {
    readonly outputs: Readonly<Record<string, string>>;
    readonly state: Readonly<Record<string, string>>;
  };
  /** A command that makes the runner fail the step whatever the exit code is. */
  readonly failedByCommand: boolean;
}

/** actions/runner: an annotation, and its log line, end after so many characters. */
const ANNOTATION_LENGTH = 4096;
/** actions/runner: ExecutionContext._maxCountPerIssueType. */
const ANNOTATIONS_PER_LEVEL = 10;
const LABELS = { error: 'Error', warning: 'Warning', notice: 'Notice' } as const;
/** Disabled or broken in a way that fails the step (actions/runner: ActionCommandManager.cs). */
const FAILING: ReadonlySet<string> = new Set(['set-env', 'add-path', 'add-matcher']);

interface Reading {
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
  /** Takes whole lines, ended by \n, \r\n or a lone \r, as the runner does; gives what they add to the log. */
  read(text: string): readonly string[];
  result(): ReadLog;
}

export function logReader(secrets: readonly string[] = []): LogReader {
  const reading: Reading = {
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
      const before = reading.log.length;
      const lines = text.split(/\r\n|\r|\n/);
      if (lines.at(-1) === '') lines.pop();
      for (const line of lines) readLine(reading, line);
      return reading.log.slice(before);
    },
    result: () => {
      const { log, annotations, debug, masks, commands, outputs, state, failed } = reading;
      return { log, annotations, debug, masks, commands, printed: { outputs, state }, failedByCommand: failed };
    },
  };
}

/** What a step printed, all at once. */
export function readLog(output: string, secrets: readonly string[] = []): ReadLog {
  const reader = logReader(secrets);
  reader.read(output);
  return reader.result();
}

function readLine(reading: Reading, line: string): void {
  const command = parseCommand(line, reading.stopToken);
  if (reading.stopToken !== null) {
    if (command?.name === reading.stopToken.toLowerCase()) reading.stopToken = null;
    else show(reading, line);
    return;
  }
  if (command === null) {
    show(reading, line);
    return;
  }
  reading.commands.push(command);
  obey(reading, command);
}

function obey(reading: Reading, { name, data, properties }: RunnerCommand): void {
  const text = { title: properties.title ?? '', message: data.slice(0, ANNOTATION_LENGTH) };
  const effects: Readonly<Record<string, () => void>> = {
    error: () => annotate(reading, 'error', text),
    warning: () => annotate(reading, 'warning', text),
    notice: () => annotate(reading, 'notice', text),
    debug: () => void reading.debug.push(mask(reading, data)),
    group: () => {
      show(reading, `▸ ${data}`);
      reading.indent = '  ';
    },
    endgroup: () => {
      reading.indent = '';
    },
    'add-mask': () => addMask(reading, data),
    'set-output': () => {
      reading.outputs[properties.name ?? ''] = data;
    },
    'save-state': () => {
      reading.state[properties.name ?? ''] = data;
    },
    'stop-commands': () => {
      reading.stopToken = data;
    },
  };
  effects[name]?.();
  reading.failed ||= FAILING.has(name) || (name === 'echo' && !['on', 'off'].includes(data.toLowerCase()));
}

/** actions/runner: the value as a whole and each of its lines; white space is not masked. */
function addMask({ masks }: Reading, value: string): void {
  const parts = [value, ...value.split(/\r\n|\n/)].filter((part) => part.trim() !== '');
  masks.push(...new Set(parts.filter((part) => !masks.includes(part))));
}

function annotate(reading: Reading, level: Annotation['level'], text: { title: string; message: string }): void {
  const shown = { level, title: mask(reading, text.title), message: mask(reading, text.message) };
  show(reading, `${LABELS[level]}: ${text.message}`);
  const already = reading.annotations.filter((one) => one.level === level).length;
  if (already < ANNOTATIONS_PER_LEVEL) reading.annotations.push(shown);
}

function show(reading: Reading, text: string): void {
  for (const line of mask(reading, text).split(/\r\n|\n/)) reading.log.push(`${reading.indent}${line}`);
}

/** actions/runner masks a value and its encodings (HostContext.cs); these are the ones that can show in our output. */
function mask({ masks }: Reading, text: string): string {
  const forms = masks.flatMap((value) => [value, encodeURIComponent(value), JSON.stringify(value).slice(1, -1)]);
  const longest = [...new Set(forms)].filter((value) => value !== '').sort((a, b) => b.length - a.length);
  return longest.reduce((masked, value) => masked.replaceAll(value, '***'), text);
}
