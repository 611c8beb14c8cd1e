/** A step without a runner, a network or time of its own. */

import { createRunner } from '../../src/github/runner.js';
import { type StepContext, WorkflowCancelled } from '../../src/github/step.js';
import type { RunContext } from '../../src/run/context.js';
import { RunState } from '../../src/run/state.js';
import { type Recorder, recordActions } from './actions.js';
import { type FakeBkci, fakeBkci, type Script } from './bkci.js';
import { BUILD } from './builds.js';
import { type FakeClock, type FakeClockOptions, fakeClock } from './clock.js';
import { inputs } from './inputs.js';

export interface FakeRun extends FakeStep {
  readonly context: RunContext;
  readonly bkci: FakeBkci;
}

/** @param given inputs over those that are required. */
export function fakeRun(script: Script, given: Readonly<Record<string, string>> = {}): FakeRun {
  const fake = fakeStep();
  const read = inputs(given);
  const bkci = fakeBkci(script, { access: read.access, clock: fake.clock });
  const state = new RunState(fake.step);
  state.update({
    maxAttempts: read.follow?.maxAttempts ?? 1,
    ...(read.consoleUrl ? { consoleUrl: read.consoleUrl } : {}),
  });
  if (read.follow?.stopOnAbort) state.saveForPost(read.access.api.root);
  state.update({ build: BUILD });
  return { ...fake, bkci, context: { ...fake.step, inputs: read, client: bkci.client, state } };
}

export interface FakeStep {
  readonly step: StepContext;
  readonly clock: FakeClock;
  readonly recorder: Recorder;
  /** Lines and commands so far. */
  readonly log: () => readonly string[];
  /** The workflow is cancelled. */
  readonly cancel: () => void;
}

export function fakeStep(environment: Readonly<Record<string, string>> = {}, time: FakeClockOptions = {}): FakeStep {
  const recorder = recordActions(environment);
  const clock = fakeClock(time);
  const aborter = new AbortController();
  return {
    step: { runner: createRunner(recorder.core, environment), clock, cancelled: aborter.signal },
    clock,
    recorder,
    log: () => recorder.recorded.log,
    cancel: () => aborter.abort(new WorkflowCancelled('the workflow was cancelled')),
  };
}
