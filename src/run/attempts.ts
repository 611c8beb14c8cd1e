/** Retry, follow, and maybe again: until success, the count, the deadline, or an attempt that can't be. */

import { explain } from '../follow/failures.js';
import { type Wait, waitForEnd } from '../follow/poll.js';
import type { End } from '../follow/watch.js';
import type { Waiting } from '../inputs/inputs.js';
import { ActionError } from '../lib/errors.js';
import { duration } from '../lib/format.js';
import { given } from '../lib/given.js';
import { fact } from '../lib/log-line.js';
import { quote } from '../lib/sanitize.js';
import { refusedGate } from '../model/gate.js';
import type { BuildRef } from '../model/link.js';
import type { Look } from '../model/snapshot.js';
import type { Plan } from '../plan/decide.js';
import type { Outcome } from '../report/outcome.js';
import { taskPath } from '../report/wording/tasks.js';
import type { Accepted } from '../retry/reconcile.js';
import type { ResendBudget } from '../retry/resend-budget.js';
import { retryOnce } from '../retry/send.js';
import type { Scene } from './context.js';
import { timeIsUp } from './early-end.js';
import { nextPlan } from './next-attempt.js';
import type { Running } from './state.js';

/** One attempt, ready to be sent. */
export interface Planned {
  readonly build: BuildRef;
  readonly plan: Plan;
  readonly budget: ResendBudget;
}

/** Throws an ActionError for what could not be done or learned, and the abort as it comes. */
export async function retryUntilGreen(scene: Scene, planned: Planned): Promise<Outcome> {
  const { waiting } = scene.inputs;
  const running = await accept(scene, planned);
  if (!waiting) {
    sayAccepted(scene, running.ours);
    return { result: 'retried' };
  }
  const deadline = running.ours.at + waiting.timeoutMs;
  return followAndRepeat(scene, { running, deadline, waiting });
}

interface Following {
  readonly running: Running;
  readonly deadline: number;
  readonly waiting: Waiting;
}

/** What is followed: whatever runs, unless a baseline and a count say which execution. */
type Target = Pick<Wait, 'build' | 'deadline' | 'baseline' | 'executeCount'> & { readonly waiting: Waiting };

async function followAndRepeat(scene: Scene, first: Following): Promise<Outcome> {
  const { deadline, waiting } = first;
  let { running } = first;
  for (let attempt = 1; ; attempt += 1) {
    const { ours, baseline } = running;
    sayAccepted(scene, ours, `up to ${duration(deadline - ours.at)}`);
    const { build, executeCount } = ours;
    const end = await follow(scene, { build, deadline, waiting, baseline, executeCount });
    if (end.result === 'timed-out') return timeIsUp(scene, running, end);
    scene.story.buildEnded();
    if (end.result !== 'failed') return { result: end.result };
    const isWanted = attempt < waiting.maxAttempts && !end.gateRefused;
    const again = isWanted && scene.clock.now() < deadline;
    if (isWanted && !again) sayTooLate(scene, attempt + 1);
    await recordFailure(scene, ours, { end, logs: !again });
    const next = again ? await acceptAgain(scene, first, { end, build, attempt: attempt + 1 }) : undefined;
    if (!next) {
      if (again) await learnWhy(scene, build, { end, logs: true });
      return { result: 'failed', gateRefused: end.gateRefused };
    }
    running = next;
  }
}

/** Says what is about to be sent, or would be. */
export function sayPlan({ runner, story }: Scene, plan: Plan): void {
  for (const warning of plan.warnings) runner.annotate('warning', warning);
  runner.info(fact(plan.word, plan.intent));
  story.know({ plan, ...given({ before: plan.baseline }) });
}

async function accept(scene: Scene, { build, plan, budget }: Planned): Promise<Running> {
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
  const ours = await retryOnce(scene, task, budget);
  const running = { ours, ...given({ baseline: baselineOf(plan, ours) }) };
  story.accepted(running);
  if (plan.caution !== undefined) scene.runner.annotate('warning', plan.caution);
  return running;
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
  const { waiting, ...what } = target;
  const end = await waitForEnd(scene, {
    ...what,
    client,
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

/** Tells why the attempt failed, and keeps it for the table of attempts. */
async function recordFailure(
  scene: Scene,
  { build, at }: Accepted,
  how: { end: Failed; logs: boolean },
): Promise<void> {
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
  { deadline, waiting }: Following,
  { end, build, attempt }: { end: Failed; build: BuildRef; attempt: number },
): Promise<Running | undefined> {
  const { runner, clock, story } = scene;
  const { plan: sent, before } = story.facts;
  try {
    const { plan, budget } = await nextPlan(scene, build, { ended: end.look, latest: deadline });
    if (clock.now() >= deadline) return sayTooLate(scene, attempt);
    runner.info(fact('Attempt', `${attempt} of ${waiting.maxAttempts}`));
    sayPlan(scene, plan);
    return await accept(scene, { build, plan, budget });
  } catch (error) {
    if (!(error instanceof ActionError) || error.leavesDoubt) throw error;
    // What the reports tell of is the attempt before, since this one did not come about.
    story.know(given({ plan: sent, before }));
    runner.annotate('warning', `The build is not retried again: ${error.message} [${error.code}]`);
    return undefined;
  }
}
