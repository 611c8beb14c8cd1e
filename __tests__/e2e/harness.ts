import type { StandinOptions } from '../standin/http/server.js';
import { readAction, withDefaults } from '../standin/runner/action.js';
import { type Step, type StepOptions, type StepResult, startStep } from '../standin/runner/runner.js';
import { nightlyWorld } from '../standin/scenarios/nightly.js';
import { type Server, withStandin } from '../support/standin.js';

export const ACTION = readAction();

/** A step that takes longer hangs and is killed. */
const TIMEOUT_MS = 50_000;

export type ActionRunOptions = Partial<Omit<StepOptions, 'entry'>>;

/** Starts the bundle in a child process as the runner does, with the default inputs of action.yml. */
export function startMain({ inputs = {}, ...rest }: ActionRunOptions): Step {
  return startStep({ entry: ACTION.main, inputs: withDefaults(ACTION, inputs), timeoutMs: TIMEOUT_MS, ...rest });
}

export function runMain(options: ActionRunOptions): Promise<StepResult> {
  return startMain(options).done;
}

/** Runs the post step after a main step that has ended or was killed. */
export function runPost({ inputs = {}, ...rest }: ActionRunOptions): Promise<StepResult> {
  if (ACTION.post === null) throw new Error('action.yml has no post step');
  return startStep({ entry: ACTION.post, inputs: withDefaults(ACTION, inputs), timeoutMs: TIMEOUT_MS, ...rest }).done;
}

/** Resolves as soon as the output of the step matches; fails with its log if the step ends before. */
export async function waitForOutput(step: Step, pattern: RegExp): Promise<void> {
  const ended = async () => {
    const { log, stderr } = await step.done;
    throw new Error(`ended without ${pattern}:\n${log.join('\n')}\n${stderr}`);
  };
  await Promise.race([step.waitForOutput(pattern), ended()]);
}

/** Runs `use` with a BK-CI, by default with the nightly build. */
export function withServer<T>(
  { world = nightlyWorld(), ...options }: Partial<StandinOptions>,
  use: (server: Server) => Promise<T>,
): Promise<T> {
  return withStandin({ world, ...options }, use);
}
