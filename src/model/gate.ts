/** Gates: the stage where a person has to decide, or has refused. Pure. */

import { oneLine } from '../lib/sanitize.js';
import { type Look, type StageLook, stagesOf } from './snapshot.js';
import { isRefusedGate, meaningOfBuild, meaningOfPart } from './status.js';

/**
 * The stage whose refused gate ended the build. It is left as one that never ran (bk-ci:
 * StageBuildRecordService.stageCancel), and nothing runs behind it but a finally stage: so it is the first of these.
 */
export function refusedGate(look: Look): StageLook | undefined {
  if (!isRefusedGate(look)) return undefined;
  const stages = stagesOf(look);
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
  readonly who?: string;
}

/** The stage whose gate holds the build, when one does. */
export function gateOf(look: Look): Gate | undefined {
  if (meaningOfBuild(look) !== 'waits for a person') return undefined;
  const stage = look.stages.find(({ status }) => meaningOfPart(status) === 'waits for a person');
  if (!stage) return { key: 'build', name: 'The build', waitsFor: 'approval' };
  const { showMsg } = stage;
  return {
    key: stage.stageId,
    name: `Stage ${oneLine(stage.name, 80)}`,
    waitsFor: 'approval',
    ...(showMsg ? { who: oneLine(showMsg, 200) } : {}),
  };
}
