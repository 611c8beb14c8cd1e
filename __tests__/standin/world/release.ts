/** How the releases of BK-CI differ where a client can see it. */
export interface Release {
  readonly name: string;
  /** Members of the retry's answer beside `id`. */
  readonly retryAnswerFields: readonly ('executeCount' | 'projectId' | 'pipelineId' | 'num')[];
  /** BK_CI_RETRY_COUNT among the build parameters. */
  readonly showsRetryCount: boolean;
  /** `executeCount`, `recordList` and their like in detail and history. */
  readonly showsExecutions: boolean;
  readonly showsQueuePosition: boolean;
  readonly acceptsStepIds: boolean;
  /** Children of a matrix as `taskId` (#10780, #10799). */
  readonly acceptsMatrixChildren: boolean;
  /** Retries inside a running build: none at all, of a plug-in, or with 4.0's own checks. */
  readonly retryWhileRunning: 'never' | 'plug-in' | 'checked';
  /** Variables are deleted before the build is found to be running (4.0). */
  readonly wipesVariablesFirst: boolean;
  /** Retries end 28 days after the build's start (#11478). */
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
/** Knows nothing of retry counts either: what a client can rely on least. */
export const BK_CI_1_5: Release = {
  ...BK_CI_1_11,
  name: '1.5',
  retryAnswerFields: [],
  showsRetryCount: false,
  showsQueuePosition: false,
  retryWhileRunning: 'never',
  hasV4: false,
};
