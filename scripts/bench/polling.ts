/**
 * Measures how late the end of a build is noticed and how many status reads that takes, for the pauses of this action and
 * for a fixed pause of ten seconds, on a virtual clock. Build lengths vary by ±10 %, from a fixed seed.
 */
import { nextPause } from '../../src/follow/poll.js';

const BUILDS = 2000;
const LONGEST_PAUSE_MS = 10_000;
const BUILD_LENGTHS: readonly [string, number][] = [
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
const actionPause: Pause = (waited) =>
  nextPause({ waited, longest: LONGEST_PAUSE_MS, remaining: Number.POSITIVE_INFINITY });
const fixedPause: Pause = () => LONGEST_PAUSE_MS;

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

/** Polls at once and then after each pause, until the first poll after the end. All times are in milliseconds. */
function simulatePolling(buildEnd: number, pause: Pause): { delay: number; polls: number } {
  let now = 0;
  let polls = 1;
  while (now < buildEnd) {
    now += pause(now);
    polls += 1;
  }
  return { delay: now - buildEnd, polls };
}

function quantile(numbers: readonly number[], fraction: number): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * fraction))] ?? Number.NaN;
}

function measure(seconds: number, pause: Pause): string[] {
  const random = randomFrom(seconds);
  const runs = Array.from({ length: BUILDS }, () => simulatePolling(seconds * 1000 * (0.9 + 0.2 * random()), pause));
  const delays = runs.map(({ delay }) => delay / 1000);
  const polls = runs.map((run) => run.polls);
  return [
    `${quantile(delays, 0.5).toFixed(1)} s`,
    `${quantile(delays, 0.95).toFixed(1)} s`,
    String(quantile(polls, 0.5)),
  ];
}

const row = (cells: readonly string[]) =>
  `  ${cells.map((cell, column) => (column === 0 ? cell.padEnd(8) : cell.padStart(10))).join('')}`;
console.log(
  `Lag behind the end of a build and number of looks, ${BUILDS} builds each, longest pause ${LONGEST_PAUSE_MS / 1000} s\n`,
);
console.log(row(['', 'ours', '', '', 'fixed', '', '']));
console.log(row(['build', 'median', '95 %', 'looks', 'median', '95 %', 'looks']));
for (const [name, seconds] of BUILD_LENGTHS)
  console.log(row([name, ...measure(seconds, actionPause), ...measure(seconds, fixedPause)]));
