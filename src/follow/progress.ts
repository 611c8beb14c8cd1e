/** What changed in a running build between two reads, one log line for each change. Pure. */

import { duration } from '../lib/format.js';
import { oneLine } from '../lib/sanitize.js';
import { refusedGate } from '../model/gate.js';
import { type BuildStatus, type StageStatus, stagesWithoutTrigger } from '../model/snapshot.js';
import { isQueued, meaningOfPart } from '../model/status.js';

/** A line of the log: a state in the words of this action, and what is in that state. */
export interface Change {
  readonly state: string;
  readonly text: string;
}

/** @param before the last status of this execution; undefined at its first. */
export function changesSince(before: BuildStatus | undefined, now: BuildStatus): Change[] {
  if (isQueued(now)) return queueChange(before, now);
  const stagesBefore = new Map(before && !isQueued(before) ? before.stages.map((stage) => [stage.stageId, stage]) : []);
  const refused = refusedGate(now);
  return stagesWithoutTrigger(now).flatMap((stage) => {
    if (stage === refused) return [{ state: 'refused', text: oneLine(stage.name, 80) }];
    return stageChanges(stagesBefore.get(stage.stageId), stage, now);
  });
}

/** The names of the running stages; the status of the build if none runs. */
export function runningNow(build: BuildStatus): string {
  const names = build.stages
    .filter(({ status }) => meaningOfPart(status) === 'running')
    .map(({ name }) => oneLine(name, 80));
  return names.join(', ') || oneLine(build.status, 40);
}

function queueChange(before: BuildStatus | undefined, now: BuildStatus): Change[] {
  const place = ({ queuePosition }: BuildStatus) => (queuePosition ? `${queuePosition} in the queue` : '');
  // A place that is not told any more says nothing new.
  if (before && isQueued(before) && ['', place(before)].includes(place(now))) return [];
  return [{ state: 'queued', text: place(now) }];
}

function stageChanges(before: StageStatus | undefined, now: StageStatus, build: BuildStatus): Change[] {
  const meaningBefore = before ? meaningOfPart(before.status) : 'not run';
  const meaning = meaningOfPart(now.status);
  const name = oneLine(now.name, 80);
  if (meaningBefore === meaning || meaning === 'not run' || meaning === 'unknown') return [];
  const ended = meaning === 'succeeded' || meaning === 'failed' || meaning === 'cancelled';
  // At the first read a finished stage may have been kept from the execution before.
  if (!before && ended && !startedIn(build, now)) return [];
  const approved: Change[] =
    meaningBefore === 'waits for a person' && meaning === 'running' ? [{ state: 'approved', text: name }] : [];
  if (meaning === 'waits for a person') return [{ state: 'waiting', text: name }];
  const time = ended && now.durationMs !== undefined ? `, ${duration(now.durationMs)}` : '';
  return [...approved, { state: meaning, text: `${name}${time}` }];
}

function startedIn({ queueTime }: BuildStatus, { startEpoch }: StageStatus): boolean {
  return queueTime !== undefined && startEpoch !== undefined && startEpoch >= queueTime;
}
