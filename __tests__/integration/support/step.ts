import { createHttp, type Http } from '../../../src/bkci/http.js';
import { cleanUp } from '../../../src/cleanup.js';
import { createRunner } from '../../../src/github/runner.js';
import { run } from '../../../src/run.js';
import { Aborted, type Step } from '../../../src/step.js';
import type { Fault } from '../../standin/faults.js';
import { nightlyBuild } from '../../standin/nightly.js';
import { type Standin, startStandin } from '../../standin/server.js';
import { World, type WorldDraft } from '../../standin/world.js';
import { type FastClock, fastClock } from './fast-clock.js';
import { recorder, type Told } from './recorder.js';

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
  readonly ids: Readonly<Record<string, string>>;
  /** Cancels the workflow. */
  cancel(): void;
  run(task?: StepTask): Promise<Ended>;
  /** The post step, with what main saved. */
  post(state: Readonly<Record<string, string>>, task?: StepTask): Promise<Told>;
  /** What really happened to the first build, two minutes after the present. */
  truth(): Promise<ReturnType<World['truth']>>;
  close(): Promise<void>;
}

export interface SceneDraft extends Partial<Omit<WorldDraft, 'clock'>> {
  readonly clock?: FastClock;
  readonly faults?: readonly Fault[];
  readonly tls?: { readonly key: string; readonly cert: string };
}

export async function scene({ clock = fastClock(), faults = [], tls, ...draft }: SceneDraft = {}): Promise<Scene> {
  const world = new World({ builds: [nightlyBuild()], ...draft, clock: clock.world });
  const standin = await startStandin({ world, faults, ...(tls ? { tls } : {}) });
  const [build] = world.builds;
  if (!build) throw new Error('a world without builds');
  const ids = {
    apiUrl: standin.url,
    projectId: build.pipeline.projectId,
    pipelineId: build.pipeline.id,
    buildId: build.id,
    username: 'ci-bot',
  };
  const workflow = new AbortController();
  const stepOf = ({ inputs = {}, environment = {} }: StepTask) => {
    const all = { ...ids, ...inputs };
    const { actions, told } = recorder(all);
    const names = Object.entries(all).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]);
    const runner = createRunner(actions, { ...Object.fromEntries(names), ...environment });
    return { step: { runner, clock, cancelled: workflow.signal } satisfies Step, told };
  };
  const own = createHttp('retry-bk-ci-build/0.0.0', clock);
  return {
    clock,
    standin,
    ids,
    buildId: build.id,
    cancel: () => workflow.abort(new Aborted('the workflow was cancelled')),
    run: async ({ http = own, beforePost, ...task } = {}) => {
      const { step, told } = stepOf(task);
      const green = await run(step, beforePost ? interrupted(http, beforePost) : http);
      return { green, ...told() };
    },
    post: async (state, { http = own, ...task } = {}) => {
      const saved = Object.entries(state).map(([name, value]) => [`STATE_${name}`, value]);
      const environment = { ...task.environment, ...Object.fromEntries(saved) };
      const { step, told } = stepOf({ ...task, environment });
      await cleanUp({ ...step, cancelled: new AbortController().signal }, http);
      return told();
    },
    truth: async () => {
      await clock.pass(120_000);
      return world.truth(build.id);
    },
    close: () => standin.close(),
  };
}

/** Runs `use` with a scene and closes it; the stand-in must have had nothing to object to. */
export async function withScene<T>(draft: SceneDraft, use: (scene: Scene) => Promise<T>): Promise<T> {
  const opened = await scene(draft);
  try {
    const result = await use(opened);
    const { problems } = opened.standin;
    if (problems.length > 0) throw new Error(`against the letter of the API:\n${problems.join('\n')}`);
    return result;
  } finally {
    await opened.close();
  }
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
