/** The story, top to bottom: inputs, secrets, locate, look, retry once, wait, maybe again, report. */

import { Client } from '../bkci/client.js';
import { ambiguous, type Located } from '../find/by-checks.js';
import { locate } from '../find/find-build.js';
import { readChecks } from '../find/github-checks.js';
import { type CommitHint, commitToSearch, workflowRun } from '../github/event.js';
import { Aborted, type Step } from '../github/step.js';
import type { Http } from '../http/http.js';
import { readInputs } from '../inputs/inputs.js';
import { maskSecrets } from '../inputs/secrets.js';
import { ActionError, asActionError } from '../lib/errors.js';
import { given } from '../lib/given.js';
import { fact } from '../lib/log-line.js';
import { quote } from '../lib/sanitize.js';
import type { BuildRef } from '../model/link.js';
import { lookAndDecide } from '../plan/preflight.js';
import { isGreen, type Outcome } from '../report/outcome.js';
import { publish } from '../report/publish.js';
import { ResendBudget } from '../retry/resend-budget.js';
import { follow, retryUntilGreen, sayPlan } from './attempts.js';
import type { Scene } from './context.js';
import { abandon } from './early-end.js';
import { Handover } from './saved-state.js';
import { Story } from './state.js';

/** True when the step may end green. Never throws: this is the one place where a run ends. */
export async function run(step: Step, http: Http): Promise<boolean> {
  const { runner } = step;
  const story = new Story(step);
  const press = { runner, outputs: story.outputs };
  let scene: Scene | undefined;
  try {
    const secrets = maskSecrets(runner);
    const hint = commitToSearch(runner);
    const inputs = readInputs(runner, hint !== undefined);
    const { access, waiting } = inputs;
    if (waiting?.stopOnAbort) story.handover = new Handover(runner, access.api.root);
    scene = { ...step, inputs, story, client: new Client(http, access, secrets) };
    const outcome = await tell(scene, { http, hint });
    await publish(press, outcome, story.facts);
    return isGreen(outcome);
  } catch (error) {
    const ending = error instanceof Aborted ? await abandon(scene) : asActionError(error);
    await publish(press, ending, story.facts);
    return false;
  } finally {
    // Only an abort in the middle of the retry leaves something for post to settle.
    const leftOpen = step.cancelled.aborted && story.progress.phase === 'maybe';
    if (!leftOpen) story.handover?.over();
  }
}

interface Outside {
  readonly http: Http;
  readonly hint: CommitHint | undefined;
}

async function tell(scene: Scene, outside: Outside): Promise<Outcome> {
  const { runner, inputs, story } = scene;
  const { consoleUrl, waiting } = inputs;
  const { username } = inputs.access.credentials;
  story.know({
    maxAttempts: waiting?.maxAttempts ?? 1,
    ...given({ consoleUrl, username, workflowRun: workflowRun(runner) }),
  });
  for (const warning of inputs.warnings) runner.annotate('warning', warning);
  const budget = new ResendBudget(scene);
  const located = await whichBuild(scene, outside, budget);
  if (located.kind === 'none') return { result: 'not-needed', why: located.why };
  story.know({ candidates: located.candidates });
  if (located.kind === 'several') return listCandidates(scene, located);
  story.know({ build: located.build });
  if (located.how !== undefined) runner.info(fact('Found', located.how));
  return decideAndRetry(scene, located.build, budget);
}

function whichBuild(
  { runner, cancelled, inputs, client }: Scene,
  { http, hint }: Outside,
  budget: ResendBudget,
): Promise<Located> {
  const { where, consoleUrl, onlyIfFailed } = inputs;
  const readCommit = () => {
    if (!hint || where.githubToken === undefined) {
      throw new ActionError(
        'input-invalid',
        'githubToken: missing, and the build is to be found by the checks of a commit; nothing was sent. Leave githubToken out to use the token of the job.',
      );
    }
    return readChecks(runner, { http, token: where.githubToken, hint, cancelled });
  };
  return locate({ where, client, budget, consoleUrl, onlyIfFailed, cancelled, readChecks: readCommit });
}

function listCandidates({ runner, inputs }: Scene, located: Extract<Located, { kind: 'several' }>): Outcome {
  if (!inputs.dryRun) throw ambiguous(located);
  for (const { name, buildUrl, buildId } of located.candidates)
    runner.info(fact('Found', `${quote(name, 120)}: ${buildUrl || buildId}`));
  return { result: 'found' };
}

async function decideAndRetry(scene: Scene, build: BuildRef, first: ResendBudget): Promise<Outcome> {
  const { runner, clock, inputs } = scene;
  const { waiting, dryRun } = inputs;
  let budget = first;
  let decision = await lookAndDecide(scene, build, budget);
  const deadline = clock.now() + (waiting?.timeoutMs ?? 0);
  while (decision.kind === 'follow' && waiting && !dryRun) {
    runner.info(fact('Running', 'already, so its end is awaited first (onlyIfFailed: true)'));
    // It is not ours, so its end is no end of a retry, and no abort stops it.
    const end = await follow(scene, { build, deadline, waiting });
    if (end.result === 'timed-out') return { result: 'timed-out' };
    budget = new ResendBudget(scene);
    decision = await lookAndDecide(scene, build, budget);
  }
  if (decision.kind !== 'plan') return { result: 'not-needed', why: decision.why };
  sayPlan(scene, decision);
  return dryRun ? { result: 'found' } : retryUntilGreen(scene, { build, plan: decision, budget });
}
