/** A step without a runner, a network or time of its own. */

import { createRunner } from '../../src/github/runner.js';
import { Aborted, type Step } from '../../src/github/step.js';
import type { Scene } from '../../src/run/context.js';
import { Handover } from '../../src/run/saved-state.js';
import { Story } from '../../src/run/state.js';
import { type Recorder, recordActions } from './actions.js';
import { type FakeBkci, fakeBkci, type Script } from './bkci.js';
import { BUILD } from './builds.js';
import { type FakeClock, fakeClock, type Time } from './clock.js';
import { inputs } from './inputs.js';

export interface FakeScene extends FakeStep {
  readonly scene: Scene;
  readonly bkci: FakeBkci;
}

/** @param given inputs over those that are required. */
export function fakeScene(script: Script, given: Readonly<Record<string, string>> = {}): FakeScene {
  const fake = fakeStep();
  const read = inputs(given);
  const bkci = fakeBkci(script, { access: read.access, clock: fake.clock });
  const story = new Story(fake.step);
  story.know({
    maxAttempts: read.waiting?.maxAttempts ?? 1,
    ...(read.consoleUrl ? { consoleUrl: read.consoleUrl } : {}),
  });
  if (read.waiting?.stopOnAbort) story.handover = new Handover(fake.step.runner, read.access.api.root);
  story.know({ build: BUILD });
  return { ...fake, bkci, scene: { ...fake.step, inputs: read, client: bkci.client, story } };
}

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
