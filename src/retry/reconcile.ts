/** Finds out whether a retry took effect after its answer was lost. Only reads the build; never sends a retry. */

import type { Client } from '../bkci/client.js';
import type { StepContext } from '../github/step.js';
import { pollAt } from '../lib/clock.js';
import { ActionError } from '../lib/errors.js';
import { duration } from '../lib/format.js';
import { logLine, timedLine } from '../lib/log-line.js';
import { oneLine } from '../lib/sanitize.js';
import { buildName, describeStatus, howToTell } from '../model/describe.js';
import { expectedExecution, otherStarter, whoseExecution } from '../model/execution.js';
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
  /** Called when a send had no effect, or none that may be undone by stopping the build. */
  readonly onSendFailed: () => void;
}

export interface LostResponse {
  readonly reason: string;
  /** A complete answer came, but it does not say whether the retry was accepted. */
  readonly answered: boolean;
  /** The error that this answer means unless the build shows a new execution. */
  readonly refusal?: ActionError | undefined;
}

/**
 * Resolves when the build shows a new execution. Otherwise throws the refusal, if there was one and the build could be
 * read, else `answer-lost` (`unexpected-answer` after a complete answer); also throws the cancellation of the workflow.
 */
export async function reconcile(step: StepContext, options: RetryOptions, lost: LostResponse): Promise<AcceptedRetry> {
  step.runner.info(logLine('Lost', `the answer, ${lost.reason}; BK-CI may have acted, so the retry is not sent again`));
  const reads = await readUntilMoved(step, options, lost.answered ? READ_ANSWERED_AT_MS : READ_AT_MS);
  if (reads.moved) return adopt(step, options, reads.moved);
  if (!lost.refusal || !reads.lastStatus) throw unresolvedError(options, lost, reads);
  options.onSendFailed();
  throw lost.refusal;
}

/** When the build is read, in milliseconds after the loss. BK-CI may still act for up to a minute. */
const READ_AT_MS: readonly number[] = [2_000, 5_000, 10_000, 20_000, 35_000, 60_000];
/** The same after a complete answer: BK-CI has finished the request, so its effect shows soon. */
export const READ_ANSWERED_AT_MS: readonly number[] = [1_000, 3_000, 6_000];

interface Reads {
  /** The status that shows a new execution; undefined if none did. */
  readonly moved: BuildStatus | undefined;
  readonly lastStatus: BuildStatus | undefined;
  readonly waitedMs: number;
}

/** Reads the build at the given times, in milliseconds from now, until a new execution shows. */
export async function readUntilMoved(step: StepContext, options: RetryOptions, at: readonly number[]): Promise<Reads> {
  const { runner, clock, cancelled } = step;
  const start = clock.now();
  let lastStatus: BuildStatus | undefined;
  const read = async () => {
    const state = await tryRead(step, options);
    if (!state) return undefined;
    lastStatus = state.status;
    runner.info(timedLine(clock.now() - start, state.moved ? 'changed' : 'unchanged', shortState(state.status)));
    return state;
  };
  // Without a baseline no read can show anything.
  const times = options.plan.baseline ? at : [];
  const state = await pollAt({ clock, at: times, signal: cancelled }, read, ({ moved }) => moved);
  return { moved: state?.status, lastStatus, waitedMs: clock.now() - start };
}

/** Undefined if the read fails; the next one may succeed. */
async function tryRead(step: StepContext, options: RetryOptions): Promise<RetryState | undefined> {
  try {
    return await readState(step, options);
  } catch (error) {
    if (step.cancelled.aborted) throw error;
    step.runner.debug(`The build could not be read: ${String((error as Error).message)}`);
    return undefined;
  }
}

interface RetryState {
  readonly status: BuildStatus;
  /** Whether it shows a new execution, or a new run of the plug-in of a running build. */
  readonly moved: boolean;
}

/** Reads once whether the retry shows. Only the detail shows a plug-in inside a running build. */
export async function readState(step: StepContext, { client, build, plan }: RetryOptions): Promise<RetryState> {
  const options = { signal: step.cancelled, consequence: 'the build was not retried' };
  const status = await client.buildStatus(build, options);
  const { baseline, plugin } = plan;
  if (!plugin) return { status, moved: whoseExecution({ baseline }, status) !== 'before ours' };
  const [part] = findParts(await client.buildDetail(build, options), plugin.id);
  const now = part?.kind === 'plug-in' ? part.plugin : plugin;
  const moved =
    now.status !== plugin.status || now.startEpoch !== plugin.startEpoch || now.executeCount !== plugin.executeCount;
  return { status, moved };
}

function shortState(status: BuildStatus): string {
  return `${oneLine(status.status, 40)}${status.executeCount === undefined ? '' : `, execution ${status.executeCount}`}`;
}

/** Takes the execution that a status shows for the retry's, as far as its count and its starter allow it. */
export function adopt(step: StepContext, { build, plan, username }: RetryOptions, status: BuildStatus): AcceptedRetry {
  const { baseline, plugin } = plan;
  const ahead = warnIfAhead(step, plan, status);
  // Retrying a plug-in inside a running build does not change the build's starter.
  const user = plugin ? undefined : username;
  const starter = otherStarter(status, user);
  if (starter !== undefined) {
    step.runner.annotate(
      'warning',
      `The new execution of build ${buildName(status.buildNumber, build.buildId)} was started by ${starter}, not by ${username}; it is not known whether the retry of this step took effect as well.`,
    );
  }
  const executeCount = expectedExecution(baseline, plugin !== undefined);
  const whose = starter === undefined ? whoseExecution({ executeCount }, status) : "somebody else's";
  const ownership = whose === 'ours' ? 'ours' : whose === 'newer' ? 'unsure' : 'other';
  const note = ownership === 'ours' && ahead === 1 ? '; one retry took effect' : '';
  logAdopted(step, status, note);
  return { build, at: step.clock.now(), ownership, executeCount: status.executeCount };
}

export function logAdopted({ runner }: StepContext, { executeCount }: BuildStatus, note: string): void {
  const execution = executeCount === undefined ? 'a new execution' : `execution ${executeCount}`;
  runner.info(logLine('Accepted', `${execution}, as the build itself shows${note}`));
}

/**
 * How many executions the build went ahead; undefined if that is not known. Warns if there are more than one retry
 * makes: somebody else retried it as well, or BK-CI delivered the request twice to its own service (bk-ci: observed
 * when an inner answer was lost after the execution had ended).
 */
export function warnIfAhead(
  { runner }: StepContext,
  { baseline, plugin }: Plan,
  now: Pick<BuildStatus, 'executeCount' | 'buildNumber'>,
): number | undefined {
  const [before, after] = [baseline?.executeCount, now.executeCount];
  if (before === undefined || after === undefined) return undefined;
  const ahead = after - before;
  if (ahead > (plugin ? 0 : 1)) {
    const name = now.buildNumber === undefined ? 'The build' : `Build #${now.buildNumber}`;
    const times = ahead === 1 ? '1 execution' : `${ahead} executions`;
    runner.annotate(
      'warning',
      `${name} went ${times} ahead with this retry: somebody else retried it as well, or BK-CI received the request twice.`,
    );
  }
  return ahead;
}

/** It stays unknown whether the retry took effect. */
export function unresolvedError(
  { build, plan, consoleUrl }: RetryOptions,
  { reason, answered }: LostResponse,
  { lastStatus, waitedMs }: Reads,
): ActionError {
  const { baseline } = plan;
  const name = buildName(baseline?.buildNumber, build.buildId);
  const link = consoleUrl === undefined ? '' : ` ${buildLink(consoleUrl, build)}`;
  const finding = lastStatus
    ? `the build has not changed in ${duration(waitedMs)} (${describeStatus(lastStatus)})`
    : baseline
      ? `the build could not be read for ${duration(waitedMs)}`
      : 'how the build stood before is not known';
  return new ActionError(
    answered ? 'unexpected-answer' : 'answer-lost',
    {
      problem: `It is not known whether build ${name} was retried: the answer was lost (${reason}) and ${finding}`,
      remedy: `The request may still arrive, and sending it again could run the build twice. In a few minutes, open the build: ${howToTell(baseline)} If it was not, run this step again.${link}`,
    },
    { leavesDoubt: true },
  );
}
