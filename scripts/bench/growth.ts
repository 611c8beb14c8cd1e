/**
 * Measures that the time for an answer grows with its size and no faster. First by length: for each hostile answer, how
 * much longer one of twice the size takes, and a detail of 20 MiB. Then by count: plug-ins, lines of a log, checks of a
 * commit, stages. Works that are compared run in turns, and the fastest of each counts. Ends with 1 if a ratio is above
 * what LONGEST_RATIO and LONGEST_GROWTH allow, or if the detail takes 500 ms or more.
 *
 *   npm run measure:growth [-- --write]
 */

import { BUILD, buildStatus, stageStatus } from '../../__tests__/support/builds.js';
import { checkOf } from '../../__tests__/support/checks.js';
import { find } from '../../__tests__/support/find-build.js';
import { detailOf, detailToJoin, LARGE_ANSWERS, largeDetail } from '../../__tests__/support/large-answers.js';
import { decodeDetail } from '../../src/bkci/decode/decode.js';
import { ambiguousError } from '../../src/find/by-checks.js';
import { initialState, onStatus } from '../../src/follow/watch.js';
import { parseLink } from '../../src/model/link.js';
import { resolveTarget } from '../../src/plan/target.js';
import { fastest, handleDetail, handleStatus, show, type Work } from './handling.js';
import { showTable } from './tables.js';

const MIB = 1024 * 1024;
const SMALL = 2 * MIB;
const TURNS = 7;
const LONGEST_RATIO = 3;
/** Of the time, divided by that of the count: 1 is linear, and from a tenth of the count a quadratic time has 10. */
const LONGEST_GROWTH = 3;
const SHORTEST_COUNT_MS = 1;
/** Shorter times say nothing: the ratio of two of them is chance. */
const SHORTEST_MS = 5;
const DETAIL_MIB = 20;
const DETAIL_MS = 500;

interface Case {
  readonly name: string;
  /** Prepares an input of this size or count; the function handles it. */
  readonly prepare: (size: number) => Work;
}

const handled = (make: (size: number) => string) => (size: number) => {
  const body = make(size);
  return () => handleDetail(body);
};

const BY_LENGTH: readonly Case[] = [
  ...LARGE_ANSWERS.map(({ name, http, body }) => ({
    name,
    prepare: (size: number) => {
      const text = body(size);
      return () => handleStatus(text, http);
    },
  })),
  { name: 'a detail as BK-CI makes it', prepare: handled(largeDetail) },
  { name: 'a detail with errors × stages', prepare: handled(detailToJoin) },
  {
    name: 'a link with many slashes',
    prepare: (size) => {
      const link = `https://h/${'/'.repeat(size)}x/console/pipeline/a/b/detail/c`;
      return () => void parseLink(link);
    },
  },
];

interface CountCase extends Case {
  readonly counts: readonly number[];
}

const PLUGINS = [10, 100, 1000, 10_000, 20_000];
const CHECKS = [10, 100, 1000, 5000];
const LINES = [10, 100, 1000, 10_000, 100_000, 1_000_000];

/** Searches the checks of a commit, each of another pipeline, and shows what was found. */
const searched = (conclusion: string) => (count: number) => {
  const checks = Array.from({ length: count }, (_, id) => checkOf('demo', `p-${id}`, `b-${id}`, { id, conclusion }));
  return async () => {
    const found = await find({ checks, onlyIfFailed: true }).result;
    if (found.kind === 'ambiguous') await show(ambiguousError(found), { candidates: found.candidates });
    if (found.kind === 'none') await show({ result: 'not-needed', why: found.why });
  };
};

const BY_COUNT: readonly CountCase[] = [
  { name: 'plug-ins of a build that failed', counts: PLUGINS, prepare: handled((count) => detailOf(count)) },
  { name: 'plug-ins that all failed', counts: PLUGINS, prepare: handled((count) => detailOf(count, 1)) },
  {
    name: 'plug-ins to search for `taskId`',
    counts: PLUGINS,
    prepare: (count) => {
      const detail = decodeDetail(JSON.parse(detailOf(count)).data, BUILD);
      return () => void resolveTarget({ taskId: 'step0' }, detail, { build: '#42', isGreen: false });
    },
  },
  {
    name: 'lines of a log',
    counts: LINES,
    prepare: (count) => {
      const logs = Array.from({ length: count }, (_, lineNo) => ({ lineNo, message: `line ${lineNo} of the tests` }));
      const log = JSON.stringify({ status: 0, data: { status: 0, logs } });
      const body = detailOf(10);
      return () => handleDetail(body, { log, lines: 1000 });
    },
  },
  { name: 'checks that failed', counts: CHECKS, prepare: searched('failure') },
  { name: 'checks that passed', counts: CHECKS, prepare: searched('success') },
  {
    name: 'stages between two looks',
    counts: CHECKS,
    prepare: (count) => {
      const statusOf = (status: string) =>
        buildStatus({
          status: 'RUNNING',
          stages: Array.from({ length: count }, (_, at) => stageStatus({ stageId: `stage-${at + 2}`, status })),
        });
      const [before, after] = [statusOf('RUNNING'), statusOf('SUCCEED')];
      return () => void onStatus(onStatus(initialState(0, 1), before, 0).state, after, 1);
    },
  },
];

const timed = (ms: number, shortest = SHORTEST_MS) => Math.max(ms, shortest);

async function isLinearByLength({ name, prepare }: Case): Promise<boolean> {
  const [one = 0, two = 0] = await fastest(TURNS, prepare(SMALL), prepare(2 * SMALL));
  const ratio = timed(two) / timed(one);
  const cells = [one, two].map((ms) => `${ms.toFixed(1)} ms`.padStart(11));
  console.log(`  ${name.padEnd(56)}${cells.join('')}${ratio.toFixed(1).padStart(8)}`);
  return ratio <= LONGEST_RATIO;
}

async function measureDetail(): Promise<boolean> {
  const body = largeDetail(DETAIL_MIB * MIB);
  const [ms = 0] = await fastest(TURNS, () => handleDetail(body));
  console.log(`\nA detail of ${DETAIL_MIB} MiB as BK-CI makes it: ${ms.toFixed(0)} ms, at most ${DETAIL_MS} ms`);
  return ms < DETAIL_MS;
}

/** A row of the table, and whether the time of the last count is in proportion to that of a tenth of it or less. */
async function measureCounts({ counts, name, prepare }: CountCase): Promise<{ row: string[]; isLinear: boolean }> {
  const times = await fastest(TURNS, ...counts.map(prepare));
  const many = counts.at(-1) ?? 1;
  const few = counts.findLast((count) => count <= many / 10) ?? 1;
  const timeOf = (count: number) => timed(times[counts.indexOf(count)] ?? 0, SHORTEST_COUNT_MS);
  const growth = timeOf(many) / timeOf(few) / (many / few);
  const cells = SIZES.map((size) => times[counts.indexOf(size)]?.toFixed(1) ?? '');
  return { row: [name, ...cells, growth.toFixed(2)], isLinear: growth <= LONGEST_GROWTH };
}

const SIZES = [...new Set([...PLUGINS, ...CHECKS, ...LINES])].sort((a, b) => a - b);

console.log(
  `Processor time to handle an answer of ${SMALL / MIB} and of ${(2 * SMALL) / MIB} MiB, fastest of ${TURNS}, ratio\n`,
);
let isLinear = true;
for (const entry of BY_LENGTH) isLinear = (await isLinearByLength(entry)) && isLinear;
isLinear = (await measureDetail()) && isLinear;

console.log(
  `\nProcessor time in ms by count, fastest of ${TURNS}; growth from a tenth of the last, by that of the count`,
);
const rows: string[][] = [];
for (const entry of BY_COUNT) {
  const measured = await measureCounts(entry);
  rows.push(measured.row);
  isLinear &&= measured.isLinear;
}
showTable('growth', [['ms for', ...SIZES.map((size) => size.toLocaleString('en')), 'growth'], ...rows]);
process.exitCode = isLinear ? 0 : 1;
