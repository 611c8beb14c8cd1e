/** Maps BK-CI's statuses of builds and their parts to what they mean for this action (bk-ci: BuildStatus.kt). */

export type Meaning =
  | 'running'
  /** Does not continue until a person acts. */
  | 'waits for a person'
  | 'succeeded'
  | 'failed'
  | 'cancelled'
  /** Not in the table: the build is followed further, and never counts as a success. */
  | 'unknown';

export interface BuildTimes {
  readonly status: string;
  /** Both in milliseconds since 1970; absent or 0 before the start or the end. */
  readonly startTime?: number | undefined;
  readonly endTime?: number | undefined;
}

/**
 * A build has only a few of these (BuildStatusSwitcher.kt); stages, jobs and plug-ins have all of them.
 * STAGE_SUCCESS is not in the table because its meaning depends on the times, see `meaningOfBuild`.
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

/**
 * What a build's status means. STAGE_SUCCESS without an end time is a stage gate that waits; with one, the gate was
 * refused: BK-CI calls that a success, but the stages after it did not run, and its own GitHub check failed.
 */
export function meaningOfBuild(build: BuildTimes): Meaning {
  if (build.status === 'STAGE_SUCCESS') return hasEnded(build) ? 'failed' : 'waits for a person';
  return MEANINGS.get(build.status) ?? 'unknown';
}

/** Whether a stage gate was refused, which ended the build before its later stages. */
export function isRefusedGate(build: BuildTimes): boolean {
  return build.status === 'STAGE_SUCCESS' && hasEnded(build);
}

/** The only statuses of a failed build besides FAILED (bk-ci: BuildStatusSwitcher.kt). */
const FAILURE_REASONS: Readonly<Record<string, string | undefined>> = {
  QUEUE_TIMEOUT: 'it waited too long in the queue',
  TERMINATE: 'it was stopped by force',
};

/** `QUEUE_TIMEOUT: it waited too long in the queue`; empty for FAILED. Contains text from the server. */
export function failureReason({ status }: BuildTimes): string {
  if (status === 'FAILED' || meaningOfBuild({ status }) !== 'failed') return '';
  const reason = FAILURE_REASONS[status];
  return reason === undefined ? status : `${status}: ${reason}`;
}

/** Whether the build was stopped; a second stop terminates it (bk-ci: stop). */
export function wasStopped(build: BuildTimes): boolean {
  return meaningOfBuild(build) === 'cancelled' || build.status === 'TERMINATE';
}

/** Whether the status is final; an unknown status is final if the build has an end time. */
export function isFinished(build: BuildTimes): boolean {
  const meaning = meaningOfBuild(build);
  if (meaning === 'succeeded' || meaning === 'failed' || meaning === 'cancelled') return true;
  return meaning === 'unknown' && hasEnded(build);
}

/** Of a part, these are successes too: a skipped plug-in and a passed gate. */
const PART_SUCCEEDED = new Set(['SUCCEED', 'SKIP', 'REVIEW_PROCESSED', 'QUALITY_CHECK_PASS', 'STAGE_SUCCESS']);

/** What the status of a stage, a job or a plug-in means. */
export function meaningOfPart(status: string | undefined): Meaning | 'not run' {
  if (status === undefined || status === '' || status === 'UNEXEC') return 'not run';
  return PART_SUCCEEDED.has(status) ? 'succeeded' : (MEANINGS.get(status) ?? 'unknown');
}

/** Whether the engine has yet to start the build; until then its stages are of the last execution (bk-ci: startBuild). */
export function isQueued({ status }: BuildTimes): boolean {
  return status === 'QUEUE' || status === 'QUEUE_CACHE' || status === 'RETRY' || status === 'TRIGGER_REVIEWING';
}

/** Whether `endTime` says that the build is over, independently of its status (bk-ci: BuildInfo.isFinish). */
function hasEnded({ startTime = 0, endTime = 0 }: BuildTimes): boolean {
  return endTime > 0 && endTime > startTime;
}
