/** Retries and follows the build, up to `maxAttempts` times: until it succeeds, time is up, or it can't be retried again. */

import { collectFailures, collectLogs } from '../follow/failures.js';
import { lengthOf } from '../follow/pause.js';
import { type PollOptions, pollUntilEnd } from '../follow/poll.js';
import type { End } from '../follow/watch.js';
import type { FollowOptions } from '../inputs/inputs.js';
import { ActionError } from '../lib/errors.js';
import { duration } from '../lib/format.js';
import { logLine } from '../lib/log-line.js';
import { taskPath, taskReason, taskSentence } from '../model/describe-failure.js';
import { refusedGate } from '../model/gate.js';
import type { BuildRef } from '../model/link.js';
import type { BuildStatus } from '../model/snapshot.js';
import type { Plan } from '../plan/decide.js';
import type { Outcome } from '../report/outcome.js';
import { causesOf } from '../report/record.js';
import type { AcceptedRetry } from '../retry/accepted-retry.js';
import type { ResendBudget } from '../retry/resend-budget.js';
import { retryOnce } from '../retry/send.js';
import type { RunContext } from './context.js';
import { onTimeout } from './early-end.js';
import type { Running } from './lifecycle.js';
import { planNextAttempt } from './next-attempt.js';

/** One attempt, ready to be sent. */
export interface PlannedAttempt {
  readonly build: BuildRef;
  readonly plan: Plan;
  readonly budget: ResendBudget;
}

/** Throws an ActionError for what could not be done or learned, and WorkflowCancelled. */
export async function runAttempts(context: RunContext, planned: PlannedAttempt): Promise<Outcome> {
  const { follow } = context.inputs;
  const running = await sendRetry(context, planned);
  if (!follow) {
    logAccepted(context, running.accepted);
    return { result: 'retried' };
  }
  const deadline = running.accepted.at + follow.timeoutMs;
  return followAttempts(context, { running, deadline, options: follow });
}

interface Following {
  readonly running: Running;
  readonly deadline: number;
  readonly options: FollowOptions;
}

/** What to follow. Without baseline and count that is whatever execution runs. */
type FollowTarget = Pick<
  PollOptions,
  'build' | 'deadline' | 'baseline' | 'executeCount' | 'answeredOther' | 'expected'
> & {
  readonly options: FollowOptions;
};

async function followAttempts(context: RunContext, first: Following): Promise<Outcome> {
  const { deadline, options } = first;
  let { running } = first;
  for (let attempt = 1; ; attempt += 1) {
    const { accepted, baseline } = running;
    logAccepted(context, accepted, `up to ${duration(deadline - accepted.at)}`);
    const { build, executeCount, answeredOther } = accepted;
    const expected = expectedLength(context, running, options);
    const execution = { baseline, executeCount, answeredOther, expected };
    const end = await followBuild(context, { build, deadline, options, ...execution });
    if (end.result === 'timed-out') return onTimeout(context, running, end);
    context.state.advance({ kind: 'end' });
    if (end.result === 'succeeded') return { result: 'succeeded' };
    if (end.result === 'cancelled') return { result: 'cancelled', hasRun: end.hasRun };
    const isWanted = attempt < options.maxAttempts && !end.gateRefused;
    const again = isWanted && context.clock.now() + options.retryDelayMs < deadline;
    if (isWanted && !again) logTimeUsedUp(context, attempt + 1);
    await recordAttempt(context, accepted, { end, logs: !again });
    if (again) await pauseBefore(context, attempt + 1);
    const next = again ? await sendNextAttempt(context, first, { end, build, attempt: attempt + 1 }) : undefined;
    if (!next) {
      if (again) await recordLogs(context, build, end);
      return { result: 'failed', gateRefused: end.gateRefused };
    }
    running = next;
  }
}

/** As long as the execution before. Of a part, or of another build, that tells nothing. */
function expectedLength(
  { state }: RunContext,
  { baseline }: Running,
  { timeoutMs }: FollowOptions,
): number | undefined {
  const { plan, statusBefore } = state.record;
  if (!baseline || !statusBefore || plan?.parameters.taskId !== undefined) return undefined;
  const length = lengthOf(statusBefore);
  return length !== undefined && length <= timeoutMs ? length : undefined;
}

/** Logs and records what is about to be sent, or would be in a dry run. */
export function logPlan({ runner, state }: RunContext, plan: Plan): void {
  for (const warning of plan.warnings) runner.annotate('warning', warning);
  runner.info(logLine(plan.verb, plan.description));
  state.update({ plan, statusBefore: plan.baseline ?? state.record.statusBefore });
}

async function sendRetry(context: RunContext, { build, plan, budget }: PlannedAttempt): Promise<Running> {
  const { client, inputs, state } = context;
  const task = {
    client,
    build,
    plan,
    consoleUrl: inputs.consoleUrl,
    username: inputs.access.credentials.username,
    onSend: () => state.beginSend(build, plan.baseline),
    onSendFailed: () => void state.advance({ kind: 'send-failed' }),
  };
  const accepted = await retryOnce(context, task, budget);
  const running = { accepted, baseline: baselineOf(plan, accepted) };
  state.recordAccepted(running);
  if (plan.warningAfter !== undefined) context.runner.annotate('warning', plan.warningAfter);
  return running;
}

/**
 * The build that an end has to differ from. None for a plug-in inside a running build, which had no end yet that could
 * be mistaken for the new one, and none for another build than the one that was read.
 */
function baselineOf({ baseline, plugin }: Plan, { answeredOther }: AcceptedRetry): BuildStatus | undefined {
  return plugin || answeredOther ? undefined : baseline;
}

/** Reconciling a lost answer has logged its acceptance already. */
function logAccepted({ runner }: RunContext, { executeCount, response }: AcceptedRetry, limit?: string): void {
  const execution = executeCount === undefined ? 'by BK-CI' : `execution ${executeCount}`;
  if (response) runner.info(logLine('Accepted', limit === undefined ? execution : `${execution}, waiting ${limit}`));
  else if (limit !== undefined) runner.info(logLine('Waiting', limit));
}

/** Follows an execution to its end, and records each read. */
export async function followBuild(context: RunContext, target: FollowTarget): Promise<End> {
  const { client, inputs, state } = context;
  const { options, ...execution } = target;
  const end = await pollUntilEnd(context, {
    ...execution,
    client,
    since: state.startTimer(),
    longestPause: options.pollMs,
    consoleUrl: inputs.consoleUrl,
    recordStatus: (status) => state.recordStatus(status),
  });
  state.stopTimer();
  return end;
}

function logTimeUsedUp({ runner, inputs }: RunContext, attempt: number): undefined {
  const { maxAttempts = attempt, retryDelayMs = 0 } = inputs.follow ?? {};
  const pause = retryDelayMs > 0 ? `after a pause of ${duration(retryDelayMs)}, ` : '';
  runner.info(logLine('Attempt', `${attempt} of ${maxAttempts} is not started: ${pause}timeoutMinutes is used up`));
}

async function pauseBefore({ runner, clock, cancelled, inputs }: RunContext, attempt: number): Promise<void> {
  const { maxAttempts = attempt, retryDelayMs = 0 } = inputs.follow ?? {};
  if (retryDelayMs === 0) return;
  runner.info(logLine('Pause', `${duration(retryDelayMs)} before attempt ${attempt} of ${maxAttempts}`));
  await clock.sleep(retryDelayMs, cancelled);
}

type Failed = Extract<End, { result: 'failed' }>;

/** Records why the attempt failed, for the table of attempts. Its logs are read if it was the last, else a line is logged. */
async function recordAttempt(
  context: RunContext,
  { build, at }: AcceptedRetry,
  { end, logs }: { end: Failed; logs: boolean },
): Promise<void> {
  const { runner, clock, state, client, inputs } = context;
  const durationMs = clock.now() - at;
  const logLines = logs ? inputs.logLines : 0;
  const { status, hasRun } = end;
  state.recordFailures(await collectFailures(context, { client, build, status, hasRun, logLines }));
  const [first] = causesOf(state.record);
  const gate = refusedGate(status);
  state.recordAttempt({
    failedIn: gate ? `the gate of ${gate.name}` : first ? taskPath(first) : '',
    durationMs,
    executeCount: status.executeCount,
  });
  if (logs || !first) return;
  runner.info(logLine('Failed', [taskSentence(first), taskReason(first)].filter(Boolean).join(': ')));
}

/** The logs of an attempt that turned out to be the last. */
async function recordLogs(context: RunContext, build: BuildRef, { status }: Failed): Promise<void> {
  const { client, inputs, state } = context;
  const options = { client, build, status, logLines: inputs.logLines };
  state.update({ logs: await collectLogs(context, options, state.record.failedTasks) });
}

/**
 * Sends one more attempt. Undefined, with a line in the log, when time is up or the build can't be retried again: the
 * run then ends with the failure that is known. Throws when the build may have been retried.
 */
async function sendNextAttempt(
  context: RunContext,
  { deadline, options }: Following,
  { end, build, attempt }: { end: Failed; build: BuildRef; attempt: number },
): Promise<Running | undefined> {
  const { runner, clock, state } = context;
  const { plan: sent, statusBefore } = state.record;
  try {
    const { plan, budget } = await planNextAttempt(context, build, { ended: end.status, latest: deadline });
    if (clock.now() >= deadline) return logTimeUsedUp(context, attempt);
    runner.info(logLine('Attempt', `${attempt} of ${options.maxAttempts}`));
    logPlan(context, plan);
    return await sendRetry(context, { build, plan, budget });
  } catch (error) {
    if (!(error instanceof ActionError) || error.leavesDoubt) throw error;
    // The reports are about the attempt before, since this one was not accepted.
    state.update({ plan: sent, statusBefore });
    // An earlier attempt was sent.
    const { message } = error.with({ consequence: undefined });
    runner.annotate('warning', `The build is not retried again: ${message} [${error.code}]`);
    return undefined;
  }
}
