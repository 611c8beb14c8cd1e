/** One retry over a scripted BK-CI, and the plans it may be sent for. */
import type { BuildStatus } from '../../src/model/snapshot.js';
import type { Plan } from '../../src/plan/decide.js';
import type { AcceptedRetry } from '../../src/retry/accepted-retry.js';
import { ResendBudget } from '../../src/retry/resend-budget.js';
import { retryOnce } from '../../src/retry/send.js';
import { fakeBkci, type Script } from './bkci.js';
import { BUILD, plugin } from './builds.js';
import { type FakeStep, fakeStep } from './harness.js';

/** The look that `wireStatus` decodes to. */
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
/** Of a server that does not tell how often the build was executed. */
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
const { baseline: __, ...blind } = WHOLE;
/** The look was refused, so nothing is known of the build before. */
export const BLIND: Plan = blind;
/** A plug-in inside a running build. */
export const INSIDE: Plan = {
  ...WHOLE,
  parameters: { taskId: 'e-1' },
  plugin: plugin({ executeCount: 1 }),
  baseline: { ...BASELINE, status: 'RUNNING' },
};

export interface Retried {
  readonly outcome: Promise<AcceptedRetry>;
  readonly fake: FakeStep;
  readonly requests: readonly string[];
  /** What the state for post was events, in order. */
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
  const task = {
    client,
    build: BUILD,
    plan,
    consoleUrl: 'https://h',
    username: username ?? undefined,
    onSend: () => void events.push('send'),
    onSendFailed: () => void events.push('send failed'),
  };
  return { outcome: retryOnce(fake.step, task, new ResendBudget(fake.step)), fake, requests, events: events };
}
