/** Retry, follow, and maybe again: until success, the count, the deadline, or a refusal. */

import type { Look } from './bkci/decode.js';
import type { BuildRef } from './bkci/link.js';
import { ActionError, RESULT_OF_CODE } from './errors.js';
import { explain } from './explain.js';
import { saveRetry } from './github/state.js';
import { given } from './given.js';
import type { Waiting } from './inputs.js';
import { decideWith, type Scene, wishOf } from './look.js';
import { needsDetail, type Plan } from './plan.js';
import { taskPath } from './report/annotations.js';
import { fact } from './report/lines.js';
import type { Outcome } from './report/outcome.js';
import { ResendBudget } from './resending.js';
import { retryOnce } from './retry.js';
import type { Accepted } from './settle.js';
import { hasStopped, stopOnce } from './stop.js';
import { duration, quote } from './text.js';
import { type End, waitForEnd } from './wait.js';

const STOP_DEADLINE_MS = 20_000;

export interface Attempts {
  readonly build: BuildRef;
  readonly plan: Plan;
  readonly budget: ResendBudget;
  /** When waiting must end, on the step's clock; undefined when it counts from the first acceptance. */
  readonly deadline?: number;
}

/** Throws an ActionError for what could not be done or learned, and the abort as it comes. */
export async function retryUntilGreen(scene: Scene, task: Attempts): Promise<Outcome> {
  const { waiting } = scene.inputs;
  const accepted = await accept(scene, task);
  if (!waiting) {
    sayAccepted(scene, accepted, '');
    return { result: 'retried' };
  }
  const deadline = task.deadline ?? accepted.at + waiting.timeoutMs;
  return followAndRepeat(scene, { accepted, plan: task.plan, deadline, waiting });
}

interface Following {
  readonly accepted: Accepted;
  readonly plan: Plan;
  readonly deadline: number;
  readonly waiting: Waiting;
}

async function followAndRepeat(scene: Scene, first: Following): Promise<Outcome> {
  let current = first;
  for (let attempt = 1; ; attempt += 1) {
    const { accepted, deadline, waiting } = current;
    sayAccepted(scene, accepted, `, waiting up to ${duration(deadline - accepted.at)}`);
    const end = await follow(scene, current);
    if (end.result !== 'failed') return conclude(scene, accepted.build, end);
    const again = attempt < waiting.maxAttempts && !end.gateRefused && scene.step.clock.now() < deadline;
    await countAttempt(scene, accepted, { end, logs: !again });
    const next = again ? await acceptAgain(scene, accepted.build, { end, attempt: attempt + 1 }) : undefined;
    if (!next) {
      if (again) await learnWhy(scene, accepted.build, { end, logs: true });
      return { result: 'failed', gateRefused: end.gateRefused };
    }
    current = { ...current, ...next };
  }
}

/** Says what is about to be sent, or would be. */
export function sayPlan({ step, story }: Scene, plan: Plan): void {
  for (const warning of plan.warnings) step.runner.annotate('warning', warning);
  step.runner.info(fact(plan.word, plan.intent));
  story.know({ plan, ...given({ before: plan.baseline }) });
}

async function accept({ step, client, inputs, story }: Scene, { build, plan, budget }: Attempts): Promise<Accepted> {
  const { consoleUrl, access } = inputs;
  const saved = { build, api: access.api.root, ...(plan.baseline ? { baseline: plan.baseline } : {}) };
  const save = (phase: 'maybe' | 'running') => {
    story.phase = phase;
    if (inputs.waiting?.stopOnAbort) saveRetry(step.runner, { phase, ...saved });
  };
  save('maybe');
  const { username } = access.credentials;
  const accepted = await retryOnce(step, { client, build, plan, consoleUrl, username }, budget);
  save('running');
  story.accepted(accepted);
  return accepted;
}

/** A settled retry has told its acceptance already. */
function sayAccepted({ step }: Scene, { executeCount, answer }: Accepted, more: string): void {
  const execution = executeCount === undefined ? 'by BK-CI' : `execution ${executeCount}`;
  if (answer) step.runner.info(fact('Accepted', `${execution}${more}`));
  else if (more) step.runner.info(fact('Waiting', more.replace(/^, waiting /, '')));
}

async function follow(
  { step, client, inputs, story }: Scene,
  { accepted: { build }, plan, deadline, waiting }: Following,
): Promise<End> {
  const end = await waitForEnd(step, {
    client,
    build,
    // A build that was running already had no end yet that could be mistaken for the new one.
    baseline: plan.plugin ? undefined : plan.baseline,
    since: story.since ?? step.clock.now(),
    deadline,
    longestPause: waiting.pollMs,
    consoleUrl: inputs.consoleUrl,
    onLook: (look) => story.looked(look),
  });
  if (end.result !== 'timed-out') story.phase = 'ended';
  return end;
}

async function conclude(
  { step, client, inputs, story }: Scene,
  build: BuildRef,
  end: Exclude<End, { result: 'failed' }>,
): Promise<Outcome> {
  if (end.result !== 'timed-out') return { result: end.result };
  if (!inputs.waiting?.stopOnAbort) return { result: 'timed-out' };
  story.phase = 'ended';
  const stop = await stopOnce(client, build, STOP_DEADLINE_MS);
  if (stop.kind !== 'sent' && stop.kind !== 'unanswered') return { result: 'timed-out', stop };
  return { result: 'timed-out', stop, hasStopped: await hasStopped(step, client, build) };
}

type Failed = Extract<End, { result: 'failed' }>;

/** Reads why the build failed; the logs as well where no further attempt follows. */
async function learnWhy(scene: Scene, build: BuildRef, { end, logs }: { end: Failed; logs: boolean }): Promise<void> {
  const { step, client, inputs, story } = scene;
  story.know(await explain(step, { client, build, look: end.look, logLines: logs ? inputs.logLines : 0 }));
}

async function countAttempt(scene: Scene, { build, at }: Accepted, how: { end: Failed; logs: boolean }): Promise<void> {
  const { step, story } = scene;
  const took = step.clock.now() - at;
  await learnWhy(scene, build, how);
  const [first] = story.facts.failedTasks;
  story.attemptEnded({
    failedIn: first ? taskPath(first) : '',
    took,
    ...given({ executeCount: how.end.look.executeCount }),
  });
  if (how.logs || !first) return;
  const why = first.errorMessage === '' ? '' : `: ${quote(first.errorMessage)}`;
  step.runner.info(fact('Failed', `in ${taskPath(first)}${why}`));
}

/** One more attempt; undefined, with a warning, when nothing is left to retry or BK-CI refuses: the build has failed. */
async function acceptAgain(
  scene: Scene,
  build: BuildRef,
  { end, attempt }: { end: Failed; attempt: number },
): Promise<{ accepted: Accepted; plan: Plan } | undefined> {
  const { runner } = scene.step;
  try {
    const { plan, budget } = await nextPlan(scene, build, end.look);
    runner.info(fact('Attempt', `${attempt} of ${scene.inputs.waiting?.maxAttempts ?? 1}`));
    sayPlan(scene, plan);
    return { accepted: await accept(scene, { build, plan, budget }), plan };
  } catch (error) {
    const final =
      error instanceof ActionError && (RESULT_OF_CODE[error.code] === 'refused' || error.code === 'ambiguous');
    if (!final) throw error;
    scene.story.phase = 'ended';
    runner.annotate('warning', `The build is not retried again: ${error.message} [${error.code}]`);
    return undefined;
  }
}

/** The same wish again; the failed stage of failedContainer is looked up anew. */
async function nextPlan(scene: Scene, build: BuildRef, look: Look): Promise<{ plan: Plan; budget: ResendBudget }> {
  const { step, client, inputs } = scene;
  const budget = new ResendBudget(step);
  const wish = { ...wishOf(inputs), onlyIfFailed: false, again: true };
  const sending = { request: client.describe('detail', build), consequence: 'the build was not retried again' };
  const read = () => client.buildDetail(build, { signal: step.cancelled, consequence: sending.consequence });
  const detail = needsDetail(wish, look) ? await budget.read(read, sending) : undefined;
  const decision = decideWith(scene, { build, look, detail, wish });
  if (decision.kind !== 'plan') throw new Error(`a failed build was decided as ${decision.kind}`);
  return { plan: decision, budget };
}
