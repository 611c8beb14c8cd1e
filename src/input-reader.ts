/** Reads inputs one by one and collects what is wrong with them, so that all problems are told together. */
import { ActionError } from './errors.js';
import type { Runner } from './github/runner.js';
import { type Parsed, parseFlag } from './parse.js';

/** Every input there is, in the order in which problems are told. */
export const INPUT_NAMES = [
  'apiUrl',
  'projectId',
  'pipelineId',
  'buildId',
  'buildNumber',
  'buildUrl',
  'ref',
  'githubToken',
  'taskId',
  'failedContainer',
  'skip',
  'channelCode',
  'username',
  'accessToken',
  'appCode',
  'appSecret',
  'headers',
  'consoleUrl',
  'onlyIfFailed',
  'maxExecuteCount',
  'dryRun',
  'wait',
  'timeoutMinutes',
  'pollSeconds',
  'maxAttempts',
  'stopOnAbort',
  'logLines',
] as const;

export type InputName = (typeof INPUT_NAMES)[number];

export class InputReader {
  readonly problems: string[] = [];
  readonly #runner: Runner;

  constructor(runner: Runner) {
    this.#runner = runner;
  }

  problem(name: string, text: string): undefined {
    this.problems.push(`${name}: ${text}`);
    return undefined;
  }

  given(name: InputName): string | undefined {
    return this.#runner.input(name) || undefined;
  }

  /** The parsed value; undefined when it was not given, and when it has a problem, which is then noted. */
  read<T>(name: InputName, parse: (text: string) => Parsed<T>): T | undefined {
    const text = this.given(name);
    if (text === undefined) return undefined;
    const parsed = parse(text);
    return 'value' in parsed ? parsed.value : this.problem(name, parsed.problem);
  }

  flag(name: InputName): boolean {
    return this.read(name, parseFlag) ?? false;
  }

  lines(name: InputName): string[] {
    return this.#runner.inputLines(name);
  }

  /** What is still wrong after one line for each input, in the order of the inputs. */
  throwIfAny(): void {
    if (this.problems.length === 0) return;
    const order = (problem: string) => (INPUT_NAMES as readonly string[]).indexOf(problem.split(':')[0] ?? '');
    const lines = [...this.problems].sort((a, b) => (order(a) >>> 0) - (order(b) >>> 0));
    const names = new Set(lines.map((line) => line.split(':')[0]));
    const count = names.size === 1 ? '1 input needs' : `${names.size} inputs need`;
    throw new ActionError(
      'input-invalid',
      `${count} a change; nothing was sent:\n${lines.map((l) => `  ${l}`).join('\n')}`,
    );
  }
}

/** GitHub only warns about a name it does not know, and without `taskId` the whole build would be rerun. */
export function misspelt(given: readonly string[]): { written: string; meant: InputName }[] {
  const plain = (name: string) => name.replace(/[-_ ]/g, '').toLowerCase();
  return given.flatMap((name) => {
    const meant = INPUT_NAMES.find((known) => plain(known) === plain(name));
    return meant && meant.toUpperCase() !== name.toUpperCase() ? [{ written: name.toLowerCase(), meant }] : [];
  });
}
