/** Finds out whether a retry took effect after its answer was lost. Only reads the build; never sends a retry. */

import type { Client } from '../bkci/client.js';
import type { StepContext } from '../github/step.js';
import { pollAt } from '../lib/clock.js';
import { ActionError } from '../lib/errors.js';
import { duration } from '../lib/format.js';
import { logLine, timedLine } from '../lib/log-line.js';
import { oneLine } from '../lib/sanitize.js';
import { buildName, describeStatus, howToTell } from '../model/describe.js';
import { executionsSince, expectedExecution, otherStarter, whoseExecution } from '../model/execution.js';
import { type BuildRef, buildLink } from '../model/link.js';
import { findParts } from '../model/parts.js';
import type { BuildStatus } from '../model/snapshot.js';
import type { Plan } from '../plan/decide.js';
import type { AcceptedRetry } from './accepted-retry.js';

/** The retry to send. */
export interface RetryOptions {
  readonly client: Client;
  readonly build: BuildRef;
  readonly plan: Plan;
  readonly consoleUrl: string | undefined;
  /** The user who retries, if known. BK-CI shows the user of the latest retry as the starter of the build. */
  readonly username: string | undefined;
  /** Called right before each send. Nothing is sent if it throws. */
  readonly onSend: () => void;
  /** Called when a send is known to have had no effect. */
  readonly onSendFailed: () => void;
}

export interface LostResponse {
  readonly reason: string;
  /** A complete answer came, but it does not say whether the retry was accepted. */
  readonly answered: boolean;
  /** A refusal that this retry may have caused itself; it is thrown if the build has not changed. */
  readonly refusal?: ActionError | undefined;
}

/** When the build is read, in milliseconds after the loss. BK-CI may still act for up to a minute. */
const READ_AT_MS: readonly number[] = [2_000, 5_000, 10_000, 20_000, 35_000, 60_000];
/** The same after a complete answer: BK-CI has finished the request, so its effect shows soon. */
const READ_ANSWERED_AT_MS: readonly number[] = [1_000, 3_000, 6_000];

/**
 * Resolves when the build shows a new execution. Otherwise throws the refusal, if there was one, else `answer-lost`
 * (`unexpected-answer` after a complete answer); also throws the cancellation of the workflow.
 */
export async function reconcile(step: StepContext, options: RetryOptions, lost: LostResponse): Promise<AcceptedRetry> {
  const { runner, clock, cancelled } = step;
  runner.info(
    lost.refusal
      ? logLine('Refused', `${lost.reason}; checking whether this retry started it`)
      : logLine('Lost', `the answer, ${lost.reason}; BK-CI may have acted, so the retry is not sent again`),
  );
  const start = clock.now();
  const { baseline } = options.plan;
  let lastStatus: BuildStatus | undefined;
  const read = async () => {
    const state = await readState(step, options);
    if (!state) return undefined;
    lastStatus = state.now;
    runner.info(timedLine(clock.now() - start, state.moved ? 'changed' : 'unchanged', describeState(state.now)));
    return state;
  };
  const times = lost.answered ? READ_ANSWERED_AT_MS : READ_AT_MS;
  const changed = await pollAt({ clock, at: baseline ? times : [], signal: cancelled }, read, ({ moved }) => moved);
  if (changed && baseline)
    return reconciled(step, options, { baseline, now: changed.now, refused: lost.refusal !== undefined });
  if (!lost.refusal) throw unresolvedError(options, lost, { lastStatus, waited: clock.now() - start });
  options.onSendFailed();
  throw lost.refusal;
}

/** Undefined if the read fails; the next one may succeed. Only the detail shows a plug-in inside a running build. */
async function readState(
  step: StepContext,
  { client, build, plan }: RetryOptions,
): Promise<{ now: BuildStatus; moved: boolean } | undefined> {
  const options = { signal: step.cancelled };
  try {
    const now = await client.buildStatus(build, options);
    if (!plan.plugin) return { now, moved: whoseExecution({ baseline: plan.baseline }, now) !== 'before ours' };
    const [part] = findParts(await client.buildDetail(build, options), plan.plugin.id);
    const { status, startEpoch, executeCount } = part?.kind === 'plug-in' ? part.plugin : plan.plugin;
    const { plugin } = plan;
    const moved = status !== plugin.status || startEpoch !== plugin.startEpoch || executeCount !== plugin.executeCount;
    return { now, moved };
  } catch (error) {
    if (step.cancelled.aborted) throw error;
    step.runner.debug(`The build could not be read: ${String((error as Error).message)}`);
    return undefined;
  }
}

function describeState(status: BuildStatus): string {
  return `${oneLine(status.status, 40)}${status.executeCount === undefined ? '' : `, execution ${status.executeCount}`}`;
}

function reconciled(
  { runner, clock }: StepContext,
  { build, plan, username }: RetryOptions,
  { baseline, now, refused }: { baseline: BuildStatus; now: BuildStatus; refused: boolean },
): AcceptedRetry {
  const count = executionsSince(baseline, now);
  const name = buildName(now.buildNumber, build.buildId);
  if (count !== undefined && count > 1) {
    runner.annotate(
      'warning',
      `Build ${name} went ${count} executions ahead while the answer was lost: somebody else retried it as well.`,
    );
  }
  // Retrying a plug-in inside a running build does not change the build's starter.
  const starter = plan.plugin ? undefined : otherStarter(now, username);
  // After a refusal the execution is only ours if it bears our name: then our own retry caused the refusal.
  const mayBeOurs = !refused || (username !== undefined && now.startedBy === username);
  if (starter && refused) runner.info(logLine('Note', `the running execution was started by ${starter}`));
  if (starter && !refused) {
    runner.annotate(
      'warning',
      `The new execution of build ${name} was started by ${starter}, not by ${username}; it is not known whether the retry of this step took effect as well.`,
    );
  }
  const expected = {
    executeCount: expectedExecution(baseline, plan.plugin !== undefined),
    username: plan.plugin ? undefined : username,
  };
  const isOurs = mayBeOurs && whoseExecution(expected, now) === 'ours';
  const note = isOurs && count === 1 ? '; one retry took effect' : '';
  const execution = now.executeCount === undefined ? 'a new execution' : `execution ${now.executeCount}`;
  runner.info(logLine('Accepted', `${execution}, as the build itself shows${note}`));
  return { build, at: clock.now(), startedByOther: !isOurs, executeCount: now.executeCount };
}

/** It stays unknown whether the retry took effect. */
function unresolvedError(
  { build, plan, consoleUrl }: RetryOptions,
  { reason, answered }: LostResponse,
  { lastStatus, waited }: { lastStatus: BuildStatus | undefined; waited: number },
): ActionError {
  const { baseline } = plan;
  const name = buildName(baseline?.buildNumber, build.buildId);
  const link = consoleUrl === undefined ? '' : ` ${buildLink(consoleUrl, build)}`;
  const finding = lastStatus
    ? `the build has not changed in ${duration(waited)} (${describeStatus(lastStatus)})`
    : baseline
      ? `the build could not be read for ${duration(waited)}`
      : 'how the build stood before is not known';
  return new ActionError(
    answered ? 'unexpected-answer' : 'answer-lost',
    {
      problem: `It is not known whether build ${name} was retried: the answer was lost (${reason}) and ${finding}`,
      remedy: `Sending it again could run it twice. ${howToTell(baseline)} If it was not, run this step again.${link}`,
    },
    { leavesDoubt: true },
  );
}
