import { badGateway, tooManyRequests } from '../http/faults.js';
import { hostile } from '../http/hostile.js';
import type { ExecutionScript } from '../world/execution-script.js';
import type { Pipeline } from '../world/pipeline.js';
import { gatedPipeline, nightlyBuild, nightlyPipeline, pluginId, testsFail } from './nightly.js';
import { nightlySetup, type Scenario } from './scenario.js';

/** Forty times real time: slow enough for one status read a second to see the queue and each stage. */
export const SCALE = 40;
const WAIT = { wait: 'true', pollSeconds: '1' };
export const FAILED_JOBS = { ...WAIT, failedContainer: 'true' };

const QUEUE: ExecutionScript['queue'] = [
  { position: 3, seconds: 80 },
  { position: 1, seconds: 60 },
];

/** Deploy takes four minutes here instead of thirteen. */
function shortDeploy(pipeline: Pipeline): ExecutionScript['plugins'] & {} {
  return { [pluginId(pipeline, 'Deploy to staging')]: { seconds: 240 } };
}

export const passing = (pipeline: Pipeline, overrides: ExecutionScript = {}): ExecutionScript => ({
  queue: QUEUE,
  plugins: shortDeploy(pipeline),
  ...overrides,
});
export const failing = (pipeline: Pipeline): ExecutionScript => testsFail(pipeline, { queue: QUEUE });
export const worldWith = (pipeline: Pipeline, scripts: readonly ExecutionScript[]) => ({
  builds: [nightlyBuild(pipeline, { scripts })],
});

const nightly = nightlyPipeline();
const gatedNightly = gatedPipeline();

export const WAIT_SCENARIOS: readonly Scenario[] = [
  {
    name: 'passes-after-retry',
    description: 'The failed jobs are retried and followed through queue and stages to a green end.',
    exitCode: 0,
    result: 'succeeded',
    scale: SCALE,
    setUp: nightlySetup(FAILED_JOBS, worldWith(nightly, [failing(nightly), passing(nightly)])),
  },
  {
    name: 'fails-again',
    description: 'The retried build fails again; the step says which plug-in, why, and shows the end of its log.',
    exitCode: 1,
    result: 'failed',
    scale: SCALE,
    setUp: nightlySetup(FAILED_JOBS, worldWith(nightly, [failing(nightly)])),
  },
  {
    name: 'needs-approval',
    description: 'The build stops at a gate before Deploy until a person lets it in.',
    exitCode: 0,
    result: 'succeeded',
    scale: SCALE,
    setUp: nightlySetup(
      FAILED_JOBS,
      worldWith(gatedNightly, [
        failing(gatedNightly),
        passing(gatedNightly, { gates: { 'stage-4': { answer: 'approve', afterSeconds: 240 } } }),
      ]),
    ),
  },
  {
    name: 'second-attempt-passes',
    description: 'The first retry fails, the second, allowed by maxAttempts, passes.',
    exitCode: 0,
    result: 'succeeded',
    scale: SCALE,
    setUp: nightlySetup(
      { ...FAILED_JOBS, maxAttempts: '2' },
      worldWith(nightly, [failing(nightly), failing(nightly), passing(nightly)]),
    ),
  },
  {
    name: 'server-restarts-while-waiting',
    description: 'BK-CI answers 502 for a while in the middle of the build; the step goes on looking.',
    exitCode: 0,
    result: 'succeeded',
    scale: SCALE,
    // Starts in the queue, so that no status read can see stage Test running, whatever their timing.
    setUp: (clock) => ({
      ...nightlySetup(FAILED_JOBS, worldWith(nightly, [failing(nightly), passing(nightly)]))(clock),
      faults: [{ on: 'any', during: { since: 'retry', fromMs: 130_000, toMs: 400_000 }, action: badGateway() }],
    }),
  },
  {
    name: 'rate-limit-while-waiting',
    description: 'BK-CI answers 429 in the middle of the build; the step looks again when Retry-After says.',
    exitCode: 0,
    result: 'succeeded',
    scale: SCALE,
    setUp: (clock) => ({
      ...nightlySetup(FAILED_JOBS, worldWith(nightly, [failing(nightly), passing(nightly)]))(clock),
      faults: [{ on: 'status', nth: 3, action: tooManyRequests('4') }],
    }),
  },
  {
    name: 'stopped',
    description: 'The workflow is cancelled while the step waits; stopOnAbort stops the build too.',
    exitCode: 1,
    result: 'stopped',
    scale: SCALE,
    setUp: (clock) => ({
      ...nightlySetup(
        { ...FAILED_JOBS, stopOnAbort: 'true' },
        worldWith(nightly, [failing(nightly), passing(nightly)]),
      )(clock),
      signal: { name: 'SIGINT', afterMs: 5000 },
    }),
  },
  {
    name: 'times-out',
    description: 'The build waits for a person for ever and timeoutMinutes is over first.',
    exitCode: 1,
    result: 'timed-out',
    scale: SCALE,
    setUp: nightlySetup(
      { ...FAILED_JOBS, timeoutMinutes: '0.25' },
      worldWith(gatedNightly, [failing(gatedNightly), passing(gatedNightly)]),
    ),
  },
  {
    name: 'hostile-build',
    description: 'The build fails again, and every name, message and log line of it is an attack; nothing acts.',
    exitCode: 1,
    result: 'failed',
    scale: SCALE,
    setUp: (clock) => ({
      ...nightlySetup(FAILED_JOBS, worldWith(nightly, [failing(nightly)]))(clock),
      faults: [{ on: 'any', count: Infinity, action: hostile() }],
    }),
  },
];
