/** An answer was lost: reads the build until it shows whether the retry took effect, and never sends anything. */
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

/** When a lost answer is looked for, in milliseconds after the loss. BK-CI may act for up to a minute. */
const READ_AT_MS: readonly number[] = [2_000, 5_000, 10_000, 20_000, 35_000, 60_000];
/** A whole answer came, so nothing is under way any more: what happened shows at once. */
const READ_ANSWERED_AT_MS: readonly number[] = [1_000, 3_000, 6_000];

/** One retry that is sent, or was. */
export interface RetryOptions {
  readonly client: Client;
  readonly build: BuildRef;
  readonly plan: Plan;
  readonly consoleUrl: string | undefined;
  /** Who retries, when it is known: BK-CI names the one who retried last as the starter of a build. */
  readonly username: string | undefined;
  /** Told right before each send, and when one is known not to have arrived. */
  readonly onSend: () => void;
  readonly onSendFailed: () => void;
}

export interface LostResponse {
  readonly reason: string;
  readonly answered: boolean;
  /** The refusal that made us look; it stands when nothing has moved. */
  readonly refusal?: ActionError | undefined;
}

/** Throws `answer-lost` when nothing tells, the refusal that made us look, or the abort. */
export async function reconcile(step: StepContext, options: RetryOptions, lost: LostResponse): Promise<AcceptedRetry> {
  const { runner, clock, cancelled } = step;
  runner.info(
    lost.refusal
      ? logLine('Refused', `${lost.reason}; checking whether this retry started it`)
      : logLine('Lost', `the answer, ${lost.reason}; BK-CI may have acted, so the retry is not sent again`),
  );
  const start = clock.now();
  const { baseline } = options.plan;
  let last: BuildStatus | undefined;
  const read = async () => {
    const state = await readState(step, options);
    if (!state) return undefined;
    last = state.now;
    runner.info(timedLine(clock.now() - start, state.moved ? 'changed' : 'unchanged', describeState(state.now)));
    return state;
  };
  const times = lost.answered ? READ_ANSWERED_AT_MS : READ_AT_MS;
  const changed = await pollAt({ clock, at: baseline ? times : [], signal: cancelled }, read, ({ moved }) => moved);
  if (changed && baseline)
    return reconciled(step, options, { before: baseline, now: changed.now, refused: lost.refusal !== undefined });
  if (!lost.refusal) throw unresolvedError(options, lost, { last, waited: clock.now() - start });
  options.onSendFailed();
  throw lost.refusal;
}

function describeState(status: BuildStatus): string {
  return `${oneLine(status.status, 40)}${status.executeCount === undefined ? '' : `, execution ${status.executeCount}`}`;
}

/** A look that fails says nothing; the next one may. A plug-in inside a running build only shows in the detail. */
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

function reconciled(
  { runner, clock }: StepContext,
  { build, plan, username }: RetryOptions,
  { before, now, refused }: { before: BuildStatus; now: BuildStatus; refused: boolean },
): AcceptedRetry {
  const count = executionsSince(before, now);
  const name = buildName(now.buildNumber, build.buildId);
  if (count !== undefined && count > 1) {
    runner.annotate(
      'warning',
      `Build ${name} went ${count} executions ahead while the answer was lost: somebody else retried it as well.`,
    );
  }
  // A plug-in that is retried inside a running build leaves the build's starter as it was.
  const other = plan.plugin ? undefined : otherStarter(now, username);
  // Who was refused has only started what runs if it bears the own name: then the refusal was the echo of the retry.
  const isEcho = !refused || (username !== undefined && now.startedBy === username);
  if (other && refused) runner.info(logLine('Note', `the running execution was started by ${other}`));
  if (other && !refused) {
    runner.annotate(
      'warning',
      `The new execution of build ${name} was started by ${other}, not by ${username}; it is not known whether the retry of this step took effect as well.`,
    );
  }
  const expected = {
    executeCount: expectedExecution(before, plan.plugin !== undefined),
    username: plan.plugin ? undefined : username,
  };
  const isOurs = isEcho && whoseExecution(expected, now) === 'ours';
  const own = isOurs && count === 1 ? '; one retry took effect' : '';
  const execution = now.executeCount === undefined ? 'a new execution' : `execution ${now.executeCount}`;
  runner.info(logLine('Accepted', `${execution}, as the build itself shows${own}`));
  return { build, at: clock.now(), startedByOther: !isOurs, executeCount: now.executeCount };
}

/** The one open end: nothing tells whether the retry took effect. */
function unresolvedError(
  { build, plan, consoleUrl }: RetryOptions,
  { reason, answered }: LostResponse,
  { last, waited }: { last: BuildStatus | undefined; waited: number },
): ActionError {
  const { baseline } = plan;
  const name = buildName(baseline?.buildNumber, build.buildId);
  const link = consoleUrl === undefined ? '' : ` ${buildLink(consoleUrl, build)}`;
  const seen = last
    ? `the build has not changed in ${duration(waited)} (${describeStatus(last)})`
    : baseline
      ? `the build could not be read for ${duration(waited)}`
      : 'how the build stood before is not known';
  return new ActionError(
    answered ? 'unexpected-answer' : 'answer-lost',
    {
      problem: `It is not known whether build ${name} was retried: the answer was lost (${reason}) and ${seen}`,
      remedy: `Sending it again could run it twice. ${howToTell(baseline)} If it was not, run this step again.${link}`,
    },
    { leavesDoubt: true },
  );
}
