/**
 * What main saves for post, as state of the runner. It holds no credential and no text of the server, since debug
 * logging prints it.
 */

import type { Runner } from '../github/runner.js';
import type { Baseline } from '../model/snapshot.js';
import type { LeftRetry } from './lifecycle.js';

export interface SavedRetry extends LeftRetry {
  /** Root of the API that the retry was sent to; post sends its credentials nowhere else. */
  readonly api: string;
}

/** `src/post.ts` reads this name before it loads anything. */
const PHASE = 'phase';
const RETRY = 'retry';

/** @param saved undefined when post has nothing to do. */
export function saveRetry(runner: Runner, saved: SavedRetry | undefined): void {
  if (saved) {
    const { build, api, baseline, executeCount, unsure } = saved;
    const { projectId, pipelineId, buildId } = build;
    const retry = { build: { projectId, pipelineId, buildId }, api, baseline: timesOf(baseline), executeCount, unsure };
    runner.saveState(RETRY, JSON.stringify(retry));
  }
  runner.saveState(PHASE, saved?.phase ?? 'over');
}

/** What tells executions apart, and none of the server's texts. */
function timesOf(baseline: Baseline | undefined): Baseline | undefined {
  if (!baseline) return undefined;
  const { status, startTime, endTime, queueTime, executeCount } = baseline;
  return { status, startTime, endTime, queueTime, executeCount };
}

/** Undefined when there is nothing to do, or when the state can't be what main wrote. */
export function readSavedRetry(runner: Runner): SavedRetry | undefined {
  const phase = runner.state(PHASE);
  if (phase !== 'sending' && phase !== 'running') return undefined;
  try {
    const { build, api, baseline, executeCount, unsure } = JSON.parse(runner.state(RETRY)) as Omit<SavedRetry, 'phase'>;
    const ids = [build.projectId, build.pipelineId, build.buildId, api];
    if (!ids.every((id) => typeof id === 'string' && id !== '')) return undefined;
    return { phase, build, api, baseline, executeCount, unsure };
  } catch {
    return undefined;
  }
}
