/**
 * Refusals about who asks: credentials that are missing, wrong or expired, and permissions. Texts: bk-ci
 * openapi/biz-openapi filter/manager/impl; 16xxxxx: blueking-apigateway-apisix plugins/bk-core/errorx.lua.
 */
import { listed } from '../text.js';
import { between, number, type Row, text, words } from './refusal-row.js';

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
