/**
 * Measures how long a step takes over http and https: whole processes, run in turn so that a slow moment of the machine
 * affects all of them, with the server in its own process. Quote the ratios, which are medians of the ratios within each
 * turn; milliseconds depend on the machine. `--against` adds the bundle in another directory, such as that of the last
 * release; `--write` puts the tables into docs/performance.md. Needs bash, which tells the processor time of a process.
 *
 *   npm run bench -- [--runs 40] [--dist DIRECTORY] [--against DIRECTORY] [--write]
 */

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { CA_FILE } from '../../__tests__/integration/support/certs.js';
import { median, showTable } from './tables.js';
import { withBenchServer } from './with-server.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '25' },
    dist: { type: 'string', default: join(root, 'dist') },
    against: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
});
const runs = Number(values.runs);
const { dist, against } = values;

interface BenchCase {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Head of the columns that compare with this case. */
  readonly base?: string;
}

/** Of one whole process, in milliseconds. */
interface Sample {
  readonly wall: number;
  /** User and system time, of all threads. */
  readonly cpu: number;
}

function stepEnvironment(apiUrl: string, directory: string): NodeJS.ProcessEnv {
  const file = (name: string) => {
    const path = join(directory, name);
    writeFileSync(path, '');
    return path;
  };
  const inputs = { APIURL: apiUrl, PROJECTID: 'demo', PIPELINEID: 'p-1', BUILDID: 'b-1', USERNAME: 'ci-bot' };
  const { PATH } = process.env;
  return {
    PATH,
    ...Object.fromEntries(Object.entries(inputs).map(([name, value]) => [`INPUT_${name}`, value])),
    GITHUB_OUTPUT: file('output'),
    GITHUB_STATE: file('state'),
    GITHUB_STEP_SUMMARY: file('summary'),
    // The first is for Node, the second for curl; both are read only for https.
    ...(apiUrl.startsWith('https:') ? { NODE_EXTRA_CA_CERTS: CA_FILE, CURL_CA_BUNDLE: CA_FILE } : {}),
  };
}

function benchCases(apiUrl: string, toolkit: string): BenchCase[] {
  const node = process.execPath;
  const builds = `${apiUrl}/ms/openapi/api/apigw/v3/projects/demo/pipelines/p-1/builds/b-1`;
  const curl: BenchCase = {
    name: 'curl',
    command: 'curl',
    args: ['-sS', '-o', '-', `${builds}/status`, '--next', '-sS', '-X', 'POST', `${builds}/retry`],
  };
  const floor = join(root, 'scripts/bench/floor.cjs');
  return [
    { name: 'node -e 0', command: node, args: ['-e', '0'], base: 'bare' },
    ...(spawnSync('curl', ['--version']).status === 0 ? [curl] : []),
    { name: 'ten lines over `node:http` or `node:https`', command: node, args: [floor], base: 'floor' },
    { name: 'ten lines over the toolkit, bundled', command: node, args: [toolkit], base: 'toolkit' },
    ...(against
      ? [{ name: `action in ${against}`, command: node, args: [join(against, 'index.js')], base: 'other' }]
      : []),
    { name: 'this action', command: node, args: [join(dist, 'index.js')] },
    { name: 'its post step, with nothing to do', command: node, args: [join(dist, 'post.js')] },
  ];
}

function measureProcess({ name, command, args }: BenchCase, env: NodeJS.ProcessEnv): Sample {
  const timed = ['-c', 'TIMEFORMAT="%3R %3U %3S"; time "$@"', 'bash', command, ...args];
  const { status, stdout, stderr } = spawnSync('bash', timed, { env: { ...env, LC_ALL: 'C' }, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${name} ended with ${status}:\n${stdout}${stderr}`);
  const [wall = Number.NaN, user = Number.NaN, system = Number.NaN] = (stderr.trim().split('\n').at(-1) ?? '')
    .split(' ')
    .map((seconds) => Number(seconds) * 1000);
  return { wall, cpu: user + system };
}

async function measureTimes(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'bench-'));
  const ncc = ['node_modules/@vercel/ncc/dist/ncc/cli.js', 'build', 'scripts/bench/toolkit.mjs'];
  try {
    execFileSync(process.execPath, [...ncc, '-o', directory, '--no-cache', '-q'], { cwd: root });
    await withBenchServer((ports) => {
      console.log(`Whole processes, medians of ${runs}, Node ${process.versions.node}; × are medians of ratios`);
      for (const scheme of ['http', 'https'] as const)
        measureScheme(scheme, `${scheme}://127.0.0.1:${ports[scheme]}`, directory);
    });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function measureScheme(scheme: string, apiUrl: string, directory: string): void {
  const env = stepEnvironment(apiUrl, directory);
  const measured = benchCases(apiUrl, join(directory, 'index.mjs')).map((benchCase) => ({
    benchCase,
    samples: [] as Sample[],
  }));
  // The first round fills the disk cache and is not measured.
  for (let run = -1; run < runs; run += 1) {
    for (const { benchCase, samples } of measured) {
      const sample = measureProcess(benchCase, env);
      if (run >= 0) samples.push(sample);
    }
  }
  const bases = measured.filter(({ benchCase }) => benchCase.base !== undefined);
  const columns = (samples: readonly Sample[], kind: keyof Sample) => [
    `${median(samples.map((sample) => sample[kind])).toFixed(0)} ms`,
    ...bases.map((base) => pairedRatio(samples, base.samples, kind)),
  ];
  const heads = bases.map(({ benchCase }) => `× ${benchCase.base}`);
  showTable(scheme, [
    [`over ${scheme}`, 'wall clock', ...heads, 'processor', ...heads],
    ...measured.map(({ benchCase, samples }) => [
      benchCase.name,
      ...columns(samples, 'wall'),
      ...columns(samples, 'cpu'),
    ]),
  ]);
}

function pairedRatio(samples: readonly Sample[], base: readonly Sample[], kind: keyof Sample): string {
  return median(samples.map((sample, run) => sample[kind] / (base[run]?.[kind] ?? Number.NaN))).toFixed(2);
}

function showSizes(): void {
  const files = readdirSync(dist).map((name) => [name, String(statSync(join(dist, name)).size)]);
  const tar = execFileSync('git', ['archive', '--format=tar.gz', 'HEAD'], { cwd: root, maxBuffer: 2 ** 28 });
  showTable('sizes', [['file', 'bytes'], ...files, ['all that a runner downloads (gzip)', String(tar.length)]]);
}

await measureTimes();
showSizes();
