/** A fake of @actions/core: records what it would print, and outputs, state and summary, as one value. */

import { EOL } from 'node:os';
import type { Actions, Environment } from '../../src/github/runner.js';
import { inputVariable } from '../standin/runner/variables.js';

export interface Recorded {
  /** Everything that was printed, as the runner receives it. */
  readonly stdout: string;
  /** Lines and commands in order, except masks and debug lines. */
  readonly log: readonly string[];
  readonly debug: readonly string[];
  readonly masks: readonly string[];
  readonly outputs: Readonly<Record<string, string>>;
  /** Every write of an output, `name=value`, in order. */
  readonly writes: readonly string[];
  readonly state: Readonly<Record<string, string>>;
  readonly summary: string;
}

export interface Recorder {
  readonly core: Actions;
  readonly recorded: Recorded;
}

/** Functions that throw, as the toolkit does when their file is missing. A name that is added later throws from then on. */
export type Breakable = 'setOutput' | 'saveState' | 'summary';
export interface Broken {
  readonly broken?: readonly Breakable[];
}

const data = (text: string) => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
const property = (text: string) => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');

/** The toolkit accepts values of any type. */
function asText(value: unknown): string {
  return typeof value === 'string' ? value : String(value);
}

export function recordActions(environment: Environment = {}, { broken = [] }: Broken = {}): Recorder {
  const printed: string[] = [];
  const [debug, masks, writes]: string[][] = [[], [], []];
  const outputs: Record<string, string> = {};
  const state: Record<string, string> = {};
  const summary = { text: '', buffer: '' };
  const input = (name: string) => environment[inputVariable(name)] ?? '';
  const annotate =
    (level: string) =>
    (message: string | Error, properties: { title?: string } = {}) => {
      const title = properties.title ? ` title=${property(properties.title)}` : '';
      printed.push(`::${level}${title}::${data(asText(message))}`);
    };
  const failIfBroken = (name: Breakable) => {
    if (broken.includes(name)) throw new Error(`Missing file at path: /${name}`);
  };
  const buffer = {
    addRaw: (text: string) => {
      summary.buffer += text;
      return buffer;
    },
    write: async ({ overwrite = false } = {}) => {
      failIfBroken('summary');
      summary.text = overwrite ? summary.buffer : summary.text + summary.buffer;
      summary.buffer = '';
      return buffer;
    },
  };
  const core: Actions = {
    getInput: (name) => input(name).trim(),
    getMultilineInput: (name) =>
      input(name)
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => line.trim()),
    info: (message) => void printed.push(message),
    debug: (message) => {
      debug?.push(message);
      printed.push(`::debug::${data(message)}`);
    },
    notice: annotate('notice'),
    warning: annotate('warning'),
    error: annotate('error'),
    startGroup: (name) => void printed.push(`::group::${data(name)}`),
    endGroup: () => void printed.push('::endgroup::'),
    setSecret: (secret) => {
      masks?.push(secret);
      printed.push(`::add-mask::${data(secret)}`);
    },
    setOutput: (name, value) => {
      failIfBroken('setOutput');
      outputs[name] = asText(value);
      writes?.push(`${name}=${asText(value)}`);
    },
    saveState: (name, value) => {
      failIfBroken('saveState');
      state[name] = asText(value);
    },
    // The toolkit's class has private members, so no other object has its type.
    summary: buffer as unknown as Actions['summary'],
  };
  return {
    core,
    get recorded() {
      const log = printed.filter((line) => !/^::(?:add-mask|debug)::/.test(line));
      const lists = { debug: debug ?? [], masks: masks ?? [], writes: writes ?? [] };
      return { stdout: printed.map((l) => l + EOL).join(''), log, ...lists, outputs, state, summary: summary.text };
    },
  };
}
