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

/** PIPELINE_BUILD_HAS_ENDED_CANNOT_BE_OPERATE, CANCEL_BUILD_BY_OTHER_USER. */
const UNNECESSARY: Readonly<Record<number, string | undefined>> = {
  2101182: 'it has ended already',
  2101019: 'it is being stopped already',
};

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
        const why = UNNECESSARY[outcome.response.status ?? 0];
        if (why !== undefined) return { kind: 'unnecessary', why };
        const info = { operation: 'stop', build, consequence: 'the build was not stopped' } as const;
        return { kind: 'failed', why: client.refusal(outcome, info).message };
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
}

/** When the build is read, in milliseconds after the stop request. */
const VERIFY_AT_MS: readonly number[] = [1_000, 3_000, 6_000, 12_000];

/** The status that shows the end; undefined if the build still runs, can't be read, or the workflow was cancelled. */
export async function confirmStopped(
  { clock, cancelled }: StepContext,
  { client, build, isEnd }: ConfirmOptions,
): Promise<BuildStatus | undefined> {
  const options = { deadlineMs: 5_000, signal: cancelled };
  try {
    const read = () => client.buildStatus(build, options).catch(() => undefined);
    return await pollAt({ clock, at: VERIFY_AT_MS, signal: cancelled }, read, isEnd);
  } catch (error) {
    if (!cancelled.aborted) throw error;
    return undefined;
  }
}
