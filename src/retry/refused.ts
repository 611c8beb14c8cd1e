/** Decides what a refusal of the retry means: a final no, or the trace of a retry that has taken effect. */

import type { RequestOutcome } from '../bkci/classify.js';
import type { StepContext } from '../github/step.js';
import { ActionError } from '../lib/errors.js';
import { logLine } from '../lib/log-line.js';
import { describeStatus } from '../model/describe.js';
import { otherStarter } from '../model/execution.js';
import { buildLink } from '../model/link.js';
import type { BuildStatus } from '../model/snapshot.js';
import { isFinished } from '../model/status.js';
import type { Plan } from '../plan/decide.js';
import type { AcceptedRetry } from './accepted-retry.js';
import {
  logAdopted,
  READ_ANSWERED_AT_MS,
  type RetryOptions,
  readUntilMoved,
  reconcile,
  unresolvedError,
  warnIfAhead,
} from './reconcile.js';

type Refused = Extract<RequestOutcome, { kind: 'refused' }>;

/**
 * Numbers that BK-CI answers when the build, or the part, already runs. Its OpenAPI service sends one request several
 * times to its process service when an inner connection breaks, and the refusal of the second delivery is then the
 * answer to the only request (bk-ci: observed on v4.1.0). `inside`: also answered about a plug-in of a running build.
 */
const ALREADY_RUNS: ReadonlyMap<number, { readonly inside: boolean }> = new Map([
  [2100002, { inside: false }],
  [2101129, { inside: false }],
  [2101901, { inside: false }],
  [2101114, { inside: false }],
  [2101911, { inside: false }],
  [2101273, { inside: false }],
  [2101110, { inside: true }],
  [2101907, { inside: true }],
  [2101277, { inside: true }],
]);

/**
 * A web page proves nothing about the retry, unless a proxy is known to have written it instead of passing the request
 * on. A refusal that contradicts what was read before may be an effect of the retry. After both, the build is read for a
 * few seconds. Any other refusal is thrown as its ActionError.
 */
export async function onRefused(step: StepContext, options: RetryOptions, outcome: Refused): Promise<AcceptedRetry> {
  const { client, build, plan } = options;
  const { response } = outcome;
  const refusal = client.refusal(outcome, { operation: 'retry', build, consequence: 'nothing was retried' });
  const isPage = response.form === 'html' && response.redirectTo === undefined && response.proxy === undefined;
  if (isPage) {
    return reconcile(step, options, { reason: `a web page with HTTP ${response.http}`, answered: true, refusal });
  }
  if (contradicts(plan, response.status)) {
    const reason = `BK-CI refused with ${response.status}, which contradicts what was read before`;
    step.runner.info(logLine('Refused', `${response.status}, which contradicts what was read before`));
    const reads = await readUntilMoved(step, options, READ_ANSWERED_AT_MS);
    if (reads.moved) return onContradiction(step, options, { refusal, status: reads.moved });
    // Post must not stop what somebody else may have started.
    options.onSendFailed();
    throw reads.lastStatus ? refusal : unresolvedError(options, { reason, answered: true }, reads);
  }
  options.onSendFailed();
  throw refusal;
}

function contradicts({ baseline, plugin }: Plan, status: number | undefined): boolean {
  const number = status === undefined ? undefined : ALREADY_RUNS.get(status);
  if (!baseline || !number) return false;
  return plugin ? number.inside : isFinished(baseline);
}

/**
 * The build runs although the retry was refused. If BK-CI names our user, or if the plug-in itself runs again, the retry
 * took effect and a second delivery was refused. Two steps of one user can't be told apart, so it is never stopped.
 */
function onContradiction(
  step: StepContext,
  options: RetryOptions,
  { refusal, status }: { refusal: ActionError; status: BuildStatus },
): AcceptedRetry {
  const { build, plan, username, consoleUrl } = options;
  if (plan.plugin || (username !== undefined && status.startedBy === username)) {
    warnIfAhead(step, plan, status);
    logAdopted(step, status, '; BK-CI refused a second delivery of the request');
    return { build, at: step.clock.now(), ownership: 'other', executeCount: status.executeCount };
  }
  // Post must not stop what somebody else may have started.
  options.onSendFailed();
  const starter = otherStarter(status, username);
  const { text, response, request } = refusal;
  const problem = (who: string) => `${text.problem}: ${who} meanwhile (${describeStatus(status)})`;
  if (starter !== undefined) {
    throw new ActionError(
      'already-running',
      { ...text, problem: problem(`${starter} has retried it`), remedy: 'Wait for its end.' },
      { response, request, buildRuns: true },
    );
  }
  const link = consoleUrl === undefined ? '' : ` ${buildLink(consoleUrl, build)}`;
  throw new ActionError(
    'already-running',
    {
      problem: `${problem('a new execution has started')}, and it is not known whether this retry started it`,
      remedy: `${username === undefined ? 'Set username, so that this can be known. ' : ''}Open the build to see who started it.${link}`,
    },
    { response, request, buildRuns: true, leavesDoubt: true },
  );
}
