/** BK-CI's BuildStatus as a table: what each value means for somebody who waits (bk-ci: BuildStatus.kt). */
export type Meaning =
  | 'running'
  /** Nothing goes on until a person acts. */
  | 'waits for a person'
  | 'succeeded'
  | 'failed'
  | 'cancelled'
  /** Not in the table: waited on, never a success. */
  | 'unknown';

/**
 * Build level knows few of these (BuildStatusSwitcher.kt); stages, jobs and plug-ins have them all.
 * STAGE_SUCCESS is missing on purpose: its meaning hangs on the times, see `meaningOfBuild`.
 */
const MEANINGS: ReadonlyMap<string, Meaning> = new Map(
  Object.entries({
    SUCCEED: 'succeeded',
    FAILED: 'failed',
    TERMINATE: 'failed',
    QUEUE_TIMEOUT: 'failed',
    EXEC_TIMEOUT: 'failed',
    HEARTBEAT_TIMEOUT: 'failed',
    QUALITY_CHECK_FAIL: 'failed',
    QUOTA_FAILED: 'failed',
    REVIEW_ABORT: 'failed',
    CANCELED: 'cancelled',
    RUNNING: 'running',
    PREPARE_ENV: 'running',
    LOOP_WAITING: 'running',
    CALL_WAITING: 'running',
    DEPENDENT_WAITING: 'running',
    QUEUE: 'running',
    QUEUE_CACHE: 'running',
    RETRY: 'running',
    TRY_FINALLY: 'running',
    PAUSE: 'waits for a person',
    REVIEWING: 'waits for a person',
    QUALITY_CHECK_WAIT: 'waits for a person',
    TRIGGER_REVIEWING: 'waits for a person',
  } satisfies Record<string, Meaning>),
);

/** Success below build level is wider: a skipped plug-in and a passed gate are fine. */
const FINE_BELOW_BUILD = new Set(['SUCCEED', 'SKIP', 'REVIEW_PROCESSED', 'QUALITY_CHECK_PASS', 'STAGE_SUCCESS']);

export interface BuildTimes {
  readonly status: string;
  /** Milliseconds since 1970; absent or 0 while not started or not ended. */
  readonly startTime?: number | undefined;
  readonly endTime?: number | undefined;
}

/** `endTime` of the build says that it is over, whatever its status is called (bk-ci: BuildInfo.isFinish). */
function hasEnded({ startTime = 0, endTime = 0 }: BuildTimes): boolean {
  return endTime > 0 && endTime > startTime;
}

/**
 * What a build's status means. STAGE_SUCCESS without an end is a stage gate that waits; with one it is a gate that was
 * refused: BK-CI calls that a success, but the stages behind it did not run, and its own GitHub check is red.
 */
export function meaningOfBuild(build: BuildTimes): Meaning {
  if (build.status === 'STAGE_SUCCESS') return hasEnded(build) ? 'failed' : 'waits for a person';
  return MEANINGS.get(build.status) ?? 'unknown';
}

/** Whether a stage gate was refused, which ended the build before its later stages. */
export function isRefusedGate(build: BuildTimes): boolean {
  return build.status === 'STAGE_SUCCESS' && hasEnded(build);
}

/** At build level only these fail otherwise than FAILED (bk-ci: BuildStatusSwitcher.kt). */
const FAILURE_REASONS: Readonly<Record<string, string | undefined>> = {
  QUEUE_TIMEOUT: 'it waited too long in the queue',
  TERMINATE: 'it was stopped by force',
};

/** `QUEUE_TIMEOUT: it waited too long in the queue`; empty for a build that just failed. Holds text of the server. */
export function failureReason({ status }: BuildTimes): string {
  if (status === 'FAILED' || meaningOfBuild({ status }) !== 'failed') return '';
  const words = FAILURE_REASONS[status];
  return words === undefined ? status : `${status}: ${words}`;
}

/** Whether somebody ended it; the second of two stops terminates (bk-ci: stop). */
export function wasStopped(build: BuildTimes): boolean {
  return meaningOfBuild(build) === 'cancelled' || build.status === 'TERMINATE';
}

/** A known final state, or an end in the past; an unknown state without an end counts as running. */
export function isFinished(build: BuildTimes): boolean {
  const meaning = meaningOfBuild(build);
  if (meaning === 'succeeded' || meaning === 'failed' || meaning === 'cancelled') return true;
  return meaning === 'unknown' && hasEnded(build);
}

/** What the status of a stage, a job or a plug-in means. */
export function meaningOfPart(status: string | undefined): Meaning | 'not run' {
  if (status === undefined || status === '' || status === 'UNEXEC') return 'not run';
  return FINE_BELOW_BUILD.has(status) ? 'succeeded' : (MEANINGS.get(status) ?? 'unknown');
}

/** Until the engine has started a build, its stages are still those of the execution before (bk-ci: startBuild). */
export function isQueued({ status }: BuildTimes): boolean {
  return status === 'QUEUE' || status === 'QUEUE_CACHE' || status === 'RETRY' || status === 'TRIGGER_REVIEWING';
}
