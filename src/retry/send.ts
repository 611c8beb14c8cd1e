/** Sends the retry of a plan. It is sent again only if it was not delivered; a lost answer is reconciled by reading. */

import type { RequestOutcome } from '../bkci/classify.js';
import { decodeRetry, type RetryAnswer } from '../bkci/decode/decode.js';
import { DecodeError } from '../bkci/decode/fields.js';
import type { StepContext } from '../github/step.js';
import { ActionError } from '../lib/errors.js';
import { logLine } from '../lib/log-line.js';
import { quote } from '../lib/sanitize.js';
import { buildName, describeStatus } from '../model/describe.js';
import { expectedExecution, otherStarter } from '../model/execution.js';
import type { AcceptedRetry } from './accepted-retry.js';
import { adopt, type RetryOptions, readState, reconcile, warnIfAhead } from './reconcile.js';
import { onRefused } from './refused.js';
import { type ResendBudget, reasonOf } from './resend-budget.js';

/** Throws an ActionError if the retry was not accepted, or the cancellation of the workflow. */
export async function retryOnce(
  step: StepContext,
  options: RetryOptions,
  budget: ResendBudget,
): Promise<AcceptedRetry> {
  const request = options.client.describeRequest('retry', options.build);
  for (let sent = 1; ; sent += 1) {
    step.cancelled.throwIfAborted();
    options.onSend();
    const outcome = await unlessCancelled(step, options.client.retryBuild(options.build, options.plan.parameters));
    switch (outcome.kind) {
      case 'accepted':
        return onAccepted(step, options, outcome);
      case 'refused':
        return onRefused(step, options, outcome);
      case 'answer-lost':
        return reconcile(step, options, { reason: reasonOf(outcome), answered: outcome.answered });
      case 'not-delivered':
        options.onSendFailed();
        await budget.pause(outcome, { request, consequence: 'the build was not retried', sent });
        if (outcome.response && options.plan.baseline) {
          const accepted = await lookBeforeResend(step, options, budget);
          if (accepted) return accepted;
        }
    }
  }
}

/** Rejects when the workflow is cancelled. The request itself goes on, since it can't be taken back. */
function unlessCancelled<T>({ cancelled }: StepContext, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(cancelled.reason);
    cancelled.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => cancelled.removeEventListener('abort', onAbort));
  });
}

async function onAccepted(
  step: StepContext,
  options: RetryOptions,
  { data, response }: Extract<RequestOutcome, { kind: 'accepted' }>,
): Promise<AcceptedRetry> {
  try {
    const answer = decodeRetry(data, options.build);
    return {
      build: { ...options.build, buildId: answer.id },
      buildNumber: answer.buildNumber,
      ...executionOf(step, options, answer),
      response: { status: response.status ?? 0, message: response.message },
      at: step.clock.now(),
    };
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return reconcile(step, options, { reason: `the answer has status 0, but ${error.message}`, answered: true });
  }
}

/** The execution that an answer accepts. Servers up to v1.12 do not return its count. */
function executionOf(
  step: StepContext,
  { build, plan }: RetryOptions,
  { id, executeCount, buildNumber }: RetryAnswer,
): Pick<AcceptedRetry, 'executeCount' | 'ownership' | 'answeredOther'> {
  const { runner } = step;
  if (id !== build.buildId) {
    runner.annotate(
      'warning',
      `BK-CI answered with another build: ${quote(id, 80)} instead of ${build.buildId}. The build of the answer is followed.`,
    );
    return { executeCount, ownership: 'ours', answeredOther: true };
  }
  const expected = expectedExecution(plan.baseline, plan.plugin !== undefined);
  if (expected === undefined || executeCount === undefined || executeCount === expected) {
    return { executeCount: executeCount ?? expected, ownership: 'ours' };
  }
  if (executeCount > expected) {
    warnIfAhead(step, plan, { executeCount, buildNumber });
    return { executeCount, ownership: 'unsure' };
  }
  runner.annotate(
    'warning',
    `BK-CI contradicts itself: it answered with execution ${executeCount}, but the build was at execution ${plan.baseline?.executeCount} already.`,
  );
  return { executeCount: expected, ownership: 'ours' };
}

/** BK-CI answered that it did not get the retry. That is only believed if the build has not moved since it was read. */
async function lookBeforeResend(
  step: StepContext,
  options: RetryOptions,
  budget: ResendBudget,
): Promise<AcceptedRetry | undefined> {
  const { build, plan, username } = options;
  const { status, moved } = await budget.read(() => readState(step, options));
  if (!moved) return undefined;
  const starter = plan.plugin ? undefined : otherStarter(status, username);
  if (starter !== undefined) {
    throw new ActionError(
      'already-running',
      {
        problem: `${starter} has retried build ${buildName(status.buildNumber, build.buildId)} meanwhile (${describeStatus(status)})`,
        consequence: 'the retry was not sent again',
        remedy: 'Wait for its end.',
      },
      { buildRuns: true },
    );
  }
  step.runner.info(
    logLine('Note', 'the build has moved although BK-CI turned the retry away, so it is not sent again'),
  );
  return adopt(step, options, status);
}
