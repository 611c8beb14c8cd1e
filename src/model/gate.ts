/** Gates: the stage where a person has to decide, or has refused. Pure. */

import { oneLine } from '../lib/sanitize.js';
import { type BuildStatus, type StageStatus, stagesWithoutTrigger } from './snapshot.js';
import { isRefusedGate, meaningOfBuild, meaningOfPart } from './status.js';

/**
 * The stage whose refused gate ended the build. It is left as one that never ran (bk-ci:
 * StageBuildRecordService.stageCancel), and nothing runs behind it but a finally stage: so it is the first of these.
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
  /** Tells gates apart, so that each is announced once. */
  readonly key: string;
  readonly name: string;
  readonly waitsFor: 'approval' | 'a person';
  /** Who may decide, in the server's words. */
  readonly who?: string | undefined;
}

/** The stage whose gate holds the build, when one does. */
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
