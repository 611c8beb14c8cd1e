import { createRunner } from '../../src/github/runner.js';
import { type StepContext, WorkflowCancelled } from '../../src/github/step.js';
import { createHttp, type Http } from '../../src/http/http.js';
import { runPost } from '../../src/run/post.js';
import { run } from '../../src/run/run.js';
import type { ListenerOptions } from '../standin/http/listener.js';
import type { Standin } from '../standin/http/server.js';
import { type ReadLog, readLog } from '../standin/runner/log.js';
import { runnerVariables } from '../standin/runner/variables.js';
import { nightlyWorld } from '../standin/scenarios/nightly.js';
import type { Ids } from '../standin/scenarios/scenario.js';
import type { World, WorldDraft } from '../standin/world/world.js';
import { type Recorded, type Recorder, recordActions } from '../support/actions.js';
import { type Server, withStandin } from '../support/standin.js';
import { type FastClock, fastClock } from './support/fast-clock.js';

/** What a step told the runner, as GitHub would show it, and left in its files. */
type Told = Pick<ReadLog, 'log' | 'annotations' | 'debug' | 'masks'> & Pick<Recorded, 'outputs' | 'state' | 'summary'>;

/** What a step came to. */
export interface Ended extends Told {
  readonly green: boolean;
}

export interface StepTask {
  /** As in `with:`; the build of the stand-in unless they say otherwise. */
  readonly inputs?: Readonly<Record<string, string>>;
  readonly environment?: Readonly<Record<string, string>>;
  readonly http?: Http;
  /** Happens after all that was read and before each POST, counted from 1. */
  readonly beforePost?: (nth: number) => unknown;
}

/** A BK-CI and the action in one process, at one time. */
export interface Scene {
  readonly clock: FastClock;
  readonly standin: Standin;
  readonly buildId: string;
  /** Ids and user of the first build. */
  readonly ids: Ids;
  /** Cancels the workflow. */
  cancel(): void;
  run(task?: StepTask): Promise<Ended>;
  /** The post step, with what main saved. */
  post(state: Readonly<Record<string, string>>, task?: StepTask): Promise<Told>;
  /** What really happened to the first build, two minutes after the present. */
  truth(): Promise<ReturnType<World['truth']>>;
}

export interface SceneDraft extends Partial<Omit<WorldDraft, 'clock'>>, ListenerOptions {
  readonly clock?: FastClock;
}

/** Runs `use` with a scene, over the nightly build unless said otherwise. */
export function withScene<T>(draft: SceneDraft, use: (scene: Scene) => Promise<T>): Promise<T> {
  const { clock = fastClock(), faults = [], tls, ...change } = draft;
  const world = nightlyWorld({ ...change, clock: clock.world });
  return withStandin({ world, faults, ...(tls ? { tls } : {}) }, (server) => use(sceneOf(server, clock)));
}

function sceneOf({ standin, ids, truth }: Server, clock: FastClock): Scene {
  const workflow = new AbortController();
  const own = createHttp('retry-bk-ci-build/0.0.0', clock);
  const stepOf = ({ inputs = {}, environment = {} }: StepTask, state = {}) => {
    const variables = { ...runnerVariables({ inputs: { ...ids, ...inputs }, state }), ...environment };
    const recorder = recordActions(variables);
    const step: StepContext = { runner: createRunner(recorder.core, variables), clock, cancelled: workflow.signal };
    return { step, told: () => toldBy(recorder) };
  };
  return {
    clock,
    standin,
    ids,
    buildId: ids.buildId,
    cancel: () => workflow.abort(new WorkflowCancelled('the workflow was cancelled')),
    run: async ({ http = own, beforePost, ...task } = {}) => {
      const { step, told } = stepOf(task);
      const green = await run(step, beforePost ? interrupted(http, beforePost) : http);
      return { green, ...told() };
    },
    post: async (state, { http = own, ...task } = {}) => {
      const { step, told } = stepOf(task, state);
      await runPost({ ...step, cancelled: new AbortController().signal }, http);
      return told();
    },
    truth: async () => {
      await clock.pass(120_000);
      return truth();
    },
  };
}

function toldBy({ recorded }: Recorder): Told {
  const { log, annotations, debug, masks } = readLog(recorded.stdout);
  const { outputs, state, summary } = recorded;
  return { log, annotations, debug, masks, outputs, state, summary };
}

function interrupted(http: Http, beforePost: (nth: number) => unknown): Http {
  const posts = { count: 0 };
  return {
    send: async (request) => {
      if (request.method === 'POST') {
        posts.count += 1;
        await beforePost(posts.count);
      }
      return http.send(request);
    },
  };
}
