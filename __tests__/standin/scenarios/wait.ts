import { badGateway } from '../http/faults.js';
import { hostile } from '../http/hostile.js';
import type { ExecutionScript } from '../world/execution-script.js';
import type { Pipeline } from '../world/pipeline.js';
import { gatedPipeline, nightlyBuild, nightlyPipeline, pluginId, testsFail } from './nightly.js';
import { nightly, type Scenario } from './scenario.js';

/** Forty times faster than real: long enough in the queue and in each stage to be seen by a look a second. */
const SCALE = 40;
const WAIT = { wait: 'true', pollSeconds: '1' };
const FAILED_JOBS = { ...WAIT, failedContainer: 'true' };

const QUEUE: ExecutionScript['queue'] = [
  { position: 3, seconds: 80 },
  { position: 1, seconds: 60 },
];

/** Deploy takes four minutes here instead of thirteen. */
function quickDeploy(of: Pipeline): ExecutionScript['plugins'] & {} {
  return { [pluginId(of, 'Deploy to staging')]: { seconds: 240 } };
}

const green = (of: Pipeline, change: ExecutionScript = {}): ExecutionScript => ({
  queue: QUEUE,
  plugins: quickDeploy(of),
  ...change,
});
const red = (of: Pipeline): ExecutionScript => testsFail(of, { queue: QUEUE });
const worldOf = (of: Pipeline, scripts: readonly ExecutionScript[]) => ({ builds: [nightlyBuild(of, { scripts })] });

const of = nightlyPipeline();
const gated = gatedPipeline();

export const WAIT_SCENARIOS: readonly Scenario[] = [
  {
    name: 'passes-after-retry',
    about: 'The failed jobs are retried and followed through queue and stages to a green end.',
    exitCode: 0,
    result: 'succeeded',
    scale: SCALE,
    set: nightly(FAILED_JOBS, worldOf(of, [red(of), green(of)])),
  },
  {
    name: 'fails-again',
    about: 'The retried build fails again; the step says which plug-in, why, and shows the end of its log.',
    exitCode: 1,
    result: 'failed',
    scale: SCALE,
    set: nightly(FAILED_JOBS, worldOf(of, [red(of)])),
  },
  {
    name: 'needs-approval',
    about: 'The build stops at a gate before Deploy until a person lets it in.',
    exitCode: 0,
    result: 'succeeded',
    scale: SCALE,
    set: nightly(
      FAILED_JOBS,
      worldOf(gated, [red(gated), green(gated, { gates: { 'stage-4': { answer: 'approve', afterSeconds: 240 } } })]),
    ),
  },
  {
    name: 'second-attempt-passes',
    about: 'The first retry fails, the second, allowed by maxAttempts, passes.',
    exitCode: 0,
    result: 'succeeded',
    scale: SCALE,
    set: nightly({ ...FAILED_JOBS, maxAttempts: '2' }, worldOf(of, [red(of), red(of), green(of)])),
  },
  {
    name: 'server-restarts-while-waiting',
    about: 'BK-CI answers 502 for a while in the middle of the build; the step goes on looking.',
    exitCode: 0,
    result: 'succeeded',
    scale: SCALE,
    // From the queue on, so that no look sees stage Test run, however the looks fall.
    set: (clock) => ({
      ...nightly(FAILED_JOBS, worldOf(of, [red(of), green(of)]))(clock),
      faults: [{ on: 'any', during: { since: 'retry', fromMs: 130_000, toMs: 400_000 }, what: badGateway() }],
    }),
  },
  {
    name: 'stopped',
    about: 'The workflow is cancelled while the step waits; stopOnAbort stops the build too.',
    exitCode: 1,
    result: 'stopped',
    scale: SCALE,
    set: (clock) => ({
      ...nightly({ ...FAILED_JOBS, stopOnAbort: 'true' }, worldOf(of, [red(of), green(of)]))(clock),
      signal: { name: 'SIGINT', afterMs: 5000 },
    }),
  },
  {
    name: 'times-out',
    about: 'The build waits for a person for ever and timeoutMinutes is over first.',
    exitCode: 1,
    result: 'timed-out',
    scale: SCALE,
    set: nightly({ ...FAILED_JOBS, timeoutMinutes: '0.25' }, worldOf(gated, [red(gated), green(gated)])),
  },
  {
    name: 'hostile-build',
    about: 'The build fails again, and every name, message and log line of it is an attack; nothing acts.',
    exitCode: 1,
    result: 'failed',
    scale: SCALE,
    set: (clock) => ({
      ...nightly(FAILED_JOBS, worldOf(of, [red(of)]))(clock),
      faults: [{ on: 'any', count: Infinity, what: hostile() }],
    }),
  },
];
