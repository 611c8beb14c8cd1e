/** A build over its executions, and the part of the story that retries it. */

import { preflight } from '../../src/plan/preflight.js';
import type { Outcome } from '../../src/report/outcome.js';
import { ResendBudget, resending } from '../../src/retry/resend-budget.js';
import { runAttempts } from '../../src/run/attempts.js';
import { type Script, wireDetail, wireRunning, yes } from './bkci.js';
import { BUILD } from './builds.js';
import { type FakeRun, fakeRun } from './harness.js';

type Members = Readonly<Record<string, unknown>>;

/** What of a look belongs to the n-th execution. */
const nth = (execution: number, more: Members = {}): Members => ({
  buildParameters: [{ key: 'BK_CI_RETRY_COUNT', value: String(execution - 1) }],
  queueTime: 1_000_000 * execution,
  startTime: 1_000_000 * execution + 1000,
  ...more,
});

export const runs = (execution: number) => wireRunning(nth(execution));

export const ends = (execution: number, status: string) =>
  wireRunning(nth(execution, { status, endTime: 1_000_000 * execution + 9000 }));

export const accepted = (executeCount: number) => yes({ id: 'b-1', executeCount });

/** The detail once its plug-in has failed in the n-th execution. */
export const failedIn = (execution: number) => wireDetail({ executeCount: execution }, { executeCount: execution });

export interface Played extends FakeRun {
  readonly outcome: Promise<Outcome>;
}

/** Looks, decides and retries as the story does. */
export function play(script: Script, given: Readonly<Record<string, string>> = {}): Played {
  const log = () => yes({ status: 0, logs: [{ message: 'exit status 1' }] });
  const fake = fakeRun({ log, ...script }, given);
  const budget = new ResendBudget(fake.step);
  const act = async () => {
    const plan = await preflight(fake.step, {
      ...fake.context,
      build: BUILD,
      reader: resending(fake.context.client, budget),
    });
    if (plan.kind !== 'plan') throw new Error(`it was ${plan.kind}`);
    fake.context.state.update({ plan, statusBefore: plan.baseline });
    return runAttempts(fake.context, { build: BUILD, plan, budget });
  };
  return { ...fake, outcome: act() };
}

export const posts = ({ bkci }: FakeRun) => bkci.requests.filter((request) => request.startsWith('POST'));
