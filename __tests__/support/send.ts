/** One retry over a scripted BK-CI, and the plans it may be sent for. */
import type { Look } from '../../src/model/snapshot.js';
import type { Plan } from '../../src/plan/decide.js';
import type { Accepted } from '../../src/retry/reconcile.js';
import { ResendBudget } from '../../src/retry/resend-budget.js';
import { retryOnce } from '../../src/retry/send.js';
import { fakeBkci, type Script } from './bkci.js';
import { BUILD, plugin } from './builds.js';
import { type FakeStep, fakeStep } from './harness.js';

/** The look that `wireStatus` decodes to. */
export const BASELINE: Look = {
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
export const UNCOUNTED: Look = uncounted;
export const WHOLE: Plan = {
  kind: 'plan',
  word: 'Retry',
  intent: 'the whole build',
  what: 'the whole build',
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
  readonly outcome: Promise<Accepted>;
  readonly fake: FakeStep;
  readonly requests: readonly string[];
  /** What the state for post was told, in order. */
  readonly told: readonly string[];
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
  const told: string[] = [];
  const task = {
    client,
    build: BUILD,
    plan,
    consoleUrl: 'https://h',
    username: username ?? undefined,
    onSend: () => void told.push('send'),
    onRest: () => void told.push('rest'),
  };
  return { outcome: retryOnce(fake.step, task, new ResendBudget(fake.step)), fake, requests, told };
}
