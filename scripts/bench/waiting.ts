/**
 * Measures what waiting costs: heap and resident memory during polls of more than an hour on a compressed clock, and the
 * processor time of a step on the real clock. The server runs in its own process.
 */

import * as core from '@actions/core';
import { createRunner } from '../../src/github/runner.js';
import { createHttp } from '../../src/http/http.js';
import { type Clock, systemClock } from '../../src/lib/clock.js';
import { run } from '../../src/run/run.js';
import { withBenchServer } from './with-server.js';

const POLLS = 400;
const SAMPLE_AT_POLLS = [50, 100, 200, 300, 400];
const REAL_SECONDS = 20;

const SILENT_CORE = { debug: () => {}, info: () => {}, setOutput: () => {}, saveState: () => {}, setSecret: () => {} };

function environment(apiUrl: string, minutes: number): Record<string, string> {
  const inputs = { apiUrl, projectId: 'demo', pipelineId: 'p-1', buildId: 'b-1', username: 'ci-bot', wait: 'true' };
  const all = { ...inputs, timeoutMinutes: minutes.toFixed(3) };
  return Object.fromEntries(Object.entries(all).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]));
}

/** A clock whose sleeps take one millisecond and advance it by their full length; request deadlines stay real. */
function compressedClock(onSleep: (nth: number) => void): Clock {
  let skippedMs = 0;
  let sleeps = 0;
  return {
    ...systemClock,
    now: () => systemClock.now() + skippedMs,
    sleep: async (ms, signal) => {
      skippedMs += ms;
      sleeps += 1;
      onSleep(sleeps);
      await systemClock.sleep(1, signal);
    },
  };
}

async function runStep(apiUrl: string, clock: Clock, minutes: number): Promise<void> {
  Object.assign(process.env, environment(apiUrl, minutes));
  const runner = createRunner(
    { ...core, ...SILENT_CORE, error: () => {}, warning: () => {}, notice: () => {} },
    process.env,
  );
  await run({ runner, clock, cancelled: new AbortController().signal }, createHttp('measure', clock));
}

const mebibytes = (bytes: number) => (bytes / 1024 / 1024).toFixed(1).padStart(7);

async function measureMemory(apiUrl: string): Promise<void> {
  console.log(`Memory while waiting, MiB after each number of looks (${POLLS} looks are more than an hour)\n`);
  console.log('  looks    heap     RSS');
  const clock = compressedClock((nth) => {
    if (!SAMPLE_AT_POLLS.includes(nth)) return;
    globalThis.gc?.();
    const { heapUsed, rss } = process.memoryUsage();
    console.log(`  ${String(nth).padStart(5)} ${mebibytes(heapUsed)} ${mebibytes(rss)}`);
  });
  await runStep(apiUrl, clock, 70);
}

async function measureProcessor(apiUrl: string): Promise<void> {
  const before = process.cpuUsage();
  const start = performance.now();
  await runStep(apiUrl, systemClock, REAL_SECONDS / 60);
  const { user, system } = process.cpuUsage(before);
  const cpuShare = (user + system) / 1000 / (performance.now() - start);
  console.log(
    `\nProcessor while waiting ${REAL_SECONDS} s on the real clock, looks included: ${(cpuShare * 100).toFixed(2)} %`,
  );
}

// Each measurement uses its own build that has not been retried yet.
for (const measure of [measureMemory, measureProcessor]) {
  await withBenchServer(({ http }) => measure(`http://127.0.0.1:${http}`), { AFTER_RETRY: 'RUNNING' });
}
process.exit();
