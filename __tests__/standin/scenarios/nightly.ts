import type { BuildOptions } from '../world/build.js';
import type { ExecutionScript, MachineScript, PluginScript } from '../world/execution-script.js';
import {
  type JobOptions,
  leafPlugins,
  makePipeline,
  type Pipeline,
  type PipelineOptions,
  type StageOptions,
} from '../world/pipeline.js';
import { World, type WorldOptions } from '../world/world.js';

const STAGES: readonly StageOptions[] = [
  {
    name: 'Build',
    jobs: [
      {
        name: 'Compile',
        plugins: [
          { name: 'Checkout', seconds: 15 },
          { name: 'Compile', seconds: 80 },
        ],
      },
    ],
  },
  {
    name: 'Test',
    jobs: [
      {
        name: 'Linux',
        jobId: 'linux',
        plugins: [
          { name: 'Fetch artefacts', seconds: 20 },
          { name: 'Run tests', stepId: 'run-tests', seconds: 208 },
          { name: 'Publish report', stepId: 'report', seconds: 12, manualSkip: false },
        ],
      },
      { name: 'Windows', jobId: 'windows', plugins: [{ name: 'Run tests on Windows', seconds: 150 }] },
    ],
  },
  { name: 'Deploy', jobs: [{ name: 'Roll out', plugins: [{ name: 'Deploy to staging', seconds: 770 }] }] },
];

/** Stages Build (stage-2), Test (stage-3: jobs Linux `2`, Windows `3`), Deploy (stage-4), in project demo. */
export function nightlyPipeline(overrides: Partial<PipelineOptions> = {}): Pipeline {
  return makePipeline({ name: 'Nightly tests', stages: STAGES, ...overrides });
}

/** The same with a gate before Deploy. */
export function gatedPipeline(): Pipeline {
  const reviewers = ['ops-lead', 'ops-oncall'];
  return nightlyPipeline({
    stages: STAGES.map((stage) => (stage.name === 'Deploy' ? { ...stage, reviewers } : stage)),
  });
}

/** The same with a plug-in before `Run tests` whose failure its job tolerates. */
export function tolerantPipeline(): Pipeline {
  const style = { name: 'Check style', seconds: 25, manualSkip: false, continueWhenFailed: true };
  const withStyle = (job: JobOptions) => (job.name === 'Linux' ? { ...job, plugins: [style, ...job.plugins] } : job);
  return nightlyPipeline({ stages: STAGES.map((stage) => ({ ...stage, jobs: stage.jobs.map(withStyle) })) });
}

export function pluginId(pipeline: Pipeline, name: string): string {
  const found = pipeline.stages.flatMap(leafPlugins).find((plugin) => plugin.name === name);
  if (!found) throw new Error(`stand-in: no plug-in ${name}`);
  return found.id;
}

export const FAILED_TESTS: PluginScript = {
  error: { type: 'USER', code: 2199001, message: 'exit status 1' },
  log: [
    '##[section]Run tests',
    'running 128 tests',
    'test orders::total … \u001b[31mFAILED\u001b[0m',
    'assertion failed: left 2, right 3',
    '##[error]exit status 1',
  ],
};

export const STYLE_PROBLEMS: PluginScript = {
  error: { type: 'USER', code: 2199001, message: '3 files are not formatted' },
};

/** Ends a plug-in whose machine is lost while it runs (bk-ci: HeartbeatControl). */
export const MACHINE_LOST: PluginScript = {
  status: 'TERMINATE',
  seconds: 180,
  error: { type: 'BUILD_MACHINE', code: 2199502, message: 'The build process heartbeat timed out 120 seconds' },
};

/** bk-ci: ErrorCodeEnum of dispatch. */
export const NO_MACHINE: MachineScript = {
  seconds: 90,
  error: { type: 'SYSTEM', code: 2103002, message: 'Fail to start up after 3 retries' },
};

const QUEUE = [
  { position: 3, seconds: 8 },
  { position: 1, seconds: 5 },
];

/** The plug-in `Run tests` fails; everything before it passes. */
export function testsFail(pipeline: Pipeline, overrides: Partial<ExecutionScript> = {}): ExecutionScript {
  return { queue: QUEUE, plugins: { [pluginId(pipeline, 'Run tests')]: FAILED_TESTS }, ...overrides };
}

export function passes(overrides: Partial<ExecutionScript> = {}): ExecutionScript {
  return { queue: QUEUE, ...overrides };
}

/** The value of a build variable, which must never appear in a log. */
export const SECRET_VARIABLE = 'db-password-hunter2';

/** Build #42, failed two hours ago in Test › Linux › Run tests; a retry passes unless scripted otherwise. */
export function nightlyBuild(
  pipeline: Pipeline = nightlyPipeline(),
  overrides: Partial<BuildOptions> = {},
): BuildOptions {
  const variables = { db_password: SECRET_VARIABLE };
  const scripts = overrides.scripts ?? [testsFail(pipeline), passes()];
  return { pipeline, num: 42, variables, ...overrides, scripts };
}

export function nightlyWorld(overrides: Partial<WorldOptions> = {}): World {
  return new World({ builds: [nightlyBuild()], ...overrides });
}
