/** How long to pause between two reads of a build that is followed. All values are in milliseconds. Pure. */

import type { BuildStatus } from '../model/snapshot.js';
import { meaningOfPart } from '../model/status.js';

/** A stage is FAILED 0.9 to 1.0 s before its build is (bk-ci 4.1.0, measured). */
const ENDING_PAUSE_MS = 1_000;
const SHORTEST_PAUSE_MS = 2_000;
/**
 * A pause is at most this share of the time that is left until the build has run as long as before, and of the time since
 * then. `npm run measure:polling` compares them with others.
 */
const SHARE_BEFORE = 1 / 4;
const SHARE_AFTER = 1 / 12;

export interface PauseInput {
  /** Since following began. */
  readonly waited: number;
  /** How long the build is expected to run; undefined if nothing tells. */
  readonly expected?: number | undefined;
  /** A stage has failed since the read before. */
  readonly isEnding?: boolean | undefined;
  readonly longest: number;
  /** By the server; the pause is not shorter. */
  readonly requested?: number | undefined;
  readonly remaining: number;
}

/** The pause until the next read. */
export function nextPause(input: PauseInput): number {
  const { waited, expected = 0, isEnding = false, longest, requested = 0, remaining } = input;
  const share = waited < expected ? (expected - waited) * SHARE_BEFORE : (waited - expected) * SHARE_AFTER;
  const own = Math.min(longest, isEnding ? ENDING_PAUSE_MS : Math.max(SHORTEST_PAUSE_MS, share));
  return Math.max(0, Math.min(Math.max(own, requested), remaining));
}

/**
 * How long the build ran; undefined if its status does not tell. From the second execution on only its stages tell, those
 * included that were kept: after the retry of a part, `startTime` is that of the first execution (bk-ci 4.1.0).
 */
export function lengthOf({ executeCount, startTime = 0, endTime = 0, stages }: BuildStatus): number | undefined {
  if (executeCount === 1 && startTime > 0 && endTime > startTime) return endTime - startTime;
  const durations = stages.flatMap(({ status, durationMs }) =>
    meaningOfPart(status) === 'not run' ? [] : [durationMs],
  );
  const sum = durations.reduce<number>((total, duration = Number.NaN) => total + duration, 0);
  return sum > 0 ? sum : undefined;
}
