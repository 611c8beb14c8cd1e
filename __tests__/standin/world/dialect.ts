/** How the releases of BK-CI differ where a client can see it. */
export interface Dialect {
  readonly name: string;
  /** Members of the retry's answer beside `id`. */
  readonly answers: readonly ('executeCount' | 'projectId' | 'pipelineId' | 'num')[];
  /** BK_CI_RETRY_COUNT among the build parameters. */
  readonly retryCount: boolean;
  /** `executeCount`, `recordList` and their like in detail and history. */
  readonly records: boolean;
  readonly queuePosition: boolean;
  readonly stepIds: boolean;
  /** Children of a matrix as `taskId` (#10780, #10799). */
  readonly matrixChildren: boolean;
  /** Retries inside a running build: none at all, of a plug-in, or with 4.0's own checks. */
  readonly running: 'never' | 'plug-in' | 'checked';
  /** Variables are deleted before the build is found to be running (4.0). */
  readonly wipesFirst: boolean;
  /** Retries end 28 days after the build's start (#11478). */
  readonly retryLimit: boolean;
  readonly v4: boolean;
  readonly numbers: { readonly duplicate: number; readonly noBuild: number };
}

const NUMBERS = { duplicate: 2101129, noBuild: 2101163 };
/** bk-ci ≤ 1.11, before the renumbering. */
const OLD_NUMBERS = { duplicate: 2101901, noBuild: 2101100 };

export const BK_CI_4_2: Dialect = {
  name: '4.2',
  answers: ['executeCount', 'projectId', 'pipelineId', 'num'],
  retryCount: true,
  records: true,
  queuePosition: true,
  stepIds: true,
  matrixChildren: true,
  running: 'checked',
  wipesFirst: true,
  retryLimit: true,
  v4: true,
  numbers: NUMBERS,
};
export const BK_CI_4_0: Dialect = { ...BK_CI_4_2, name: '4.0', matrixChildren: false };
export const BK_CI_3_2: Dialect = {
  ...BK_CI_4_0,
  name: '3.2',
  stepIds: false,
  records: false,
  running: 'plug-in',
  wipesFirst: false,
};
export const BK_CI_1_11: Dialect = {
  ...BK_CI_3_2,
  name: '1.11',
  answers: ['projectId', 'pipelineId'],
  retryLimit: false,
  numbers: OLD_NUMBERS,
};
/** Knows nothing of retry counts either: what a client can rely on least. */
export const BK_CI_1_5: Dialect = {
  ...BK_CI_1_11,
  name: '1.5',
  answers: [],
  retryCount: false,
  queuePosition: false,
  running: 'never',
  v4: false,
};
