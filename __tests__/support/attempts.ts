/** Runs preflight and the attempts over a scripted build, and makes the answers that show one of its executions. */

import { preflight } from '../../src/plan/preflight.js';
import type { Outcome } from '../../src/report/outcome.js';
import { ResendBudget, resending } from '../../src/retry/resend-budget.js';
import { runAttempts } from '../../src/run/attempts.js';
import { type Script, wireDetail, wireRunning, yes } from './bkci.js';
import { BUILD } from './builds.js';
import { type FakeRun, fakeRun } from './harness.js';

export interface StartedAttempts extends FakeRun {
  readonly outcome: Promise<Outcome>;
}

/** @param inputs over those that are required. */
export function startAttempts(script: Script, inputs: Readonly<Record<string, string>> = {}): StartedAttempts {
  const log = () => yes({ status: 0, logs: [{ message: 'exit status 1' }] });
  const fake = fakeRun({ log, ...script }, inputs);
  const budget = new ResendBudget(fake.step);
  const execute = async () => {
    const plan = await preflight(fake.step, {
      ...fake.context,
      build: BUILD,
      reader: resending(fake.context.client, budget),
    });
    if (plan.kind !== 'plan') throw new Error(`it was ${plan.kind}`);
    fake.context.state.update({ plan, statusBefore: plan.baseline });
    return runAttempts(fake.context, { build: BUILD, plan, budget });
  };
  return { ...fake, outcome: execute() };
}

export const postRequests = ({ bkci }: FakeRun) => bkci.requests.filter((request) => request.startsWith('POST'));

/** The answer to a retry, with the number of the execution that it starts. */
export const acceptedAs = (executeCount: number) => yes({ id: 'b-1', executeCount });

export const runningIn = (execution: number) => wireRunning(fieldsOf(execution));

export const endedIn = (execution: number, status: string) =>
  wireRunning({ ...fieldsOf(execution), status, endTime: 1_000_000 * execution + 9000 });

/** The members of a status that differ between executions. */
function fieldsOf(execution: number) {
  return {
    buildParameters: [{ key: 'BK_CI_RETRY_COUNT', value: String(execution - 1) }],
    queueTime: 1_000_000 * execution,
    startTime: 1_000_000 * execution + 1000,
  };
}

/** The detail of a build whose plug-in failed in this execution. */
export const failedDetail = (execution: number) => wireDetail({ executeCount: execution }, { executeCount: execution });
