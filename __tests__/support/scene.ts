/** The scene that the parts of the story play in: a step, inputs, a scripted BK-CI, and what is learned. */
import { Handover } from '../../src/github/state.js';
import type { Scene } from '../../src/scene.js';
import { Story } from '../../src/story.js';
import { type FakeBkci, fakeBkci, type Script } from './bkci.js';
import { BUILD } from './builds.js';
import { inputs } from './inputs.js';
import { type FakeStep, fakeStep } from './step.js';

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
