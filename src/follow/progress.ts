/** What changed between two looks at a running build, one line a change. Pure. */

import { duration } from '../lib/format.js';
import { oneLine } from '../lib/sanitize.js';
import { refusedGate } from '../model/gate.js';
import { type BuildStatus, type StageStatus, stagesWithoutTrigger } from '../model/snapshot.js';
import { isQueued, meaningOfPart } from '../model/status.js';

/** A state in our words, and what it is about. */
export interface Change {
  readonly state: string;
  readonly text: string;
}

/** @param before the last look of this execution; undefined at its first. */
export function changesSince(before: BuildStatus | undefined, now: BuildStatus): Change[] {
  if (isQueued(now)) return queueChange(before, now);
  const seen = new Map(before && !isQueued(before) ? before.stages.map((stage) => [stage.stageId, stage]) : []);
  const refused = refusedGate(now);
  return stagesWithoutTrigger(now).flatMap((stage) => {
    if (stage === refused) return [{ state: 'refused', text: oneLine(stage.name, 80) }];
    return stageChanges(seen.get(stage.stageId), stage, now);
  });
}

function queueChange(before: BuildStatus | undefined, now: BuildStatus): Change[] {
  const place = ({ queuePosition }: BuildStatus) => (queuePosition ? `${queuePosition} in the queue` : '');
  if (before && isQueued(before) && place(before) === place(now)) return [];
  return [{ state: 'queued', text: place(now) }];
}

function stageChanges(before: StageStatus | undefined, now: StageStatus, build: BuildStatus): Change[] {
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
  const took = ended && now.durationMs !== undefined ? `, ${duration(now.durationMs)}` : '';
  return [...approved, { state: is, text: `${name}${took}` }];
}

function startedIn({ queueTime }: BuildStatus, { startEpoch }: StageStatus): boolean {
  return queueTime !== undefined && startEpoch !== undefined && startEpoch >= queueTime;
}

/** What runs, for a line that breaks a long silence. */
export function runningNow(build: BuildStatus): string {
  const names = build.stages
    .filter(({ status }) => meaningOfPart(status) === 'running')
    .map(({ name }) => oneLine(name, 80));
  return names.join(', ') || oneLine(build.status, 40);
}
