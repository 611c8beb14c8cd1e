/**
 * What main leaves for post. Written before the risky moment, since a killed main writes nothing any more; never a
 * credential, since debug logging prints it.
 */

import type { Runner } from '../github/runner.js';
import { given } from '../lib/given.js';
import type { BuildRef } from '../model/link.js';
import type { Baseline } from '../model/snapshot.js';

export interface SavedRetry {
  /** `maybe`: the retry was sent and its end is not known. `running`: it was accepted. */
  readonly phase: 'maybe' | 'running';
  readonly build: BuildRef;
  /** Where the request went; post sends its credentials nowhere else. */
  readonly api: string;
  readonly baseline?: Baseline;
  /** Count of the execution that was accepted, when it is known. */
  readonly executeCount?: number;
}

/** The name of the state that post's entry reads before it loads anything. */
const PHASE = 'phase';
const RETRY = 'retry';

/** Tells post how far the retry is. Without stopOnAbort post has nothing to do, and there is none. */
export class Handover {
  readonly #runner: Runner;
  readonly #api: string;
  #isLeft = false;

  /** @param api where the retry goes. */
  constructor(runner: Runner, api: string) {
    this.#runner = runner;
    this.#api = api;
  }

  save({ phase, build, baseline, executeCount }: Omit<SavedRetry, 'api'>): void {
    const { projectId, pipelineId, buildId } = build;
    const ids = { projectId, pipelineId, buildId };
    this.#runner.saveState(
      RETRY,
      JSON.stringify({ build: ids, api: this.#api, baseline: timesOf(baseline), executeCount }),
    );
    this.#runner.saveState(PHASE, phase);
  }

  /** Main has told the end itself, or nothing took effect. */
  over(): void {
    if (!this.#isLeft) this.#runner.saveState(PHASE, 'over');
  }

  /** A stop of main's did not get through: post is to try, whatever main tells of the end. */
  leave(): void {
    this.#isLeft = true;
    this.#runner.saveState(PHASE, 'running');
  }
}

/** What tells executions apart, and none of the server's texts. */
function timesOf(baseline: Baseline | undefined): Baseline | undefined {
  if (!baseline) return undefined;
  const { status, startTime, endTime, queueTime, executeCount } = baseline;
  return { status, ...given({ startTime, endTime, queueTime, executeCount }) };
}

/** Undefined when there is nothing to do, or when the state can't be what main wrote. */
export function savedRetry(runner: Runner): SavedRetry | undefined {
  const phase = runner.state(PHASE);
  if (phase !== 'maybe' && phase !== 'running') return undefined;
  try {
    const { build, api, baseline, executeCount } = JSON.parse(runner.state(RETRY)) as Omit<SavedRetry, 'phase'>;
    const ids = [build.projectId, build.pipelineId, build.buildId, api];
    if (!ids.every((id) => typeof id === 'string' && id !== '')) return undefined;
    return { phase, build, api, ...given({ baseline, executeCount }) };
  } catch {
    return undefined;
  }
}
