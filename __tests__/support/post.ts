/** Runs the post step as the runner starts it after main has saved a retry. */

import { createRunner } from '../../src/github/runner.js';
import { runPost } from '../../src/run/post.js';
import { type SavedRetry, saveRetry } from '../../src/run/saved-state.js';
import { runnerVariables } from '../standin/runner/variables.js';
import { recordActions } from './actions.js';
import { type FakeBkci, fakeBkci, type Script } from './bkci.js';
import { BUILD, buildStatus } from './builds.js';
import { type FakeStep, fakeStep } from './harness.js';
import { environmentOf } from './inputs.js';

/** The only input that post needs when no credential is given: what to do is in the saved state. */
export const POST_INPUTS = { apiUrl: 'https://devops.example.com' };

/** What main saves when its retry was accepted. */
export const SAVED: SavedRetry = {
  phase: 'running',
  build: BUILD,
  api: 'https://devops.example.com/ms/openapi/api/apigw/v3',
  username: 'ci-bot',
  consoleUrl: 'https://devops.example.com',
  credentials: [],
  baseline: buildStatus({ startTime: 1_000_000, endTime: 2_000_000, queueTime: 999_000 }),
};
const { baseline: _, ...withoutBaseline } = SAVED;
/** The build was not read before the retry. */
export const SAVED_WITHOUT_BASELINE: SavedRetry = withoutBaseline;

export interface PostSetting {
  readonly inputs?: Readonly<Record<string, string | undefined>>;
  /** How long each request takes. */
  readonly requestMs?: number;
  /** Time on the clock when post begins, in milliseconds. */
  readonly start?: number;
  /** Called with the function that cancels the workflow, and the clock on which time passes. */
  readonly onStart?: (fake: FakeStep) => void;
}

export interface PostResult extends Pick<FakeBkci, 'requests' | 'sent'> {
  readonly log: readonly string[];
  readonly elapsedMs: number;
  /** Every pause, in milliseconds. */
  readonly slept: readonly number[];
}

export async function runPostWith(
  script: Script,
  saved?: SavedRetry,
  { inputs = POST_INPUTS, requestMs = 0, start = 0, onStart = () => {} }: PostSetting = {},
): Promise<PostResult> {
  const main = recordActions();
  if (saved) saveRetry(createRunner(main.core, {}), saved);
  const variables = { ...environmentOf(inputs), ...runnerVariables({ state: main.recorded.state }) };
  const fake = fakeStep(variables, { start });
  const { step, clock, log } = fake;
  onStart(fake);
  const { http, requests, sent } = fakeBkci(script, { clock, takes: requestMs });
  await runPost(step, http);
  return { log: log(), requests, sent, elapsedMs: clock.now() - start, slept: clock.slept };
}
