/** One run of the step from top to bottom: inputs, find the build, plan, retry, follow, report. */

import { Client } from '../bkci/client.js';
import { ambiguousError, type SearchResult } from '../find/by-checks.js';
import { findBuild } from '../find/find-build.js';
import { readChecks } from '../find/github-checks.js';
import { withProjectHint } from '../find/project-hint.js';
import { readOverview } from '../follow/failures.js';
import { actionPages, type CommitRef, commitFromEvent, workflowRun } from '../github/event.js';
import { type StepContext, WorkflowCancelled } from '../github/step.js';
import type { Http } from '../http/http.js';
import { readInputs } from '../inputs/inputs.js';
import { maskSecrets } from '../inputs/secrets.js';
import { ActionError, asActionError, NOTHING_SENT } from '../lib/errors.js';
import { logLine } from '../lib/log-line.js';
import { quote } from '../lib/sanitize.js';
import type { BuildRef } from '../model/link.js';
import type { Decision } from '../plan/decide.js';
import { preflight } from '../plan/preflight.js';
import type { Conclusion, Outcome } from '../report/outcome.js';
import { isGreen } from '../report/outcomes.js';
import { publish } from '../report/publish.js';
import type { RunRecord } from '../report/record.js';
import { ResendBudget, resending } from '../retry/resend-budget.js';
import { followBuild, logPlan, type PlannedAttempt, runAttempts } from './attempts.js';
import type { RunContext } from './context.js';
import { onCancelled } from './early-end.js';
import { accessToSave } from './saved-state.js';
import { RunState } from './state.js';

/** True when the step may end green. Never throws: every run ends here, with its result published. */
export async function run(step: StepContext, http: Http): Promise<boolean> {
  const { runner } = step;
  const state = new RunState(step);
  let context: RunContext | undefined;
  try {
    const secrets = maskSecrets(runner);
    state.update({ workflowRun: workflowRun(runner), pages: actionPages(runner) });
    const commit = commitFromEvent(runner);
    const inputs = readInputs(runner, commit !== undefined);
    const { access, follow } = inputs;
    if (follow?.stopOnAbort) state.saveForPost(accessToSave(inputs));
    context = { ...step, inputs, state, client: new Client(http, access, secrets) };
    return await conclude(step, { state, context }, await execute(context, { http, commit }));
  } catch (error) {
    const conclusion =
      error instanceof WorkflowCancelled
        ? await onCancelled(context)
        : withProjectHint(asActionError(error), context?.inputs.selector.ids.projectId);
    return await conclude(step, { state, context }, conclusion);
  } finally {
    state.exit();
  }
}

/** Shows how the run ended. True when that may be green: later steps must also be able to read it. */
async function conclude(
  { runner }: StepContext,
  { state, context }: { state: RunState; context: RunContext | undefined },
  conclusion: Conclusion,
): Promise<boolean> {
  const { outputs, record } = state;
  const readRest = async () => (context && (await readOverviewOfEnd(context, conclusion))) ?? {};
  await publish({ runner, outputs, readRest }, conclusion, record);
  return isGreen(conclusion) && outputs.problem === undefined;
}

/** The stages of a build that was followed to its end, or as long as there was time; a failed one has them already. */
async function readOverviewOfEnd(context: RunContext, conclusion: Conclusion): Promise<Partial<RunRecord> | undefined> {
  const { build, pipelineName, firstStartedBy } = context.state.record;
  const isWanted = 'result' in conclusion && ['succeeded', 'cancelled', 'timed-out'].includes(conclusion.result);
  const overview = isWanted && build ? await readOverview(context, { client: context.client, build }) : undefined;
  return (
    overview && {
      stages: overview.stages,
      pipelineName: overview.pipelineName ?? pipelineName,
      firstStartedBy: overview.firstStartedBy ?? firstStartedBy,
    }
  );
}

async function execute(context: RunContext, search: { http: Http; commit: CommitRef | undefined }): Promise<Outcome> {
  const { runner, inputs, state } = context;
  const { consoleUrl, follow } = inputs;
  const { username } = inputs.access.credentials;
  state.update({
    maxAttempts: follow?.maxAttempts ?? 1,
    consoleUrl,
    username,
  });
  for (const warning of inputs.warnings) runner.annotate('warning', warning);
  const budget = new ResendBudget(context);
  const found = await chooseBuild(context, search, budget);
  if (found.kind === 'build' && found.explanation !== undefined) runner.info(logLine('Found', found.explanation));
  for (const notice of found.notices ?? []) runner.annotate('notice', notice);
  if (found.kind === 'none') return { result: 'not-needed', why: found.why };
  state.update({ candidates: found.candidates });
  if (found.kind === 'ambiguous') return listCandidates(context, found);
  state.update({ build: found.build });
  state.requireOutputs();
  return planAndRetry(context, found.build, budget);
}

function chooseBuild(
  { runner, cancelled, inputs, client }: RunContext,
  { http, commit }: { http: Http; commit: CommitRef | undefined },
  budget: ResendBudget,
): Promise<SearchResult> {
  const { selector, consoleUrl, onlyIfFailed } = inputs;
  const readChecksOfCommit = async () => {
    if (!commit || selector.githubToken === undefined) {
      throw new ActionError('input-invalid', {
        problem: 'githubToken: missing, but the build has to be found by the checks of a commit',
        consequence: NOTHING_SENT,
        remedy: 'Leave githubToken out to use the token of the job.',
      });
    }
    const source = { http, token: selector.githubToken, commit, cancelled };
    return budget.read(() => readChecks(runner, source));
  };
  const reader = resending(client, budget);
  return findBuild({ selector, reader, consoleUrl, onlyIfFailed, cancelled, readChecks: readChecksOfCommit });
}

function listCandidates({ runner, inputs }: RunContext, found: Extract<SearchResult, { kind: 'ambiguous' }>): Outcome {
  if (!inputs.dryRun) throw ambiguousError(found);
  for (const { name, buildUrl, buildId } of found.candidates)
    runner.info(logLine('Found', `${quote(name, 120)}: ${buildUrl || buildId}`));
  return { result: 'found' };
}

async function planAndRetry(context: RunContext, build: BuildRef, first: ResendBudget): Promise<Outcome> {
  const { runner, clock, inputs, client } = context;
  const { follow } = inputs;
  let budget = first;
  let deadline: number | undefined;
  for (;;) {
    const decision = await preflight(context, { ...context, build, reader: resending(client, budget) });
    deadline ??= clock.now() + (follow?.timeoutMs ?? 0);
    const outcome = await carryOut(context, decision, { build, budget });
    if (outcome) return outcome;
    if (!follow) throw new Error('only a build that is followed is waited for');
    runner.info(logLine('Running', 'already; waiting for its end first (onlyIfFailed: true)'));
    // This execution was not started by this step: its end does not count as an attempt, and it is never stopped.
    const end = await followBuild(context, { build, deadline, options: follow });
    if (end.result === 'timed-out') return { result: 'timed-out' };
    budget = new ResendBudget(context);
  }
}

/** The outcome of a decision; undefined if the build runs and its end is to be awaited before the next decision. */
async function carryOut(
  context: RunContext,
  decision: Decision,
  { build, budget }: Omit<PlannedAttempt, 'plan'>,
): Promise<Outcome | undefined> {
  const { runner, inputs, state } = context;
  const { follow, dryRun, onlyIfFailed } = inputs;
  if (decision.kind !== 'plan') {
    return decision.kind === 'follow' && follow && !dryRun ? undefined : { result: 'not-needed', why: decision.why };
  }
  logPlan(context, decision);
  if (dryRun) {
    if (decision.warningAfter !== undefined) runner.annotate('warning', decision.warningAfter);
    return { result: 'found' };
  }
  try {
    return await runAttempts(context, { build, plan: decision, budget });
  } catch (error) {
    const isFirst = !state.record.accepted;
    if (!(isFirst && error instanceof ActionError && error.buildRuns && onlyIfFailed && follow)) throw error;
    // Somebody has retried it since the look: as if it had run at the look.
    runner.annotate('warning', error.message);
    state.update({ plan: undefined });
    return undefined;
  }
}
