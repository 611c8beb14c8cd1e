/** Sends the retry of a plan. It is sent again only if it was not delivered; a lost answer is reconciled by reading. */

import type { RequestOutcome } from '../bkci/classify.js';
import { decodeRetry } from '../bkci/decode/decode.js';
import { DecodeError } from '../bkci/decode/fields.js';
import type { StepContext } from '../github/step.js';
import { quote } from '../lib/sanitize.js';
import { expectedExecution } from '../model/execution.js';
import type { AcceptedRetry } from './accepted-retry.js';
import { type RetryOptions, reconcile } from './reconcile.js';
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
    const { id, ...rest } = decodeRetry(data);
    const answeredOther = id !== options.build.buildId;
    if (answeredOther) {
      step.runner.annotate(
        'warning',
        `BK-CI answered with another build: ${quote(id, 80)} instead of ${options.build.buildId}. The build of the answer is followed.`,
      );
    }
    const answer = { status: response.status ?? 0, ...(response.message ? { message: response.message } : {}) };
    // Servers up to v1.12 do not return the count.
    const { baseline, plugin } = options.plan;
    const executeCount = rest.executeCount ?? expectedExecution(baseline, plugin !== undefined);
    return {
      build: { ...options.build, buildId: id },
      answeredOther,
      ...rest,
      executeCount,
      response: answer,
      at: step.clock.now(),
    };
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return reconcile(step, options, { reason: `the answer has status 0, but ${error.message}`, answered: true });
  }
}

/** When the build had ended, "already running" may be the effect of this very request, so the build is read again. */
async function onRefused(
  step: StepContext,
  options: RetryOptions,
  outcome: Extract<RequestOutcome, { kind: 'refused' }>,
): Promise<AcceptedRetry> {
  const refusal = options.client.refusal(outcome, {
    operation: 'retry',
    build: options.build,
    consequence: 'nothing was retried',
  });
  const { baseline, plugin } = options.plan;
  if (refusal.code !== 'already-running' || !baseline || plugin) {
    options.onSendFailed();
    throw refusal;
  }
  return reconcile(step, options, {
    reason: 'BK-CI says that the build is running, although it had ended',
    answered: true,
    refusal,
  });
}
