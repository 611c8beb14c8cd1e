/** Stop requests: on abort, at the timeout, from post. Never more than one, since a second forces termination. */
import type { Client } from '../bkci/client.js';
import type { StepContext } from '../github/step.js';
import { pollAt } from '../lib/clock.js';
import { oneLine } from '../lib/sanitize.js';
import type { BuildRef } from '../model/link.js';
import type { BuildStatus } from '../model/snapshot.js';
import type { StopResult } from './stop-result.js';

/** On abort the runner kills the step 7.5 s after its first signal (actions/runner: ProcessInvoker.cs). */
export const CANCEL_STOP_MS = 3_000;

/** PIPELINE_BUILD_HAS_ENDED_CANNOT_BE_OPERATE, CANCEL_BUILD_BY_OTHER_USER. */
const UNNECESSARY: Readonly<Record<number, string | undefined>> = {
  2101182: 'it has ended already',
  2101019: 'it is being stopped already',
};

export interface StopLimits {
  readonly deadlineMs: number;
  /** Ends the request before its time. */
  readonly deadlineSignal?: AbortSignal | undefined;
}

/** One stop request. Never throws: a stop that fails must not change how the step ends. */
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
        if (why !== undefined) return { kind: 'unnecessary', why: why };
        const asked = { operation: 'stop', build, consequence: 'the build was not stopped' } as const;
        return { kind: 'failed', why: client.refusal(outcome, asked).message };
      }
    }
  } catch (error) {
    return { kind: 'failed', why: `the request could not be made (${oneLine(String(error), 200)}).` };
  }
}

/** When a stop shows, in milliseconds after the request. */
const VERIFY_AT_MS: readonly number[] = [1_000, 3_000, 6_000, 12_000];

export interface ConfirmOptions {
  readonly client: Client;
  readonly build: BuildRef;
  /** Whether a look shows the end of what was stopped. */
  readonly isEnd: (status: BuildStatus) => boolean;
}

/** The look that shows the end; undefined when it still runs, can't be read, or nobody waits any more. */
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
