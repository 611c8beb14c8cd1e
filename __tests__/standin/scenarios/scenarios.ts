import { deploying, loginPage, reset, resetThenHandle } from '../http/faults.js';
import { HOSTILE_TEXT, hostile } from '../http/hostile.js';
import { ACCESS, EXPIRED_TOKEN } from '../world/access.js';
import { FAILURE_SCENARIOS } from './failures.js';
import { FIND_BUILD_SCENARIOS } from './find-build.js';
import { nightlyBuild, nightlyPipeline, nightlyWorld, passes } from './nightly.js';
import { nightlySetup, type Scenario } from './scenario.js';
import { WAIT_SCENARIOS } from './wait.js';

const RETRY_SCENARIOS: readonly Scenario[] = [
  {
    name: 'retry',
    description: 'A failed build is retried as a whole; the step does not wait for it.',
    exitCode: 0,
    result: 'retried',
    scale: 1,
    setUp: nightlySetup({}),
  },
  {
    name: 'plug-in',
    description: 'One failed plug-in is retried by its step id, and what follows it.',
    exitCode: 0,
    result: 'retried',
    scale: 1,
    setUp: nightlySetup({ taskId: 'run-tests' }),
  },
  {
    name: 'failed-jobs',
    description: 'Only the failed jobs are retried; the action finds their stage by itself.',
    exitCode: 0,
    result: 'retried',
    scale: 1,
    setUp: nightlySetup({ failedContainer: 'true' }),
  },
  {
    name: 'not-needed',
    description: 'The build is green already, and with onlyIfFailed nothing is sent.',
    exitCode: 0,
    result: 'not-needed',
    scale: 1,
    setUp: nightlySetup(
      { onlyIfFailed: 'true' },
      { builds: [nightlyBuild(nightlyPipeline(), { scripts: [passes()] })] },
    ),
  },
  {
    name: 'dry-run',
    description: 'The action looks, says what it would do, and sends nothing.',
    exitCode: 0,
    result: 'found',
    scale: 1,
    setUp: nightlySetup({ dryRun: 'true', failedContainer: 'true' }),
  },
  {
    name: 'api-gateway',
    description: 'The same retry through the BlueKing API gateway, with the credentials of an app.',
    exitCode: 0,
    result: 'retried',
    scale: 1,
    setUp: (clock) => {
      const { world, inputs } = nightlySetup({ apiUrl: '{bkci}/api/devops/prod/v4/apigw-app' })(clock);
      const [appCode = '', app] = Object.entries(world.access.apps)[0] ?? [];
      return { world, inputs: { ...inputs, appCode, appSecret: app?.secret ?? '' } };
    },
  },
];

const ERROR_SCENARIOS: readonly Scenario[] = [
  {
    name: 'missing-inputs',
    description: 'Inputs are missing; all of them are named at once and nothing is sent.',
    exitCode: 1,
    result: 'error',
    reason: 'input-invalid',
    scale: 1,
    setUp: (clock) => ({ world: nightlyWorld({ clock }), inputs: { username: 'ci-bot' } }),
  },
  {
    name: 'refused-locked',
    description: 'BK-CI refuses the retry: the pipeline is locked.',
    exitCode: 1,
    result: 'refused',
    reason: 'refused',
    scale: 1,
    setUp: nightlySetup({}, { builds: [nightlyBuild(nightlyPipeline({ locked: true }))] }),
  },
  {
    name: 'already-running',
    description: 'Somebody else has retried the build six minutes ago and it runs, so nothing is sent.',
    exitCode: 1,
    result: 'refused',
    reason: 'already-running',
    scale: 1,
    setUp: nightlySetup(
      {},
      { builds: [nightlyBuild(nightlyPipeline(), { executions: 2, runningSeconds: 360, user: 'release-bot' })] },
    ),
  },
  {
    name: 'wrong-token',
    description: 'The access token has expired; the step ends before anything was retried.',
    exitCode: 1,
    result: 'error',
    reason: 'unauthorized',
    scale: 1,
    setUp: (clock) => {
      const { world, inputs } = nightlySetup({}, { access: { ...ACCESS, tokenRequired: true } })(clock);
      const { username: _, ...ids } = inputs;
      return { world, inputs: { ...ids, accessToken: encodeURIComponent(EXPIRED_TOKEN) } };
    },
  },
  {
    name: 'not-delivered',
    description: 'BK-CI is being deployed and turns the request away twice; it is sent again and accepted once.',
    exitCode: 0,
    result: 'retried',
    scale: 1,
    setUp: (clock) => ({ ...nightlySetup({})(clock), faults: [{ on: 'retry', count: 2, action: deploying() }] }),
  },
  {
    name: 'answer-lost-settled',
    description: 'The connection dies before the answer, BK-CI acts four seconds later; reading the build settles it.',
    exitCode: 0,
    result: 'retried',
    scale: 1,
    setUp: (clock) => ({ ...nightlySetup({})(clock), faults: [{ on: 'retry', action: resetThenHandle(4000) }] }),
  },
  {
    name: 'answer-lost',
    description:
      'The connection dies and the build does not change: the step says what it knows, after a minute of looking.',
    exitCode: 1,
    result: 'error',
    reason: 'answer-lost',
    scale: 1,
    setUp: (clock) => ({ ...nightlySetup({})(clock), faults: [{ on: 'retry', action: reset('never', 500) }] }),
  },
  {
    name: 'login-page',
    description: 'The address leads to a login page instead of the API.',
    exitCode: 1,
    result: 'error',
    reason: 'unexpected-answer',
    scale: 1,
    setUp: (clock) => ({ ...nightlySetup({})(clock), faults: [{ on: 'any', count: Infinity, action: loginPage() }] }),
  },
  {
    name: 'hostile-text',
    description: 'Every text of the server is an attack on the log; the retry is refused, and nothing acts.',
    exitCode: 1,
    result: 'refused',
    reason: 'refused',
    scale: 1,
    setUp: (clock) => ({
      ...nightlySetup({}, { builds: [nightlyBuild(nightlyPipeline({ locked: true, name: HOSTILE_TEXT }))] })(clock),
      faults: [{ on: 'any', count: Infinity, action: hostile() }],
    }),
  },
];

export const SCENARIOS: readonly Scenario[] = [
  ...RETRY_SCENARIOS,
  ...ERROR_SCENARIOS,
  ...WAIT_SCENARIOS,
  ...FAILURE_SCENARIOS,
  ...FIND_BUILD_SCENARIOS,
];

export const DEFAULT_SCENARIO = 'retry';

export function scenario(name: string): Scenario {
  const found = SCENARIOS.find((one) => one.name === name);
  if (!found) throw new Error(`no scenario ${name}; there are ${SCENARIOS.map((one) => one.name).join(', ')}`);
  return found;
}
