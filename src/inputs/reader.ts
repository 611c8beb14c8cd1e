/** Reads inputs one by one and collects what is wrong with them, so that all problems are told together. */

import type { Runner } from '../github/runner.js';
import { ActionError, NOTHING_SENT } from '../lib/errors.js';
import { INPUT_NAMES, type InputName } from './names.js';
import { type Parsed, parseFlag, parseNumber, type Range } from './parse.js';

interface Problem {
  /** The input, as it is or was written. */
  readonly name: string;
  readonly text: string;
  /** Its place among the others. */
  readonly at: number;
}

export class InputReader {
  readonly #problems: Problem[] = [];
  readonly #misspelt = new Set<InputName>();
  readonly #runner: Runner;

  constructor(runner: Runner) {
    this.#runner = runner;
  }

  problem(name: InputName, text: string): undefined {
    // It was given, under another name.
    if (this.#misspelt.has(name) && this.raw(name) === undefined) return undefined;
    this.#problems.push({ name, text, at: INPUT_NAMES.indexOf(name) });
    return undefined;
  }

  misspelt({ written, meant }: { written: string; meant: InputName }): void {
    this.#misspelt.add(meant);
    this.#problems.push({
      name: written,
      text: `not an input; did you mean ${meant}?`,
      at: INPUT_NAMES.indexOf(meant),
    });
  }

  raw(name: InputName): string | undefined {
    return this.#runner.input(name) || undefined;
  }

  /** The parsed value; undefined when it was not given, and when it has a problem, which is then noted. */
  read<T>(name: InputName, parse: (text: string) => Parsed<T>): T | undefined {
    const text = this.raw(name);
    if (text === undefined) return undefined;
    const parsed = parse(text);
    return 'value' in parsed ? parsed.value : this.problem(name, parsed.problem);
  }

  flag(name: InputName): boolean {
    return this.read(name, parseFlag) ?? false;
  }

  number(name: InputName, range: Range): number | undefined {
    return this.read(name, (text) => parseNumber(text, range));
  }

  lines(name: InputName): string[] {
    return this.#runner.inputLines(name);
  }

  /** What is still wrong after one line for each input, in the order of the inputs. */
  throwIfInvalid(): void {
    if (this.#problems.length === 0) return;
    const lines = this.#problems.toSorted((a, b) => a.at - b.at).map(({ name, text }) => `${name}: ${text}`);
    const { size } = new Set(this.#problems.map(({ name }) => name));
    const count = size === 1 ? '1 input needs' : `${size} inputs need`;
    throw new ActionError('input-invalid', { problem: `${count} a change`, consequence: NOTHING_SENT, list: lines });
  }
}

/** GitHub only warns about a name it does not know, and without `taskId` the whole build would be rerun. */
export function misspeltNames(given: readonly string[]): { written: string; meant: InputName }[] {
  const plain = (name: string) => name.replace(/[-_ ]/g, '').toLowerCase();
  return given.flatMap((name) => {
    const meant = INPUT_NAMES.find((known) => plain(known) === plain(name));
    return meant && meant.toUpperCase() !== name.toUpperCase() ? [{ written: name.toLowerCase(), meant }] : [];
  });
}
