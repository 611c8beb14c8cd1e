import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Api, authorize, decodedToken, type Operation, parseApi, routeTo } from '../../../src/bkci/endpoints.js';
import { isPathId } from '../../../src/model/link.js';
import { BUILD } from '../../support/builds.js';

const HOST = 'https://devops.example.com';
const OWN: Api = { gateway: 'own', version: 'v3', root: `${HOST}/ms/openapi/api/apigw/v3` };
const OWN4: Api = { gateway: 'own', version: 'v4', root: `${HOST}/ms/openapi/api/apigw-user/v4` };
const BKAPI: Api = { gateway: 'bkapi', version: 'v4', root: 'https://bkapi.example.com/api/devops/prod/v4/apigw-app' };
const BKAPI3: Api = { gateway: 'bkapi', version: 'v3', root: 'https://devops.apigw.example.com/prod/v3/apigw-user' };

describe('parseApi finds version and gateway by the order of type and version', () => {
  const rows: readonly { name: string; url: string; api: Api | undefined }[] = [
    { name: 'a host alone', url: HOST, api: OWN },
    { name: 'a host with a slash', url: `${HOST}/`, api: OWN },
    {
      name: 'a port',
      url: 'http://10.0.0.1:8080',
      api: { ...OWN, root: 'http://10.0.0.1:8080/ms/openapi/api/apigw/v3' },
    },
    { name: 'own gateway, v4', url: `${HOST}/ms/openapi/api/apigw-user/v4`, api: OWN4 },
    { name: 'own gateway, slashes at the end', url: `${HOST}/ms/openapi/api/apigw-user/v4//`, api: OWN4 },
    {
      name: 'own gateway without /ms',
      url: `${HOST}/openapi/api/apigw-app/v3`,
      api: { ...OWN, root: `${HOST}/openapi/api/apigw-app/v3` },
    },
    {
      name: 'own gateway behind a prefix',
      url: `${HOST}/ci/ms/openapi/api/apigw/v4`,
      api: { ...OWN4, root: `${HOST}/ci/ms/openapi/api/apigw/v4` },
    },
    { name: 'API gateway', url: BKAPI.root, api: BKAPI },
    { name: 'API gateway, old host form, v3', url: BKAPI3.root, api: BKAPI3 },
    { name: 'another version', url: `${HOST}/ms/openapi/api/apigw/v2`, api: undefined },
    { name: 'an unknown type', url: `${HOST}/ms/openapi/api/apigw-open/v4`, api: undefined },
    { name: 'a path without type and version', url: `${HOST}/ms/openapi/api`, api: undefined },
    {
      name: 'a path that continues after the version',
      url: `${HOST}/ms/openapi/api/apigw/v3/projects`,
      api: undefined,
    },
    { name: 'the console', url: `${HOST}/console/pipeline/demo`, api: undefined },
    { name: 'no slash before the type', url: `${HOST}/xapigw/v3`, api: undefined },
  ];
  test.each(rows)('$name', ({ url, api }) => {
    expect(parseApi(new URL(url))).toEqual(api);
  });
});

describe('routeTo', () => {
  const v3 = (end: string) => `/projects/demo/pipelines/p-1/builds/${end}`;
  const ids = 'pipelineId=p-1&buildId=b-1';
  const rows: readonly (readonly [operation: Operation, method: string, inV3: string, inV4: string])[] = [
    ['retry', 'POST', v3('b-1/retry'), `/projects/demo/build_retry?${ids}`],
    ['status', 'GET', v3('b-1/status'), `/projects/demo/build_status?${ids}`],
    ['detail', 'GET', v3('b-1/detail'), `/projects/demo/build_detail?${ids}`],
    ['stop', 'POST', v3('b-1/stop'), `/projects/demo/build_stop?${ids}`],
    ['log', 'GET', v3('b-1/logs/more'), `/projects/demo/logs/more_logs?${ids}`],
    ['history', 'GET', v3('history'), '/projects/demo/build_histories?pipelineId=p-1'],
  ];
  const cases = rows.flatMap(([operation, method, inV3, inV4]) =>
    [OWN, OWN4, BKAPI, BKAPI3].map((api) => ({
      name: `${operation}, ${api.version}, ${api.gateway}`,
      operation,
      api,
      method,
      href: `${api.root}${api.version === 'v3' ? inV3 : inV4}`,
    })),
  );
  test.each(cases)('$name', ({ operation, api, method, href }) => {
    const target = operation === 'history' ? { projectId: 'demo', pipelineId: 'p-1' } : BUILD;
    const route = routeTo(api, operation, { target });
    expect({ method: route.method, href: route.url.href }).toEqual({ method, href });
  });

  test('undefined parameters are left out, all others are encoded once', () => {
    const query = { taskId: 'a b+c&d=e/é%', skip: 'true', failedContainer: undefined, channelCode: undefined };
    expect(routeTo(OWN, 'retry', { target: BUILD, query }).url.search).toBe(
      '?taskId=a%20b%2Bc%26d%3De%2F%C3%A9%25&skip=true',
    );
    expect(routeTo(OWN, 'retry', { target: BUILD, query: { skip: undefined } }).url.search).toBe('');
  });

  test('special characters of ids are encoded, and replacement patterns have no effect', () => {
    const target = { projectId: 'a/b', pipelineId: '{id}$&', buildId: "?x#$'" };
    expect(routeTo(OWN, 'status', { target }).url.href).toBe(
      `${OWN.root}/projects/a%2Fb/pipelines/%7Bid%7D%24%26/builds/%3Fx%23%24'/status`,
    );
  });

  test('every valid id can be decoded from the path', () => {
    const id = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }).filter(isPathId);
    fc.assert(
      fc.property(id, (buildId) => {
        const { pathname } = routeTo(OWN, 'status', { target: { ...BUILD, buildId } }).url;
        expect(pathname.split('/').slice(-2).map(decodeURIComponent)).toEqual([buildId, 'status']);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('isPathId', () => {
  const valid = ['b-1', 'demo', 'git_123', 'A.b', '...', 'é', 'a%2e', '1', 'x'.repeat(200)];
  const invalid = [
    '',
    '.',
    '..',
    'a/b',
    'a\\b',
    'a b',
    'a\tb',
    'a\nb',
    'a\u0000',
    'a\u200b',
    '\ud800',
    '\u3000',
    'x'.repeat(201),
  ];
  test('accepts every id that is one path segment', () => {
    expect(valid.filter((id) => !isPathId(id))).toEqual([]);
  });
  test('rejects everything else', () => {
    expect(invalid.filter(isPathId)).toEqual([]);
  });
});

describe('authorize', () => {
  const url = new URL(`${HOST}/x?a=1`);
  const bkapiHeader = (credentials: Parameters<typeof authorize>[2]) =>
    authorize(BKAPI, url, credentials).headers['X-Bkapi-Authorization'];

  const rows = [
    {
      name: 'own gateway: the user is in a header',
      credentials: { username: 'ci-bot' },
      href: `${HOST}/x?a=1`,
      headers: { 'X-DEVOPS-UID': 'ci-bot' },
    },
    {
      name: 'own gateway: the token is in the query',
      credentials: { accessToken: 'a+b/c=' },
      href: `${HOST}/x?a=1&access_token=a%2Bb%2Fc%3D`,
      headers: {},
    },
    {
      name: 'own gateway: user and token',
      credentials: { username: 'u', accessToken: 't' },
      href: `${HOST}/x?a=1&access_token=t`,
      headers: { 'X-DEVOPS-UID': 'u' },
    },
    { name: 'own gateway: no credentials', credentials: {}, href: `${HOST}/x?a=1`, headers: {} },
  ];
  test.each(rows)('$name', ({ credentials, href, headers }) => {
    const authorized = authorize(OWN, url, credentials);
    expect({ href: authorized.url.href, headers: authorized.headers }).toEqual({ href, headers });
  });

  test('own gateway: without other parameters the token is the first one', () => {
    expect(authorize(OWN, new URL(`${HOST}/x`), { accessToken: 't' }).url.search).toBe('?access_token=t');
  });

  test('API gateway: credentials are in headers, none in the address', () => {
    const credentials = { username: 'u', accessToken: 't', appCode: 'app', appSecret: 's3' };
    expect(authorize(BKAPI, url, credentials)).toEqual({
      url,
      headers: {
        'X-DEVOPS-UID': 'u',
        'X-Bkapi-Authorization': '{"bk_app_code":"app","bk_app_secret":"s3","access_token":"t"}',
      },
    });
  });

  test('API gateway: credentials that are not set are left out', () => {
    expect(bkapiHeader({ accessToken: 't' })).toBe('{"access_token":"t"}');
  });

  test('API gateway: the header is one line of ASCII and the same JSON', () => {
    const appSecret = 'ü😀"\\\n\u007f\u2028';
    expect(bkapiHeader({ appSecret })).toMatch(/^[\x20-\x7e]+$/);
    expect(JSON.parse(bkapiHeader({ appSecret }) ?? '')).toEqual({ bk_app_secret: appSecret });
  });
});

describe('the token in the query is encoded once', () => {
  const searchOf = (token: string) => authorize(OWN, new URL(HOST), { accessToken: decodedToken(token) }).url.search;
  const rows = [
    { name: 'raw Base64', token: 'aB+/9==', search: '?access_token=aB%2B%2F9%3D%3D' },
    { name: 'percent-encoded, as BK-CI issues it', token: 'aB%2B%2F9%3D%3D', search: '?access_token=aB%2B%2F9%3D%3D' },
    { name: 'percent-encoded in lower case', token: 'aB%2b%2f9%3d', search: '?access_token=aB%2B%2F9%3D' },
    { name: 'a plain word', token: 'abc-123_~.', search: '?access_token=abc-123_~.' },
    { name: 'a percent sign that is not an escape', token: '100%x', search: '?access_token=100%25x' },
    { name: 'escapes that are not UTF-8', token: '%E0%A4%A', search: '?access_token=%25E0%25A4%25A' },
    { name: 'delimiters of a query', token: 'a&b=c#d?e', search: '?access_token=a%26b%3Dc%23d%3Fe' },
  ];
  test.each(rows)('$name', ({ token, search }) => {
    expect(searchOf(token)).toBe(search);
  });

  test('raw and encoded form of a token give the same query', () => {
    fc.assert(
      fc.property(fc.base64String({ minLength: 8, maxLength: 200 }), (token) => {
        expect(searchOf(encodeURIComponent(token))).toBe(searchOf(token));
        expect(new URLSearchParams(searchOf(token)).get('access_token')).toBe(token);
      }),
    );
  });
});
