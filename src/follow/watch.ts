/** Decides what each status of a followed build means and what is reported of it. Pure. */

import { duration } from '../lib/format.js';
import { oneLine, quote } from '../lib/sanitize.js';
import { stateOf } from '../model/describe.js';
import { whoseExecution } from '../model/execution.js';
import { type Gate, gateOf } from '../model/gate.js';
import type { Baseline, BuildStatus } from '../model/snapshot.js';
import { isFinished, isQueued, isRefusedGate, meaningOfBuild } from '../model/status.js';
import { changesSince, runningNow } from './progress.js';

export type End =
  | { readonly result: 'succeeded'; readonly status: BuildStatus }
  | { readonly result: 'cancelled'; readonly status: BuildStatus; readonly hasRun: boolean }
  | {
      readonly result: 'failed';
      readonly status: BuildStatus;
      readonly hasRun: boolean;
      readonly gateRefused: boolean;
    }
  | { readonly result: 'timed-out'; readonly status: BuildStatus | undefined };

/** The end of the execution, if its last status shows one. Only SUCCEED is success. */
export function endOf({
  lastStatus: status,
  hasRun,
}: Pick<WatchState, 'lastStatus' | 'hasRun'>): Exclude<End, { result: 'timed-out' }> | undefined {
  if (!status) return undefined;
  const meaning = meaningOfBuild(status);
  if (meaning === 'succeeded') return { result: 'succeeded', status };
  if (meaning === 'cancelled') return { result: 'cancelled', status, hasRun };
  return meaning === 'failed' ? { result: 'failed', status, hasRun, gateRefused: isRefusedGate(status) } : undefined;
}

/** What has been reported of the execution that is followed. Times in milliseconds on the step's clock. */
export interface WatchState {
  /** The last status of this execution; undefined before its first. */
  readonly lastStatus?: BuildStatus | undefined;
  /** It was seen neither queued nor ended, so the engine has started it. */
  readonly hasRun: boolean;
  /** The highest count known of it. */
  readonly executeCount?: number | undefined;
  /** The unknown status that was warned about last. */
  readonly unknownStatus?: string | undefined;
  /** Keys of the gates that were announced. */
  readonly announced: readonly string[];
  /** When the last line or gate was reported. */
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
  /** Whether a stage has failed since the status before, which the end of the build follows, unless more stages run. */
  readonly isEnding: boolean;
  /** Whether to search the detail for a gate inside a job, which the build's own status does not show. */
  readonly search: boolean;
}

/** After this long without a line, one says that the build is still running. */
const STILL_MS = 600_000;
/** After this long without a line the detail is searched. It is large, so each pause is twice the one before. */
const GATE_SEARCH_MS = 30_000;
const GATE_SEARCH_LONGEST_MS = 300_000;

export function initialState(now: number, executeCount: number | undefined): WatchState {
  return {
    executeCount,
    hasRun: false,
    announced: [],
    lastLine: now,
    nextGateSearch: now,
    gateSearchPause: GATE_SEARCH_MS,
  };
}

/** What an end has to be told apart from. */
export interface FollowedExecution {
  readonly baseline?: Baseline | undefined;
  /** The answer to the retry named this build instead of the one that was asked for. */
  readonly answeredOther?: boolean | undefined;
}

/**
 * Whether a status shows the execution that is followed. A status of an execution before it is no end of it. Of another
 * build than the one that was asked for, an end counts only with a count, or after the build was seen unfinished.
 */
export function isOfExecution(
  { baseline, answeredOther }: FollowedExecution,
  state: WatchState,
  status: BuildStatus,
): boolean {
  const { executeCount, lastStatus } = state;
  if (whoseExecution({ baseline, executeCount }, status) === 'before ours') return false;
  const isCounted = executeCount !== undefined && status.executeCount !== undefined;
  return !answeredOther || isCounted || lastStatus !== undefined || !isFinished(status);
}

export function onStatus(previous: WatchState, status: BuildStatus, now: number): WatchStep {
  const isNew = isNewExecution(previous, status);
  const before = isNew ? undefined : previous.lastStatus;
  const changes = changesSince(before, status);
  const gate = gateOf(status);
  const isNewGate = gate !== undefined && !previous.announced.includes(gate.key);
  const isUnknown = meaningOfBuild(status) === 'unknown';
  const notices: Notice[] = [
    ...(isNew ? [newExecutionNotice(status)] : []),
    ...changes.flatMap(({ state, text }): Notice[] => (state === 'waiting' ? [] : [{ kind: 'line', state, text }])),
    ...(isUnknown && previous.unknownStatus !== status.status ? [unknownStatusNotice(status)] : []),
    ...(isNewGate ? [{ kind: 'gate', gate, status } as const] : []),
  ];
  const silence = now - previous.lastLine;
  const isSilent = notices.every(({ kind }) => kind === 'warning');
  const needsStillLine = isSilent && silence >= STILL_MS;
  if (needsStillLine)
    notices.push({ kind: 'line', state: 'still', text: `${runningNow(status)}, ${duration(silence)}` });
  const search =
    !gate && isSilent && !isFinished(status) && silence >= GATE_SEARCH_MS && now >= previous.nextGateSearch;
  return {
    state: {
      ...previous,
      lastStatus: status,
      hasRun: (previous.hasRun && !isNew) || (!isQueued(status) && !isFinished(status)),
      executeCount: status.executeCount ?? previous.executeCount,
      ...(isUnknown ? { unknownStatus: status.status } : {}),
      announced: isNewGate ? [...previous.announced, gate.key] : previous.announced,
      lastLine: isSilent && !needsStillLine ? previous.lastLine : now,
      ...(search ? delayNextSearch(previous, now) : {}),
    },
    notices,
    isEnding: changes.some(({ state }) => state === 'failed'),
    search,
  };
}

/** @param gate a pause, review or quality gate inside a job. Only the detail shows it: the build itself is RUNNING. */
export function onGateSearch(
  previous: WatchState,
  gate: Gate | undefined,
  now: number,
): Pick<WatchStep, 'state' | 'notices'> {
  if (!gate || previous.announced.includes(gate.key)) return { state: previous, notices: [] };
  return {
    state: { ...previous, announced: [...previous.announced, gate.key], lastLine: now },
    notices: [{ kind: 'gate', gate, status: previous.lastStatus }],
  };
}

/** For the debug log. */
export function debugLine(status: BuildStatus): string {
  return `Look: ${stateOf(status)}, execution ${status.executeCount ?? 'unknown'}`;
}

function isNewExecution({ executeCount }: WatchState, status: BuildStatus): boolean {
  return whoseExecution({ executeCount }, status) === 'newer';
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
