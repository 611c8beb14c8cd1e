/** Sends the plan once. What was not delivered is sent again; an answer that was lost is settled by reading. */

import type { Ending } from '../bkci/classify.js';
import { decodeRetry } from '../bkci/decode/decode.js';
import { DecodeError } from '../bkci/decode/fields.js';
import type { Step } from '../github/step.js';
import { given } from '../lib/given.js';
import { quote } from '../lib/sanitize.js';
import { countOfRetry } from '../model/execution.js';
import { type Accepted, type RetryOnce, settleLost } from './reconcile.js';
import { type ResendBudget, reasonOf } from './resend-budget.js';

/** Throws an ActionError for every ending but acceptance, and the abort as it comes. */
export async function retryOnce(step: Step, task: RetryOnce, budget: ResendBudget): Promise<Accepted> {
  const request = task.client.describe('retry', task.build);
  for (let sent = 1; ; sent += 1) {
    step.cancelled.throwIfAborted();
    task.onSend();
    const ending = await unlessCancelled(step, task.client.retryBuild(task.build, task.plan.parameters));
    switch (ending.kind) {
      case 'accepted':
        return acceptedOrLost(step, task, ending);
      case 'refused':
        return refusedOrSettled(step, task, ending);
      case 'answer-lost':
        return settleLost(step, task, { reason: reasonOf(ending), answered: ending.answered });
      case 'not-delivered':
        task.onRest();
        await budget.pause(ending, { request, consequence: 'the build was not retried', sent });
    }
  }
}

/** The request goes on after an abort, since it can't be taken back; only the waiting for it ends. */
function unlessCancelled<T>({ cancelled }: Step, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(cancelled.reason);
    cancelled.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => cancelled.removeEventListener('abort', abort));
  });
}

async function acceptedOrLost(
  step: Step,
  task: RetryOnce,
  { data, said }: Extract<Ending, { kind: 'accepted' }>,
): Promise<Accepted> {
  try {
    const { id, ...rest } = decodeRetry(data);
    const answeredOther = id !== task.build.buildId;
    if (answeredOther) {
      step.runner.annotate(
        'warning',
        `BK-CI answered with another build: ${quote(id, 80)} instead of ${task.build.buildId}. The build of the answer is followed.`,
      );
    }
    const answer = { status: said.status ?? 0, ...(said.message ? { message: said.message } : {}) };
    // Servers up to v1.12 do not tell the count.
    const { baseline, plugin } = task.plan;
    const executeCount = rest.executeCount ?? countOfRetry(baseline, plugin !== undefined);
    return {
      build: { ...task.build, buildId: id },
      answeredOther,
      ...rest,
      ...given({ executeCount }),
      answer,
      at: step.clock.now(),
    };
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return settleLost(step, task, { reason: `the answer has status 0, but ${error.message}`, answered: true });
  }
}

/** "Running already" about our only request, to a build that had ended, may well be the echo of this very request. */
async function refusedOrSettled(
  step: Step,
  task: RetryOnce,
  ending: Extract<Ending, { kind: 'refused' }>,
): Promise<Accepted> {
  const refusal = task.client.refusal(ending, {
    operation: 'retry',
    build: task.build,
    consequence: 'nothing was retried',
  });
  const { baseline, plugin } = task.plan;
  if (refusal.code !== 'already-running' || !baseline || plugin) {
    task.onRest();
    throw refusal;
  }
  return settleLost(step, task, {
    reason: 'BK-CI says that the build is running, though it had ended before',
    answered: true,
    refusal,
  });
}
