/**
 * The interface to the Actions runner: inputs, environment, log, annotations, outputs, state and summary. Removes line
 * ends, commands and secrets from everything that is printed, and secrets from outputs and summary.
 */

import { readFileSync } from 'node:fs';
import type * as Core from '@actions/core';
import { ActionError, NOTHING_SENT } from '../lib/errors.js';
import { cap, cleanLines, oneLine, printable, redactor } from '../lib/sanitize.js';

/** The functions of @actions/core that are used; `index.ts` passes them in. */
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

export interface Runner {
  input(name: string): string;
  inputLines(name: string): string[];
  /** Names of all inputs, empty ones as well, as the runner writes them: in upper case. */
  inputNames(): string[];
  state(name: string): string;
  environment(name: string): string;
  /** The payload of the event that started the workflow; empty if there is none. */
  event(): Readonly<Record<string, unknown>>;
  /** Masks a value in the log of the whole job, and in everything that this step writes. */
  secret(value: string): void;
  /**
   * Removes the secrets from a text. All that is printed and written passes through this; text that is cut or escaped
   * before that has to pass through it first, since a part of a secret would not be recognised any more.
   */
  redact(text: string): string;
  info(line: string): void;
  debug(line: string): void;
  /** A folded group of lines. */
  group(name: string, lines: readonly string[]): void;
  annotate(severity: Severity, message: string, title?: string): void;
  /** Throws `input-invalid` if the runner gave a file for it that can't be written, and from then on always. */
  output(name: string, value: string): void;
  /** Throws in the same way. */
  saveState(name: string, value: string): void;
  /** Warns if the runner gave a file for it that can't be written: nothing depends on the summary. */
  writeSummary(markdown: string): Promise<void>;
}

/** The runner cuts longer messages in the annotation and in the log (actions/runner: ExecutionContext.cs). */
const ANNOTATION_CAP = 4000;
/** GitHub shows the title on one line. */
const TITLE_CAP = 200;

export function createRunner(core: Actions, environment: Environment): Runner {
  const secrets = new Set<string>();
  let clean = redactor(secrets);
  // Redacts before and after: a cap may cut a secret in two, and removing a character may join one.
  const line = (text: string) => clean(printable(clean(text)));
  const paragraph = (text: string) => cap(clean(cleanLines(clean(text), ANNOTATION_CAP).join('\n')), ANNOTATION_CAP);
  const writeOutput = writerOf('The outputs of this step', 'GITHUB_OUTPUT');
  const writeState = writerOf('The state for the post step of this action', 'GITHUB_STATE');
  const annotate: Runner['annotate'] = (severity, message, title) =>
    core[severity](paragraph(message), title === undefined ? {} : { title: cap(line(title), TITLE_CAP) });
  return {
    input: (name) => core.getInput(name),
    inputLines: (name) => core.getMultilineInput(name).filter((text) => text !== ''),
    inputNames: () => inputNames(environment),
    state: (name) => environment[`STATE_${name}`] ?? '',
    environment: (name) => environment[name] ?? '',
    event: () => readEvent(environment),
    secret: (value) => {
      secrets.add(value);
      clean = redactor(secrets);
      core.setSecret(value);
    },
    redact: (text) => clean(text),
    info: (text) => core.info(line(text)),
    debug: (text) => core.debug(line(text)),
    group: (name, lines) => {
      core.startGroup(line(name));
      for (const text of lines) core.info(line(text));
      core.endGroup();
    },
    annotate,
    output: (name, value) => writeOutput(() => core.setOutput(name, clean(value))),
    saveState: (name, value) => writeState(() => core.saveState(name, value)),
    writeSummary: async (markdown) => {
      try {
        await core.summary.addRaw(clean(markdown)).write({ overwrite: true });
      } catch (error) {
        // Older runners give no file for it.
        if ((environment.GITHUB_STEP_SUMMARY ?? '') === '') return;
        annotate('warning', `The job summary could not be written (GITHUB_STEP_SUMMARY: ${reasonOf(error)}).`);
      }
    },
  };
}

/**
 * Writes to one file of the runner, until a write fails. That one may have left half an entry, and the runner reads
 * nothing behind it (actions/runner: FileCommandManager.cs), so every later write fails with the same error.
 */
function writerOf(what: string, variable: string): (write: () => void) => void {
  let broken: ActionError | undefined;
  return (write) => {
    if (broken) throw broken;
    try {
      write();
    } catch (cause) {
      broken = new ActionError(
        'input-invalid',
        {
          problem: `${what} can't be written (${variable}: ${reasonOf(cause)})`,
          consequence: NOTHING_SENT,
          remedy: 'Look at the disk of this runner, then run this step again.',
        },
        { cause },
      );
      throw broken;
    }
  };
}

function reasonOf(error: unknown): string {
  return oneLine(error instanceof Error ? error.message : String(error), 200);
}

function inputNames(environment: Environment): string[] {
  const inputs = Object.keys(environment).filter((name) => /^INPUT_/i.test(name));
  return inputs.map((name) => name.slice('INPUT_'.length));
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
