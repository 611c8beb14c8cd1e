/**
 * Stops a build: when the workflow is cancelled, at the timeout, and in post. At most one request is sent, since BK-CI
 * terminates a build by force at the second one.
 */

import type { Client } from '../bkci/client.js';
import type { StepContext } from '../github/step.js';
import { pollAt } from '../lib/clock.js';
import { oneLine } from '../lib/sanitize.js';
import type { BuildRef } from '../model/link.js';
import type { BuildStatus } from '../model/snapshot.js';
import type { StopResult } from './stop-result.js';

/**
 * Deadline of a stop when the workflow is cancelled. The runner kills the step 7.5 s after its first signal
 * (actions/runner: ProcessInvoker.cs).
 */
export const CANCEL_STOP_MS = 3_000;

export interface StopLimits {
  readonly deadlineMs: number;
  /** Ends the request before its deadline. */
  readonly deadlineSignal?: AbortSignal | undefined;
}

const HAS_ENDED = 2101182;
const TOO_SOON = 2101019;

/** Sends one stop request. Never throws, since a failed stop must not change the result of the step. */
export async function requestStop(client: Client, build: BuildRef, limits: StopLimits): Promise<StopResult> {
  try {
    const outcome = await client.stopBuild(build, limits);
    switch (outcome.kind) {
      case 'accepted':
        return { kind: 'sent' };
      case 'answer-lost':
        return {
          kind: 'unanswered',
          why: outcome.response
            ? `BK-CI's answer was not understood (${outcome.reason})`
            : `BK-CI has not answered (${outcome.reason})`,
        };
      case 'not-delivered':
        return { kind: 'undelivered', why: outcome.reason };
      case 'refused': {
        const { status } = outcome.response;
        if (status === HAS_ENDED) return { kind: 'unnecessary', why: 'it has ended already' };
        const info = { operation: 'stop', build, consequence: 'the build was not stopped' } as const;
        const why = client.refusal(outcome, info).message;
        return { kind: status === TOO_SOON ? 'too-soon' : 'failed', why };
      }
    }
  } catch (error) {
    return { kind: 'failed', why: `the request could not be made (${oneLine(String(error), 200)}).` };
  }
}

export interface ConfirmOptions {
  readonly client: Client;
  readonly build: BuildRef;
  /** Whether a status shows the end of the execution that was stopped. */
  readonly isEnd: (status: BuildStatus) => boolean;
  /** All reads end within this time, in milliseconds. */
  readonly withinMs?: number | undefined;
}

/**
 * When the build is read, in milliseconds after the stop request. It ends 5 s after one that found it queued, 25 s after
 * one that found a plug-in running (bk-ci: observed on v4.1.0).
 */
const VERIFY_AT_MS: readonly number[] = [2_000, 5_000, 10_000, 15_000, 20_000, 26_000, 32_000, 40_000];

const VERIFY_DEADLINE_MS = 5_000;

/** The status that shows the end; undefined if the build still runs, can't be read, or the workflow was cancelled. */
export async function confirmStopped(
  { clock, cancelled }: StepContext,
  { client, build, isEnd, withinMs = Number.POSITIVE_INFINITY }: ConfirmOptions,
): Promise<BuildStatus | undefined> {
  const at = VERIFY_AT_MS.filter((moment) => moment + VERIFY_DEADLINE_MS <= withinMs);
  const options = { deadlineMs: VERIFY_DEADLINE_MS, signal: cancelled };
  try {
    const read = () => client.buildStatus(build, options).catch(() => undefined);
    return await pollAt({ clock, at, signal: cancelled }, read, isEnd);
  } catch (error) {
    if (!cancelled.aborted) throw error;
    return undefined;
  }
}
