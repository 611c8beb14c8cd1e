/** What changed between two looks at a running build, one line a change. Pure. */
import type { Look, StageLook } from '../bkci/decode.js';
import { isRefusedGate, meaningOfBuild, meaningOfPart } from '../bkci/status.js';
import { duration, oneLine } from '../text.js';

/** A state in our words, and what it is about. */
export interface Change {
  readonly state: string;
  readonly text: string;
}

/** Holds what starts the pipeline; it runs nothing, and nobody asks about it. */
export const TRIGGER_STAGE = 'stage-1';

/** Until the engine has started a build, its stages are still those of the execution before (bk-ci: startBuild). */
export function isQueued({ status }: Look): boolean {
  return status === 'QUEUE' || status === 'QUEUE_CACHE' || status === 'RETRY' || status === 'TRIGGER_REVIEWING';
}

/** @param before the last look of this execution; undefined at its first. */
export function changesSince(before: Look | undefined, now: Look): Change[] {
  if (isQueued(now)) return queueChange(before, now);
  const seen = new Map(before && !isQueued(before) ? before.stages.map((stage) => [stage.stageId, stage]) : []);
  const refused = refusedGate(now);
  return stagesOf(now).flatMap((stage) => {
    if (stage === refused) return [{ state: 'refused', text: oneLine(stage.name, 80) }];
    return stageChanges(seen.get(stage.stageId), stage, now);
  });
}

function stagesOf({ stages }: Look): StageLook[] {
  return stages.filter(({ stageId }) => stageId !== TRIGGER_STAGE);
}

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

function queueChange(before: Look | undefined, now: Look): Change[] {
  const place = ({ queuePosition }: Look) => (queuePosition ? `${queuePosition} in the queue` : '');
  if (before && isQueued(before) && place(before) === place(now)) return [];
  return [{ state: 'queued', text: place(now) }];
}

function stageChanges(before: StageLook | undefined, now: StageLook, build: Look): Change[] {
  const was = before ? meaningOfPart(before.status) : 'not run';
  const is = meaningOfPart(now.status);
  const name = oneLine(now.name, 80);
  if (was === is || is === 'not run' || is === 'unknown') return [];
  const ended = is === 'succeeded' || is === 'failed' || is === 'cancelled';
  // At the first look a finished stage may be one that this execution kept from the one before.
  if (!before && ended && !startedIn(build, now)) return [];
  const approved: Change[] =
    was === 'waits for a person' && is === 'running' ? [{ state: 'approved', text: name }] : [];
  if (is === 'waits for a person') return [{ state: 'waiting', text: name }];
  const took = ended && now.took !== undefined ? `, ${duration(now.took)}` : '';
  return [...approved, { state: is, text: `${name}${took}` }];
}

function startedIn({ queueTime }: Look, { startEpoch }: StageLook): boolean {
  return queueTime !== undefined && startEpoch !== undefined && startEpoch >= queueTime;
}

/** What runs, for a line that breaks a long silence. */
export function runningNow(look: Look): string {
  const names = look.stages
    .filter(({ status }) => meaningOfPart(status) === 'running')
    .map(({ name }) => oneLine(name, 80));
  return names.join(', ') || oneLine(look.status, 40);
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
