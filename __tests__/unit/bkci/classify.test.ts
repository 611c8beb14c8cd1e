import { describe, expect, test } from '@jest/globals';
import { classify } from '../../../src/bkci/classify.js';
import { answer } from '../../support/bkci.js';
import { outcomeText } from '../../support/outcomes.js';

type OutcomeText = 'accepted' | 'refused' | 'not delivered' | 'answer lost' | 'answer lost, answered';

const bkci = (status: number, message = '', data: unknown = null) => JSON.stringify({ status, message, data });
const gateway = (status: number | string, message: string) =>
  JSON.stringify({ status, data: '', result: true, message });
const apigw = (code: number) => JSON.stringify({ code, code_name: 'X', message: 'm', result: false, data: null });
const page = (title: string) => `<html><head><title>${title}</title></head><body></body></html>`;

/** bk-ci: ClientException, with the name of a service. */
const NO_PROVIDER = 'No valid process service provider could be found';

interface Row {
  readonly name: string;
  readonly http: number;
  readonly body: string;
  readonly outcome: OutcomeText;
}

const rows: readonly Row[] = [
  { name: 'BK-CI: success', http: 200, body: bkci(0, '', { id: 'b-1' }), outcome: 'accepted' },
  { name: 'BK-CI: success, created', http: 201, body: bkci(0, '', { id: 'b-1' }), outcome: 'accepted' },
  {
    name: 'a status as text, which only the gateway sends, and only for failures',
    http: 200,
    body: '{"status":"0","data":{"id":"b-1"}}',
    outcome: 'answer lost, answered',
  },
  {
    name: 'API gateway: success',
    http: 200,
    body: '{"code":0,"result":true,"status":0,"data":{"id":"b-1"}}',
    outcome: 'accepted',
  },
  // Refused.
  { name: 'BK-CI: an error code', http: 400, body: bkci(2101047, 'locked'), outcome: 'refused' },
  { name: 'BK-CI: an error code in a 200', http: 200, body: bkci(2101047, 'locked'), outcome: 'refused' },
  { name: 'BK-CI: running', http: 400, body: bkci(2101129), outcome: 'refused' },
  { name: 'BK-CI: no permission', http: 403, body: bkci(2101008), outcome: 'refused' },
  {
    name: 'BK-CI: no permission, RBAC',
    http: 403,
    body: bkci(403, "You don't have permission to do so"),
    outcome: 'refused',
  },
  { name: 'BK-CI: no such build', http: 404, body: bkci(2101163), outcome: 'refused' },
  {
    name: 'BK-CI: no such route',
    http: 404,
    body: bkci(404, 'requested resource does not exist', 'HTTP 404 Not Found'),
    outcome: 'refused',
  },
  { name: 'BK-CI: wrong method', http: 405, body: bkci(405), outcome: 'refused' },
  { name: 'BK-CI: not logged in to the service', http: 401, body: bkci(2100016), outcome: 'refused' },
  { name: 'filter: no token', http: 400, body: 'Request accessToken is empty.', outcome: 'refused' },
  {
    name: 'filter: bad token',
    http: 400,
    body: 'Verification failed : token过期错误: Access token expired in: 14400000',
    outcome: 'refused',
  },
  { name: 'filter: bad path', http: 400, body: 'Devops OpenAPI Auth fail: path(x) illegal!', outcome: 'refused' },
  { name: 'filter: API gateway only', http: 403, body: 'You do not have permission to access', outcome: 'refused' },
  { name: 'BK-CI’s gateway: 400', http: 400, body: gateway(400, '错误请求。'), outcome: 'refused' },
  { name: 'BK-CI’s gateway: 401', http: 401, body: gateway('401', '用户权限验证失败。'), outcome: 'refused' },
  { name: 'BK-CI’s gateway: 404', http: 404, body: gateway(404, '请求资源不存在。'), outcome: 'refused' },
  { name: 'API gateway: credentials', http: 400, body: apigw(1640001), outcome: 'refused' },
  { name: 'API gateway: app without permission', http: 403, body: apigw(1640301), outcome: 'refused' },
  { name: 'API gateway: no such API', http: 404, body: apigw(1640401), outcome: 'refused' },
  { name: 'API gateway: too large', http: 413, body: apigw(1641301), outcome: 'refused' },
  { name: 'API gateway: credentials, rewritten to 200', http: 200, body: apigw(1640001), outcome: 'refused' },
  {
    name: 'API gateway: result false in a 200',
    http: 200,
    body: '{"result":false,"message":"no"}',
    outcome: 'refused',
  },
  {
    name: 'API gateway: result false beside status 0',
    http: 200,
    body: '{"result":false,"status":0,"data":{"id":"b-1"}}',
    outcome: 'refused',
  },
  {
    name: 'the deployment message of the gateway, but in a 200',
    http: 200,
    body: gateway(503, 'x'),
    outcome: 'refused',
  },
  {
    name: 'no service provider, but in a 400',
    http: 400,
    body: bkci(500, 'x', NO_PROVIDER),
    outcome: 'refused',
  },
  { name: 'redirect, found', http: 302, body: '', outcome: 'refused' },
  {
    name: 'permanent redirect with a successful body',
    http: 301,
    body: bkci(0, '', { id: 'b-1' }),
    outcome: 'refused',
  },
  { name: 'redirect that keeps the method', http: 307, body: '', outcome: 'refused' },
  { name: 'login page with 200', http: 200, body: page('Sign in'), outcome: 'refused' },
  { name: 'nginx: 400', http: 400, body: page('400 Bad Request'), outcome: 'refused' },
  { name: 'nginx: 422', http: 422, body: page('422'), outcome: 'refused' },
  { name: 'not implemented', http: 501, body: '', outcome: 'refused' },
  // Not delivered.
  { name: 'nginx: too many requests', http: 429, body: page('429'), outcome: 'not delivered' },
  { name: 'API gateway: rate limit', http: 429, body: apigw(1642901), outcome: 'not delivered' },
  { name: 'API gateway: concurrency limit', http: 429, body: apigw(1642904), outcome: 'not delivered' },
  { name: 'API gateway: rate limit, rewritten to 200', http: 200, body: apigw(1642902), outcome: 'not delivered' },
  {
    name: 'API gateway: lowest code of the limits, rewritten to 200',
    http: 200,
    body: apigw(1642901),
    outcome: 'not delivered',
  },
  {
    name: 'BK-CI’s gateway: being deployed',
    http: 503,
    body: gateway(503, '后台正在部署中，请稍后。'),
    outcome: 'not delivered',
  },
  {
    name: 'BK-CI’s gateway: being deployed, status as text',
    http: 503,
    body: gateway('503', '后台正在部署中，请稍后。'),
    outcome: 'not delivered',
  },
  {
    name: 'BK-CI: no service provider',
    http: 500,
    body: bkci(500, 'Internal dependent service exception', NO_PROVIDER),
    outcome: 'not delivered',
  },
  // The server may have acted.
  { name: 'BK-CI: inner answer unreadable', http: 400, body: bkci(2100110), outcome: 'answer lost' },
  { name: 'BK-CI: inner timeout', http: 408, body: bkci(408, 'request timed out'), outcome: 'answer lost' },
  {
    name: 'BK-CI: runtime exception',
    http: 500,
    body: bkci(500, 'Failed to access background data'),
    outcome: 'answer lost',
  },
  {
    name: 'BK-CI: inner service error without 2100111',
    http: 500,
    body: bkci(500, 'Internal dependent service exception'),
    outcome: 'answer lost',
  },
  {
    name: 'BK-CI: no service provider, with its number',
    http: 500,
    body: bkci(500, '', `2100111: ${NO_PROVIDER}`),
    outcome: 'not delivered',
  },
  {
    name: 'BK-CI: no service provider, in Chinese',
    http: 500,
    body: bkci(500, '', '找不到任何有效的process服务提供者'),
    outcome: 'not delivered',
  },
  { name: 'BK-CI: 2100111 in the message only', http: 500, body: bkci(500, '2100111'), outcome: 'answer lost' },
  {
    name: 'BK-CI: a longer number in data that contains 2100111',
    http: 500,
    body: bkci(500, '', '21001110'),
    outcome: 'answer lost',
  },
  { name: 'BK-CI’s gateway: 500', http: 500, body: gateway(500, '服务器错误。'), outcome: 'answer lost' },
  { name: 'nginx: 502', http: 502, body: page('502 Bad Gateway'), outcome: 'answer lost' },
  { name: 'nginx: 503, not the deployment one', http: 503, body: page('503'), outcome: 'answer lost' },
  { name: '503 without result: true', http: 503, body: bkci(503), outcome: 'answer lost' },
  { name: 'nginx: 504', http: 504, body: page('504'), outcome: 'answer lost' },
  { name: 'API gateway: internal', http: 500, body: apigw(1650001), outcome: 'answer lost' },
  { name: 'API gateway: bad gateway', http: 502, body: apigw(1650200), outcome: 'answer lost' },
  { name: 'API gateway: error requesting', http: 502, body: apigw(1650201), outcome: 'answer lost' },
  { name: 'API gateway: unavailable', http: 503, body: apigw(1650300), outcome: 'answer lost' },
  { name: 'API gateway: timeout', http: 504, body: apigw(1650401), outcome: 'answer lost' },
  { name: 'API gateway: timeout, rewritten to 200', http: 200, body: apigw(1650401), outcome: 'answer lost' },
  { name: 'JSON cut in the middle', http: 200, body: '{"status":0,"data":{"id":"b-', outcome: 'answer lost' },
  { name: 'an HTTP status below 200', http: 199, body: '', outcome: 'answer lost' },
  { name: 'HTTP status 0', http: 0, body: bkci(0, '', { id: 'b-1' }), outcome: 'answer lost' },
  // A complete answer without a status.
  { name: 'empty 200', http: 200, body: '', outcome: 'answer lost, answered' },
  { name: '204', http: 204, body: '', outcome: 'answer lost, answered' },
  { name: 'null', http: 200, body: 'null', outcome: 'answer lost, answered' },
  { name: '[]', http: 200, body: '[]', outcome: 'answer lost, answered' },
  { name: 'an object without status', http: 200, body: '{"data":{"id":"b-1"}}', outcome: 'answer lost, answered' },
  { name: 'text that contains JSON', http: 200, body: 'ok {"id":1}', outcome: 'answer lost, answered' },
  {
    name: 'valid JSON with brackets in its message',
    http: 200,
    body: '{"message":"[x] y"}',
    outcome: 'answer lost, answered',
  },
  { name: 'text with 200', http: 200, body: 'ok', outcome: 'answer lost, answered' },
];

describe('classify, with a response', () => {
  test.each(rows)('$name is $outcome', ({ http, body, outcome }) => {
    expect(outcomeText(classify({ response: answer(body, { http }) }))).toBe(outcome);
  });

  const REFUSAL = bkci(2101047);
  const edges = [
    { http: 300, body: '', outcome: 'refused' },
    { http: 399, body: '', outcome: 'refused' },
    { http: 400, body: '', outcome: 'refused' },
    { http: 499, body: '', outcome: 'refused' },
    { http: 500, body: REFUSAL, outcome: 'answer lost' },
    { http: 599, body: REFUSAL, outcome: 'answer lost' },
    { http: 200, body: apigw(1642900), outcome: 'refused' },
    { http: 200, body: apigw(1642999), outcome: 'not delivered' },
    { http: 200, body: apigw(1649999), outcome: 'refused' },
    { http: 200, body: apigw(1650000), outcome: 'answer lost' },
    { http: 200, body: apigw(1659999), outcome: 'answer lost' },
  ];
  test.each(edges)('limit of a range: HTTP $http with “$body” is $outcome', ({ http, body, outcome }) => {
    expect(outcomeText(classify({ response: answer(body, { http }) }))).toBe(outcome);
  });

  test('an accepted outcome contains the response and its data', () => {
    const outcome = classify({ response: answer(bkci(0, '', { id: 'b-1' })) });
    expect(outcome).toEqual({
      kind: 'accepted',
      data: { id: 'b-1' },
      response: { http: 200, form: 'json', status: 0, json: { status: 0, message: '', data: { id: 'b-1' } } },
    });
  });

  test('a successful answer without data is accepted; decoding checks the data', () => {
    expect(classify({ response: answer('{"status":0}') })).toMatchObject({ kind: 'accepted', data: undefined });
  });

  test('the reason names the HTTP status, not the message of the server', () => {
    const reasons = [429, 502, 200].map((http) => classify({ response: answer('', { http }) }));
    expect(reasons.map((outcome) => ('reason' in outcome ? outcome.reason : ''))).toEqual([
      'HTTP 429',
      'HTTP 502',
      'HTTP 200 without a status',
    ]);
  });
});

describe('an answer that says “not delivered” and something else is a lost answer', () => {
  const limit = { code: 1642901, message: 'm', result: false, data: null };
  const deployment = { status: 503, result: true, data: '', message: 'm' };
  const provider = { status: 500, message: 'm', data: NO_PROVIDER };
  const DATA = [{ id: 'b-1' }, 'b-1', 0, true, []];
  const contradictory = [
    ...DATA.map((data) => ({ http: 429, body: { ...limit, data } })),
    { http: 429, body: { status: 0, data: null } },
    { http: 429, body: { ...limit, status: 0 } },
    { http: 429, body: '{"status":0,"data":{"id":"b-' },
    { http: 200, body: { ...limit, status: 0 } },
    { http: 200, body: { ...limit, data: { id: 'b-1' } } },
    { http: 200, body: { ...limit, result: true } },
    { http: 200, body: { ...limit, result: undefined } },
    ...[201, 302, 400, 403, 408, 500, 502, 503, 504].map((http) => ({ http, body: limit })),
    ...DATA.map((data) => ({ http: 503, body: { ...deployment, data } })),
    { http: 503, body: { ...deployment, status: 0 } },
    { http: 503, body: { ...deployment, status: 500 } },
    { http: 503, body: { ...deployment, result: false } },
    { http: 503, body: { ...deployment, result: 'true' } },
    ...[500, 502, 504].map((http) => ({ http, body: deployment })),
    ...[502, 503, 504].map((http) => ({ http, body: provider })),
    { http: 500, body: { ...provider, status: 0 } },
    ...[
      '2100111',
      `x ${NO_PROVIDER}`,
      `${NO_PROVIDER}: b-1`,
      `2100110: ${NO_PROVIDER}`,
      'No valid service provider could be found',
      'No valid a\nb service provider could be found',
      { message: NO_PROVIDER },
      [NO_PROVIDER],
    ].map((data) => ({ http: 500, body: { ...provider, data } })),
  ];
  test.each(contradictory)('HTTP $http with $body', ({ http, body }) => {
    expect(outcomeText(classify({ response: answer(body, { http }) }))).toBe('answer lost');
  });
});
