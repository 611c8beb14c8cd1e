/** Finds the gate that a build waits at, or whose refusal ended it. Pure. */

import { oneLine } from '../lib/sanitize.js';
import { type BuildStatus, type StageStatus, stagesWithoutTrigger } from './snapshot.js';
import { isRefusedGate, meaningOfBuild, meaningOfPart } from './status.js';

/**
 * The stage whose refused gate ended the build. BK-CI leaves it as not run (bk-ci:
 * StageBuildRecordService.stageCancel) and runs only a finally stage after it, so it is the first stage not run.
 */
export function refusedGate(build: BuildStatus): StageStatus | undefined {
  if (!isRefusedGate(build)) return undefined;
  const stages = stagesWithoutTrigger(build);
  const stopped = stages.find(
    ({ status }) => status === 'REVIEW_ABORT' || meaningOfPart(status) === 'waits for a person',
  );
  return stopped ?? stages.find(({ status }) => meaningOfPart(status) === 'not run');
}

export interface Gate {
  /** Identifies the gate, so that each is announced once. */
  readonly key: string;
  readonly name: string;
  readonly waitsFor: 'approval' | 'a person';
  /** Who may decide, sanitised text from the server. */
  readonly who?: string | undefined;
}

/** The gate that the build waits at; undefined if it does not wait. */
export function gateOf(build: BuildStatus): Gate | undefined {
  if (meaningOfBuild(build) !== 'waits for a person') return undefined;
  const stage = build.stages.find(({ status }) => meaningOfPart(status) === 'waits for a person');
  if (!stage) return { key: 'build', name: 'The build', waitsFor: 'approval' };
  const { showMsg } = stage;
  return {
    key: stage.stageId,
    name: `Stage ${oneLine(stage.name, 80)}`,
    waitsFor: 'approval',
    ...(showMsg ? { who: oneLine(showMsg, 200) } : {}),
  };
}
