/**
 * Explains a refusal: maps the answer of BK-CI, or of a gateway in front of it, to an error code and a text. Status
 * numbers: bk-ci ProcessMessageCode.kt, CommonMessageCode.kt.
 */

import { ActionError, type ErrorCode } from '../../lib/errors.js';
import { listed } from '../../lib/format.js';
import type { ApiResponse } from '../response.js';
import { ADDRESS_RULES } from './address.js';
import { PROXY_RULES } from './proxy.js';
import {
  hasGatewayCode,
  hasMessage,
  hasStatus,
  type Phrase,
  type RefusalRule,
  type RequestInfo,
  serverWords,
} from './rule.js';

/** The error for a refused request. The first rule that matches decides. */
export function explainRefusal(response: ApiResponse, info: RequestInfo): ActionError {
  const { code, problem, remedy } = RULES.find(({ when }) => when(response, info)) ?? ANY_OTHER;
  const resolve = (phrase: Phrase) => (typeof phrase === 'string' ? phrase : phrase(info, response));
  const text = {
    problem: `${resolve(problem)} ${serverWords(response)}`,
    consequence: info.consequence,
    remedy: resolve(remedy),
  };
  // The outputs status and message are for an answer of the API.
  return new ActionError(code, text, response.proxy === undefined ? { response, request: info.request } : {});
}

/** v4 finds no pipeline of the build: the first three with profile prod, the last without (bk-ci: checkPipelineId). */
const isUnknownBuild = hasMessage(
  /(?:parameter content of the request is empty|请求的参数内容为空|リクエストしたパラメータ内容が空です)\s*$|\bInvalid buildId\b/,
);

/** The second form is Kotlin's own, of v1.5 to v1.9, where nothing checks the header (bk-ci: ApigwBuildResourceV3). */
const isWithoutUser = hasMessage(
  /param userId cannot be empty|Parameter specified as non-null is null\b.{0,800}\bparameter userId\b/i,
);

/** Credentials come before everything that BK-CI says: without valid ones its "not found" may be wrong. */
const RULES: readonly RefusalRule[] = [
  // The answer does not come from the API.
  ...PROXY_RULES,
  ...ADDRESS_RULES,

  // Credentials.
  {
    when: hasMessage(/accessToken is empty/i),
    code: 'unauthorized',
    problem: 'This BK-CI asks for an accessToken, and none was given',
    remedy:
      'Set accessToken. If the workflow does, its secret is empty: the name is misspelt, or the run is one from a fork or of Dependabot.',
  },
  {
    when: hasMessage(/access token expired|token过期/i),
    code: 'unauthorized',
    problem: 'accessToken has expired',
    remedy:
      "A token from BK-CI's own /ms/auth lives for hours only: fetch a fresh one, or use appCode and appSecret on the API gateway for workflows without a person.",
  },
  {
    when: hasMessage(/access token illegal|token参数非法|^verification failed ?:/i),
    code: 'unauthorized',
    problem: 'BK-CI does not know this accessToken',
    remedy: ({ tokenLength = 0 }) =>
      `It was read as one value of ${tokenLength} characters: look for a line break or a missing part in the secret.`,
  },
  {
    when: hasMessage(/app auth fail/i),
    code: 'unauthorized',
    problem: 'BK-CI could not verify the app behind this request',
    remedy: 'An apiUrl of the type apigw-app needs appCode and appSecret of an app that the API gateway knows.',
  },
  {
    when: hasMessage(/don't has user's access_token/i),
    code: 'unauthorized',
    problem: 'BK-CI could not verify the user behind this request',
    remedy: 'An apiUrl of the type apigw-user needs an accessToken of a user; for an app, use the type apigw-app.',
  },
  {
    when: (response) =>
      hasMessage(/bkapi jwt is empty/i)(response) || hasMessage(/^you do not have permission to access$/i)(response),
    code: 'unauthorized',
    problem: ({ address }) => `${address} takes requests through the BlueKing API gateway only`,
    remedy:
      "Set apiUrl to the gateway's address (https://bkapi.example.com/api/devops/prod/v4/apigw-app) and give appCode and appSecret.",
  },
  {
    when: (response, { credentials }) =>
      isWithoutUser(response) && credentials.includes('accessToken') && !credentials.includes('username'),
    code: 'unauthorized',
    problem: 'This BK-CI takes the user from username and ignores accessToken',
    remedy: 'Set username.',
  },
  {
    when: isWithoutUser,
    code: 'unauthorized',
    problem: 'BK-CI could not identify the caller',
    remedy: 'Set username, or accessToken.',
  },
  {
    when: (response) =>
      hasGatewayCode(1640001, 1640001)(response) ||
      hasGatewayCode(1640004, 1640004)(response) ||
      hasGatewayCode(1640100, 1640199)(response),
    code: 'unauthorized',
    problem: 'The API gateway does not accept these credentials',
    remedy: ({ credentials }) =>
      `Check ${listed(credentials) || 'appCode and appSecret'}, and that the app or user is known to this gateway.`,
  },
  {
    when: hasStatus(2112005),
    code: 'unauthorized',
    problem: "BK-CI could not read the API gateway's signature",
    remedy: 'Ask its operators whether gateway and BK-CI share their key.',
  },
  {
    when: (response) => response.http === 401 || hasStatus(401, 2100016)(response),
    code: 'unauthorized',
    problem: ({ address }) => `${address} asks for a login`,
    remedy: ({ credentials }) => `Check ${listed(credentials)}, and that apiUrl is the address of the OpenAPI.`,
  },

  // Project, pipeline or build not found.
  {
    when: (response) => hasStatus(2101163, 2101100)(response) || (response.status === 400 && isUnknownBuild(response)),
    code: 'not-found',
    problem: ({ buildId, pipelineId, projectId }) =>
      `There is no build ${buildId} in pipeline ${pipelineId} of project ${projectId}`,
    remedy: 'Check projectId, pipelineId and buildId, or give buildUrl, which has all three.',
  },
  {
    when: (response) =>
      hasStatus(2101058)(response) || (response.status === 400 && hasMessage(/\bPipelineId is invalid\b/)(response)),
    code: 'not-found',
    problem: ({ buildId, pipelineId }) => `Build ${buildId} is not one of pipeline ${pipelineId}`,
    remedy: 'Check pipelineId and buildId.',
  },
  {
    when: hasStatus(2101164, 2101038),
    code: 'not-found',
    problem: ({ pipelineId, projectId }) => `There is no pipeline ${pipelineId} in project ${projectId}`,
    remedy: 'Check pipelineId and projectId; a pipeline of another channel needs channelCode.',
  },
  {
    when: (response, { operation }) =>
      hasStatus(2101184)(response) ||
      (operation === 'retry' && hasStatus(2100013)(response) && hasMessage(/\bversion:\s?\d/)(response)),
    code: 'not-found',
    problem: ({ buildId, pipelineId }) =>
      `The version of pipeline ${pipelineId} that build ${buildId} ran with is gone`,
    remedy: 'Start a new build instead.',
  },
  {
    when: hasMessage(/ProjectId \[.{0,200}\] not find/i),
    code: 'not-found',
    problem: ({ projectId }) => `There is no project ${projectId}`,
    remedy: 'Check projectId: it is the English name in the address bar.',
  },

  // The state of the build or of the pipeline does not allow it.
  {
    when: (response) =>
      hasStatus(2101901)(response) ||
      (hasStatus(2100002)(response) && hasMessage(/BK_CI_RETRY_TASK_IN_STAGE_ID/)(response)),
    code: 'already-running',
    problem: 'BK-CI says that the build is running',
    remedy: 'Wait for its end.',
  },
  {
    when: hasStatus(2101129),
    code: 'already-running',
    problem: 'BK-CI says that the build is running or waits at a stage gate',
    remedy: 'Wait for its end, or decide the gate in BK-CI.',
  },
  {
    when: hasStatus(2101221),
    code: 'task-unknown',
    problem: "BK-CI can't skip this taskId: its settings do not allow it",
    remedy: `In the plug-in's settings, choose “Continue on Error” with the skip type “Manual”, or ask for the permission API_OPERATE on the project.`,
  },
  ...byStatus({ code: 'task-unknown', problem: (why) => `BK-CI can't retry this taskId: ${why}` }, [
    [[2101110, 2101907], 'the job of this plug-in has not ended yet', 'Wait for the end of the job.'],
    [
      [2101114, 2101911],
      'this stage has not failed',
      'Give a taskId that has failed, or none to retry the whole build.',
    ],
    [2101273, 'the stage of this plug-in is not running', 'Wait for the end of the build, then retry.'],
    [2101277, 'this plug-in has not failed', 'While a build runs, only a failed or cancelled plug-in can be retried.'],
  ]),
  ...byStatus({ code: 'refused', problem: (why) => `BK-CI refused: ${why}` }, [
    [
      2101019,
      'the build was asked to stop less than a minute ago, perhaps in an older execution',
      'If it still runs in a minute, stop it in BK-CI.',
    ],
    [2101020, 'the pipeline was started too often just now', 'Run this step again in a minute.'],
    [
      2101021,
      "the pipeline can't be started manually",
      'In BK-CI, enable its manual trigger, then run this step again.',
    ],
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
  ]),

  // The API does not serve this path, or not in this version.
  {
    when: (response) =>
      [404, 405, 501].includes(response.http) ||
      hasStatus(404)(response) ||
      hasGatewayCode(1640401, 1640499)(response) ||
      hasMessage(/path\(.{0,1000}\) illegal/i)(response),
    code: 'unexpected-answer',
    problem: ({ address }) => `${address} does not know this path`,
    remedy: 'Check apiUrl: its version and type (apigw, apigw-user, apigw-app), and on the API gateway its stage.',
  },

  // Permissions.
  {
    when: (response) => response.http === 403 && !isOfApi(response),
    code: 'unexpected-answer',
    problem: ({ address }) => `${address} answered with a 403 that BK-CI did not write`,
    remedy: 'Check apiUrl, and whether a proxy or firewall on the way refuses the request.',
  },
  {
    when: hasGatewayCode(1640300, 1640399),
    code: 'forbidden',
    problem: 'The API gateway does not let this app or address use the resource',
    remedy: "Apply for the permission of the resource in the gateway's developer centre.",
  },
  {
    when: (response) => response.http === 403 || hasStatus(403, 2101008, 2100006, 2101174)(response),
    code: 'forbidden',
    problem: ({ caller, operation }) => `${caller} may not ${permissionFor(operation).toLowerCase()} this pipeline`,
    remedy: ({ caller, operation }) =>
      `In BK-CI, give ${caller} the permission ${permissionFor(operation)} on the pipeline.`,
  },
  {
    when: hasStatus(2100122, 2100124),
    code: 'forbidden',
    problem: 'This BK-CI has closed the API for the project or pipeline',
    remedy: 'Its operators can open it.',
  },
  {
    when: hasStatus(2101340),
    code: 'forbidden',
    problem: ({ caller, buildId }) => `There is no build ${buildId}, or ${caller} may not stop it`,
    remedy: 'Only who started a build, or who manages the pipeline, may stop it.',
  },
  {
    when: hasStatus(2101500),
    code: 'forbidden',
    problem: ({ caller }) => `${caller} may not use a build node of this pipeline`,
    remedy: ({ caller }) => `In BK-CI, give ${caller} the permission on the node.`,
  },
];

function permissionFor(operation: RequestInfo['operation']): 'EXECUTE' | 'VIEW' {
  return operation === 'retry' || operation === 'stop' ? 'EXECUTE' : 'VIEW';
}

/** Whether the API, a gateway of BK-CI or the API's filter wrote the response; none of them reports success this way. */
function isOfApi({ form, status, isBare = false }: ApiResponse): boolean {
  return form === 'json' ? status !== undefined && status !== 0 : isBare;
}

const ANY_OTHER: Omit<RefusalRule, 'when'> = {
  code: 'refused',
  problem: ({ address }) => `${address} refused the request`,
  remedy: 'Ask the people who run this BK-CI, and give them the request id if there is one.',
};

/** One rule for each row; they share code and problem, which names the reason. A second number is that of old servers. */
function byStatus(
  { code, problem }: { code: ErrorCode; problem: (why: string) => string },
  rows: readonly (readonly [statuses: number | readonly number[], why: string, remedy: string])[],
): RefusalRule[] {
  return rows.map(([statuses, why, remedy]) => ({
    when: hasStatus(...[statuses].flat()),
    code,
    problem: problem(why),
    remedy,
  }));
}
