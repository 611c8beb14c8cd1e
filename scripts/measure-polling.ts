/**
 * How late the end of a build is noticed, and how many looks that takes: our pauses beside a fixed ten seconds, on a
 * virtual clock. Nothing sleeps. Builds of each length vary by ±10 %, drawn from a fixed seed.
 */
import { nextPause } from '../src/follow/poll.js';

const BUILDS = 2000;
const LONGEST_MS = 10_000;
const LENGTHS: readonly [string, number][] = [
  ['10 s', 10],
  ['30 s', 30],
  ['1 min', 60],
  ['2 min', 120],
  ['5 min', 300],
  ['20 min', 1200],
  ['1 h', 3600],
  ['2 h', 7200],
];

type Pause = (waited: number) => number;
const ours: Pause = (waited) => nextPause({ waited, longest: LONGEST_MS, left: Number.POSITIVE_INFINITY });
const fixed: Pause = () => LONGEST_MS;

/** Mulberry32: the same builds in every run. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Looks at once, then after each pause, until one comes after the end. All in milliseconds. */
function follow(endsAt: number, pause: Pause): { lag: number; looks: number } {
  let now = 0;
  let looks = 1;
  while (now < endsAt) {
    now += pause(now);
    looks += 1;
  }
  return { lag: now - endsAt, looks };
}

function quantile(numbers: readonly number[], share: number): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

function measure(seconds: number, pause: Pause): string[] {
  const random = randomFrom(seconds);
  const runs = Array.from({ length: BUILDS }, () => follow(seconds * 1000 * (0.9 + 0.2 * random()), pause));
  const lags = runs.map(({ lag }) => lag / 1000);
  const looks = runs.map((run) => run.looks);
  return [`${quantile(lags, 0.5).toFixed(1)} s`, `${quantile(lags, 0.95).toFixed(1)} s`, String(quantile(looks, 0.5))];
}

const row = (cells: readonly string[]) =>
  `  ${cells.map((cell, column) => (column === 0 ? cell.padEnd(8) : cell.padStart(10))).join('')}`;
console.log(
  `Lag behind the end of a build and number of looks, ${BUILDS} builds each, longest pause ${LONGEST_MS / 1000} s\n`,
);
console.log(row(['', 'ours', '', '', 'fixed', '', '']));
console.log(row(['build', 'median', '95 %', 'looks', 'median', '95 %', 'looks']));
for (const [name, seconds] of LENGTHS) console.log(row([name, ...measure(seconds, ours), ...measure(seconds, fixed)]));
