import { gatedPipeline, nightlyBuild, nightlyPipeline, testsFail } from '../../standin/scenarios/nightly.js';
import type { BuildOptions } from '../../standin/world/build.js';
import type { ExecutionScript } from '../../standin/world/execution-script.js';
import type { Pipeline } from '../../standin/world/pipeline.js';

/** Inputs that follow the build to its end. */
export const WAIT = { wait: 'true' };

/** A failed nightly build, with scripts for its next executions. */
export function failedBuild(...next: readonly ExecutionScript[]): readonly BuildOptions[] {
  const pipeline = nightlyPipeline();
  return [nightlyBuild(pipeline, { scripts: [testsFail(pipeline), ...next] })];
}

/** The same with a gate before Deploy. */
export function gatedBuild(next: (pipeline: Pipeline) => readonly ExecutionScript[]): readonly BuildOptions[] {
  const pipeline = gatedPipeline();
  return [nightlyBuild(pipeline, { scripts: [testsFail(pipeline), ...next(pipeline)] })];
}

/** An execution that is ended from outside some time after the retry. */
export function ends(status: string, afterSeconds = 100): ExecutionScript {
  return { forcedEnd: { status, afterSeconds } };
}
