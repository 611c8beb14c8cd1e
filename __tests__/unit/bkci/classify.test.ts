import { describe, expect, test } from '@jest/globals';
import { classify } from '../../../src/bkci/classify.js';
import { answer } from '../../support/bkci.js';
import { outcomeText } from '../../support/outcomes.js';

type Sorted = 'accepted' | 'refused' | 'not delivered' | 'answer lost' | 'answer lost, answered';

const bkci = (status: number, message = '', data: unknown = null) => JSON.stringify({ status, message, data });
const gateway = (status: number | string, message: string) =>
  JSON.stringify({ status, data: '', result: true, message });
const apigw = (code: number) => JSON.stringify({ code, code_name: 'X', message: 'm', result: false, data: null });
const page = (title: string) => `<html><head><title>${title}</title></head><body></body></html>`;

interface Row {
  readonly name: string;
  readonly http: number;
  readonly body: string;
  readonly ends: Sorted;
}

const rows: readonly Row[] = [
  { name: 'BK-CI: yes', http: 200, body: bkci(0, '', { id: 'b-1' }), ends: 'accepted' },
  { name: 'BK-CI: yes, created', http: 201, body: bkci(0, '', { id: 'b-1' }), ends: 'accepted' },
  {
    name: 'a status as text, which only the gateway writes, and only about failures',
    http: 200,
    body: '{"status":"0","data":{"id":"b-1"}}',
    ends: 'answer lost, answered',
  },
  {
    name: 'API gateway: yes',
    http: 200,
    body: '{"code":0,"result":true,"status":0,"data":{"id":"b-1"}}',
    ends: 'accepted',
  },
  // Said no.
  { name: 'BK-CI: an error code', http: 400, body: bkci(2101047, 'locked'), ends: 'refused' },
  { name: 'BK-CI: an error code in a 200', http: 200, body: bkci(2101047, 'locked'), ends: 'refused' },
  { name: 'BK-CI: running', http: 400, body: bkci(2101129), ends: 'refused' },
  { name: 'BK-CI: no permission', http: 403, body: bkci(2101008), ends: 'refused' },
  {
    name: 'BK-CI: no permission, RBAC',
    http: 403,
    body: bkci(403, "You don't have permission to do so"),
    ends: 'refused',
  },
  { name: 'BK-CI: no such build', http: 404, body: bkci(2101163), ends: 'refused' },
  {
    name: 'BK-CI: no such route',
    http: 404,
    body: bkci(404, 'requested resource does not exist', 'HTTP 404 Not Found'),
    ends: 'refused',
  },
  { name: 'BK-CI: wrong method', http: 405, body: bkci(405), ends: 'refused' },
  { name: 'BK-CI: not logged in to the service', http: 401, body: bkci(2100016), ends: 'refused' },
  { name: 'filter: no token', http: 400, body: 'Request accessToken is empty.', ends: 'refused' },
  {
    name: 'filter: bad token',
    http: 400,
    body: 'Verification failed : token过期错误: Access token expired in: 14400000',
    ends: 'refused',
  },
  { name: 'filter: bad path', http: 400, body: 'Devops OpenAPI Auth fail: path(x) illegal!', ends: 'refused' },
  { name: 'filter: API gateway only', http: 403, body: 'You do not have permission to access', ends: 'refused' },
  { name: 'BK-CI’s gateway: 400', http: 400, body: gateway(400, '错误请求。'), ends: 'refused' },
  { name: 'BK-CI’s gateway: 401', http: 401, body: gateway('401', '用户权限验证失败。'), ends: 'refused' },
  { name: 'BK-CI’s gateway: 404', http: 404, body: gateway(404, '请求资源不存在。'), ends: 'refused' },
  { name: 'API gateway: credentials', http: 400, body: apigw(1640001), ends: 'refused' },
  { name: 'API gateway: app without permission', http: 403, body: apigw(1640301), ends: 'refused' },
  { name: 'API gateway: no such API', http: 404, body: apigw(1640401), ends: 'refused' },
  { name: 'API gateway: too large', http: 413, body: apigw(1641301), ends: 'refused' },
  { name: 'API gateway: credentials, rewritten to 200', http: 200, body: apigw(1640001), ends: 'refused' },
  { name: 'API gateway: result false in a 200', http: 200, body: '{"result":false,"message":"no"}', ends: 'refused' },
  {
    name: 'API gateway: result false beside status 0',
    http: 200,
    body: '{"result":false,"status":0,"data":{"id":"b-1"}}',
    ends: 'refused',
  },
  { name: 'what only says that it is being deployed, in a 200', http: 200, body: gateway(503, 'x'), ends: 'refused' },
  {
    name: 'what only says that there is no service provider, in a 400',
    http: 400,
    body: bkci(500, 'x', '2100111: No valid process service provider'),
    ends: 'refused',
  },
  { name: 'redirect, found', http: 302, body: '', ends: 'refused' },
  {
    name: 'redirect, permanent, with a body that says yes',
    http: 301,
    body: bkci(0, '', { id: 'b-1' }),
    ends: 'refused',
  },
  { name: 'redirect, keeping the method', http: 307, body: '', ends: 'refused' },
  { name: 'login page with 200', http: 200, body: page('Sign in'), ends: 'refused' },
  { name: 'nginx: 400', http: 400, body: page('400 Bad Request'), ends: 'refused' },
  { name: 'nginx: 422', http: 422, body: page('422'), ends: 'refused' },
  { name: 'not implemented', http: 501, body: '', ends: 'refused' },
  // Not delivered.
  { name: 'nginx: too many requests', http: 429, body: page('429'), ends: 'not delivered' },
  { name: 'API gateway: rate limit', http: 429, body: apigw(1642901), ends: 'not delivered' },
  { name: 'API gateway: concurrency limit', http: 429, body: apigw(1642904), ends: 'not delivered' },
  { name: 'API gateway: rate limit, rewritten to 200', http: 200, body: apigw(1642902), ends: 'not delivered' },
  { name: 'API gateway: the lowest of its limits', http: 200, body: apigw(1642901), ends: 'not delivered' },
  {
    name: 'BK-CI’s gateway: being deployed',
    http: 503,
    body: gateway(503, '后台正在部署中，请稍后。'),
    ends: 'not delivered',
  },
  {
    name: 'BK-CI’s gateway: being deployed, status as text',
    http: 503,
    body: gateway('503', '后台正在部署中，请稍后。'),
    ends: 'not delivered',
  },
  {
    name: 'BK-CI: no service provider',
    http: 500,
    body: bkci(500, 'Internal dependent service exception', '2100111: No valid process service provider'),
    ends: 'not delivered',
  },
  // May have acted.
  { name: 'BK-CI: inner answer unreadable', http: 400, body: bkci(2100110), ends: 'answer lost' },
  { name: 'BK-CI: inner timeout', http: 408, body: bkci(408, 'request timed out'), ends: 'answer lost' },
  {
    name: 'BK-CI: runtime exception',
    http: 500,
    body: bkci(500, 'Failed to access background data'),
    ends: 'answer lost',
  },
  {
    name: 'BK-CI: inner service trouble without 2100111',
    http: 500,
    body: bkci(500, 'Internal dependent service exception'),
    ends: 'answer lost',
  },
  { name: 'BK-CI: 2100111 in the words only', http: 500, body: bkci(500, '2100111'), ends: 'answer lost' },
  { name: 'BK-CI: a longer number in data', http: 500, body: bkci(500, '', '21001110'), ends: 'answer lost' },
  { name: 'BK-CI’s gateway: 500', http: 500, body: gateway(500, '服务器错误。'), ends: 'answer lost' },
  { name: 'nginx: 502', http: 502, body: page('502 Bad Gateway'), ends: 'answer lost' },
  { name: 'nginx: 503, not the deployment one', http: 503, body: page('503'), ends: 'answer lost' },
  { name: '503 without result: true', http: 503, body: bkci(503), ends: 'answer lost' },
  { name: 'nginx: 504', http: 504, body: page('504'), ends: 'answer lost' },
  { name: 'API gateway: internal', http: 500, body: apigw(1650001), ends: 'answer lost' },
  { name: 'API gateway: bad gateway', http: 502, body: apigw(1650200), ends: 'answer lost' },
  { name: 'API gateway: error requesting', http: 502, body: apigw(1650201), ends: 'answer lost' },
  { name: 'API gateway: unavailable', http: 503, body: apigw(1650300), ends: 'answer lost' },
  { name: 'API gateway: timeout', http: 504, body: apigw(1650401), ends: 'answer lost' },
  { name: 'API gateway: timeout, rewritten to 200', http: 200, body: apigw(1650401), ends: 'answer lost' },
  { name: 'JSON cut in the middle', http: 200, body: '{"status":0,"data":{"id":"b-', ends: 'answer lost' },
  { name: 'a status below 200', http: 199, body: '', ends: 'answer lost' },
  { name: 'a status that is none', http: 0, body: bkci(0, '', { id: 'b-1' }), ends: 'answer lost' },
  // A whole answer that says nothing.
  { name: 'empty 200', http: 200, body: '', ends: 'answer lost, answered' },
  { name: '204', http: 204, body: '', ends: 'answer lost, answered' },
  { name: 'null', http: 200, body: 'null', ends: 'answer lost, answered' },
  { name: '[]', http: 200, body: '[]', ends: 'answer lost, answered' },
  { name: 'an object without status', http: 200, body: '{"data":{"id":"b-1"}}', ends: 'answer lost, answered' },
  { name: 'text that has JSON in it', http: 200, body: 'ok {"id":1}', ends: 'answer lost, answered' },
  { name: 'words that begin like JSON', http: 200, body: '{"message":"[x] y"}', ends: 'answer lost, answered' },
  { name: 'text with 200', http: 200, body: 'ok', ends: 'answer lost, answered' },
];

describe('the end of a request that was answered', () => {
  test.each(rows)('$name: $ends', ({ http, body, ends }) => {
    expect(outcomeText(classify({ response: answer(body, { http }) }))).toBe(ends);
  });

  const NO = bkci(2101047);
  const edges = [
    { http: 300, body: '', ends: 'refused' },
    { http: 399, body: '', ends: 'refused' },
    { http: 400, body: '', ends: 'refused' },
    { http: 499, body: '', ends: 'refused' },
    { http: 500, body: NO, ends: 'answer lost' },
    { http: 599, body: NO, ends: 'answer lost' },
    { http: 200, body: apigw(1642900), ends: 'refused' },
    { http: 200, body: apigw(1642999), ends: 'not delivered' },
    { http: 200, body: apigw(1649999), ends: 'refused' },
    { http: 200, body: apigw(1650000), ends: 'answer lost' },
    { http: 200, body: apigw(1659999), ends: 'answer lost' },
  ];
  test.each(edges)('at the edge of its range, HTTP $http with “$body”: $ends', ({ http, body, ends }) => {
    expect(outcomeText(classify({ response: answer(body, { http }) }))).toBe(ends);
  });

  test('carries what was said, and data where it was accepted', () => {
    const outcome = classify({ response: answer(bkci(0, '', { id: 'b-1' })) });
    expect(outcome).toEqual({
      kind: 'accepted',
      data: { id: 'b-1' },
      response: { http: 200, form: 'json', status: 0, json: { status: 0, message: '', data: { id: 'b-1' } } },
    });
  });

  test('an accepted answer without data is accepted: decoding decides', () => {
    expect(classify({ response: answer('{"status":0}') })).toMatchObject({ kind: 'accepted', data: undefined });
  });

  test('says why it was not delivered or lost by its number, not by its words', () => {
    const reasons = [429, 502, 200].map((http) => classify({ response: answer('', { http }) }));
    expect(reasons.map((outcome) => ('reason' in outcome ? outcome.reason : ''))).toEqual([
      'HTTP 429',
      'HTTP 502',
      'HTTP 200 without a status',
    ]);
  });
});
