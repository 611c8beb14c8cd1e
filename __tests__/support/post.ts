/** Post, as the runner starts it after main left a retry behind. */

import { createRunner } from '../../src/github/runner.js';
import { runPost } from '../../src/run/post.js';
import { type SavedRetry, saveRetry } from '../../src/run/saved-state.js';
import { runnerVariables } from '../standin/runner/variables.js';
import { recordActions } from './actions.js';
import { type FakeBkci, fakeBkci, type Script } from './bkci.js';
import { BUILD, buildStatus } from './builds.js';
import { fakeStep } from './harness.js';
import { environmentOf, REQUIRED } from './inputs.js';

export const STOPPING = { ...REQUIRED, wait: 'true', stopOnAbort: 'true' };

/** What main saves when its retry was accepted. */
export const LEFT: SavedRetry = {
  phase: 'running',
  build: BUILD,
  api: 'https://devops.example.com/ms/openapi/api/apigw/v3',
  baseline: buildStatus({ startTime: 1_000_000, endTime: 2_000_000, queueTime: 999_000 }),
};
const { baseline: _, ...unseen } = LEFT;
/** Nobody looked before the retry. */
export const BLIND: SavedRetry = unseen;

export interface Circumstances {
  readonly given?: Readonly<Record<string, string | undefined>>;
  /** Each request takes this long. */
  readonly takes?: number;
  /** Where the clock begins. */
  readonly start?: number;
}

export interface Posted extends Pick<FakeBkci, 'requests' | 'sent'> {
  readonly log: readonly string[];
  /** Milliseconds since post began. */
  readonly at: number;
  readonly slept: readonly number[];
}

export async function post(
  script: Script,
  saved?: SavedRetry,
  { given = STOPPING, takes = 0, start = 0 }: Circumstances = {},
): Promise<Posted> {
  const main = recordActions();
  if (saved) saveRetry(createRunner(main.core, {}), saved);
  const variables = { ...environmentOf(given), ...runnerVariables({ state: main.recorded.state }) };
  const { step, clock, log } = fakeStep(variables, { start });
  const { http, requests, sent } = fakeBkci(script, { clock, takes });
  await runPost(step, http);
  return { log: log(), requests, sent, at: clock.now() - start, slept: clock.slept };
}
