/** What a look at a followed build changes, and what is told of it: one look after another, without effects. */

import { duration } from '../lib/format.js';
import { oneLine, quote } from '../lib/sanitize.js';
import { stateOf } from '../model/describe.js';
import { movedSince } from '../model/execution.js';
import { type Gate, gateOf } from '../model/gate.js';
import type { Baseline, Look } from '../model/snapshot.js';
import { isRefusedGate, meaningOfBuild } from '../model/status.js';
import { changesSince, runningNow } from './progress.js';

export type End =
  | { readonly result: 'succeeded' | 'cancelled'; readonly look: Look }
  | { readonly result: 'failed'; readonly look: Look; readonly gateRefused: boolean }
  | { readonly result: 'timed-out'; readonly look: Look | undefined };

/** The end that a look shows, when it shows one. Success is SUCCEED and nothing else. */
export function endOf(look: Look): Exclude<End, { result: 'timed-out' }> | undefined {
  const meaning = meaningOfBuild(look);
  if (meaning === 'succeeded' || meaning === 'cancelled') return { result: meaning, look };
  return meaning === 'failed' ? { result: 'failed', look, gateRefused: isRefusedGate(look) } : undefined;
}

/** What has been told of the execution that is followed, and when. Times on the step's clock. */
export interface Watched {
  /** The last look at this execution; undefined before its first. */
  readonly look?: Look;
  /** Its count, when it is known before the first look. */
  readonly executeCount?: number | undefined;
  readonly unknownStatus?: string;
  /** Keys of the gates that were announced. */
  readonly announced: readonly string[];
  readonly lastLine: number;
  readonly nextGateSearch: number;
  readonly gateSearchPause: number;
}

export type Telling =
  | { readonly kind: 'line'; readonly state: string; readonly text: string }
  | { readonly kind: 'warning'; readonly text: string }
  | { readonly kind: 'gate'; readonly gate: Gate; readonly look: Look | undefined };

export interface Watching {
  readonly watched: Watched;
  readonly told: readonly Telling[];
  /** The detail is to be searched for a gate inside a job, which the build's own status does not show. */
  readonly search: boolean;
}

/** After this much silence a line says that the build is still running. */
const STILL_MS = 600_000;
/** After this much silence the detail is read, then ever more rarely: it is large. */
const GATE_SEARCH_MS = 30_000;
const GATE_SEARCH_LONGEST_MS = 300_000;

export function beginWatch(now: number, executeCount: number | undefined): Watched {
  return {
    executeCount,
    announced: [],
    lastLine: now,
    nextGateSearch: now,
    gateSearchPause: GATE_SEARCH_MS,
  };
}

/** Whether a look shows the execution that is followed: until the retry shows, it still tells of the one before. */
export function isOfRetry(baseline: Baseline | undefined, look: Look): boolean {
  return !baseline || movedSince(baseline, look);
}

export function afterLook(was: Watched, look: Look, now: number): Watching {
  const before = isNewer(was, look) ? undefined : was.look;
  const changes = changesSince(before, look);
  const gate = gateOf(look);
  const fresh = gate !== undefined && !was.announced.includes(gate.key);
  const isUnknown = meaningOfBuild(look) === 'unknown';
  const told: Telling[] = [
    ...(isNewer(was, look) ? [retriedOnTop(look)] : []),
    ...changes.flatMap(({ state, text }): Telling[] => (state === 'waiting' ? [] : [{ kind: 'line', state, text }])),
    ...(isUnknown && was.unknownStatus !== look.status ? [unknown(look)] : []),
    ...(fresh ? [{ kind: 'gate', gate, look } as const] : []),
  ];
  const silence = now - was.lastLine;
  const isSilent = told.every(({ kind }) => kind === 'warning');
  const isStill = isSilent && silence >= STILL_MS;
  if (isStill) told.push({ kind: 'line', state: 'still', text: `${runningNow(look)}, ${duration(silence)}` });
  const search = !gate && isSilent && !endOf(look) && silence >= GATE_SEARCH_MS && now >= was.nextGateSearch;
  return {
    watched: {
      ...was,
      look,
      ...(isUnknown ? { unknownStatus: look.status } : {}),
      announced: fresh ? [...was.announced, gate.key] : was.announced,
      lastLine: isSilent && !isStill ? was.lastLine : now,
      ...(search ? nextSearch(was, now) : {}),
    },
    told,
    search,
  };
}

/** A pause, a review or a quality gate inside a job: the build says RUNNING, only its detail tells. */
export function afterSearch(was: Watched, gate: Gate | undefined, now: number): Omit<Watching, 'search'> {
  if (!gate || was.announced.includes(gate.key)) return { watched: was, told: [] };
  return {
    watched: { ...was, announced: [...was.announced, gate.key], lastLine: now },
    told: [{ kind: 'gate', gate, look: was.look }],
  };
}

function isNewer(was: Watched, { executeCount }: Look): boolean {
  const before = was.look?.executeCount ?? was.executeCount;
  return executeCount !== undefined && before !== undefined && executeCount > before;
}

function nextSearch({ gateSearchPause }: Watched, now: number): Partial<Watched> {
  return {
    nextGateSearch: now + gateSearchPause,
    gateSearchPause: Math.min(GATE_SEARCH_LONGEST_MS, gateSearchPause * 2),
  };
}

function retriedOnTop({ startedBy, executeCount }: Look): Telling {
  const by = startedBy === undefined ? '' : ` by ${oneLine(startedBy, 80)}`;
  return { kind: 'line', state: 'retried', text: `execution ${executeCount} was started${by} and is followed now` };
}

function unknown({ status }: Look): Telling {
  const text = `BK-CI reports a status that this action does not know: ${quote(status, 40)}. It is waited on and never counts as success.`;
  return { kind: 'warning', text };
}

/** For the debug log. */
export function described(look: Look): string {
  return `Look: ${stateOf(look)}, execution ${look.executeCount ?? 'unknown'}`;
}
