/** Lets the stand-in play a recorded exchange: a world in the state that the recording was made in, and the request. */

import type { Answer } from '../standin/http/answer.js';
import { type RecordedRequest, splitUrl } from '../standin/http/recorded-request.js';
import { answerRequest } from '../standin/http/server.js';
import type { Access } from '../standin/world/access.js';
import { manualClock } from '../standin/world/clock.js';
import type { ExecutionScript } from '../standin/world/execution-script.js';
import { makePipeline, type Pipeline, type PipelineOptions, type StageOptions } from '../standin/world/pipeline.js';
import { BK_CI_4_0 } from '../standin/world/release.js';
import { World } from '../standin/world/world.js';
import { requestOf } from '../support/read-recording.js';
import { type RecordedExchange, recordedExchanges, recordedRun, recordedRuns } from '../support/recordings.js';

/** What happened before the exchange: seconds, or what was done to the build. */
export type Step = number | 'retry' | `retry ${string}` | 'stop' | 'refuse gate';

export interface State {
  /** Whether each execution fails; the last one counts for all that follow. All fail by default. */
  readonly fails?: readonly boolean[];
  /** After the end of these executions, or while the last one runs. */
  readonly steps?: readonly Step[];
  /** How many executions there are before the steps; 1 by default. */
  readonly executions?: number;
  /** Seconds for which the last of them has been running; it has ended by default. */
  readonly running?: number;
  readonly endedDaysAgo?: number;
  readonly num?: number;
  readonly pipeline?: Partial<PipelineOptions>;
  readonly taskRecordsDeleted?: boolean;
  readonly access?: Partial<Access>;
}

const ADMIN: Access = {
  users: { admin: ['EXECUTE', 'VIEW', 'OPERATE'] },
  tokenRequired: false,
  tokens: { good: { user: 'admin', state: 'valid' }, expired: { user: 'admin', state: 'expired' } },
  apps: {},
  edition: 'code',
};

const KNOWN = /^[pb]-(?!0{32}$)[0-9a-f]{32}$/;
const ERROR = { type: 'USER', code: 2199002, message: 'Shell script exited with code 1' } as const;
/** The plug-ins that fail in the recorded builds. */
const FAILING: ReadonlySet<string> = new Set(['unit test', 'always', 'twice', 'fail1', 'quickfail']);

/** The answer of the stand-in, in the state of the recording. */
export function play(exchange: RecordedExchange, state: State = {}): Answer {
  const { build } = requestOf(exchange);
  const known = (id: string, otherwise: string) => (KNOWN.test(id) ? id : otherwise);
  const pipeline = pipelineOf(known(state.pipeline?.id ?? build.pipelineId, LAB), state.pipeline ?? {});
  const clock = manualClock();
  const world = new World({
    clock,
    release: BK_CI_4_0,
    access: { ...ADMIN, ...state.access },
    builds: [
      {
        pipeline,
        id: known(build.buildId ?? '', 'b-1'),
        num: state.num ?? 1,
        user: 'admin',
        scripts: (state.fails ?? [true]).map((fails) => scriptOf(pipeline, fails)),
        executions: state.executions ?? 1,
        ...(state.running === undefined ? {} : { runningSeconds: state.running }),
        endedSecondsAgo: (state.endedDaysAgo ?? 0.1) * 86_400,
        taskRecordsDeleted: state.taskRecordsDeleted ?? false,
      },
    ],
  });
  for (const step of state.steps ?? []) {
    if (typeof step === 'number') clock.advance(step * 1000);
    else act(world, step);
  }
  return answerRequest(world, requestFor(exchange, world.now()));
}

function act(world: World, step: Exclude<Step, number>): void {
  const [build] = world.builds;
  if (!build) throw new Error('a world without builds');
  const { id: pipelineId, projectId } = build.pipeline;
  const [verb, argument = ''] = step.split(' ');
  if (verb === 'refuse') world.answerGate(build.id, 'stage-3', 'refuse');
  else if (verb === 'stop') world.stop({ user: 'admin', projectId, pipelineId, buildId: build.id });
  else {
    const [taskId = '', skip] = argument.split('&');
    const flags = { skip: skip === 'skip', failedContainer: skip === 'failedContainer' };
    const result = world.retry({ user: 'admin', projectId, pipelineId, buildId: build.id, taskId, ...flags });
    if ('refusal' in result) throw new Error(`refused: ${result.refusal.code}`);
  }
}

function scriptOf(pipeline: Pipeline, fails: boolean): ExecutionScript {
  const plugins = pipeline.stages.flatMap(({ jobs }) => jobs.flatMap((job) => job.plugins));
  const failing = plugins.filter(({ name }) => fails && FAILING.has(name));
  return { plugins: Object.fromEntries(failing.map(({ id }) => [id, { error: ERROR }])) };
}

/** Recorded straight from the OpenAPI service, which the stand-in has behind its gateway. */
function requestFor({ name, method, target, headers, body }: RecordedExchange, at: number): RecordedRequest {
  const rawUrl = name.startsWith('g') || target.startsWith('/ms/') ? target : `/ms/openapi${target}`;
  const lowered = Object.entries(headers).map(([header, value]) => [header.toLowerCase(), value]);
  return {
    operation: '',
    method,
    ...splitUrl(rawUrl),
    rawUrl,
    headers: Object.fromEntries(lowered),
    rawHeaders: [],
    body,
    at,
    connection: 1,
    answer: null,
    outcome: '',
  };
}

/** The first pipeline of the recordings. */
const LAB = 'p-aaaf9608c5064b0f82a98989fbecd43d';

interface Model {
  readonly stages: readonly {
    readonly name: string;
    readonly checkIn?: { readonly reviewGroups: readonly { readonly reviewers: readonly string[] }[] };
    readonly containers: readonly {
      readonly name: string;
      readonly elements: readonly {
        readonly id: string;
        readonly name: string;
        readonly stepId?: string;
        readonly additionalOptions?: { readonly manualSkip: boolean };
      }[];
    }[];
  }[];
}

const models: ReadonlyMap<string, Model> = new Map(
  [...recordedRuns().flatMap(recordedRun), ...recordedExchanges()].flatMap((exchange) => {
    if (requestOf(exchange).operation !== 'detail' || exchange.response.status !== 200) return [];
    const { data } = JSON.parse(exchange.response.body) as { data: { pipelineId: string; model: Model } };
    return [[data.pipelineId, data.model] as const];
  }),
);

/** A pipeline as one of its recorded details shows it; one without a recorded detail has a job with one plug-in. */
function pipelineOf(id: string, overrides: Partial<PipelineOptions>): Pipeline {
  const stages = models.get(id)?.stages.slice(1).map(stageOptions) ?? [
    { name: 'Stage 2', jobs: [{ name: 'build', plugins: [{ name: 'always', seconds: 900 }] }] },
  ];
  return makePipeline({ name: id, stages, ...overrides, id });
}

function stageOptions({ name, checkIn, containers }: Model['stages'][number]): StageOptions {
  const reviewers = checkIn?.reviewGroups.flatMap((group) => group.reviewers);
  const jobs = containers.map((container) => ({
    name: container.name,
    plugins: container.elements.map((element) => ({
      id: element.id,
      name: element.name,
      stepId: element.stepId ?? null,
      seconds: element.name === 'longrun' ? 900 : 30,
      manualSkip: element.additionalOptions?.manualSkip ?? false,
    })),
  }));
  return { name, jobs, ...(reviewers ? { reviewers } : {}) };
}
