/**
 * The step ends before the build: stops what this step started, once, and nothing that somebody else did. Before each
 * stop the state says that main has told the end, since a second stop would force termination (bk-ci: stop).
 */

import type { Client } from '../bkci/client.js';
import { CANCEL_STOP_MS, confirmStopped, requestStop, type StopLimits } from '../follow/stop.js';
import { type StopResult, wasSent } from '../follow/stop-result.js';
import type { End } from '../follow/watch.js';
import type { StepContext } from '../github/step.js';
import { whoseExecution } from '../model/execution.js';
import type { BuildRef } from '../model/link.js';
import type { BuildStatus } from '../model/snapshot.js';
import { isFinished } from '../model/status.js';
import type { Outcome } from '../report/outcome.js';
import type { AcceptedRetry } from '../retry/accepted-retry.js';
import type { RunContext } from './context.js';
import type { Running } from './lifecycle.js';

const TIMEOUT_STOP_MS = 20_000;
/** Together with the stop it leaves a second of the time before the step must end by itself. */
const CANCEL_READ_MS = 1_500;

/** Why an execution is not ours to stop; undefined when it is. */
export function whyNotOurs(
  { executeCount, startedByOther }: AcceptedRetry,
  status: BuildStatus | undefined,
): string | undefined {
  if (startedByOther) return 'somebody else may have started this execution';
  return status && whoseExecution({ executeCount }, status) === 'newer'
    ? `execution ${status.executeCount} was started by somebody else`
    : undefined;
}

/** The workflow was cancelled. Stops only what is certain to run; post settles what is not. */
export async function onCancelled(context: RunContext | undefined): Promise<Outcome> {
  if (!context?.inputs.follow?.stopOnAbort) return { result: 'aborted' };
  const { lifecycle } = context.state;
  if (lifecycle.kind === 'sending') return { result: 'aborted', postLooks: true };
  if (lifecycle.kind !== 'running') return { result: 'aborted' };
  const { accepted } = lifecycle;
  // The last look may be minutes old.
  const fresh = await readStatusNow(context.client, accepted.build);
  if (fresh && isEndOf(lifecycle, fresh)) {
    context.state.recordStatus(fresh);
    context.state.advance({ kind: 'end' });
    return { result: 'aborted', stop: { kind: 'unnecessary', why: 'it has ended already' } };
  }
  const why = whyNotOurs(accepted, fresh ?? context.state.record.lastStatus);
  if (why !== undefined) return { result: 'aborted', stop: { kind: 'unnecessary', why } };
  const stop = await stopOurBuild(context, lifecycle, { deadlineMs: CANCEL_STOP_MS });
  return { result: wasSent(stop) ? 'stopped' : 'aborted', stop };
}

/** Until the retry shows, a look still shows the end of the execution before. */
function isEndOf({ accepted, baseline }: Running, status: BuildStatus): boolean {
  return isFinished(status) && whoseExecution({ baseline, executeCount: accepted.executeCount }, status) === 'ours';
}

/** Time is up: with stopOnAbort the build is stopped, and a look says whether it took. */
export async function onTimeout(
  context: RunContext,
  running: Running,
  { status }: Extract<End, { result: 'timed-out' }>,
): Promise<Outcome> {
  const { client, inputs, state } = context;
  const { accepted } = running;
  const outcome = { result: 'timed-out', status } as const;
  if (!inputs.follow?.stopOnAbort) return outcome;
  const why = whyNotOurs(accepted, status);
  if (why !== undefined) return { ...outcome, stop: { kind: 'unnecessary', why } };
  const stop = await stopOurBuild(context, running, {
    deadlineMs: TIMEOUT_STOP_MS,
    deadlineSignal: deadlineAfterCancel(context),
  });
  if (!wasSent(stop)) return { ...outcome, stop };
  const isEnd = (seen: BuildStatus) => isEndOf(running, seen);
  const ended = await confirmStopped(context, { client, build: accepted.build, isEnd });
  if (!ended) return { ...outcome, stop };
  state.recordStatus(ended);
  return { ...outcome, stop, ended };
}

async function stopOurBuild(
  { client, state }: RunContext,
  { accepted, baseline }: Running,
  limits: StopLimits,
): Promise<StopResult> {
  state.advance({ kind: 'end' });
  const stop = await requestStop(client, accepted.build, limits);
  if (stop.kind === 'undelivered') state.advance({ kind: 'stop-failed', accepted, baseline });
  return stop;
}

function readStatusNow(client: Client, build: BuildRef): Promise<BuildStatus | undefined> {
  return client.buildStatus(build, { deadlineMs: CANCEL_READ_MS }).catch(() => undefined);
}

/** A cancelled workflow leaves a stop that was begun at the timeout as much time as one of its own. */
function deadlineAfterCancel({ clock, cancelled }: StepContext): AbortSignal {
  const late = new AbortController();
  const begin = () => void clock.timer(CANCEL_STOP_MS, () => late.abort());
  if (cancelled.aborted) begin();
  else cancelled.addEventListener('abort', begin, { once: true });
  return late.signal;
}
