import { gatedPipeline, nightlyBuild, nightlyPipeline, testsFail } from '../../standin/scenarios/nightly.js';
import type { BuildDraft } from '../../standin/world/build.js';
import type { ExecutionScript } from '../../standin/world/execution-script.js';
import type { Pipeline } from '../../standin/world/pipeline.js';

/** Followed to its end, with everything else as it is. */
export const WAIT = { wait: 'true' };

/** A nightly build that has failed, and what its next executions do. */
export function failedBuild(...next: readonly ExecutionScript[]): readonly BuildDraft[] {
  const of = nightlyPipeline();
  return [nightlyBuild(of, { scripts: [testsFail(of), ...next] })];
}

/** The same with a gate before Deploy. */
export function gatedBuild(next: (of: Pipeline) => readonly ExecutionScript[]): readonly BuildDraft[] {
  const of = gatedPipeline();
  return [nightlyBuild(of, { scripts: [testsFail(of), ...next(of)] })];
}

/** Ends from outside some time after the retry. */
export function ends(status: string, afterSeconds = 100): ExecutionScript {
  return { ending: { status, afterSeconds } };
}
