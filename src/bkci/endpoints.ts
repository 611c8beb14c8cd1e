/**
 * Maps apiUrl, operation and ids to method, address, query and credentials. BK-CI has two API versions (v3: ids in the
 * path; v4: ids in the query) behind two gateways, which take credentials in different places
 * (bk-ci: ApigwBuildResourceV3.kt, ApigwBuildResourceV4.kt, src/gateway/core/backend.conf, docs/install/apigw.md).
 */

import { type BuildRef, withoutTrailingSlashes } from '../model/link.js';

export interface Access {
  readonly api: Api;
  readonly credentials: Credentials;
  /** Additional headers from the input `headers`. */
  readonly headers: Readonly<Record<string, string>>;
  readonly channelCode?: string | undefined;
  readonly language?: LanguageTag | undefined;
}

/** Languages that BK-CI answers in (bk-ci: I18nUtil.kt). */
export const LANGUAGES = ['en-US', 'zh-CN', 'ja-JP'] as const;
export type LanguageTag = (typeof LANGUAGES)[number];

/** Query parameters of a retry. Undefined ones are not sent. */
export interface RetryParameters {
  readonly taskId?: string | undefined;
  readonly failedContainer?: boolean | undefined;
  readonly skip?: boolean | undefined;
}

export interface Api {
  /** `own`: BK-CI's OpenResty. `bkapi`: the BlueKing API gateway. */
  readonly gateway: 'own' | 'bkapi';
  readonly version: 'v3' | 'v4';
  /** Address up to and including type and version, without a slash at the end. */
  readonly root: string;
}

export type Credentials = {
  readonly username?: string | undefined;
  /** Not percent-encoded. */
  readonly accessToken?: string | undefined;
  readonly appCode?: string | undefined;
  readonly appSecret?: string | undefined;
};

/** BK-CI's own gateway has the type before the version, the BlueKing API gateway the version before the type. */
const OWN_PATH = /^(?:\/.*)?\/(?:apigw|apigw-user|apigw-app)\/(v3|v4)$/;
const BKAPI_PATH = /^(?:\/.*)?\/(v3|v4)\/(?:apigw|apigw-user|apigw-app)$/;

/** The API at an address: a host alone, or with a path that ends with type and version. Undefined for any other path. */
export function parseApi(url: URL): Api | undefined {
  const path = withoutTrailingSlashes(url.pathname);
  if (path === '') return { gateway: 'own', version: 'v3', root: `${url.origin}/ms/openapi/api/apigw/v3` };
  const own = OWN_PATH.exec(path)?.[1];
  const bkapi = BKAPI_PATH.exec(path)?.[1];
  const version = own ?? bkapi;
  if (version !== 'v3' && version !== 'v4') return undefined;
  return { gateway: own ? 'own' : 'bkapi', version, root: `${url.origin}${path}` };
}

export type Operation = 'retry' | 'status' | 'detail' | 'stop' | 'log' | 'history';
export type RequestTarget = Pick<BuildRef, 'projectId' | 'pipelineId'> & { readonly buildId?: string | undefined };

interface Route {
  readonly method: 'GET' | 'POST';
  /** Below `…/pipelines/{pipelineId}/builds/`. */
  readonly v3: string;
  /** Below `…/projects/{projectId}/`. */
  readonly v4: string;
}

/** `{id}` stands for the build id. */
const ROUTES: Readonly<Record<Operation, Route>> = {
  retry: { method: 'POST', v3: '{id}/retry', v4: 'build_retry' },
  status: { method: 'GET', v3: '{id}/status', v4: 'build_status' },
  detail: { method: 'GET', v3: '{id}/detail', v4: 'build_detail' },
  stop: { method: 'POST', v3: '{id}/stop', v4: 'build_stop' },
  log: { method: 'GET', v3: '{id}/logs/more', v4: 'logs/more_logs' },
  history: { method: 'GET', v3: 'history', v4: 'build_histories' },
};

export type Query = Readonly<Record<string, string | undefined>>;

/** Method and address of a request, without credentials. Undefined parameters are left out. */
export function routeTo(
  api: Api,
  operation: Operation,
  { target, query = {} }: { target: RequestTarget; query?: Query | undefined },
): { method: 'GET' | 'POST'; url: URL } {
  const { projectId, pipelineId, buildId } = target;
  const route = ROUTES[operation];
  const project = `${api.root}/projects/${encodeURIComponent(projectId)}`;
  const v3 = route.v3.replace('{id}', () => encodeURIComponent(buildId ?? ''));
  const path = api.version === 'v3' ? `/pipelines/${encodeURIComponent(pipelineId)}/builds/${v3}` : `/${route.v4}`;
  const ids: Query = api.version === 'v3' ? {} : { pipelineId, buildId };
  return { method: route.method, url: new URL(`${project}${path}${queryString({ ...ids, ...query })}`) };
}

/** Percent-encodes once. A space becomes %20, since not every decoder reads `+` as a space. */
function queryString(query: Query): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [`${encodeURIComponent(name)}=${encodeURIComponent(value)}`],
  );
  return pairs.length > 0 ? `?${pairs.join('&')}` : '';
}

/** Adds the credentials: BK-CI's own gateway takes a header and a query parameter, the API gateway headers only. */
export function authorize(
  api: Api,
  url: URL,
  { username, accessToken, appCode, appSecret }: Credentials,
): { url: URL; headers: Record<string, string> } {
  const user: Record<string, string> = username === undefined ? {} : { 'X-DEVOPS-UID': username };
  if (api.gateway === 'own') {
    if (accessToken === undefined) return { url, headers: user };
    const separator = url.search === '' ? '?' : '&';
    return { url: new URL(`${url.href}${separator}access_token=${encodeURIComponent(accessToken)}`), headers: user };
  }
  const authorization = { bk_app_code: appCode, bk_app_secret: appSecret, access_token: accessToken };
  return { url, headers: { ...user, 'X-Bkapi-Authorization': asciiJson(authorization) } };
}

/** The cookie that names the language to BK-CI (bk-ci: I18nUtil.kt), beside a cookie in `headers`. */
export function withLanguage({ headers, language }: Pick<Access, 'headers' | 'language'>): Record<string, string> {
  if (language === undefined) return { ...headers };
  const name = Object.keys(headers).find((key) => key.toLowerCase() === 'cookie') ?? 'Cookie';
  const own = headers[name]?.replace(/[;\s]+$/, '');
  return { ...headers, [name]: `${own ? `${own}; ` : ''}blueking_language=${language}` };
}

/** JSON in ASCII, with escapes for all other characters, since a header carries ASCII only. */
function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/**
 * The token without percent-encoding, in which BK-CI issues it. A raw token is Base64 and contains no `%`, so decoding
 * once gives the same value for both forms (bk-ci: ApiAccessTokenService.generateUserToken).
 */
export function decodedToken(token: string): string {
  if (!/%[0-9a-f]{2}/i.test(token)) return token;
  try {
    return decodeURIComponent(token);
  } catch {
    return token;
  }
}
