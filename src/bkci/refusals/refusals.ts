/**
 * Refusals about what is asked for, and the order of all rows. Numbers: bk-ci ProcessMessageCode.kt,
 * CommonMessageCode.kt.
 */

import { ActionError } from '../../lib/errors.js';
import { listed } from '../../lib/format.js';
import type { Said } from '../response.js';
import { type Asked, between, number, type Row, text, words } from './rule.js';

export const CREDENTIALS: readonly Row[] = [
  {
    when: text(/accessToken is empty/i),
    code: 'unauthorized',
    say: ({ consequence }) =>
      `This BK-CI asks for an accessToken, and none was given; ${consequence}. Set accessToken. If the workflow does, its secret is empty: the name is misspelt, or the run is one from a fork or of Dependabot.`,
  },
  {
    when: text(/access token expired|token过期/i),
    code: 'unauthorized',
    say: ({ consequence }) =>
      `accessToken has expired; ${consequence}. A token from BK-CI's own /ms/auth lives for hours only: fetch a fresh one, or use appCode and appSecret on the API gateway for workflows without a person.`,
  },
  {
    when: text(/access token illegal|token参数非法|^verification failed ?:/i),
    code: 'unauthorized',
    say: ({ consequence, tokenLength = 0 }) =>
      `BK-CI does not know this accessToken; ${consequence}. It was read as one value of ${tokenLength} characters: look for a line break or a missing part in the secret.`,
  },
  {
    when: text(/app auth fail/i),
    code: 'unauthorized',
    say: ({ consequence }) =>
      `BK-CI could not verify the app behind this request; ${consequence}. An apiUrl of the type apigw-app needs appCode and appSecret of an app that the API gateway knows.`,
  },
  {
    when: text(/don't has user's access_token/i),
    code: 'unauthorized',
    say: ({ consequence }) =>
      `BK-CI could not verify the user behind this request; ${consequence}. An apiUrl of the type apigw-user needs an accessToken of a user; for an app, use the type apigw-app.`,
  },
  {
    when: (said) => text(/bkapi jwt is empty/i)(said) || text(/^you do not have permission to access$/i)(said),
    code: 'unauthorized',
    say: ({ address, consequence }) =>
      `${address} takes requests through the BlueKing API gateway only; ${consequence}. Set apiUrl to the gateway's address (https://bkapi.example.com/api/devops/prod/v4/apigw-app) and give appCode and appSecret.`,
  },
  {
    when: text(/param userId cannot be empty/i),
    code: 'unauthorized',
    say: ({ consequence }) => `BK-CI does not know who asks; ${consequence}. Set username, or accessToken.`,
  },
  {
    when: (said) =>
      between(1640001, 1640001)(said) || between(1640004, 1640004)(said) || between(1640100, 1640199)(said),
    code: 'unauthorized',
    say: ({ credentials, consequence }, said) =>
      `The API gateway does not accept these credentials ${words(said)}; ${consequence}. Check ${listed(credentials) || 'appCode and appSecret'}, and that the app or user is known to this gateway.`,
  },
  {
    when: number(2112005),
    code: 'unauthorized',
    say: ({ consequence }, said) =>
      `BK-CI could not read the API gateway's signature ${words(said)}; ${consequence}. Ask its operators whether gateway and BK-CI share their key.`,
  },
  {
    when: (said) => said.http === 401 || number(401, 2100016)(said),
    code: 'unauthorized',
    say: ({ address, consequence, credentials }, said) =>
      `${address} asks for a login ${words(said)}; ${consequence}. Check ${listed(credentials)}, and that apiUrl is the address of the OpenAPI.`,
  },
];

export const PERMISSIONS: readonly Row[] = [
  {
    when: between(1640300, 1640399),
    code: 'forbidden',
    say: ({ consequence }, said) =>
      `The API gateway does not let this app or address use the resource ${words(said)}; ${consequence}. Apply for the permission of the resource in the gateway's developer centre.`,
  },
  {
    when: (said) => said.http === 403 || number(403, 2101008, 2100006, 2101174)(said),
    code: 'forbidden',
    say: ({ who, permission, consequence }, said) =>
      `${who} may not ${permission === 'EXECUTE' ? 'execute' : 'view'} this pipeline ${words(said)}; ${consequence}. In BK-CI, give ${who} the permission ${permission} on the pipeline.`,
  },
  {
    when: number(2100122, 2100124),
    code: 'forbidden',
    say: ({ consequence }, said) =>
      `This BK-CI has closed the API for the project or pipeline ${words(said)}; ${consequence}. Its operators can open it.`,
  },
  {
    when: number(2101340),
    code: 'forbidden',
    say: ({ who, consequence }, said) =>
      `${who} may not stop this build ${words(said)}; ${consequence}. Only who started it, or who manages the pipeline, may.`,
  },
  {
    when: number(2101500),
    code: 'forbidden',
    say: ({ who, consequence }, said) =>
      `${who} may not use a build node of this pipeline ${words(said)}; ${consequence}. In BK-CI, give ${who} the permission on the node.`,
  },
];

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

/** The error a refusal ends with, unless the caller knows better what to do with it. */
export function explainRefusal(said: Said, asked: Asked): ActionError {
  const row = ROWS.find(({ when }) => when(said));
  const message =
    row?.say(asked, said) ??
    `${asked.address} refused the request ${words(said)}; ${asked.consequence}. The words are the server's own: ask who runs this BK-CI, with the request id if there is one.`;
  return new ActionError(row?.code ?? 'refused', message, { answer: said, request: asked.request });
}
