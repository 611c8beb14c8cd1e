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

/** What a step told the runner, as GitHub would show it, and left in its files. */
type StepOutput = Pick<ParsedLog, 'log' | 'annotations' | 'debug' | 'masks'> &
  Pick<Recorded, 'outputs' | 'state' | 'summary'>;

/** What a step came to. */
export interface RunResult extends StepOutput {
  readonly green: boolean;
}

export interface RunOptions {
  /** As in `with:`; the build of the stand-in unless they say otherwise. */
  readonly inputs?: Readonly<Record<string, string>>;
  readonly environment?: Readonly<Record<string, string>>;
  readonly http?: Http;
  /** Happens after all that was read and before each POST, counted from 1. */
  readonly beforePostRequest?: (nth: number) => unknown;
}

/** A BK-CI and the action in one process, at one time. */
export interface Harness {
  readonly clock: FastClock;
  readonly standin: Standin;
  readonly buildId: string;
  /** Ids and user of the first build. */
  readonly ids: Ids;
  /** Cancels the workflow. */
  cancel(): void;
  run(options?: RunOptions): Promise<RunResult>;
  /** The post step, with what main saved. */
  post(state: Readonly<Record<string, string>>, options?: RunOptions): Promise<StepOutput>;
  /** What really happened to the first build, two minutes after the present. */
  effects(): Promise<ReturnType<World['effects']>>;
}

export interface HarnessOptions extends Partial<Omit<WorldOptions, 'clock'>>, ListenerOptions {
  readonly clock?: FastClock;
}

/** Runs `use` with a scene, over the nightly build unless said otherwise. */
export function withHarness<T>(options: HarnessOptions, use: (harness: Harness) => Promise<T>): Promise<T> {
  const { clock = fastClock(), faults = [], tls, ...worldOptions } = options;
  const world = nightlyWorld({ ...worldOptions, clock: clock.world });
  return withStandin({ world, faults, ...(tls ? { tls } : {}) }, (server) => use(createHarness(server, clock)));
}

function createHarness({ standin, ids, effects }: Server, clock: FastClock): Harness {
  const workflow = new AbortController();
  const defaultHttp = createHttp('retry-bk-ci-build/0.0.0', clock);
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
