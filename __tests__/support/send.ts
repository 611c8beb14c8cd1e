/** Sends one retry to a scripted BK-CI, and plans to send. */

import type { BuildStatus } from '../../src/model/snapshot.js';
import type { Plan } from '../../src/plan/decide.js';
import type { AcceptedRetry } from '../../src/retry/accepted-retry.js';
import { ResendBudget } from '../../src/retry/resend-budget.js';
import { retryOnce } from '../../src/retry/send.js';
import { fakeBkci, type Script } from './bkci.js';
import { BUILD, plugin } from './builds.js';
import { type FakeStep, fakeStep } from './harness.js';

/** The status that `wireStatus` decodes to. */
export const BASELINE: BuildStatus = {
  status: 'FAILED',
  startTime: 1_000_000,
  endTime: 2_000_000,
  queueTime: 999_000,
  executeCount: 1,
  buildNumber: 42,
  startedBy: 'ci-bot',
  serverTime: 3_000_000,
  stages: [{ stageId: 'stage-3', name: 'Test', status: 'FAILED' }],
  errors: [],
};
const { executeCount: _, ...uncounted } = BASELINE;
/** From a server that does not count executions. */
export const UNCOUNTED: BuildStatus = uncounted;

export const WHOLE: Plan = {
  kind: 'plan',
  verb: 'Retry',
  description: 'the whole build',
  target: 'the whole build',
  parameters: {},
  warnings: [],
  baseline: BASELINE,
};
const { baseline: __, ...withoutBaseline } = WHOLE;

/** The status could not be read before the retry. */
export const WITHOUT_BASELINE: Plan = withoutBaseline;

/** A plug-in inside a running build. */
export const INSIDE_RUNNING: Plan = {
  ...WHOLE,
  parameters: { taskId: 'e-1' },
  plugin: plugin({ executeCount: 1 }),
  baseline: { ...BASELINE, status: 'RUNNING' },
};

export interface Retried {
  readonly outcome: Promise<AcceptedRetry>;
  readonly fake: FakeStep;
  readonly requests: readonly string[];
  /** Calls of `onSend` and `onSendFailed`, in order. */
  readonly events: readonly string[];
}

export function retry(
  script: Script,
  plan: Plan = WHOLE,
  username: string | null = 'ci-bot',
  cancelled = false,
): Retried {
  const fake = fakeStep();
  if (cancelled) fake.cancel();
  const { client, requests } = fakeBkci(script);
  const events: string[] = [];
  const options = {
    client,
    build: BUILD,
    plan,
    consoleUrl: 'https://h',
    username: username ?? undefined,
    onSend: () => void events.push('send'),
    onSendFailed: () => void events.push('send failed'),
  };
  return { outcome: retryOnce(fake.step, options, new ResendBudget(fake.step)), fake, requests, events };
}
