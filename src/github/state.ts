/**
 * What main leaves for post. Written before the risky moment, since a killed main writes nothing any more; never a
 * credential, since debug logging prints it.
 */
import type { BuildRef } from '../bkci/link.js';
import type { Baseline } from '../bkci/moved.js';
import { given } from '../given.js';
import type { Runner } from './runner.js';

/** `maybe`: the retry was sent and its end is not known. `running`: it was accepted. `over`: main told the end itself. */
export type Phase = 'maybe' | 'running' | 'over';

export interface SavedRetry {
  readonly phase: Phase;
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

export function saveRetry(runner: Runner, { phase, build, api, baseline, executeCount }: SavedRetry): void {
  const { projectId, pipelineId, buildId } = build;
  runner.saveState(
    RETRY,
    JSON.stringify({ build: { projectId, pipelineId, buildId }, api, baseline: timesOf(baseline), executeCount }),
  );
  savePhase(runner, phase);
}

/** What tells executions apart, and none of the server's texts. */
function timesOf(baseline: Baseline | undefined): Baseline | undefined {
  if (!baseline) return undefined;
  const { status, startTime, endTime, queueTime, executeCount } = baseline;
  return { status, ...given({ startTime, endTime, queueTime, executeCount }) };
}

/** How far it is now; what was saved of the retry stays. */
export function savePhase(runner: Runner, phase: Phase): void {
  runner.saveState(PHASE, phase);
}

export function saveOver(runner: Runner): void {
  savePhase(runner, 'over');
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
