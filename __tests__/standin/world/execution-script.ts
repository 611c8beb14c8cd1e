/** What happens in an execution, in seconds of server time. Everything without a script succeeds. */
export interface ExecutionScript {
  /** Positions in the queue and how long each lasts; the build starts after the last. */
  readonly queue?: readonly { readonly position: number; readonly seconds: number }[];
  /** QUEUE_CACHE, between queue and start. */
  readonly startingSeconds?: number;
  /** By plug-in id. */
  readonly plugins?: Readonly<Record<string, PluginScript>>;
  /** By stage id; a gate without an answer waits forever. */
  readonly gates?: Readonly<Record<string, GateScript>>;
  /** Ends the execution from outside, some time after it was queued, with a status such as QUEUE_TIMEOUT, TERMINATE or an unknown one. */
  readonly forcedEnd?: { readonly status: string; readonly afterSeconds: number };
  /** Reported instead of RUNNING, to test statuses that a client does not know. */
  readonly runningStatus?: string;
}

export interface PluginScript {
  /** Waits for its machine before it runs. */
  readonly startsAfter?: number;
  readonly seconds?: number;
  readonly status?: string;
  readonly error?: TaskError;
  readonly log?: readonly string[];
  /** Waits for a person before it runs; Infinity means forever. */
  readonly pause?: { readonly status: 'PAUSE' | 'REVIEWING' | 'QUALITY_CHECK_WAIT'; readonly seconds: number };
}

export interface GateScript {
  readonly answer: 'approve' | 'refuse';
  readonly afterSeconds: number;
}

/** `type` is bk-ci's ErrorType: a number in errorInfoList, its name in the model. */
export interface TaskError {
  readonly type: 'SYSTEM' | 'USER' | 'THIRD_PARTY' | 'PLUGIN';
  readonly code: number;
  readonly message: string;
}

export const ERROR_TYPE_NUMBER: Readonly<Record<TaskError['type'], number>> = {
  SYSTEM: 0,
  USER: 1,
  THIRD_PARTY: 2,
  PLUGIN: 3,
};

/** bk-ci: BuildStatus, the groups "failure" and "cancelled". */
export const FAILURE_STATUSES: ReadonlySet<string> = new Set([
  'FAILED',
  'TERMINATE',
  'REVIEW_ABORT',
  'QUALITY_CHECK_FAIL',
  'QUEUE_TIMEOUT',
  'EXEC_TIMEOUT',
  'HEARTBEAT_TIMEOUT',
  'QUOTA_FAILED',
]);

export function failedOrCancelled(status: string | null): boolean {
  return status !== null && (FAILURE_STATUSES.has(status) || status === 'CANCELED');
}
