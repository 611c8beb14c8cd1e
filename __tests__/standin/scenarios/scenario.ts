import type { Fault } from '../http/faults.js';
import { type GithubData, startGithub } from '../http/github.js';
import type { Listener } from '../http/listener.js';
import { type Standin, startStandin } from '../http/server.js';
import type { StepOptions } from '../runner/runner.js';
import { scaledClock, type WorldClock } from '../world/clock.js';
import type { World, WorldOptions } from '../world/world.js';
import { nightlyWorld } from './nightly.js';

/** A named situation: the state of BK-CI, its faults, the inputs of the step, and the expected result. */
export interface Scenario {
  readonly name: string;
  /** One sentence that needs no knowledge of the project. */
  readonly description: string;
  readonly exitCode: 0 | 1;
  /** The step's output `result`. */
  readonly result: string;
  /** The step's output `reason`; absent where it is empty. */
  readonly reason?: string;
  /** How much faster than real time BK-CI's clock runs. */
  readonly scale: number;
  readonly setUp: (clock: WorldClock) => ScenarioSetup;
}

/** `{bkci}` stands for the stand-in's address, which is known only after it has started. */
export interface ScenarioSetup {
  readonly world: World;
  /** As in `with:`. */
  readonly inputs: Readonly<Record<string, string>>;
  readonly faults?: readonly Fault[];
  readonly github?: GithubData;
  readonly event?: { readonly name: string; readonly payload: unknown };
  /** A signal sent to the step some time after BK-CI has received the retry. */
  readonly signal?: { readonly name: NodeJS.Signals; readonly afterMs: number };
}

/** Ids of the first build of a world, and the user who retries it. */
export type Ids = Readonly<Record<'apiUrl' | 'projectId' | 'pipelineId' | 'buildId' | 'username', string>>;

/** The ids as a user copies them from the browser's address bar. */
export function idsOf(world: World, apiUrl = '{bkci}'): Ids {
  const build = world.builds[0];
  if (!build) throw new Error('stand-in: a world without builds');
  const { projectId, id: pipelineId } = build.pipeline;
  return { apiUrl, projectId, pipelineId, buildId: build.id, username: 'ci-bot' };
}

/** The nightly build and the inputs that name it. */
export function nightlySetup(inputs: Readonly<Record<string, string>>, overrides: Partial<WorldOptions> = {}) {
  return (clock: WorldClock) => {
    const world = nightlyWorld({ clock, ...overrides });
    return { world, inputs: { ...idsOf(world), ...inputs } };
  };
}

export interface RunningScenario {
  readonly scenario: Scenario;
  readonly standin: Standin;
  readonly github: Listener | null;
  readonly inputs: Readonly<Record<string, string>>;
  readonly githubToken: string;
  readonly signal: ScenarioSetup['signal'];
  /** Options for `startStep` besides entry and inputs. */
  readonly stepOptions: Pick<StepOptions, 'env' | 'event'>;
  close(): Promise<void>;
}

/** Starts the servers of a scenario. */
export async function startScenario(
  scenario: Scenario,
  clock: WorldClock = scaledClock(scenario.scale),
): Promise<RunningScenario> {
  const setting = scenario.setUp(clock);
  const standin = await startStandin({ world: setting.world, faults: setting.faults ?? [] });
  const fill = <T>(value: T): T => JSON.parse(JSON.stringify(value).replaceAll('{bkci}', standin.url));
  const github = setting.github ? await startGithub(fill(setting.github)) : null;
  return {
    scenario,
    standin,
    github,
    inputs: fill(setting.inputs),
    githubToken: setting.github?.token ?? '',
    signal: setting.signal,
    stepOptions: {
      ...(github ? { env: { GITHUB_API_URL: github.url } } : {}),
      ...(setting.event ? { event: setting.event } : {}),
    },
    close: async () => {
      await Promise.all([standin.close(), github?.close()]);
    },
  };
}
