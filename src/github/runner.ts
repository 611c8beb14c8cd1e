/**
 * The runner's side: inputs, log, annotations, outputs, state, summary, and the few facts of its environment. All that
 * is printed or written passes here once more: no line end, no command and no secret gets by.
 */

import { readFileSync } from 'node:fs';
import type * as Core from '@actions/core';
import { ActionError, NOTHING_SENT } from '../lib/errors.js';
import { cap, cleanLines, printable, redact } from '../lib/sanitize.js';

/** What of @actions/core is used; the entries hand it in. */
export type Actions = Pick<
  typeof Core,
  | 'debug'
  | 'endGroup'
  | 'error'
  | 'getInput'
  | 'getMultilineInput'
  | 'info'
  | 'notice'
  | 'saveState'
  | 'setOutput'
  | 'setSecret'
  | 'startGroup'
  | 'summary'
  | 'warning'
>;

export type Environment = Readonly<Record<string, string | undefined>>;
export type Severity = 'error' | 'warning' | 'notice';

/** The runner cuts longer messages in the annotation and in the log (actions/runner: ExecutionContext.cs). */
const ANNOTATION_CAP = 4000;

export interface Runner {
  input(name: string): string;
  inputLines(name: string): string[];
  /** Names of all inputs that were given, as the runner writes them: upper case. */
  inputNames(): string[];
  state(name: string): string;
  environment(name: string): string;
  /** Members of the event that started the workflow; empty where there is none. */
  event(): Readonly<Record<string, unknown>>;
  /** Masks a value in the whole job, and in all that this step writes. */
  secret(value: string): void;
  info(line: string): void;
  debug(line: string): void;
  /** A folded group of lines. */
  group(name: string, lines: readonly string[]): void;
  annotate(severity: Severity, message: string, title?: string): void;
  /** Never throws: a file that can't be written must not keep the step from stopping a build. */
  output(name: string, value: string): void;
  saveState(name: string, value: string): void;
  writeSummary(markdown: string): Promise<void>;
}

export function createRunner(core: Actions, environment: Environment): Runner {
  const secrets = new Set<string>();
  const clean = (text: string) => redact(text, secrets);
  // Before and after: a secret must neither be cut in two by a cap nor appear when something is taken out.
  const line = (text: string) => clean(printable(clean(text)));
  const paragraph = (text: string) => cap(clean(cleanLines(clean(text), ANNOTATION_CAP).join('\n')), ANNOTATION_CAP);
  const attempt = (what: string, act: () => void) => {
    try {
      act();
    } catch (error) {
      core.debug(line(`${what} could not be written: ${String(error)}`));
    }
  };
  return {
    input: (name) => core.getInput(name),
    inputLines: (name) => core.getMultilineInput(name).filter((text) => text !== ''),
    inputNames: () => givenInputs(environment),
    state: (name) => environment[`STATE_${name}`] ?? '',
    environment: (name) => environment[name] ?? '',
    event: () => readEvent(environment),
    secret: (value) => {
      secrets.add(value);
      core.setSecret(value);
    },
    info: (text) => core.info(line(text)),
    debug: (text) => core.debug(line(text)),
    group: (name, lines) => {
      core.startGroup(line(name));
      for (const text of lines) core.info(line(text));
      core.endGroup();
    },
    annotate: (severity, message, title) =>
      core[severity](paragraph(message), title === undefined ? {} : { title: line(title) }),
    output: (name, value) => attempt(`Output ${name}`, () => core.setOutput(name, clean(value))),
    saveState: (name, value) => attempt(`State ${name}`, () => core.saveState(name, value)),
    writeSummary: async (markdown) => {
      try {
        await core.summary.addRaw(clean(markdown)).write({ overwrite: true });
      } catch (error) {
        core.debug(line(`The job summary could not be written: ${String(error)}`));
      }
    },
  };
}

function givenInputs(environment: Environment): string[] {
  const given = Object.entries(environment).filter(([name, value]) => /^INPUT_/i.test(name) && value !== '');
  return given.map(([name]) => name.slice('INPUT_'.length));
}

function readEvent(environment: Environment): Readonly<Record<string, unknown>> {
  const path = environment.GITHUB_EVENT_PATH ?? '';
  if (path === '') return {};
  try {
    const event: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return typeof event === 'object' && event !== null ? (event as Record<string, unknown>) : {};
  } catch (cause) {
    throw new ActionError(
      'input-invalid',
      {
        problem: `The event of this workflow run can't be read (GITHUB_EVENT_PATH: ${path})`,
        consequence: NOTHING_SENT,
        remedy: `Give buildUrl or buildId instead.`,
      },
      { cause },
    );
  }
}
