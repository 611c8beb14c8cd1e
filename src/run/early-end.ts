/**
 * The step ends before the build: stops what this step started, once, and nothing that somebody else did. Before each
 * stop the state says that main has told the end, since a second stop would force termination (bk-ci: stop).
 */

import type { Client } from '../bkci/client.js';
import { ABORT_STOP_MS, lookAfterStop, type Stop, type StopLimits, stopOnce } from '../follow/stop.js';
import { type End, isOfRetry } from '../follow/watch.js';
import type { Step } from '../github/step.js';
import { given } from '../lib/given.js';
import { isLater } from '../model/execution.js';
import type { BuildRef } from '../model/link.js';
import type { Look } from '../model/snapshot.js';
import { isFinished } from '../model/status.js';
import type { Outcome } from '../report/outcome.js';
import type { Accepted } from '../retry/reconcile.js';
import type { Scene } from './context.js';
import type { Running } from './state.js';

const TIMEOUT_STOP_MS = 20_000;
/** Together with the stop it leaves a second of the time before the step must end by itself. */
const ABORT_LOOK_MS = 1_500;

/** Why an execution is not ours to stop; undefined when it is. */
export function notOurs({ executeCount, foreign }: Accepted, look: Look | undefined): string | undefined {
  if (foreign) return 'somebody else may have started this execution';
  return look && isLater(look, executeCount)
    ? `execution ${look.executeCount} was started by somebody else`
    : undefined;
}

/** The workflow was cancelled. Stops only what is certain to run; post settles what is not. */
export async function abandon(scene: Scene | undefined): Promise<Outcome> {
  const progress = scene?.story.progress;
  if (!scene?.inputs.waiting?.stopOnAbort) return { result: 'aborted' };
  if (progress?.phase === 'maybe') return { result: 'aborted', postLooks: true };
  if (progress?.phase !== 'running') return { result: 'aborted' };
  const { ours } = progress;
  // The last look may be minutes old.
  const fresh = await lookNow(scene.client, ours.build);
  if (fresh && isEndOf(progress, fresh)) {
    scene.story.looked(fresh);
    scene.story.buildEnded();
    return { result: 'aborted', stop: { kind: 'needless', why: 'it has ended already' } };
  }
  const foreign = notOurs(ours, fresh ?? scene.story.facts.look);
  if (foreign !== undefined) return { result: 'aborted', stop: { kind: 'needless', why: foreign } };
  const stop = await stopOurs(scene, ours, { deadlineMs: ABORT_STOP_MS });
  return { result: wasSent(stop) ? 'stopped' : 'aborted', stop };
}

/** Whether a look shows the end of what was accepted: until that shows, it still tells of the execution before. */
function isEndOf({ ours, baseline }: Running, look: Look): boolean {
  const isOther =
    ours.executeCount !== undefined && look.executeCount !== undefined && look.executeCount !== ours.executeCount;
  return isFinished(look) && !isOther && isOfRetry(baseline, look);
}

/** Time is up: with stopOnAbort the build is stopped, and a look says whether it took. */
export async function timeIsUp(
  scene: Scene,
  running: Running,
  { look }: Extract<End, { result: 'timed-out' }>,
): Promise<Outcome> {
  const { client, inputs, story } = scene;
  const { ours } = running;
  const outcome = { result: 'timed-out', ...given({ look }) } as const;
  if (!inputs.waiting?.stopOnAbort) return outcome;
  const foreign = notOurs(ours, look);
  if (foreign !== undefined) return { ...outcome, stop: { kind: 'needless', why: foreign } };
  const stop = await stopOurs(scene, ours, { deadlineMs: TIMEOUT_STOP_MS, cutShort: soonAfterAbort(scene) });
  if (!wasSent(stop)) return { ...outcome, stop };
  const isEnd = (seen: Look) => isEndOf(running, seen);
  const ended = await lookAfterStop(scene, { client, build: ours.build, isEnd });
  if (!ended) return { ...outcome, stop };
  story.looked(ended);
  return { ...outcome, stop, ended };
}

function wasSent({ kind }: Stop): boolean {
  return kind === 'sent' || kind === 'unanswered';
}

async function stopOurs({ client, story }: Scene, { build }: Accepted, limits: StopLimits): Promise<Stop> {
  story.buildEnded();
  story.handover?.over();
  const stop = await stopOnce(client, build, limits);
  // Nothing is on its way, so post may send one.
  if (stop.kind === 'undelivered') story.handover?.leave();
  return stop;
}

function lookNow(client: Client, build: BuildRef): Promise<Look | undefined> {
  return client.buildStatus(build, { deadlineMs: ABORT_LOOK_MS }).catch(() => undefined);
}

/** A cancelled workflow leaves a stop that was begun at the timeout as much time as one of its own. */
function soonAfterAbort({ clock, cancelled }: Step): AbortSignal {
  const late = new AbortController();
  const begin = () => void clock.alarm(ABORT_STOP_MS, () => late.abort());
  if (cancelled.aborted) begin();
  else cancelled.addEventListener('abort', begin, { once: true });
  return late.signal;
}
