import { createRunner } from '../../src/github/runner.js';
import { type StepContext, WorkflowCancelled } from '../../src/github/step.js';
import { createHttp, type Http } from '../../src/http/http.js';
import { runPost } from '../../src/run/post.js';
import { run } from '../../src/run/run.js';
import type { ListenerOptions } from '../standin/http/listener.js';
import type { Standin } from '../standin/http/server.js';
import { type ParsedLog, parseLog } from '../standin/runner/log.js';
import { runnerVariables } from '../standin/runner/variables.js';
import { nightlyWorld } from '../standin/scenarios/nightly.js';
import type { Ids } from '../standin/scenarios/scenario.js';
import type { World, WorldOptions } from '../standin/world/world.js';
import { type Recorded, type Recorder, recordActions } from '../support/actions.js';
import { type Server, withStandin } from '../support/standin.js';
import { type FastClock, fastClock } from './support/fast-clock.js';

/** The output of a step as GitHub would show it, and the contents of its files. */
type StepOutput = Pick<ParsedLog, 'log' | 'annotations' | 'debug' | 'masks'> &
  Pick<Recorded, 'outputs' | 'state' | 'summary'>;

/** The result of a main step. */
export interface RunResult extends StepOutput {
  readonly green: boolean;
}

export interface RunOptions {
  /** As in `with:`, added to the ids of the stand-in's build. */
  readonly inputs?: Readonly<Record<string, string>>;
  readonly environment?: Readonly<Record<string, string>>;
  readonly http?: Http;
  /** Called before each POST, with its number from 1. */
  readonly beforePostRequest?: (nth: number) => unknown;
}

/** A BK-CI and the action in one process, with one clock. */
export interface Harness {
  readonly clock: FastClock;
  readonly standin: Standin;
  readonly buildId: string;
  /** Ids of the first build and its user. */
  readonly ids: Ids;
  /** Cancels the workflow. */
  cancel(): void;
  run(options?: RunOptions): Promise<RunResult>;
  /** Runs the post step with the state saved by main. */
  post(state: Readonly<Record<string, string>>, options?: RunOptions): Promise<StepOutput>;
  /** What really happened to the first build, after two more minutes. */
  effects(): Promise<ReturnType<World['effects']>>;
}

export interface HarnessOptions extends Partial<Omit<WorldOptions, 'clock'>>, ListenerOptions {
  readonly clock?: FastClock;
}

/** Runs `use` with a harness, with the nightly build by default. */
export function withHarness<T>(options: HarnessOptions, use: (harness: Harness) => Promise<T>): Promise<T> {
  const { clock = fastClock(), faults = [], tls, ...worldOptions } = options;
  const world = nightlyWorld({ ...worldOptions, clock: clock.world });
  return withStandin({ world, faults, ...(tls ? { tls } : {}) }, (server) => use(createHarness(server, clock)));
}

function createHarness({ standin, ids, effects }: Server, clock: FastClock): Harness {
  const workflow = new AbortController();
  const defaultHttp = createHttp('retry-bk-ci-build/0.0.0', clock, (name) => process.env[name] ?? '');
  const stepOf = ({ inputs = {}, environment = {} }: RunOptions, state = {}) => {
    const variables = { ...runnerVariables({ inputs: { ...ids, ...inputs }, state }), ...environment };
    const recorder = recordActions(variables);
    const step: StepContext = { runner: createRunner(recorder.core, variables), clock, cancelled: workflow.signal };
    return { step, output: () => outputOf(recorder) };
  };
  return {
    clock,
    standin,
    ids,
    buildId: ids.buildId,
    cancel: () => workflow.abort(new WorkflowCancelled('the workflow was cancelled')),
    run: async ({ http = defaultHttp, beforePostRequest, ...options } = {}) => {
      const { step, output } = stepOf(options);
      const green = await run(step, beforePostRequest ? withHook(http, beforePostRequest) : http);
      return { green, ...output() };
    },
    post: async (state, { http = defaultHttp, ...options } = {}) => {
      const { step, output } = stepOf(options, state);
      await runPost({ ...step, cancelled: new AbortController().signal }, http);
      return output();
    },
    effects: async () => {
      await clock.advance(120_000);
      return effects();
    },
  };
}

function outputOf({ recorded }: Recorder): StepOutput {
  const { log, annotations, debug, masks } = parseLog(recorded.stdout);
  const { outputs, state, summary } = recorded;
  return { log, annotations, debug, masks, outputs, state, summary };
}

function withHook(http: Http, beforePostRequest: (nth: number) => unknown): Http {
  const postRequests = { count: 0 };
  return {
    send: async (request) => {
      if (request.method === 'POST') {
        postRequests.count += 1;
        await beforePostRequest(postRequests.count);
      }
      return http.send(request);
    },
  };
}
