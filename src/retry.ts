/** Sends the plan once. What was not delivered is sent again; an answer that was lost is settled by reading. */
import type { Client } from './bkci/client.js';
import { decodeRetry, type Look } from './bkci/decode.js';
import type { Ending } from './bkci/ending.js';
import { DecodeError } from './bkci/fields.js';
import { type BuildRef, buildLink } from './bkci/link.js';
import { findPart } from './bkci/model.js';
import { executionsSince, movedSince } from './bkci/moved.js';
import { ActionError } from './errors.js';
import type { Plan } from './plan.js';
import { buildName, change, describeLook, fact } from './report/lines.js';
import { type ResendBudget, reasonOf } from './resending.js';
import type { Step } from './step.js';
import { duration, oneLine, quote } from './text.js';

/** When a lost answer is looked for, in milliseconds after the loss. BK-CI may act for up to a minute. */
const SETTLE_AT_MS: readonly number[] = [2_000, 5_000, 10_000, 20_000, 35_000, 60_000];
/** A whole answer came, so nothing is under way any more: what happened shows at once. */
const SETTLE_ANSWERED_AT_MS: readonly number[] = [1_000, 3_000, 6_000];

export interface Accepted {
  readonly build: BuildRef;
  readonly buildNumber?: number;
  readonly executeCount?: number;
  /** `status` and `message` of the answer; absent when the answer was lost and the build itself shows the retry. */
  readonly answer?: { readonly status: number; readonly message?: string };
  /** On the step's clock. */
  readonly at: number;
}

export interface RetryOnce {
  readonly client: Client;
  readonly build: BuildRef;
  readonly plan: Plan;
  readonly budget: ResendBudget;
  readonly consoleUrl: string | undefined;
  /** Who retries, when it is known: BK-CI names the one who retried last as the starter of a build. */
  readonly username: string | undefined;
}

/** Throws an ActionError for every ending but acceptance, and the abort as it comes. */
export async function retryOnce(step: Step, task: RetryOnce): Promise<Accepted> {
  const request = task.client.describe('retry', task.build);
  for (let sent = 1; ; sent += 1) {
    const ending = await unlessCancelled(step, task.client.retryBuild(task.build, task.plan.parameters));
    switch (ending.kind) {
      case 'accepted':
        return acceptedOrLost(step, task, ending);
      case 'refused':
        return refusedOrSettled(step, task, ending);
      case 'answer-lost':
        return settle(step, task, { reason: reasonOf(ending), answered: ending.answered });
      case 'not-delivered':
        await task.budget.pause(ending, { request, consequence: 'the build was not retried', sent });
    }
  }
}

/** The request goes on after an abort, since it can't be taken back; only the waiting for it ends. */
function unlessCancelled<T>({ cancelled }: Step, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(cancelled.reason);
    if (cancelled.aborted) abort();
    cancelled.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => cancelled.removeEventListener('abort', abort));
  });
}

async function acceptedOrLost(
  step: Step,
  task: RetryOnce,
  { data, said }: Extract<Ending, { kind: 'accepted' }>,
): Promise<Accepted> {
  try {
    const { id, ...rest } = decodeRetry(data);
    if (id !== task.build.buildId) {
      step.runner.annotate(
        'warning',
        `BK-CI answered with another build: ${quote(id, 80)} instead of ${task.build.buildId}. The build of the answer is followed.`,
      );
    }
    const answer = { status: said.status ?? 0, ...(said.message ? { message: said.message } : {}) };
    return { build: { ...task.build, buildId: id }, ...rest, answer, at: step.clock.now() };
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return settle(step, task, { reason: `the answer has status 0, but ${error.message}`, answered: true });
  }
}

/** "Running already" about our only request, to a build that had ended, may well be the echo of this very request. */
async function refusedOrSettled(
  step: Step,
  task: RetryOnce,
  ending: Extract<Ending, { kind: 'refused' }>,
): Promise<Accepted> {
  const refusal = task.client.refusal(ending, task.build, 'nothing was retried');
  const { baseline, plugin } = task.plan;
  if (refusal.code !== 'already-running' || !baseline || plugin) throw refusal;
  return settle(step, task, {
    reason: 'BK-CI says that the build is running, though it had ended before',
    answered: true,
    refusal,
  });
}

interface Loss {
  readonly reason: string;
  readonly answered: boolean;
  /** The refusal that made us look; it stands when nothing has moved. */
  readonly refusal?: ActionError;
}

async function settle(step: Step, task: RetryOnce, loss: Loss): Promise<Accepted> {
  const { runner, clock, cancelled } = step;
  const doubt = loss.refusal ? '' : '; BK-CI may have acted, so the retry is not sent again';
  runner.info(fact('Lost', `${loss.refusal ? '' : 'the answer, '}${loss.reason}${doubt}`));
  const start = clock.now();
  const { baseline } = task.plan;
  let last: Look | undefined;
  for (const at of baseline ? (loss.answered ? SETTLE_ANSWERED_AT_MS : SETTLE_AT_MS) : []) {
    await clock.sleep(Math.max(0, start + at - clock.now()), cancelled);
    const look = await readForSettling(step, task);
    if (!look) continue;
    last = look.now;
    const elapsed = clock.now() - start;
    runner.info(change(elapsed, look.moved ? 'changed' : 'unchanged', describeState(look.now)));
    if (look.moved && baseline)
      return settled(step, task, { before: baseline, now: look.now, refused: loss.refusal !== undefined });
  }
  throw loss.refusal ?? unsettled(task, loss, { last, waited: clock.now() - start });
}

function describeState(look: Look): string {
  return `${oneLine(look.status, 40)}${look.executeCount === undefined ? '' : `, execution ${look.executeCount}`}`;
}

/** A look that fails says nothing; the next one may. A plug-in inside a running build only shows in the detail. */
async function readForSettling(step: Step, task: RetryOnce): Promise<{ now: Look; moved: boolean } | undefined> {
  const { client, build, plan } = task;
  const options = { signal: step.cancelled };
  try {
    const now = await client.buildStatus(build, options);
    if (!plan.plugin) return { now, moved: plan.baseline !== undefined && movedSince(plan.baseline, now) };
    const part = findPart(await client.buildDetail(build, options), plan.plugin.id);
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

function settled(
  { runner, clock }: Step,
  { build, username }: RetryOnce,
  { before, now, refused }: { before: Look; now: Look; refused: boolean },
): Accepted {
  const count = executionsSince(before, now);
  const name = buildName(now.buildNumber, build.buildId);
  if (count !== undefined && count > 1) {
    runner.annotate(
      'warning',
      `Build ${name} went ${count} executions ahead while the answer was lost: somebody else retried it as well.`,
    );
  }
  const other = now.startedBy && username !== undefined && now.startedBy !== username ? oneLine(now.startedBy, 80) : '';
  if (other && refused) runner.info(fact('Note', `the running execution was started by ${other}`));
  if (other && !refused) {
    runner.annotate(
      'warning',
      `The new execution of build ${name} was started by ${other}, not by ${username}; whether the retry of this step took effect as well can't be told apart.`,
    );
  }
  const own = count === 1 && !other ? '; one retry took effect' : '';
  const execution = now.executeCount === undefined ? 'a new execution' : `execution ${now.executeCount}`;
  runner.info(fact('Accepted', `${execution}, as the build itself shows${own}`));
  return { build, at: clock.now(), ...(now.executeCount === undefined ? {} : { executeCount: now.executeCount }) };
}

/** The one open end: nothing tells whether the retry took effect. */
function unsettled(
  { build, plan, consoleUrl }: RetryOnce,
  { reason, answered }: Loss,
  { last, waited }: { last: Look | undefined; waited: number },
): ActionError {
  const { baseline } = plan;
  const name = buildName(baseline?.buildNumber, build.buildId);
  const link = consoleUrl === undefined ? '' : ` ${buildLink(consoleUrl, build)}`;
  const seen = last
    ? `the build has not changed in ${duration(waited)} (${describeLook(last)})`
    : baseline
      ? `the build could not be read for ${duration(waited)}`
      : 'how the build stood before is not known';
  const count = baseline?.executeCount;
  const how =
    count === undefined
      ? 'Open the build: if it runs or has run again, it was retried; if not, run this step again.'
      : `Open the build: if it still shows execution ${count}, run this step again; if it shows execution ${count + 1}, it was retried.`;
  return new ActionError(
    answered ? 'unexpected-answer' : 'answer-lost',
    `It is not known whether build ${name} was retried: the answer was lost (${reason}) and ${seen}. Sending it again could run it twice. ${how}${link}`,
  );
}
