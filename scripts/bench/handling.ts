/** Handles an answer of BK-CI as a step does, up to its reports, and measures the processor time of that. */

import { recordActions } from '../../__tests__/support/actions.js';
import { buildStatus } from '../../__tests__/support/builds.js';
import { record } from '../../__tests__/support/record.js';
import { Client } from '../../src/bkci/client.js';
import { parseApi } from '../../src/bkci/endpoints.js';
import { collectFailures } from '../../src/follow/failures.js';
import { createRunner } from '../../src/github/runner.js';
import { encodedForms } from '../../src/inputs/encoded-forms.js';
import { systemClock } from '../../src/lib/clock.js';
import { asActionError } from '../../src/lib/errors.js';
import type { Conclusion } from '../../src/report/outcome.js';
import { Outputs } from '../../src/report/outputs.js';
import { publish } from '../../src/report/publish.js';
import type { RunRecord } from '../../src/report/record.js';

export type Work = () => Promise<void> | void;

const BUILD = { projectId: 'demo', pipelineId: 'p-1', buildId: 'b-1' };
const SECRETS = encodedForms('aB+c/d&e==0123456789');
const api = parseApi(new URL('https://devops.example.com'));
if (!api) throw new Error('the address of an API');

/** A client whose every read gets this answer, or the one for its path. */
function clientOf(body: string, http = 200, log = body): Client {
  const access = { api: api as NonNullable<typeof api>, credentials: { username: 'ci-bot' }, headers: {} };
  const send = ({ url }: { url: URL }) =>
    Promise.resolve({ status: http, headers: {}, body: /logs?\//.test(url.pathname) ? log : body });
  return new Client({ send }, access, SECRETS);
}

function stepOf() {
  const runner = createRunner(recordActions().core, {});
  for (const secret of SECRETS) runner.secret(secret);
  return { runner, clock: systemClock, cancelled: new AbortController().signal };
}

/** Shows a result with log, annotations, outputs and summary. */
export async function show(conclusion: Conclusion, known: Partial<RunRecord> = {}): Promise<void> {
  const { runner } = stepOf();
  await publish({ runner, outputs: new Outputs(runner) }, conclusion, record(known));
}

/** Reads a status and shows how that ended. */
export async function handleStatus(body: string, http: number): Promise<void> {
  const read = await clientOf(body, http).buildStatus(BUILD).catch(asActionError);
  if (read instanceof Error) await show(read);
  else await show({ result: 'timed-out', status: read }, { lastStatus: read });
}

/** Reads a detail for the failed plug-ins, and `lines` lines of their logs, and shows them. */
export async function handleDetail(
  body: string,
  { log, lines = 0 }: { log?: string; lines?: number } = {},
): Promise<void> {
  const status = buildStatus({ executeCount: 1 });
  const options = { client: clientOf(body, 200, log), build: BUILD, status, hasRun: true, logLines: lines };
  await show({ result: 'failed', gateRefused: false }, await collectFailures(stepOf(), options));
}

/** Processor time in milliseconds, which other processes on the machine hardly change: the fastest of some turns. */
export async function fastest(turns: number, ...works: readonly Work[]): Promise<number[]> {
  const times = works.map(() => Number.POSITIVE_INFINITY);
  for (let turn = 0; turn < turns; turn += 1) {
    for (const [at, work] of works.entries()) times[at] = Math.min(times[at] ?? 0, await timeOf(work));
  }
  return times;
}

async function timeOf(work: Work): Promise<number> {
  globalThis.gc?.();
  const start = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}
