/**
 * Measures how long a step takes over http and https: whole processes, run in turn so that a slow moment of the machine
 * affects all of them, with the server in its own process. Quote the ratios; milliseconds depend on the machine.
 *
 *   npm run bench [-- --runs 40] [-- --dist DIRECTORY]
 */

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { CA_FILE } from '../../__tests__/integration/support/certs.js';
import { withBenchServer } from './with-server.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { values } = parseArgs({
  options: { runs: { type: 'string', default: '25' }, dist: { type: 'string', default: join(root, 'dist') } },
});
const runs = Number(values.runs);
const dist = values.dist;

interface BenchCase {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
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
    name: 'curl, look and retry',
    command: 'curl',
    args: ['-sS', '-o', '-', `${builds}/status`, '--next', '-sS', '-X', 'POST', `${builds}/retry`],
  };
  return [
    { name: 'bare node -e 0', command: node, args: ['-e', '0'] },
    { name: 'ten lines over node:http, a script', command: node, args: [join(root, 'scripts/bench/floor.cjs')] },
    { name: 'ten lines over the toolkit, bundled', command: node, args: [toolkit] },
    { name: 'this action, look and retry', command: node, args: [join(dist, 'main.js')] },
    { name: 'this action, idle post', command: node, args: [join(dist, 'post.js')] },
    ...(spawnSync('curl', ['--version']).status === 0 ? [curl] : []),
  ];
}

/** Runs one whole process and returns its duration in milliseconds. */
function measureProcess({ name, command, args }: BenchCase, env: NodeJS.ProcessEnv): number {
  const start = performance.now();
  const { status, stdout, stderr } = spawnSync(command, [...args], { env, encoding: 'utf8' });
  const durationMs = performance.now() - start;
  if (status !== 0) throw new Error(`${name} ended with ${status}:\n${stdout}${stderr}`);
  return durationMs;
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function printTable(title: string, rows: readonly (readonly string[])[]): void {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  console.log(`\n${title}`);
  for (const row of rows) {
    console.log(
      `  ${row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join('  ')}`,
    );
  }
}

async function measureTimes(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'bench-'));
  const ncc = ['node_modules/@vercel/ncc/dist/ncc/cli.js', 'build', 'scripts/bench/toolkit.mjs'];
  try {
    execFileSync(process.execPath, [...ncc, '-o', directory, '--no-cache', '-q'], { cwd: root });
    await withBenchServer((ports) => {
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
    times: [] as number[],
  }));
  // The first round fills the disk cache and is not measured.
  for (let run = -1; run < runs; run += 1) {
    for (const { benchCase, times } of measured) {
      const durationMs = measureProcess(benchCase, env);
      if (run >= 0) times.push(durationMs);
    }
  }
  const medians = measured.map(({ benchCase, times }) => ({ name: benchCase.name, ms: median(times) }));
  const baselines = medians.slice(0, 3).map(({ ms }) => ms);
  const rows = medians.map(({ name, ms }) => [
    name,
    `${ms.toFixed(0)} ms`,
    ...baselines.map((baseline) => ratio(ms, baseline)),
  ]);
  printTable(`Whole processes over ${scheme}, medians of ${runs}, Node ${process.versions.node}`, [
    ['', 'median', '× bare', '× script', '× toolkit'],
    ...rows,
  ]);
}

function ratio(ms: number, baseline: number): string {
  return (ms / baseline).toFixed(2);
}

function printSizes(): void {
  const files = readdirSync(dist).map((name) => [name, String(statSync(join(dist, name)).size)]);
  const tar = execFileSync('git', ['archive', '--format=tar.gz', 'HEAD'], { cwd: root, maxBuffer: 2 ** 28 });
  printTable('Bytes', [...files, ['action archive (git archive, gzip)', String(tar.length)]]);
}

await measureTimes();
printSizes();
