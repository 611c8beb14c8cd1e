import { MACHINE_LOST, NO_MACHINE, nightlyPipeline, pluginId, STYLE_PROBLEMS, tolerantPipeline } from './nightly.js';
import { nightlySetup, type Scenario } from './scenario.js';
import { FAILED_JOBS, failing, passing, SCALE, worldWith } from './wait.js';

const nightly = nightlyPipeline();
const tolerant = tolerantPipeline();
const INFRASTRUCTURE = 'SYSTEM THIRD_PARTY BUILD_MACHINE';

const broken = failing(tolerant);
const withTolerated = {
  ...broken,
  plugins: { ...broken.plugins, [pluginId(tolerant, 'Check style')]: STYLE_PROBLEMS },
};
const withoutMachine = passing(nightly, { machines: { '3': NO_MACHINE } });
const machineLost = passing(nightly, { plugins: { [pluginId(nightly, 'Run tests on Windows')]: MACHINE_LOST } });

/** What breaks a build, and whether it is worth a retry. */
export const FAILURE_SCENARIOS: readonly Scenario[] = [
  {
    name: 'tolerated-failure',
    description: 'Two plug-ins fail, and the build goes on after the first of them: the other one broke it.',
    exitCode: 1,
    result: 'failed',
    scale: SCALE,
    setUp: nightlySetup(FAILED_JOBS, worldWith(tolerant, [withTolerated])),
  },
  {
    name: 'job-without-machine',
    description: 'A job gets no build machine, so none of its plug-ins runs.',
    exitCode: 1,
    result: 'failed',
    scale: SCALE,
    setUp: nightlySetup(FAILED_JOBS, worldWith(nightly, [withoutMachine])),
  },
  {
    name: 'quality-gate',
    description: 'The tests pass this time, but not the quality gate of stage Deploy.',
    exitCode: 1,
    result: 'failed',
    scale: SCALE,
    setUp: nightlySetup(
      FAILED_JOBS,
      worldWith(nightly, [failing(nightly), passing(nightly, { qualityGatesNotPassed: ['stage-4'] })]),
    ),
  },
  {
    name: 'worth-a-retry',
    description: 'The build machine was lost, which retryOn names: the failed job is retried, and passes.',
    exitCode: 0,
    result: 'succeeded',
    scale: SCALE,
    setUp: nightlySetup(
      { ...FAILED_JOBS, retryOn: INFRASTRUCTURE },
      worldWith(nightly, [machineLost, passing(nightly)]),
    ),
  },
  {
    name: 'not-worth-a-retry',
    description: 'The tests failed, which retryOn does not name: nothing is sent.',
    exitCode: 1,
    result: 'refused',
    reason: 'not-retryable',
    scale: 1,
    setUp: nightlySetup({ retryOn: INFRASTRUCTURE }),
  },
];
