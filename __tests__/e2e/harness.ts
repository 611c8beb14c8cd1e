import type { StandinOptions } from '../standin/http/server.js';
import { readAction, withDefaults } from '../standin/runner/action.js';
import { type Step, type StepOptions, type StepResult, startStep } from '../standin/runner/runner.js';
import { nightlyWorld } from '../standin/scenarios/nightly.js';
import { type Server, withStandin } from '../support/standin.js';

export const ACTION = readAction();

/** A step that hangs is a failure; nothing here takes longer. */
const TIMEOUT_MS = 50_000;

export type ActionRunOptions = Partial<Omit<StepOptions, 'entry'>>;

/** The bundle as a child process, as the runner starts it: inputs with the defaults of action.yml. */
export function startMain({ inputs = {}, ...rest }: ActionRunOptions): Step {
  return startStep({ entry: ACTION.main, inputs: withDefaults(ACTION, inputs), timeoutMs: TIMEOUT_MS, ...rest });
}

export function runMain(options: ActionRunOptions): Promise<StepResult> {
  return startMain(options).done;
}

/** The post step of a main step that has ended, or was killed. */
export function runPost({ inputs = {}, ...rest }: ActionRunOptions): Promise<StepResult> {
  if (ACTION.post === null) throw new Error('action.yml has no post step');
  return startStep({ entry: ACTION.post, inputs: withDefaults(ACTION, inputs), timeoutMs: TIMEOUT_MS, ...rest }).done;
}

/** As soon as the step has printed something; fails with its log when it ends before. */
export async function waitForOutput(step: Step, pattern: RegExp): Promise<void> {
  const ended = async () => {
    const { log, stderr } = await step.done;
    throw new Error(`ended without ${pattern}:\n${log.join('\n')}\n${stderr}`);
  };
  await Promise.race([step.waitForOutput(pattern), ended()]);
}

/** Gives a BK-CI to `use`; that of the nightly build unless said otherwise. */
export function withServer<T>(
  { world = nightlyWorld(), ...options }: Partial<StandinOptions>,
  use: (server: Server) => Promise<T>,
): Promise<T> {
  return withStandin({ world, ...options }, use);
}
