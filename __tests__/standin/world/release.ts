/** A release of BK-CI: the differences that a client can see. */
export interface Release {
  readonly name: string;
  /** Fields in the answer to a retry besides `id`. */
  readonly retryAnswerFields: readonly ('executeCount' | 'projectId' | 'pipelineId' | 'num')[];
  /** The build parameters include BK_CI_RETRY_COUNT. */
  readonly showsRetryCount: boolean;
  /** Detail and history include `executeCount`, `recordList` and similar fields. */
  readonly showsExecutions: boolean;
  readonly showsQueuePosition: boolean;
  readonly acceptsStepIds: boolean;
  /** `taskId` may name a child of a matrix (#10780, #10799). */
  readonly acceptsMatrixChildren: boolean;
  /** Retries inside a running build: never, of a plug-in, or with the checks of 4.0. */
  readonly retryWhileRunning: 'never' | 'plug-in' | 'checked';
  /** Deletes variables before it checks whether the build is running (4.0). */
  readonly wipesVariablesFirst: boolean;
  /** Refuses a retry later than 28 days after the start of the build (#11478). */
  readonly hasRetryLimit: boolean;
  readonly hasV4: boolean;
  readonly errorCodes: { readonly alreadyRunning: number; readonly buildNotFound: number };
}

const ERROR_CODES = { alreadyRunning: 2101129, buildNotFound: 2101163 };
/** bk-ci ≤ 1.11, before the renumbering. */
const OLD_ERROR_CODES = { alreadyRunning: 2101901, buildNotFound: 2101100 };

export const BK_CI_4_2: Release = {
  name: '4.2',
  retryAnswerFields: ['executeCount', 'projectId', 'pipelineId', 'num'],
  showsRetryCount: true,
  showsExecutions: true,
  showsQueuePosition: true,
  acceptsStepIds: true,
  acceptsMatrixChildren: true,
  retryWhileRunning: 'checked',
  wipesVariablesFirst: true,
  hasRetryLimit: true,
  hasV4: true,
  errorCodes: ERROR_CODES,
};
export const BK_CI_4_0: Release = { ...BK_CI_4_2, name: '4.0', acceptsMatrixChildren: false };
export const BK_CI_3_2: Release = {
  ...BK_CI_4_0,
  name: '3.2',
  acceptsStepIds: false,
  showsExecutions: false,
  retryWhileRunning: 'plug-in',
  wipesVariablesFirst: false,
};
export const BK_CI_1_11: Release = {
  ...BK_CI_3_2,
  name: '1.11',
  retryAnswerFields: ['projectId', 'pipelineId'],
  hasRetryLimit: false,
  errorCodes: OLD_ERROR_CODES,
};
/** Has no retry counts either, so it gives a client the least information. */
export const BK_CI_1_5: Release = {
  ...BK_CI_1_11,
  name: '1.5',
  retryAnswerFields: [],
  showsRetryCount: false,
  showsQueuePosition: false,
  retryWhileRunning: 'never',
  hasV4: false,
};
