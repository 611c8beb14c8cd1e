/**
 * The step ends before the build, because the workflow was cancelled or time is up: with `stopOnAbort` the build is
 * stopped, if this step started its execution. A stop is sent only once the saved state says that nothing is left for
 * post, since a second stop would terminate the build by force (bk-ci: stop). If it can't say so, the stop is post's.
 */

import type { Client } from '../bkci/client.js';
import { CANCEL_STOP_MS, confirmStopped, requestStop, type StopLimits } from '../follow/stop.js';
import { mayStop, type StopResult } from '../follow/stop-result.js';
import type { End } from '../follow/watch.js';
import type { StepContext } from '../github/step.js';
import type { ActionError } from '../lib/errors.js';
import { whoseExecution } from '../model/execution.js';
import type { BuildRef } from '../model/link.js';
import type { BuildStatus } from '../model/snapshot.js';
import { isFinished } from '../model/status.js';
import type { Outcome } from '../report/outcome.js';
import type { AcceptedRetry } from '../retry/accepted-retry.js';
import type { RunContext } from './context.js';
import type { Running } from './lifecycle.js';

const TIMEOUT_STOP_MS = 20_000;
/** Read and stop together leave one of the 5.5 s after which the step exits (src/index.ts). */
const CANCEL_READ_MS = 1_500;

/**
 * Why this step must not stop an execution; undefined when it may.
 *
 * @param status the last that is known of the build.
 * @param username who retried, if known.
 */
export function whyNotOurs(
  { executeCount, ownership, answeredOther }: AcceptedRetry,
  status: BuildStatus | undefined,
  username: string | undefined,
): string | undefined {
  if (ownership === 'other') return 'somebody else may have started this execution';
  if (ownership === 'unsure' && (username === undefined || status?.startedBy !== username)) {
    return 'it is not known who started this execution';
  }
  if (answeredOther && (!status || isFinished(status))) return 'it was not seen running';
  return status && whoseExecution({ executeCount }, status) === 'newer'
    ? `execution ${status.executeCount} was started by somebody else`
    : undefined;
}

/**
 * The workflow was cancelled. Stops a retry that was accepted. While its outcome is not known, main stops nothing: post
 * reads the build and decides.
 */
export async function onCancelled(context: RunContext | undefined): Promise<Outcome> {
  if (!context?.inputs.follow?.stopOnAbort) return { result: 'aborted' };
  const { lifecycle } = context.state;
  if (lifecycle.kind === 'sending') return { result: 'aborted', postLooks: true };
  if (lifecycle.kind !== 'running') return { result: 'aborted' };
  const { accepted } = lifecycle;
  // The last read may be minutes old.
  const fresh = await readStatusNow(context.client, accepted.build);
  if (fresh && isEndOf(lifecycle, fresh)) {
    context.state.recordStatus(fresh);
    context.state.advance({ kind: 'end' });
    return { result: 'aborted', stop: { kind: 'unnecessary', why: 'it has ended already' } };
  }
  const why = whyNotOurs(accepted, fresh ?? context.state.record.lastStatus, usernameOf(context));
  if (why !== undefined) return { result: 'aborted', stop: { kind: 'unnecessary', why } };
  const stop = await stopOurBuild(context, lifecycle, { deadlineMs: CANCEL_STOP_MS });
  return stop.kind === 'sent' ? { result: 'stopped' } : { result: 'aborted', stop };
}

function usernameOf({ inputs }: RunContext): string | undefined {
  return inputs.access.credentials.username;
}

/** Until the new execution shows, a read still shows the end of the one before. */
function isEndOf({ accepted, baseline }: Running, status: BuildStatus): boolean {
  return isFinished(status) && whoseExecution({ baseline, executeCount: accepted.executeCount }, status) === 'ours';
}

/** Time is up. With `stopOnAbort` the build is stopped, and reads show whether it ends. */
export async function onTimeout(
  context: RunContext,
  running: Running,
  { status }: Extract<End, { result: 'timed-out' }>,
): Promise<Outcome> {
  const { client, inputs, state } = context;
  const { accepted } = running;
  const outcome = { result: 'timed-out', status } as const;
  if (!inputs.follow?.stopOnAbort) return outcome;
  const why = whyNotOurs(accepted, status, usernameOf(context));
  if (why !== undefined) return { ...outcome, stop: { kind: 'unnecessary', why } };
  const stop = await stopOurBuild(context, running, {
    deadlineMs: TIMEOUT_STOP_MS,
    deadlineSignal: deadlineAfterCancel(context),
  });
  if (!mayStop(stop)) return { ...outcome, stop };
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
  const problem = state.advance({ kind: 'end' });
  const stop = problem ? leftToPost(problem) : await requestStop(client, accepted.build, limits);
  if (stop.kind === 'undelivered') state.advance({ kind: 'stop-failed', accepted, baseline });
  return stop;
}

function leftToPost({ text }: ActionError): StopResult {
  return { kind: 'undelivered', why: `nothing was sent: ${text.problem.replace(/^T/, 't')}` };
}

function readStatusNow(client: Client, build: BuildRef): Promise<BuildStatus | undefined> {
  return client.buildStatus(build, { deadlineMs: CANCEL_READ_MS }).catch(() => undefined);
}

/** Aborted some time after the workflow was cancelled: what is under way then gets the time of a cancelled step's stop. */
export function deadlineAfterCancel({ clock, cancelled }: StepContext): AbortSignal {
  const late = new AbortController();
  const begin = () => void clock.timer(CANCEL_STOP_MS, () => late.abort(cancelled.reason));
  if (cancelled.aborted) begin();
  else cancelled.addEventListener('abort', begin, { once: true });
  return late.signal;
}
