/** A step without a runner, a network or time of its own. */
import { createRunner } from '../../src/github/runner.js';
import { Aborted, type Step } from '../../src/step.js';
import { type Recorder, recordActions } from './actions.js';
import { type FakeClock, fakeClock, type Time } from './clock.js';

export interface FakeStep {
  readonly step: Step;
  readonly clock: FakeClock;
  readonly recorder: Recorder;
  /** Lines and commands so far. */
  readonly log: () => readonly string[];
  /** The workflow is cancelled. */
  readonly cancel: () => void;
}

export function fakeStep(environment: Readonly<Record<string, string>> = {}, time: Time = {}): FakeStep {
  const recorder = recordActions(environment);
  const clock = fakeClock(time);
  const aborter = new AbortController();
  return {
    step: { runner: createRunner(recorder.core, environment), clock, cancelled: aborter.signal },
    clock,
    recorder,
    log: () => recorder.recorded.log,
    cancel: () => aborter.abort(new Aborted('the workflow was cancelled')),
  };
}
