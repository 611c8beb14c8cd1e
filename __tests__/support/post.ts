/** Runs the post step as the runner starts it after main has saved a retry. */

import { createRunner } from '../../src/github/runner.js';
import { runPost } from '../../src/run/post.js';
import { type SavedRetry, saveRetry } from '../../src/run/saved-state.js';
import { runnerVariables } from '../standin/runner/variables.js';
import { recordActions } from './actions.js';
import { type FakeBkci, fakeBkci, type Script } from './bkci.js';
import { BUILD, buildStatus } from './builds.js';
import { fakeStep } from './harness.js';
import { environmentOf, REQUIRED } from './inputs.js';

/** Inputs with which post may stop the build. */
export const STOP_INPUTS = { ...REQUIRED, wait: 'true', stopOnAbort: 'true' };

/** What main saves when its retry was accepted. */
export const SAVED: SavedRetry = {
  phase: 'running',
  build: BUILD,
  api: 'https://devops.example.com/ms/openapi/api/apigw/v3',
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
  { inputs = STOP_INPUTS, requestMs = 0, start = 0 }: PostSetting = {},
): Promise<PostResult> {
  const main = recordActions();
  if (saved) saveRetry(createRunner(main.core, {}), saved);
  const variables = { ...environmentOf(inputs), ...runnerVariables({ state: main.recorded.state }) };
  const { step, clock, log } = fakeStep(variables, { start });
  const { http, requests, sent } = fakeBkci(script, { clock, takes: requestMs });
  await runPost(step, http);
  return { log: log(), requests, sent, elapsedMs: clock.now() - start, slept: clock.slept };
}
