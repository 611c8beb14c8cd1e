/**
 * Measures that handling an answer takes linear time: for each hostile answer, how much longer one of twice the size
 * takes. Each pair is measured in turns, and the fastest of each counts. Also measures a detail of 20 MiB. Ends with 1 if
 * a ratio is above 3, or if the detail takes 500 ms or more.
 */

import { recordActions } from '../../__tests__/support/actions.js';
import { buildStatus } from '../../__tests__/support/builds.js';
import { detailToJoin, LARGE_ANSWERS, largeDetail } from '../../__tests__/support/large-answers.js';
import { record } from '../../__tests__/support/record.js';
import { Client } from '../../src/bkci/client.js';
import { parseApi } from '../../src/bkci/endpoints.js';
import { collectFailures } from '../../src/follow/failures.js';
import { createRunner } from '../../src/github/runner.js';
import { encodedForms } from '../../src/inputs/encoded-forms.js';
import { systemClock } from '../../src/lib/clock.js';
import { asActionError } from '../../src/lib/errors.js';
import { parseLink } from '../../src/model/link.js';
import { Outputs } from '../../src/report/outputs.js';
import { publish } from '../../src/report/publish.js';

const MIB = 1024 * 1024;
const SMALL = 2 * MIB;
const TURNS = 7;
const LONGEST_RATIO = 3;
/** Shorter times say nothing: the ratio of two of them is chance. */
const SHORTEST_MS = 5;
const DETAIL_MIB = 20;
const DETAIL_MS = 500;

const BUILD = { projectId: 'demo', pipelineId: 'p-1', buildId: 'b-1' };
const SECRETS = encodedForms('aB+c/d&e==0123456789');
const api = parseApi(new URL('https://devops.example.com'));
if (!api) throw new Error('the address of an API');

/** A client whose every read gets this answer. */
function clientOf(body: string, http: number): Client {
  const response = { status: http, headers: {}, body };
  const access = { api: api as NonNullable<typeof api>, credentials: { username: 'ci-bot' }, headers: {} };
  return new Client({ send: () => Promise.resolve(response) }, access, SECRETS);
}

function stepOf() {
  const runner = createRunner(recordActions().core, {});
  for (const secret of SECRETS) runner.secret(secret);
  return { runner, clock: systemClock, cancelled: new AbortController().signal };
}

/** Reads a status and shows how that ended, with log, annotations, outputs and summary. */
async function handleStatus(body: string, http: number): Promise<void> {
  const { runner } = stepOf();
  const read = await clientOf(body, http).buildStatus(BUILD).catch(asActionError);
  const conclusion = read instanceof Error ? read : ({ result: 'timed-out', status: read } as const);
  const known = read instanceof Error ? {} : { lastStatus: read };
  await publish({ runner, outputs: new Outputs(runner) }, conclusion, record(known));
}

/** Reads a detail for the failed plug-ins, and shows them. */
async function handleDetail(body: string): Promise<void> {
  const step = stepOf();
  const status = buildStatus({ executeCount: 1 });
  const options = { client: clientOf(body, 200), build: BUILD, status, hasRun: true, logLines: 0 };
  const failures = await collectFailures(step, options);
  const outputs = new Outputs(step.runner);
  await publish({ runner: step.runner, outputs }, { result: 'failed', gateRefused: false }, record(failures));
}

interface Case {
  readonly name: string;
  /** Prepares an input of this size; the function handles it. */
  readonly prepare: (size: number) => () => Promise<void> | void;
}

const CASES: readonly Case[] = [
  ...LARGE_ANSWERS.map(({ name, http, body }) => ({
    name,
    prepare: (size: number) => {
      const text = body(size);
      return () => handleStatus(text, http);
    },
  })),
  {
    name: 'a detail as BK-CI makes it',
    prepare: (size) =>
      (
        (body) => () =>
          handleDetail(body)
      )(largeDetail(size)),
  },
  {
    name: 'a detail with errors × stages',
    prepare: (size) =>
      (
        (body) => () =>
          handleDetail(body)
      )(detailToJoin(size)),
  },
  {
    name: 'a link with many slashes',
    prepare: (size) => {
      const link = `https://h/${'/'.repeat(size)}x/console/pipeline/a/b/detail/c`;
      return () => void parseLink(link);
    },
  },
];

/** Processor time in milliseconds, which other processes on the machine hardly change. */
async function timeOf(handle: () => Promise<void> | void): Promise<number> {
  globalThis.gc?.();
  const start = process.cpuUsage();
  await handle();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

async function measure({ name, prepare }: Case): Promise<boolean> {
  const [one, two] = [prepare(SMALL), prepare(2 * SMALL)];
  const times = { one: Number.POSITIVE_INFINITY, two: Number.POSITIVE_INFINITY };
  for (let turn = 0; turn < TURNS; turn += 1) {
    times.one = Math.min(times.one, await timeOf(one));
    times.two = Math.min(times.two, await timeOf(two));
  }
  const ratio = Math.max(times.two, SHORTEST_MS) / Math.max(times.one, SHORTEST_MS);
  const cells = [times.one, times.two].map((ms) => `${ms.toFixed(1)} ms`.padStart(11));
  console.log(`  ${name.padEnd(56)}${cells.join('')}${ratio.toFixed(1).padStart(8)}`);
  return ratio <= LONGEST_RATIO;
}

console.log(
  `Processor time to handle an answer of ${SMALL / MIB} and of ${(2 * SMALL) / MIB} MiB, fastest of ${TURNS}, ratio\n`,
);
let linear = true;
for (const entry of CASES) linear = (await measure(entry)) && linear;

const body = largeDetail(DETAIL_MIB * MIB);
const times: number[] = [];
for (let turn = 0; turn < TURNS; turn += 1) times.push(await timeOf(() => handleDetail(body)));
const fastest = Math.min(...times);
console.log(
  `\nA detail of ${(body.length / MIB).toFixed(1)} MiB as BK-CI makes it: ${times.map((ms) => ms.toFixed(0)).join(', ')} ms; fastest ${fastest.toFixed(0)} ms, at most ${DETAIL_MS} ms`,
);
process.exitCode = linear && fastest < DETAIL_MS ? 0 : 1;
