/**
 * The step ends before the build: stops what this step started, once, and nothing that somebody else did. Before each
 * stop the state says that main has told the end, since a second stop would force termination (bk-ci: stop).
 */
import type { Look } from './bkci/decode.js';
import { saveOver } from './github/state.js';
import type { Scene } from './look.js';
import type { Outcome } from './report/outcome.js';
import type { Accepted } from './settle.js';
import { ABORT_STOP_MS, type Stop, type StopLimits, stopOnce, verifyStop } from './stop.js';
import type { End } from './wait.js';

const TIMEOUT_STOP_MS = 20_000;

/** Why an execution is not ours to stop; undefined when it is. */
export function notOurs({ executeCount, foreign }: Accepted, look: Look | undefined): string | undefined {
  if (foreign) return 'somebody else may have started this execution';
  const newest = look?.executeCount;
  if (executeCount === undefined || newest === undefined || newest <= executeCount) return undefined;
  return `execution ${newest} was started by somebody else`;
}

/** The workflow was cancelled. Stops only what is certain to run; post settles what is not. */
export async function abandon(scene: Scene | undefined): Promise<Outcome> {
  if (scene?.story.phase !== 'running' || !scene.inputs.waiting?.stopOnAbort) return { result: 'aborted' };
  const { story } = scene;
  if (!story.ours) return { result: 'aborted' };
  const foreign = notOurs(story.ours, story.facts.look);
  if (foreign !== undefined) return { result: 'aborted', stop: { kind: 'needless', why: foreign } };
  const stop = await stopOurs(scene, story.ours, { deadlineMs: ABORT_STOP_MS });
  return { result: wasSent(stop) ? 'stopped' : 'aborted', stop };
}

/** Time is up: with stopOnAbort the build is stopped, and a look says whether it took. */
export async function timeIsUp(
  scene: Scene,
  ours: Accepted,
  { look }: Extract<End, { result: 'timed-out' }>,
): Promise<Outcome> {
  const { step, client, inputs } = scene;
  if (!inputs.waiting?.stopOnAbort) return { result: 'timed-out' };
  const foreign = notOurs(ours, look);
  if (foreign !== undefined) return { result: 'timed-out', stop: { kind: 'needless', why: foreign } };
  const stop = await stopOurs(scene, ours, { deadlineMs: TIMEOUT_STOP_MS, signal: step.cancelled });
  if (!wasSent(stop)) return { result: 'timed-out', stop };
  return { result: 'timed-out', stop, hasStopped: await verifyStop(step, client, ours.build) };
}

function wasSent({ kind }: Stop): boolean {
  return kind === 'sent' || kind === 'unanswered';
}

function stopOurs({ step, client, story }: Scene, { build }: Accepted, limits: StopLimits): Promise<Stop> {
  story.phase = 'ended';
  saveOver(step.runner);
  return stopOnce(client, build, limits);
}
