import { type Answer, apiGatewayError, type Framing, failure, gatewayJson, html } from './answer.js';
import type { Operation } from './routes.js';

/**
 * Whether the server still handles the request: never, before the fault is applied, or some time later. In the last case
 * the build stays locked until then.
 */
export type Handling = 'never' | 'first' | { readonly afterMs: number };

export type FaultAction = { readonly handled: Handling; readonly delayMs?: number } & (
  | { readonly kind: 'reset' }
  | { readonly kind: 'cut' | 'stall'; readonly atByte: number; readonly framing: Framing }
  | { readonly kind: 'pass' }
  | { readonly kind: 'answer'; readonly answer: Answer }
  | { readonly kind: 'rewrite'; readonly rewrite: (answer: Answer) => Answer }
  | { readonly kind: 'flood'; readonly mebibytes: number }
);

/** BK-CI's operations, then GitHub's; `connection` applies before a request is read, and always resets it. */
export type FaultTarget = Operation | 'checks' | 'pull' | 'permission' | 'other' | 'any' | 'connection';

export interface Fault {
  readonly on: FaultTarget | readonly FaultTarget[];
  /** The first request that is affected, counted from 1; 1 by default. */
  readonly nth?: number;
  /** How many requests in a row are affected; 1 by default, Infinity for all. */
  readonly count?: number;
  /** Instead of counting: a period of server time, from the start of the stand-in or from the first accepted retry. */
  readonly during?: { readonly since: 'start' | 'retry'; readonly fromMs: number; readonly toMs: number };
  readonly action: FaultAction;
}

/** The connection is reset without an answer. */
export const reset = (handled: Handling = 'never', delayMs = 0): FaultAction => ({ kind: 'reset', handled, delayMs });
/** The connection is reset at once, and the server handles the request later. */
export const resetThenHandle = (afterMs: number): FaultAction => ({ kind: 'reset', handled: { afterMs } });
/** The server handles the request; only the first bytes of its answer arrive, then the connection ends. */
export const cutAt = (atByte: number, framing: Framing = 'length'): FaultAction => ({
  kind: 'cut',
  handled: 'first',
  atByte,
  framing,
});
/** Like `cutAt`, but the connection stays open and silent. */
export const stallAt = (atByte: number, handled: Handling = 'first', framing: Framing = 'length'): FaultAction => ({
  kind: 'stall',
  handled,
  atByte,
  framing,
});
export const delayed = (delayMs: number): FaultAction => ({ kind: 'pass', handled: 'never', delayMs });
export const answer = (fields: Partial<Answer>, handled: Handling = 'never'): FaultAction => ({
  kind: 'answer',
  handled,
  answer: { status: 200, headers: { 'content-type': 'application/json' }, body: '', ...fields },
});
export const json = (body: unknown, status = 200, handled: Handling = 'never'): FaultAction =>
  answer({ status, body: JSON.stringify(body) }, handled);
export const flood = (mebibytes: number, handled: Handling = 'first'): FaultAction => ({
  kind: 'flood',
  handled,
  mebibytes,
});

/** bk-ci's gateway, installed with consul, while a service is being deployed: never delivered. */
export const deploying = (): FaultAction => answer(gatewayJson(503, '后台正在部署中，请稍后。'));
const NO_PROVIDER = '找不到任何有效的process-devops服务提供者';
/** bk-ci: ClientException, the inner service is down: never delivered. Its cause is Chinese in every language. */
export const providerMissing = (): FaultAction => answer(failure(500, '内部依赖服务异常', 500, NO_PROVIDER));
/** bk-ci, v4 only: the look-up of a build that this instance has not seen fails, so the request is never executed. */
export const lookupUnreachable = (): FaultAction =>
  answer(
    failure(
      400,
      '参数校验失败:{0} Failed to connect to /10.0.0.7:21921 executing GET http://10.0.0.7:21921/api/service/builds/demo/get_pipeline_id_from_build_id?buildId=b-1',
    ),
  );
export const lookupWithoutProvider = (): FaultAction => answer(failure(400, `参数校验失败:{0} ${NO_PROVIDER}`));
export const tooManyRequests = (retryAfter?: string): FaultAction => {
  const page = html(429, '429 Too Many Requests');
  return answer({ ...page, headers: { ...page.headers, ...(retryAfter ? { 'retry-after': retryAfter } : {}) } });
};
export const rateLimited = (retryAfter?: string): FaultAction => {
  const limit = { name: 'RATE_LIMIT_RESTRICTION', message: 'API rate limit exceeded by stage strategy' };
  const error = apiGatewayError(429, 1642901, limit);
  const headers = {
    ...error.headers,
    'X-Bkapi-RateLimit-Limit': '10',
    ...(retryAfter ? { 'Retry-After': retryAfter } : {}),
  };
  return answer({ ...error, headers });
};

/** For the following faults the server may or may not have handled the request, as given by `handled`. */
export const badGateway = (handled: Handling = 'never'): FaultAction => answer(html(502, '502 Bad Gateway'), handled);
export const gatewayTimeout = (handled: Handling = 'never'): FaultAction =>
  answer(html(504, '504 Gateway Time-out'), handled);
/** bk-ci: feign RetryableException, after 60 s or at once when the inner connection is refused or reset. */
export const innerTimeout = (handled: Handling = 'never'): FaultAction =>
  answer(failure(408, '请求超时', 408, '请求超时'), handled);
export const dependencyFailed = (handled: Handling = 'never'): FaultAction =>
  answer(failure(500, '内部依赖服务异常'), handled);
/** bk-ci: 2100110 although HTTP 400, the inner service answered something that is not JSON. */
export const notParsable = (handled: Handling = 'never'): FaultAction =>
  answer(failure(400, '内部服务返回结果无法解析 status:502 body:<html>', 2100110), handled);
/** bk-ci: something between the services answered without a body. */
export const innerEmpty = (handled: Handling = 'never'): FaultAction => {
  const words =
    'Cannot invoke "feign.Response$Body.asReader(java.nio.charset.Charset)" because the return value of "feign.Response.body()" is null';
  return answer(failure(400, words, 400, words), handled);
};
/** bk-ci: the inner service answered with something else than JSON, and 200. */
export const innerPage = (handled: Handling = 'never'): FaultAction =>
  answer(
    failure(500, '访问后台数据失败，已通知产品、开发，请稍后重试', 500, "Unexpected character ('<' (code 60))"),
    handled,
  );
export const apiGatewayTimeout = (handled: Handling = 'never'): FaultAction =>
  answer(
    apiGatewayError(504, 1650401, {
      name: 'REQUEST_BACKEND_TIMEOUT',
      message: 'Request backend service timeout [upstream_error="cannot read header from upstream"]',
    }),
    handled,
  );
export const apiGatewayBad = (handled: Handling = 'never'): FaultAction =>
  answer(
    apiGatewayError(502, 1650200, {
      name: 'BAD_GATEWAY',
      message: 'Bad Gateway [upstream_error="connection reset by peer"]',
    }),
    handled,
  );

/** Answers that do not come from the API. */
export const redirect = (location: string, status = 302): FaultAction =>
  answer({ ...html(status, `${status} Found`), headers: { location, 'content-type': 'text/html' } });
export const loginPage = (): FaultAction =>
  answer({
    status: 200,
    headers: { 'content-type': 'text/html; charset=utf-8' },
    body: '<!DOCTYPE html>\n<html lang="zh-CN"><head><title>登录 | 蓝鲸智云</title></head><body><form action="/login/" method="post"><input name="username"><input name="password" type="password"></form></body></html>\n',
  });
