/** Retry, follow, and maybe again: until success, the count, the deadline, or a refusal. */

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
  let { plan, budget, deadline } = task;
  for (let attempt = 1; ; attempt += 1) {
    const accepted = await accept(scene, { ...task, plan, budget });
    if (!waiting) {
      sayAccepted(scene, accepted, '');
      return { result: 'retried' };
    }
    deadline ??= accepted.at + waiting.timeoutMs;
    sayAccepted(scene, accepted, `, waiting up to ${duration(deadline - accepted.at)}`);
    const end = await follow(scene, { build: accepted.build, plan, deadline, waiting });
    if (end.result !== 'failed') return conclude(scene, accepted.build, end);
    const last = attempt >= waiting.maxAttempts || end.gateRefused || scene.step.clock.now() >= deadline;
    await learnWhy(scene, { accepted, end, logs: last });
    const next = last ? undefined : await nextPlan(scene, accepted.build, end);
    if (!next) {
      if (!last) await learnWhy(scene, { accepted, end, logs: true, known: true });
      return { result: 'failed', gateRefused: end.gateRefused };
    }
    scene.step.runner.info(fact('Attempt', `${attempt + 1} of ${waiting.maxAttempts}`));
    ({ plan, budget } = next);
    sayPlan(scene, plan);
  }
}

/** Says what is about to be sent, or would be. */
export function sayPlan({ step, story }: Scene, plan: Plan): void {
  for (const warning of plan.warnings) step.runner.annotate('warning', warning);
  step.runner.info(fact(plan.word, plan.intent));
  story.know({ plan });
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

interface Following {
  readonly build: BuildRef;
  readonly plan: Plan;
  readonly deadline: number;
  readonly waiting: Waiting;
}

async function follow(
  { step, client, inputs, story }: Scene,
  { build, plan, deadline, waiting }: Following,
): Promise<End> {
  const end = await waitForEnd(step, {
    client,
    build,
    baseline: plan.baseline,
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
  if (stop.kind !== 'sent') return { result: 'timed-out', stop };
  return { result: 'timed-out', stop, hasStopped: await hasStopped(step, client, build) };
}

interface Failure {
  readonly accepted: Accepted;
  readonly end: Extract<End, { result: 'failed' }>;
  /** Read the logs as well: only the last attempt shows them. */
  readonly logs: boolean;
  /** The attempt is counted already. */
  readonly known?: boolean;
}

async function learnWhy(
  { step, client, inputs, story }: Scene,
  { accepted, end, logs, known }: Failure,
): Promise<void> {
  const { build, at } = accepted;
  const explanation = await explain(step, { client, build, look: end.look, logLines: logs ? inputs.logLines : 0 });
  story.know(explanation);
  if (known) return;
  const [first] = explanation.failedTasks;
  const { executeCount } = end.look;
  story.attemptEnded({
    failedIn: first ? taskPath(first) : '',
    took: step.clock.now() - at,
    ...given({ executeCount }),
  });
  if (logs || !first) return;
  const why = first.errorMessage === '' ? '' : `: ${quote(first.errorMessage)}`;
  step.runner.info(fact('Failed', `in ${taskPath(first)}${why}`));
}

/** The plan for one more attempt; undefined, with a warning, when nothing is left to retry. */
async function nextPlan(
  scene: Scene,
  build: BuildRef,
  { look }: Extract<End, { result: 'failed' }>,
): Promise<{ plan: Plan; budget: ResendBudget } | undefined> {
  const { step, client, inputs } = scene;
  const budget = new ResendBudget(step);
  const wish = { ...wishOf(inputs), onlyIfFailed: false, again: true };
  try {
    const sending = { request: client.describe('detail', build), consequence: 'the build was not retried again' };
    const read = () => client.buildDetail(build, { signal: step.cancelled, consequence: sending.consequence });
    const detail = needsDetail(wish) ? await budget.read(read, sending) : undefined;
    const decision = decideWith(scene, { build, look, detail, wish });
    return decision.kind === 'plan' ? { plan: decision, budget } : undefined;
  } catch (error) {
    if (!(error instanceof ActionError) || RESULT_OF_CODE[error.code] !== 'refused') throw error;
    step.runner.annotate('warning', `The build is not retried again: ${error.message} [${error.code}]`);
    return undefined;
  }
}
