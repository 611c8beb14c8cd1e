/** A step and a run for unit tests: a recorded runner, a scripted BK-CI and a fake clock. */

import { createRunner } from '../../src/github/runner.js';
import { type StepContext, WorkflowCancelled } from '../../src/github/step.js';
import type { RunContext } from '../../src/run/context.js';
import { accessToSave } from '../../src/run/saved-state.js';
import { RunState } from '../../src/run/state.js';
import { type Broken, type Recorder, recordActions } from './actions.js';
import { type FakeBkci, fakeBkci, type Script } from './bkci.js';
import { BUILD } from './builds.js';
import { type FakeClock, type FakeClockOptions, fakeClock } from './clock.js';
import { inputs } from './inputs.js';

export interface FakeRun extends FakeStep {
  readonly context: RunContext;
  readonly bkci: FakeBkci;
}

/** @param inputValues inputs over those that are required. */
export function fakeRun(
  script: Script,
  inputValues: Readonly<Record<string, string>> = {},
  options: Broken = {},
): FakeRun {
  const fake = fakeStep({}, options);
  const parsed = inputs(inputValues);
  const bkci = fakeBkci(script, { access: parsed.access, clock: fake.clock });
  const state = new RunState(fake.step);
  state.update({
    maxAttempts: parsed.follow?.maxAttempts ?? 1,
    ...(parsed.consoleUrl ? { consoleUrl: parsed.consoleUrl } : {}),
  });
  if (parsed.follow?.stopOnAbort) state.saveForPost(accessToSave(parsed));
  state.update({ build: BUILD });
  return { ...fake, bkci, context: { ...fake.step, inputs: parsed, client: bkci.client, state } };
}

export interface FakeStep {
  readonly step: StepContext;
  readonly clock: FakeClock;
  readonly recorder: Recorder;
  /** Lines and workflow commands that were printed so far. */
  readonly log: () => readonly string[];
  /** Cancels the workflow. */
  readonly cancel: () => void;
}

export function fakeStep(
  environment: Readonly<Record<string, string>> = {},
  { broken, ...time }: FakeClockOptions & Broken = {},
): FakeStep {
  const recorder = recordActions(environment, broken ? { broken } : {});
  const clock = fakeClock(time);
  const controller = new AbortController();
  return {
    step: { runner: createRunner(recorder.core, environment), clock, cancelled: controller.signal },
    clock,
    recorder,
    log: () => recorder.recorded.log,
    cancel: () => controller.abort(new WorkflowCancelled('the workflow was cancelled')),
  };
}
