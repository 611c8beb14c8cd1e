/** Reads single inputs and collects their problems, so that all are reported together. */

import type { Runner } from '../github/runner.js';
import { ActionError, NOTHING_SENT } from '../lib/errors.js';
import { INPUT_NAMES, type InputName } from './names.js';
import type { NearMiss } from './near-misses.js';
import { type Parsed, parseFlag, parseNumber, type Range } from './parse.js';

interface Problem {
  /** The input, as it was written in the workflow. */
  readonly name: string;
  readonly text: string;
  /** Its position in INPUT_NAMES. */
  readonly index: number;
}

export class InputReader {
  readonly #problems: Problem[] = [];
  readonly #misspelt = new Set<InputName>();
  readonly #runner: Runner;

  constructor(runner: Runner) {
    this.#runner = runner;
  }

  problem(name: InputName, text: string): undefined {
    // The input is not missing: its name is misspelt.
    if (this.#misspelt.has(name) && this.raw(name) === undefined) return undefined;
    this.#problems.push({ name, text, index: INPUT_NAMES.indexOf(name) });
    return undefined;
  }

  /** A required input that has no value. The runner passes every declared input, as an empty text if it was not set. */
  missing(name: InputName, remedy: string): undefined {
    const mayBeSet = this.#runner.inputNames().includes(name.toUpperCase());
    return this.problem(name, `missing${mayBeSet ? ', or the variable behind it is empty' : ''}. ${remedy}`);
  }

  misspelt({ written, meant }: NearMiss): void {
    this.#misspelt.add(meant);
    this.#problems.push({
      name: written.toLowerCase(),
      text: `not an input; did you mean ${meant}? Rename it in with:, or INPUT_${written} in env:`,
      index: INPUT_NAMES.indexOf(meant),
    });
  }

  /** Whether the input has a value, be it under a misspelt name. */
  isGiven(name: InputName): boolean {
    return this.raw(name) !== undefined || this.#misspelt.has(name);
  }

  raw(name: InputName): string | undefined {
    return this.#runner.input(name) || undefined;
  }

  /** The parsed value; undefined if the input is empty, or invalid, which is then a problem. */
  read<T>(name: InputName, parse: (text: string) => Parsed<T>): T | undefined {
    const text = this.raw(name);
    if (text === undefined) return undefined;
    const parsed = parse(text);
    if ('value' in parsed) return parsed.value;
    // The problem shows a part of the text, and a part of a secret would not be recognised.
    const hasSecret = this.#runner.redact(text) !== text;
    return this.problem(name, hasSecret ? 'not valid, and not shown because it contains a credential' : parsed.problem);
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

  /** Throws `input-invalid` with one line for each problem, in the order of the inputs. */
  throwIfInvalid(): void {
    if (this.#problems.length === 0) return;
    const lines = this.#problems.toSorted((a, b) => a.index - b.index).map(({ name, text }) => `${name}: ${text}`);
    const { size } = new Set(this.#problems.map(({ name }) => name));
    const count = size === 1 ? '1 input needs' : `${size} inputs need`;
    throw new ActionError('input-invalid', { problem: `${count} a change`, consequence: NOTHING_SENT, list: lines });
  }
}
