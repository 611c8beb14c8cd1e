/** Plans one more attempt on a fresh read, since somebody else may have retried the build after it ended. */

import { ActionError } from '../lib/errors.js';
import { oneLine } from '../lib/sanitize.js';
import { describeStatus } from '../model/describe.js';
import { whoseExecution } from '../model/execution.js';
import type { BuildRef } from '../model/link.js';
import type { BuildStatus } from '../model/snapshot.js';
import { decide, needsDetail, type Plan } from '../plan/decide.js';
import { retryRequest } from '../plan/preflight.js';
import { ResendBudget, resending } from '../retry/resend-budget.js';
import type { RunContext } from './context.js';

/**
 * The plan for the same request; the failed stage of `failedContainer` is looked up again. Throws an ActionError when
 * there can be no further attempt.
 *
 * @param ended the build at the end of the attempt before.
 * @param latest no request is sent again after this moment, on the step's clock.
 */
export async function planNextAttempt(
  context: RunContext,
  build: BuildRef,
  { ended, latest }: { ended: BuildStatus; latest: number },
): Promise<{ plan: Plan; budget: ResendBudget }> {
  const { client, inputs, state } = context;
  const budget = new ResendBudget(context, latest);
  const options = { signal: context.cancelled, consequence: 'the build was not retried again' };
  const reader = resending(client, budget);
  const status = await reader.buildStatus(build, options);
  if (whoseExecution({ baseline: ended }, status) !== 'before ours') {
    const by = status.startedBy === undefined ? 'somebody else' : oneLine(status.startedBy, 80);
    throw new ActionError('already-running', { problem: `${by} has retried it meanwhile (${describeStatus(status)})` });
  }
  const request = { ...retryRequest(inputs), onlyIfFailed: false, isFurtherAttempt: true };
  const detail = needsDetail(request, status) ? await reader.buildDetail(build, options) : undefined;
  if (detail) state.recordNames(detail);
  const decision = decide(request, status, detail, build.buildId);
  if (decision.kind !== 'plan') throw new Error(`a failed build was decided as ${decision.kind}`);
  return { plan: decision, budget };
}
