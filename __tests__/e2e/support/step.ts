import { expect } from '@jest/globals';
import type { Fault } from '../../standin/faults.js';
import { nightlyWorld } from '../../standin/nightly.js';
import { type Step, type StepOptions, type StepResult, startStep } from '../../standin/runner.js';
import { readAction, withDefaults } from '../../standin/runner-action.js';
import { type Standin, startStandin } from '../../standin/server.js';
import type { World } from '../../standin/world.js';

export const ACTION = readAction();

/** A step that hangs is a failure; nothing here takes longer. */
const LIMIT_MS = 50_000;

export type StepDraft = Partial<Omit<StepOptions, 'entry'>>;

/** The bundle as a child process, as the runner starts it: inputs with the defaults of action.yml. */
export function startMain({ inputs = {}, ...rest }: StepDraft): Step {
  return startStep({ entry: ACTION.main, inputs: withDefaults(ACTION, inputs), limitMs: LIMIT_MS, ...rest });
}

export function runMain(draft: StepDraft): Promise<StepResult> {
  return startMain(draft).done;
}

/** The post step of a main step that has ended, or was killed. */
export function runPost({ inputs = {}, ...rest }: StepDraft): Promise<StepResult> {
  if (ACTION.post === null) throw new Error('action.yml has no post step');
  return startStep({ entry: ACTION.post, inputs: withDefaults(ACTION, inputs), limitMs: LIMIT_MS, ...rest }).done;
}

/** As soon as the step has printed something; fails with its log when it ends before. */
export async function printed(step: Step, pattern: RegExp): Promise<void> {
  const ended = async () => {
    const { log, stderr } = await step.done;
    throw new Error(`ended without ${pattern}:\n${log.join('\n')}\n${stderr}`);
  };
  await Promise.race([step.printed(pattern), ended()]);
}

export interface Server {
  readonly standin: Standin;
  /** Ids and user of the first build. */
  readonly ids: Readonly<Record<string, string>>;
  truth(): ReturnType<World['truth']>;
}

export interface ServerDraft {
  readonly world?: World;
  readonly faults?: readonly Fault[];
  readonly tls?: { readonly key: string; readonly cert: string };
}

/** Gives a BK-CI to `use`, and expects that nothing went against the letter of its API. */
export async function withServer<T>(
  { world = nightlyWorld(), ...rest }: ServerDraft,
  use: (server: Server) => Promise<T>,
): Promise<T> {
  const standin = await startStandin({ world, ...rest });
  const [build] = world.builds;
  if (!build) throw new Error('a world without builds');
  const { projectId, id: pipelineId } = build.pipeline;
  const ids = { apiUrl: standin.url, projectId, pipelineId, buildId: build.id, username: 'ci-bot' };
  try {
    const result = await use({ standin, ids, truth: () => world.truth(build.id) });
    expect(standin.problems).toEqual([]);
    return result;
  } finally {
    await standin.close();
  }
}
