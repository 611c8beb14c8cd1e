/** What a look at a followed build changes, and what is told of it: one look after another, without effects. */

import { duration } from '../lib/format.js';
import { oneLine, quote } from '../lib/sanitize.js';
import { stateOf } from '../model/describe.js';
import { whoseExecution } from '../model/execution.js';
import { type Gate, gateOf } from '../model/gate.js';
import type { BuildStatus } from '../model/snapshot.js';
import { isRefusedGate, meaningOfBuild } from '../model/status.js';
import { changesSince, runningNow } from './progress.js';

export type End =
  | { readonly result: 'succeeded' | 'cancelled'; readonly status: BuildStatus }
  | { readonly result: 'failed'; readonly status: BuildStatus; readonly gateRefused: boolean }
  | { readonly result: 'timed-out'; readonly status: BuildStatus | undefined };

/** The end that a look shows, when it shows one. Success is SUCCEED and nothing else. */
export function endOf(status: BuildStatus): Exclude<End, { result: 'timed-out' }> | undefined {
  const meaning = meaningOfBuild(status);
  if (meaning === 'succeeded' || meaning === 'cancelled') return { result: meaning, status };
  return meaning === 'failed' ? { result: 'failed', status, gateRefused: isRefusedGate(status) } : undefined;
}

/** What has been told of the execution that is followed, and when. Times on the step's clock. */
export interface WatchState {
  /** The last look at this execution; undefined before its first. */
  readonly lastStatus?: BuildStatus | undefined;
  /** Its count, when it is known before the first look. */
  readonly executeCount?: number | undefined;
  readonly unknownStatus?: string | undefined;
  /** Keys of the gates that were announced. */
  readonly announced: readonly string[];
  readonly lastLine: number;
  readonly nextGateSearch: number;
  readonly gateSearchPause: number;
}

export type Notice =
  | { readonly kind: 'line'; readonly state: string; readonly text: string }
  | { readonly kind: 'warning'; readonly text: string }
  | { readonly kind: 'gate'; readonly gate: Gate; readonly status: BuildStatus | undefined };

export interface WatchStep {
  readonly state: WatchState;
  readonly notices: readonly Notice[];
  /** The detail is to be searched for a gate inside a job, which the build's own status does not show. */
  readonly search: boolean;
}

/** After this much silence a line says that the build is still running. */
const STILL_MS = 600_000;
/** After this much silence the detail is read, then ever more rarely: it is large. */
const GATE_SEARCH_MS = 30_000;
const GATE_SEARCH_LONGEST_MS = 300_000;

export function initialState(now: number, executeCount: number | undefined): WatchState {
  return {
    executeCount,
    announced: [],
    lastLine: now,
    nextGateSearch: now,
    gateSearchPause: GATE_SEARCH_MS,
  };
}

export function onStatus(was: WatchState, status: BuildStatus, now: number): WatchStep {
  const before = isNewExecution(was, status) ? undefined : was.lastStatus;
  const changes = changesSince(before, status);
  const gate = gateOf(status);
  const fresh = gate !== undefined && !was.announced.includes(gate.key);
  const isUnknown = meaningOfBuild(status) === 'unknown';
  const notices: Notice[] = [
    ...(isNewExecution(was, status) ? [newExecutionNotice(status)] : []),
    ...changes.flatMap(({ state, text }): Notice[] => (state === 'waiting' ? [] : [{ kind: 'line', state, text }])),
    ...(isUnknown && was.unknownStatus !== status.status ? [unknownStatusNotice(status)] : []),
    ...(fresh ? [{ kind: 'gate', gate, status } as const] : []),
  ];
  const silence = now - was.lastLine;
  const isSilent = notices.every(({ kind }) => kind === 'warning');
  const isStill = isSilent && silence >= STILL_MS;
  if (isStill) notices.push({ kind: 'line', state: 'still', text: `${runningNow(status)}, ${duration(silence)}` });
  const search = !gate && isSilent && !endOf(status) && silence >= GATE_SEARCH_MS && now >= was.nextGateSearch;
  return {
    state: {
      ...was,
      lastStatus: status,
      ...(isUnknown ? { unknownStatus: status.status } : {}),
      announced: fresh ? [...was.announced, gate.key] : was.announced,
      lastLine: isSilent && !isStill ? was.lastLine : now,
      ...(search ? delayNextSearch(was, now) : {}),
    },
    notices,
    search,
  };
}

/** A pause, a review or a quality gate inside a job: the build says RUNNING, only its detail tells. */
export function onGateSearch(was: WatchState, gate: Gate | undefined, now: number): Omit<WatchStep, 'search'> {
  if (!gate || was.announced.includes(gate.key)) return { state: was, notices: [] };
  return {
    state: { ...was, announced: [...was.announced, gate.key], lastLine: now },
    notices: [{ kind: 'gate', gate, status: was.lastStatus }],
  };
}

function isNewExecution(was: WatchState, status: BuildStatus): boolean {
  return whoseExecution({ executeCount: was.lastStatus?.executeCount ?? was.executeCount }, status) === 'newer';
}

function delayNextSearch({ gateSearchPause }: WatchState, now: number): Partial<WatchState> {
  return {
    nextGateSearch: now + gateSearchPause,
    gateSearchPause: Math.min(GATE_SEARCH_LONGEST_MS, gateSearchPause * 2),
  };
}

function newExecutionNotice({ startedBy, executeCount }: BuildStatus): Notice {
  const by = startedBy === undefined ? '' : ` by ${oneLine(startedBy, 80)}`;
  return { kind: 'line', state: 'retried', text: `execution ${executeCount} was started${by} and is followed now` };
}

function unknownStatusNotice({ status }: BuildStatus): Notice {
  const text = `BK-CI reports a status that this action does not know: ${quote(status, 40)}. The step goes on waiting and never counts it as success.`;
  return { kind: 'warning', text };
}

/** For the debug log. */
export function debugLine(status: BuildStatus): string {
  return `Look: ${stateOf(status)}, execution ${status.executeCount ?? 'unknown'}`;
}
