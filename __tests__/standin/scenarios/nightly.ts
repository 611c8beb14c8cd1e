import type { BuildDraft } from '../world/build.js';
import type { ExecutionScript, PluginScript } from '../world/execution-script.js';
import { leafPlugins, type Pipeline, type PipelineDraft, pipeline, type StageDraft } from '../world/pipeline.js';
import { World, type WorldDraft } from '../world/world.js';

const STAGES: readonly StageDraft[] = [
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
export function nightlyPipeline(change: Partial<PipelineDraft> = {}): Pipeline {
  return pipeline({ name: 'Nightly tests', stages: STAGES, ...change });
}

/** The same with a gate before Deploy. */
export function gatedPipeline(): Pipeline {
  const reviewers = ['ops-lead', 'ops-oncall'];
  return nightlyPipeline({
    stages: STAGES.map((stage) => (stage.name === 'Deploy' ? { ...stage, reviewers } : stage)),
  });
}

export function pluginId(of: Pipeline, name: string): string {
  const found = of.stages.flatMap(leafPlugins).find((plugin) => plugin.name === name);
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

const QUEUE = [
  { position: 3, seconds: 8 },
  { position: 1, seconds: 5 },
];

/** Run tests fails, after the queue and all that comes before. */
export function testsFail(of: Pipeline, change: Partial<ExecutionScript> = {}): ExecutionScript {
  return { queue: QUEUE, plugins: { [pluginId(of, 'Run tests')]: FAILED_TESTS }, ...change };
}

export function passes(change: Partial<ExecutionScript> = {}): ExecutionScript {
  return { queue: QUEUE, ...change };
}

/** Variables as builds have them: one of them must never be seen in a log. */
export const SECRET_VARIABLE = 'db-password-hunter2';

/** Build #42, failed two hours ago in Test › Linux › Run tests; a retry passes unless scripted otherwise. */
export function nightlyBuild(of: Pipeline = nightlyPipeline(), change: Partial<BuildDraft> = {}): BuildDraft {
  const variables = { db_password: SECRET_VARIABLE };
  const scripts = change.scripts ?? [testsFail(of), passes()];
  return { pipeline: of, num: 42, variables, ...change, scripts };
}

export function nightlyWorld(change: Partial<WorldDraft> = {}): World {
  return new World({ builds: [nightlyBuild()], ...change });
}
