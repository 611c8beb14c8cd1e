/**
 * Measures how late the end of a retried build is noticed, and how many looks that takes, for rules of how long to pause.
 * The builds are made up from a fixed seed, on a virtual clock: lengths are lognormal from 10 s to 2 h, each run takes
 * up to 25 % more or less, the failed execution ended after 15 to 100 % of its run, and 35 % fail again at the same place.
 *
 *   npm run measure:polling [-- --write]
 */

import { nextPause } from '../../src/follow/pause.js';
import { median, quantile, showTable } from './tables.js';

const BUILDS = 20_000;
const LONGEST_MS = 10_000;
const SHORT_MS = 120_000;
/** A stage is FAILED this long before its build (measured on bk-ci 4.1.0). */
const STAGE_AHEAD_MS = 950;

interface Build {
  /** How long the failed execution ran. */
  readonly before: number;
  /** How long the retry runs. */
  readonly length: number;
  readonly failsAgain: boolean;
}

interface Moment {
  readonly waited: number;
  readonly before: number;
  readonly isEnding: boolean;
}

const within = (pause: number) => Math.min(LONGEST_MS, Math.max(2000, pause));
const ours = (times: { waited: number; expected?: number; isEnding?: boolean }) =>
  nextPause({ ...times, longest: LONGEST_MS, remaining: Number.POSITIVE_INFINITY });

const RULES: Readonly<Record<string, (moment: Moment) => number>> = {
  'every 10 s': () => LONGEST_MS,
  'waited / 12, as where the length is not known': ({ waited }) => ours({ waited }),
  '\\|waited − before\\| / 8': ({ waited, before }) => within(Math.abs(waited - before) / 8),
  'this action, without the look after a failed stage': ({ waited, before }) => ours({ waited, expected: before }),
  'this action': ({ waited, before, isEnding }) => ours({ waited, expected: before, isEnding }),
};

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

const random = randomFrom(1);

/** Lognormal with a median of 5 min; what falls outside of 10 s to 2 h is drawn again. */
function drawLength(): number {
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const seconds = 300 * Math.exp(1.25 * normal);
  return seconds < 10 || seconds > 7200 ? drawLength() : seconds * 1000;
}

function drawBuild(): Build {
  const length = drawLength();
  const run = () => length * (0.75 + 0.5 * random());
  const failedAt = 0.15 + 0.85 * random();
  const failsAgain = random() < 0.35;
  return { before: run() * failedAt, length: run() * (failsAgain ? failedAt : 1), failsAgain };
}

/** Looks at once and then after each pause, until the first look after the end. */
function simulate({ before, length, failsAgain }: Build, pause: (moment: Moment) => number) {
  let waited = 0;
  let looks = 1;
  let wasEnding = false;
  while (waited < length) {
    const isEnding = failsAgain && waited >= length - STAGE_AHEAD_MS;
    waited += pause({ waited, before, isEnding: isEnding && !wasEnding });
    wasEnding = isEnding;
    looks += 1;
  }
  return { lag: waited - length, looks };
}

const builds = Array.from({ length: BUILDS }, drawBuild);
const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;

const rows = Object.entries(RULES).map(([name, pause]) => {
  const all = builds.map((build) => ({ ...simulate(build, pause), isShort: build.length < SHORT_MS }));
  const lags = all.map(({ lag }) => lag);
  const looks = all.map((build) => build.looks);
  const short = all.filter(({ isShort }) => isShort).map(({ lag }) => lag);
  const average = looks.reduce((sum, count) => sum + count, 0) / looks.length;
  return [
    name,
    seconds(median(lags)),
    seconds(quantile(lags, 0.95)),
    seconds(quantile(short, 0.95)),
    String(median(looks)),
    average.toFixed(1),
  ];
});
const head = ['pause', 'lag, median', '95 %', '95 % of builds under 2 min', 'looks, median', 'average'];
console.log(`${BUILDS} builds, longest pause ${LONGEST_MS / 1000} s`);
showTable('polling', [head, ...rows]);
