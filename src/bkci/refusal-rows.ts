/**
 * Refusals about what is asked for, and the order of all rows. Numbers: bk-ci ProcessMessageCode.kt,
 * CommonMessageCode.kt.
 */
import { CREDENTIALS, PERMISSIONS } from './refusal-access.js';
import { between, number, type Row, text, words } from './refusal-row.js';

const MISSING: readonly Row[] = [
  {
    when: number(2101163, 2101100),
    code: 'not-found',
    say: ({ buildId, pipelineId, projectId, consequence }, said) =>
      `There is no build ${buildId} in pipeline ${pipelineId} of project ${projectId} ${words(said)}; ${consequence}. Check projectId, pipelineId and buildId, or give buildUrl, which has all three.`,
  },
  {
    when: number(2101058),
    code: 'not-found',
    say: ({ buildId, pipelineId, consequence }, said) =>
      `Build ${buildId} is not one of pipeline ${pipelineId} ${words(said)}; ${consequence}. Check pipelineId and buildId.`,
  },
  {
    when: number(2101164, 2101038),
    code: 'not-found',
    say: ({ pipelineId, projectId, consequence }, said) =>
      `There is no pipeline ${pipelineId} in project ${projectId} ${words(said)}; ${consequence}. Check pipelineId and projectId; a pipeline of another channel needs channelCode.`,
  },
  {
    when: number(2101184),
    code: 'not-found',
    say: ({ buildId, pipelineId, consequence }, said) =>
      `The version of pipeline ${pipelineId} that build ${buildId} ran with is gone ${words(said)}; ${consequence}. Start a new build instead.`,
  },
  {
    when: text(/ProjectId \[.*\] not find/i),
    code: 'not-found',
    say: ({ projectId, consequence }, said) =>
      `There is no project ${projectId} ${words(said)}; ${consequence}. Check projectId: it is the English name in the address bar.`,
  },
];

const REFUSALS: readonly Row[] = [
  {
    when: (said) => number(2101901)(said) || (number(2100002)(said) && text(/BK_CI_RETRY_TASK_IN_STAGE_ID/)(said)),
    code: 'already-running',
    say: ({ consequence }, said) =>
      `BK-CI says that the build is running ${words(said)}; ${consequence}. Wait for its end.`,
  },
  {
    when: number(2101129),
    code: 'already-running',
    say: ({ consequence }, said) =>
      `BK-CI says that the build is running or waits at a stage gate ${words(said)}; ${consequence}. Wait for its end, or decide the gate in BK-CI.`,
  },
  {
    when: number(2101221),
    code: 'task-unknown',
    say: ({ consequence }, said) =>
      `BK-CI can't skip this taskId: its settings do not allow it ${words(said)}; ${consequence}. Allow "skip when failed" in the plug-in's settings, or ask for the permission API_OPERATE on the project.`,
  },
  ...(
    [
      [2101110, 'the job of this plug-in has not ended yet', 'Wait for the end of the job.'],
      [2101114, 'this stage has not failed', 'Give a taskId that has failed, or none to retry the whole build.'],
      [2101273, 'the stage of this plug-in is not running', 'Wait for the end of the build, then retry.'],
      [
        2101277,
        'this plug-in has not failed',
        'While a build runs, only a failed or cancelled plug-in can be retried.',
      ],
    ] as const
  ).map(
    ([status, why, remedy]): Row => ({
      when: number(status),
      code: 'task-unknown',
      say: ({ consequence }, said) => `BK-CI can't retry this taskId: ${why} ${words(said)}; ${consequence}. ${remedy}`,
    }),
  ),
  ...(
    [
      [2101020, 'the pipeline was started too often just now', 'Run this step again in a minute.'],
      [2101039, 'the recorded model of the build is gone', 'Start a new build instead.'],
      [2101047, 'the pipeline is locked', 'Unlock it in BK-CI, or ask who locked it.'],
      [2101049, "the pipeline's queue is full", 'Run this step again when builds have ended.'],
      [2101080, 'the project is disabled', 'Enable it in BK-CI.'],
      [2101081, 'the data of the build has expired', 'Start a new build instead.'],
      [
        2101258,
        'the build is too old: BK-CI retries builds for 28 days, unless its operators chose otherwise',
        'Start a new build instead.',
      ],
      [2101274, 'a variable of the build is longer than BK-CI allows', 'Shorten it and start a new build.'],
    ] as const
  ).map(
    ([status, why, remedy]): Row => ({
      when: number(status),
      code: 'refused',
      say: ({ consequence }, said) => `BK-CI refused: ${why} ${words(said)}; ${consequence}. ${remedy}`,
    }),
  ),
];

/** Nobody of the API's has answered. */
const NOT_ANSWERED: readonly Row[] = [
  {
    when: ({ redirectTo }) => redirectTo !== undefined,
    code: 'unexpected-answer',
    say: ({ address, consequence }, { redirectTo = '' }) =>
      `${address} answered with a redirect to ${redirectTo}; ${consequence}. apiUrl needs the address of the API, which a browser's login does not guard.`,
  },
  {
    when: ({ form, http }) => form === 'html' && ![401, 404, 405].includes(http),
    code: 'unexpected-answer',
    say: ({ address, consequence }, said) =>
      `${address} answered with a web page ${words(said)}; ${consequence}. apiUrl needs the address of the API, which a browser's login does not guard.`,
  },
];

/** The address is nobody's, or not this version's. */
const NOT_SERVED: readonly Row[] = [
  {
    when: (said) =>
      [404, 405, 501].includes(said.http) ||
      number(404)(said) ||
      between(1640401, 1640499)(said) ||
      text(/path\(.*\) illegal/i)(said),
    code: 'unexpected-answer',
    say: ({ address, consequence }, said) =>
      `${address} does not serve this address ${words(said)}; ${consequence}. Check apiUrl: its version and type (apigw, apigw-user, apigw-app), and on the API gateway its stage.`,
  },
];

/** Credentials first: "not found" to somebody without a valid token may be a lie. */
export const ROWS: readonly Row[] = [
  ...NOT_ANSWERED,
  ...CREDENTIALS,
  ...MISSING,
  ...REFUSALS,
  ...NOT_SERVED,
  ...PERMISSIONS,
];
