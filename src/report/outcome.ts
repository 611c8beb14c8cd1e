/** How a step ended, and all that is known when it does: what every report is made of. */

import type { Candidate } from '../find/by-checks.js';
import type { FailedTask, TaskLog } from '../follow/failures.js';
import type { StopResult } from '../follow/stop.js';
import type { ActionError } from '../lib/errors.js';
import type { Stage } from '../model/detail.js';
import type { BuildRef } from '../model/link.js';
import type { BuildStatus } from '../model/snapshot.js';
import type { PlanText } from '../plan/describe.js';

/** Something that is known. What could not be done or learned is an ActionError instead. */
export type Outcome =
  | { readonly result: 'retried' }
  | { readonly result: 'not-needed'; readonly why: string }
  | { readonly result: 'found' }
  | { readonly result: 'succeeded' }
  | { readonly result: 'failed'; readonly gateRefused: boolean }
  | { readonly result: 'cancelled' }
  /** As it was seen when time was up, and, after a stop, its end if that was seen. */
  | {
      readonly result: 'timed-out';
      readonly status?: BuildStatus;
      readonly stop?: StopResult;
      readonly ended?: BuildStatus;
    }
  | { readonly result: 'stopped'; readonly stop?: StopResult }
  /** `postLooks`: the post step finds out whether the build was retried, and then stops it. */
  | { readonly result: 'aborted'; readonly stop?: StopResult; readonly postLooks?: boolean };

export type Conclusion = Outcome | ActionError;

/** Endings that are proven to be fine; everything else is red. */
const GREEN: ReadonlySet<string> = new Set<Outcome['result']>(['retried', 'not-needed', 'found', 'succeeded']);

export function isGreen(outcome: Outcome): boolean {
  return GREEN.has(outcome.result);
}

/** One retry of this step that has ended. */
export interface Attempt {
  readonly executeCount?: number;
  /** `Test › Linux › Run tests`; text of the server. */
  readonly failedIn: string;
  /** Milliseconds. */
  readonly durationMs: number;
}

/**
 * How far the retry is. `idle`: nothing is on its way. `sending`: sent, and its end not known. `running`: accepted.
 * `ended`: the build has ended, or was sent a stop.
 */
export type RetryPhase = 'idle' | 'sending' | 'running' | 'ended';

/** What the story has learned so far. Texts are the server's: whoever shows them sanitises them. */
export interface RunRecord {
  readonly phase: RetryPhase;
  readonly build?: BuildRef;
  readonly buildNumber?: number;
  readonly pipelineName?: string;
  readonly consoleUrl?: string;
  /** Execution count, after the retry when there was one. */
  readonly executeCount?: number;
  /** The build before the retry, and as it was seen last. */
  readonly statusBefore?: BuildStatus;
  readonly lastStatus?: BuildStatus;
  /** What was sent, or would be. */
  readonly plan?: PlanText;
  /** Retries accepted by this step. */
  readonly acceptedCount: number;
  /** The execution that the last of them began, or that somebody else may have begun instead. */
  readonly execution?: { readonly executeCount?: number; readonly startedByOther: boolean };
  readonly maxAttempts: number;
  /** Attempts that have ended. */
  readonly attempts: readonly Attempt[];
  /** Milliseconds from the first accepted retry to the end. */
  readonly elapsedMs?: number;
  readonly failedTasks: readonly FailedTask[];
  readonly logs: readonly TaskLog[];
  readonly stages: readonly Stage[];
  readonly firstStartedBy?: string;
  /** The builds that were found; several where one could not be told. */
  readonly candidates?: readonly Candidate[];
  /** Address of the workflow run, built from the runner's own variables. */
  readonly workflowRun?: string;
  /** `status` and `message` of the answer to the last retry, when there was one. */
  readonly retryResponse?: { readonly status: number; readonly message?: string };
  /** Who retried, as BK-CI was told. */
  readonly username?: string;
}
