import { type Answer, apiGatewayError, type Framing, failure, gatewayJson, html } from './answer.js';
import type { Operation } from './routes.js';

/** Whether the server does what it was asked, in spite of everything. `afterMs`: later, holding the build's lock. */
export type Acts = 'never' | 'first' | { readonly afterMs: number };

export type Mischief = { readonly acts: Acts; readonly holdMs?: number } & (
  | { readonly kind: 'reset' }
  | { readonly kind: 'cut' | 'stall'; readonly atByte: number; readonly framing: Framing }
  | { readonly kind: 'pass' }
  | { readonly kind: 'answer'; readonly answer: Answer }
  | { readonly kind: 'rewrite'; readonly rewrite: (answer: Answer) => Answer }
  | { readonly kind: 'flood'; readonly mebibytes: number }
);

/** BK-CI's operations, then GitHub's; `connection` is hit before a request is read, and always reset. */
export type FaultTarget = Operation | 'checks' | 'pull' | 'permission' | 'other' | 'any' | 'connection';

export interface Fault {
  readonly on: FaultTarget | readonly FaultTarget[];
  /** The first request that is hit, counted from 1; the default is the first. */
  readonly nth?: number;
  /** How many in a row; the default is one, Infinity is for ever. */
  readonly count?: number;
  /** In place of counting: a window of the server's time, since the stand-in's start or the first accepted retry. */
  readonly during?: { readonly since: 'start' | 'retry'; readonly fromMs: number; readonly toMs: number };
  readonly what: Mischief;
}

/** The connection dies without an answer. */
export const reset = (acts: Acts = 'never', holdMs = 0): Mischief => ({ kind: 'reset', acts, holdMs });
/** Gone at once, and the server acts all the same, later. */
export const actsLate = (afterMs: number): Mischief => ({ kind: 'reset', acts: { afterMs } });
/** The server acts; only the first bytes of its answer arrive, then the connection ends. */
export const cutAt = (atByte: number, framing: Framing = 'length'): Mischief => ({
  kind: 'cut',
  acts: 'first',
  atByte,
  framing,
});
/** As `cutAt`, but the connection stays open and silent. */
export const stallAt = (atByte: number, acts: Acts = 'first', framing: Framing = 'length'): Mischief => ({
  kind: 'stall',
  acts,
  atByte,
  framing,
});
export const delayed = (holdMs: number): Mischief => ({ kind: 'pass', acts: 'never', holdMs });
export const answer = (given: Partial<Answer>, acts: Acts = 'never'): Mischief => ({
  kind: 'answer',
  acts,
  answer: { status: 200, headers: { 'content-type': 'application/json' }, body: '', ...given },
});
export const json = (body: unknown, status = 200, acts: Acts = 'never'): Mischief =>
  answer({ status, body: JSON.stringify(body) }, acts);
export const flood = (mebibytes: number, acts: Acts = 'first'): Mischief => ({ kind: 'flood', acts, mebibytes });

/** bk-ci's gateway while a service is being deployed: never delivered. */
export const deploying = (): Mischief => answer(gatewayJson(503, '后台正在部署中，请稍后。'));
/** bk-ci: ClientException, the inner service is down: never delivered. */
export const providerMissing = (): Mischief =>
  answer(failure(500, '内部依赖服务异常', 500, '2100111: 找不到任何有效的process【BK_CI_PROCESS】服务提供者'));
export const tooManyRequests = (retryAfter?: string): Mischief => {
  const page = html(429, '429 Too Many Requests');
  return answer({ ...page, headers: { ...page.headers, ...(retryAfter ? { 'retry-after': retryAfter } : {}) } });
};
export const rateLimited = (retryAfter?: string): Mischief => {
  const limit = { name: 'RATE_LIMIT_RESTRICTION', message: 'API rate limit exceeded by stage strategy' };
  const error = apiGatewayError(429, 1642901, limit);
  const headers = {
    ...error.headers,
    'X-Bkapi-RateLimit-Limit': '10',
    ...(retryAfter ? { 'Retry-After': retryAfter } : {}),
  };
  return answer({ ...error, headers });
};

/** What follows may stand for a request that was done or not: `acts` decides. */
export const badGateway = (acts: Acts = 'never'): Mischief => answer(html(502, '502 Bad Gateway'), acts);
export const gatewayTimeout = (acts: Acts = 'never'): Mischief => answer(html(504, '504 Gateway Time-out'), acts);
/** bk-ci: feign RetryableException. */
export const innerTimeout = (acts: Acts = 'never'): Mischief => answer(failure(408, '请求超时'), acts);
export const dependencyFailed = (acts: Acts = 'never'): Mischief => answer(failure(500, '内部依赖服务异常'), acts);
/** bk-ci: 2100110 although HTTP 400, the inner service answered something that is not JSON. */
export const notParsable = (acts: Acts = 'never'): Mischief =>
  answer(failure(400, '内部服务返回结果无法解析 status:502 body:<html>', 2100110), acts);
export const apiGatewayTimeout = (acts: Acts = 'never'): Mischief =>
  answer(
    apiGatewayError(504, 1650401, {
      name: 'REQUEST_BACKEND_TIMEOUT',
      message: 'Request backend service timeout [upstream_error="cannot read header from upstream"]',
    }),
    acts,
  );
export const apiGatewayBad = (acts: Acts = 'never'): Mischief =>
  answer(
    apiGatewayError(502, 1650200, {
      name: 'BAD_GATEWAY',
      message: 'Bad Gateway [upstream_error="connection reset by peer"]',
    }),
    acts,
  );

/** Not the API at all. */
export const redirect = (location: string, status = 302): Mischief =>
  answer({ ...html(status, `${status} Found`), headers: { location, 'content-type': 'text/html' } });
export const loginPage = (): Mischief =>
  answer({
    status: 200,
    headers: { 'content-type': 'text/html; charset=utf-8' },
    body: '<!DOCTYPE html>\n<html lang="zh-CN"><head><title>登录 | 蓝鲸智云</title></head><body><form action="/login/" method="post"><input name="username"><input name="password" type="password"></form></body></html>\n',
  });
