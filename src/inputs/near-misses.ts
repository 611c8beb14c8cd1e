/**
 * Finds inputs whose name is nearly one of ours. GitHub only warns about unknown names, and without `taskId` or
 * `failedContainer` the whole build is rerun.
 */

import type { Runner } from '../github/runner.js';
import { INPUT_NAMES, type InputName } from './names.js';

export interface NearMiss {
  /** As the runner writes it: in upper case. */
  readonly written: string;
  readonly meant: InputName;
}

const EXACT_NAMES = new Set<string>(INPUT_NAMES.map((name) => name.toUpperCase()));

/**
 * Wrappers, and `env:` of other steps, have names like ours for values that they pass on: such a value was also given
 * under the meant name, or under any name of ours if it says more than a flag or a number does.
 */
export function nearMisses(runner: Pick<Runner, 'input' | 'inputNames'>): NearMiss[] {
  const given = new Set(INPUT_NAMES.map((name) => runner.input(name)));
  return runner.inputNames().flatMap((written) => {
    const value = runner.input(written);
    const meant = value === '' || EXACT_NAMES.has(written.toUpperCase()) ? undefined : nearestName(written);
    if (meant === undefined) return [];
    const isPassedOn = runner.input(meant) === value || (!isFlagOrNumber(value) && given.has(value));
    return isPassedOn ? [] : [{ written, meant }];
  });
}

function isFlagOrNumber(value: string): boolean {
  return /^(?:true|false)$/i.test(value) || !Number.isNaN(Number(value));
}

/** Beyond this many edits names are different words; short ones sooner. */
const MOST_EDITS = 2;
const SHORT_NAME = 4;

function nearestName(written: string): InputName | undefined {
  const word = plain(written);
  const [nearest] = INPUT_NAMES.map((name) => {
    const limit = name.length <= SHORT_NAME ? 1 : MOST_EDITS;
    return { name, edits: editsBetween(word, plain(name), limit) };
  })
    .filter(({ edits }) => edits <= MOST_EDITS)
    .sort((a, b) => a.edits - b.edits);
  return nearest?.name;
}

function plain(name: string): string {
  return name.replace(/[-_ ]/g, '').toLowerCase();
}

/**
 * The edits that turn one word into the other: a letter more, fewer or another, or two neighbours swapped
 * (Damerau-Levenshtein, optimal string alignment). Infinity beyond the limit.
 */
function editsBetween(from: string, to: string, limit: number): number {
  if (from !== '' && from[0] === to[0]) return editsBetween(from.slice(1), to.slice(1), limit);
  if (from === '' && to === '') return 0;
  if (limit === 0) return Number.POSITIVE_INFINITY;
  const rest = (skipped: number, skippedOfOther: number) =>
    editsBetween(from.slice(skipped), to.slice(skippedOfOther), limit - 1);
  const isSwap = from.length > 1 && from[0] === to[1] && from[1] === to[0];
  return 1 + Math.min(rest(1, 0), rest(0, 1), rest(1, 1), isSwap ? rest(2, 2) : Number.POSITIVE_INFINITY);
}
