/** Retry, follow, and maybe again: until success, the count, the deadline, or a refusal. */

import { timeIsUp } from './abort.js';
import { nextPlan } from './again.js';
import type { Look } from './bkci/decode.js';
import type { BuildRef } from './bkci/link.js';
import { ActionError } from './errors.js';
import { explain } from './explain.js';
import { given } from './given.js';
import type { Waiting } from './inputs.js';
import type { Plan } from './plan.js';
import { fact } from './report/lines.js';
import type { Outcome } from './report/outcome.js';
import { refusedGate } from './report/progress.js';
import { taskPath } from './report/tasks.js';
import type { ResendBudget } from './resending.js';
import { retryOnce } from './retry.js';
import type { Scene } from './scene.js';
import type { Accepted } from './settle.js';
import { duration, quote } from './text.js';
import { waitForEnd } from './wait.js';
import type { End } from './watch.js';

export interface Attempts {
  readonly build: BuildRef;
  readonly plan: Plan;
  readonly budget: ResendBudget;
}

/** Throws an ActionError for what could not be done or learned, and the abort as it comes. */
export async function retryUntilGreen(scene: Scene, task: Attempts): Promise<Outcome> {
  const { waiting } = scene.inputs;
  const accepted = await accept(scene, task);
  if (!waiting) {
    sayAccepted(scene, accepted);
    return { result: 'retried' };
  }
  const deadline = accepted.at + waiting.timeoutMs;
  return followAndRepeat(scene, { accepted, plan: task.plan, deadline, waiting });
}

interface Following {
  readonly accepted: Accepted;
  readonly plan: Plan;
  readonly deadline: number;
  readonly waiting: Waiting;
}

/** What is followed: whatever runs, unless a baseline and a count say which execution. */
interface Target {
  readonly build: BuildRef;
  readonly deadline: number;
  readonly waiting: Waiting;
  readonly baseline?: Look | undefined;
  readonly executeCount?: number | undefined;
}

async function followAndRepeat(scene: Scene, first: Following): Promise<Outcome> {
  let current = first;
  for (let attempt = 1; ; attempt += 1) {
    const { accepted, deadline, waiting } = current;
    sayAccepted(scene, accepted, `up to ${duration(deadline - accepted.at)}`);
    const { build, executeCount } = accepted;
    const baseline = baselineOf(current.plan, accepted);
    const end = await follow(scene, { build, deadline, waiting, baseline, executeCount });
    if (end.result === 'timed-out') return timeIsUp(scene, accepted, end);
    scene.story.buildEnded();
    if (end.result !== 'failed') return { result: end.result };
    const isWanted = attempt < waiting.maxAttempts && !end.gateRefused;
    const again = isWanted && scene.clock.now() < deadline;
    if (isWanted && !again) sayTooLate(scene, attempt + 1);
    await countAttempt(scene, accepted, { end, logs: !again });
    const next = again ? await acceptAgain(scene, current, { end, attempt: attempt + 1 }) : undefined;
    if (!next) {
      if (again) await learnWhy(scene, accepted.build, { end, logs: true });
      return { result: 'failed', gateRefused: end.gateRefused };
    }
    current = { ...current, ...next };
  }
}

/** Says what is about to be sent, or would be. */
export function sayPlan({ runner, story }: Scene, plan: Plan): void {
  for (const warning of plan.warnings) runner.annotate('warning', warning);
  runner.info(fact(plan.word, plan.intent));
  story.know({ plan, ...given({ before: plan.baseline }) });
}

async function accept(scene: Scene, { build, plan, budget }: Attempts): Promise<Accepted> {
  const { client, inputs, story } = scene;
  const task = {
    client,
    build,
    plan,
    consoleUrl: inputs.consoleUrl,
    username: inputs.access.credentials.username,
    onSend: () => story.sending(build, plan.baseline),
    onRest: () => story.unsent(),
  };
  const accepted = await retryOnce(scene, task, budget);
  story.accepted(accepted, baselineOf(plan, accepted));
  if (plan.caution !== undefined) scene.runner.annotate('warning', plan.caution);
  return accepted;
}

/**
 * What an end must have moved from. Nothing, for a plug-in inside a running build, which had no end yet that could be
 * mistaken for the new one, and for another build than the one that was looked at.
 */
function baselineOf({ baseline, plugin }: Plan, { answeredOther }: Accepted): Look | undefined {
  return plugin || answeredOther ? undefined : baseline;
}

/** A settled retry has told its acceptance already. */
function sayAccepted({ runner }: Scene, { executeCount, answer }: Accepted, limit?: string): void {
  const execution = executeCount === undefined ? 'by BK-CI' : `execution ${executeCount}`;
  if (answer) runner.info(fact('Accepted', limit === undefined ? execution : `${execution}, waiting ${limit}`));
  else if (limit !== undefined) runner.info(fact('Waiting', limit));
}

/** Waits for the end of what runs, which is told to the story look by look. */
export async function follow(scene: Scene, target: Target): Promise<End> {
  const { client, inputs, story } = scene;
  const { waiting, build, deadline, baseline, executeCount } = target;
  const end = await waitForEnd(scene, {
    client,
    build,
    baseline,
    executeCount,
    deadline,
    since: story.waitingSince(),
    longestPause: waiting.pollMs,
    consoleUrl: inputs.consoleUrl,
    onLook: (look) => story.looked(look),
  });
  story.waited();
  return end;
}

function sayTooLate({ runner, inputs }: Scene, attempt: number): undefined {
  const of = inputs.waiting?.maxAttempts ?? attempt;
  runner.info(fact('Attempt', `${attempt} of ${of} does not begin: the time of timeoutMinutes is used up`));
}

type Failed = Extract<End, { result: 'failed' }>;

/** Reads why the build failed; the logs as well where no further attempt follows. */
async function learnWhy(scene: Scene, build: BuildRef, { end, logs }: { end: Failed; logs: boolean }): Promise<void> {
  const { client, inputs, story } = scene;
  story.know(await explain(scene, { client, build, look: end.look, logLines: logs ? inputs.logLines : 0 }));
}

async function countAttempt(scene: Scene, { build, at }: Accepted, how: { end: Failed; logs: boolean }): Promise<void> {
  const { runner, clock, story } = scene;
  const took = clock.now() - at;
  await learnWhy(scene, build, how);
  const [first] = story.facts.failedTasks;
  const gate = refusedGate(how.end.look);
  story.attemptEnded({
    failedIn: gate ? `the gate of ${gate.name}` : first ? taskPath(first) : '',
    took,
    ...given({ executeCount: how.end.look.executeCount }),
  });
  if (how.logs || !first) return;
  const why = first.errorMessage === '' ? '' : `: ${quote(first.errorMessage)}`;
  runner.info(fact('Failed', `in ${taskPath(first)}${why}`));
}

/**
 * One more attempt; undefined, with a word, when time is up or the build can't be retried again: that it has failed is
 * known all the same. Throws when it may have been retried.
 */
async function acceptAgain(
  scene: Scene,
  { accepted: { build }, deadline, waiting }: Following,
  { end, attempt }: { end: Failed; attempt: number },
): Promise<{ accepted: Accepted; plan: Plan } | undefined> {
  const { runner, clock, story } = scene;
  // Of an attempt that does not come about nothing is told but why.
  const { plan: accepted, before } = story.facts;
  try {
    const { plan, budget } = await nextPlan(scene, build, { ended: end.look, latest: deadline });
    if (clock.now() >= deadline) return sayTooLate(scene, attempt);
    runner.info(fact('Attempt', `${attempt} of ${waiting.maxAttempts}`));
    sayPlan(scene, plan);
    return { accepted: await accept(scene, { build, plan, budget }), plan };
  } catch (error) {
    if (!(error instanceof ActionError) || error.leavesDoubt) throw error;
    story.know(given({ plan: accepted, before }));
    runner.annotate('warning', `The build is not retried again: ${error.message} [${error.code}]`);
    return undefined;
  }
}
