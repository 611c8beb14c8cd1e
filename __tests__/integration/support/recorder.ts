import type { Actions } from '../../../src/github/runner.js';

export interface Annotation {
  readonly level: 'error' | 'warning' | 'notice';
  readonly title: string;
  readonly message: string;
}

/** What a step told the runner, as GitHub would show it. */
export interface Told {
  readonly log: readonly string[];
  readonly annotations: readonly Annotation[];
  readonly debug: readonly string[];
  readonly masks: readonly string[];
  readonly outputs: Readonly<Record<string, string>>;
  readonly state: Readonly<Record<string, string>>;
  readonly summary: string;
}

const LABELS = { error: 'Error', warning: 'Warning', notice: 'Notice' } as const;

/** The Actions port over memory: what `@actions/core` would print and write. */
export function recorder(inputs: Readonly<Record<string, string>>): { actions: Actions; told: () => Told } {
  const log: string[] = [];
  const annotations: Annotation[] = [];
  const debug: string[] = [];
  const masks: string[] = [];
  const outputs = new Map<string, string>();
  const state = new Map<string, string>();
  const page = { summary: '' };
  const given = new Map(Object.entries(inputs).map(([name, value]) => [name.toLowerCase(), value.trim()]));
  const input = (name: string) => given.get(name.toLowerCase()) ?? '';
  const annotate =
    (level: Annotation['level']): Actions['error'] =>
    (message, properties = {}) => {
      annotations.push({ level, title: properties.title ?? '', message: String(message) });
      log.push(...`${LABELS[level]}: ${String(message)}`.split('\n'));
    };

  /** As far as it is used: raw text, added, then written. */
  const summary = {
    addRaw: (text: string) => {
      page.summary += text;
      return summary;
    },
    write: async () => summary,
  } as unknown as Actions['summary'];

  const actions: Actions = {
    getInput: input,
    getMultilineInput: (name) => input(name).split('\n'),
    info: (line) => void log.push(line),
    debug: (line) => void debug.push(line),
    error: annotate('error'),
    warning: annotate('warning'),
    notice: annotate('notice'),
    startGroup: (name) => void log.push(`▸ ${name}`),
    endGroup: () => undefined,
    setOutput: (name, value: unknown) => void outputs.set(name, String(value)),
    saveState: (name, value: unknown) => void state.set(name, String(value)),
    setSecret: (value) => void masks.push(value),
    summary,
  };
  const told = (): Told => ({
    log,
    annotations,
    debug,
    masks,
    summary: page.summary,
    outputs: Object.fromEntries(outputs),
    state: Object.fromEntries(state),
  });
  return { actions, told };
}
