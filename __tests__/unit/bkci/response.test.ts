import { describe, expect, test } from '@jest/globals';
import { type ApiResponse, parseResponse } from '../../../src/bkci/response.js';
import type { HttpResponse } from '../../../src/http/http.js';
import { answer } from '../../support/bkci.js';

interface Row {
  readonly name: string;
  readonly body: string;
  readonly http?: number;
  readonly response: Partial<ApiResponse>;
}

describe('parseResponse reads the answers of all five senders', () => {
  const rows: readonly Row[] = [
    {
      name: 'BK-CI: success',
      body: '{"status":0,"message":null,"data":{"id":"b-1"}}',
      response: { form: 'json', status: 0, json: { status: 0, message: null, data: { id: 'b-1' } } },
    },
    {
      name: 'BK-CI: an error',
      http: 400,
      body: '{"status":2101047,"message":"locked","data":null}',
      response: {
        form: 'json',
        status: 2101047,
        message: 'locked',
        json: { status: 2101047, message: 'locked', data: null },
      },
    },
    {
      name: 'BK-CI: an error with its cause in data',
      http: 500,
      body: '{"status":500,"message":"m","data":"2100111: no provider"}',
      response: {
        form: 'json',
        status: 500,
        message: 'm',
        dataText: '2100111: no provider',
        json: { status: 500, message: 'm', data: '2100111: no provider' },
      },
    },
    {
      name: 'the filter of BK-CI: plain text',
      http: 400,
      body: 'Request accessToken is empty.\n',
      response: { form: 'text', isBare: true, message: 'Request accessToken is empty.' },
    },
    {
      name: 'BK-CI’s gateway: status as text, with result: true',
      http: 503,
      body: '{"status":"503","data":"","result":true,"message":"后台正在部署中，请稍后。"}',
      response: {
        form: 'json',
        status: 503,
        message: '后台正在部署中，请稍后。',
        json: { status: '503', data: '', result: true, message: '后台正在部署中，请稍后。' },
      },
    },
    {
      name: 'nginx: an HTML page',
      http: 502,
      body: '<html>\r\n<head><title>502 Bad Gateway</title></head></html>',
      response: { form: 'html', message: '502 Bad Gateway' },
    },
    {
      name: 'an HTML page with doctype, attributes and leading white space',
      body: '\ufeff \n<!DOCTYPE html><title lang="x"> Sign in </title>',
      response: { form: 'html', message: 'Sign in' },
    },
    {
      name: 'the API gateway: an error',
      http: 404,
      body: '{"code":1640401,"code_name":"API_NOT_FOUND","message":"m","result":false,"data":null}',
      response: {
        form: 'json',
        status: 1640401,
        gatewayCode: 1640401,
        message: 'm',
        json: { code: 1640401, code_name: 'API_NOT_FOUND', message: 'm', result: false, data: null },
      },
    },
    {
      name: 'the API gateway: its code as text',
      http: 400,
      body: '{"code":"1640001"}',
      response: { form: 'json', status: 1640001, gatewayCode: 1640001, json: { code: '1640001' } },
    },
    { name: 'text that contains a tag', body: 'see <a>', response: { form: 'text', isBare: true, message: 'see <a>' } },
    { name: 'a page without a title', body: '<html>x</html>', response: { form: 'html' } },
    { name: 'a page with a blank title', body: '<title> </title>', response: { form: 'html' } },
    {
      name: 'a byte order mark that is part of a message',
      body: '["\ufeff"]',
      response: { form: 'json', json: ['\ufeff'] },
    },
    { name: 'an empty body', body: '', response: { form: 'empty' } },
    { name: 'white space only', body: ' \r\n', response: { form: 'empty' } },
  ];
  test.each(rows)('$name', ({ body, http = 200, response }) => {
    expect(parseResponse(answer(body, { http }))).toEqual({ http, ...response });
  });
});

describe('JSON without a numeric status gives its value only', () => {
  const bodies = [
    'null',
    '[]',
    '{}',
    '0',
    '"text"',
    'true',
    '{"status":null}',
    '{"status":true}',
    '{"status":"ok"}',
    '{"status":1e999}',
    '{"status":"x503"}',
    '{"status":"503x"}',
    '{"status":[503]}',
  ];
  test.each(bodies.map((body) => ({ name: body, body })))('$name', ({ body }) => {
    expect(parseResponse(answer(body))).toEqual({ http: 200, form: 'json', json: JSON.parse(body) as unknown });
  });
});

describe('headers and text', () => {
  test('the request id is that of BK-CI, else of the API gateway, with 100 characters at most', () => {
    const id = (headers: Readonly<Record<string, string>>) => parseResponse(answer('', { headers })).requestId;
    expect(id({ 'x-devops-rid': 'a', 'x-bkapi-request-id': 'b' })).toBe('a');
    expect(id({ 'x-bkapi-request-id': 'b' })).toBe('b');
    expect(id({ 'x-devops-rid': 'x'.repeat(200) })).toBe('x'.repeat(100));
    expect([id({}), id({ 'x-devops-rid': '' })]).toEqual([undefined, undefined]);
  });

  const redirects = [
    {
      name: 'another host names its origin only',
      location: 'https://login.example.com/sso?ticket=s3cret',
      to: 'https://login.example.com',
    },
    {
      name: 'another host without a scheme names its origin',
      location: '//login.example.com/sso',
      to: 'https://login.example.com',
    },
    { name: 'a path does not name it', location: '/login', to: 'another path of the same host' },
    { name: 'an empty address does not name it', location: '', to: 'another path of the same host' },
    {
      name: 'an address without an origin does not name it',
      location: 'javascript:alert(1)',
      to: 'another path of the same host',
    },
  ];
  test.each(redirects)('a redirect to $name', ({ location, to }) => {
    expect(parseResponse(answer('', { http: 302, headers: { location } })).redirectTo).toBe(to);
  });

  test.each([
    [299, undefined],
    [300, 'https://x.example'],
    [399, 'https://x.example'],
    [400, undefined],
  ])('HTTP %d with a Location redirects to %s', (http, to) => {
    expect(parseResponse(answer('', { http, headers: { location: 'https://x.example/y' } })).redirectTo).toBe(to);
  });

  test('a redirect without a Location', () => {
    expect(parseResponse(answer('', { http: 302 })).redirectTo).toBe('another path of the same host');
  });

  test('a text with a Content-Type is not the bare text of BK-CI’s filter', () => {
    const headers = { 'content-type': 'text/plain' };
    expect(parseResponse(answer('no', { http: 403, headers }))).toEqual({ http: 403, form: 'text', message: 'no' });
  });

  test('a Location is ignored when the answer is no redirect', () => {
    expect(parseResponse(answer('', { http: 201, headers: { location: 'https://x' } })).redirectTo).toBeUndefined();
  });

  const JAVA = 'com.tencent.devops.common.api.exception.RemoteServiceException';
  test.each([
    [
      `Verification failed : ${JAVA}: token过期错误: Access token expired in: 1`,
      'Verification failed : token过期错误: Access token expired in: 1',
    ],
    [`${JAVA}: a java.lang.IllegalStateException: b`, 'a b'],
    ['java.net.UnknownHostException', ''],
    ['see devops.example.com: an Error', 'see devops.example.com: an Error'],
  ])('the class of an exception is not shown: %s', (text, shown) => {
    expect(parseResponse(answer(text, { http: 400 })).message).toBe(shown);
    expect(parseResponse(answer({ status: 400, message: text }, { http: 400 })).message).toBe(shown);
  });

  test('secrets are removed from the message of the server', () => {
    const response = parseResponse(answer('Verification failed : abcd1234efgh is bad', { http: 400 }), [
      'abcd1234efgh',
    ]);
    expect(response.message).toBe('Verification failed : *** is bad');
  });

  test('secrets are removed before a text is cut', () => {
    const secret = 'abcd1234efgh';
    const long = `${'x'.repeat(1_995)}${secret}`;
    const title = `<title>${'x'.repeat(195)}${secret}</title>`;
    const id = `${'x'.repeat(95)}${secret}`;
    const shown = [
      parseResponse(answer(long, { http: 400 }), [secret]).message,
      parseResponse(answer({ status: 1, message: long }), [secret]).message,
      parseResponse(answer({ status: 500, data: long }, { http: 500 }), [secret]).dataText,
      parseResponse(answer(title), [secret]).message,
      parseResponse(answer('', { headers: { 'x-devops-rid': id } }), [secret]).requestId,
    ];
    for (const text of shown) expect(text).toMatch(/x\*\*\*$/);
  });

  test('secrets are removed from the host of a redirect, which is shown in lower case', () => {
    const location = 'https://AbCd1234.evil.example/x';
    expect(parseResponse(answer('', { http: 302, headers: { location } }), ['AbCd1234']).redirectTo).toBe(
      'https://***.evil.example',
    );
  });

  test('a message has 2,000 characters at most', () => {
    const { message = '' } = parseResponse(answer({ status: 1, message: 'x'.repeat(9_000) }));
    expect(message).toBe(`${'x'.repeat(1_999)}…`);
  });

  test('the title of a page is searched for at its start only', () => {
    expect(parseResponse(answer(`<html>${' '.repeat(30_000)}<title>x</title>`)).message).toBeUndefined();
    expect(parseResponse(answer('<title')).message).toBeUndefined();
    expect(parseResponse(answer('<TITLE></title>')).message).toBeUndefined();
  });
});

describe('Retry-After', () => {
  const date = 'Wed, 21 Oct 2026 07:28:00 GMT';
  const rows = [
    { name: 'seconds', value: '30', ms: 30_000 },
    { name: 'zero', value: '0', ms: 0 },
    { name: 'seconds with blanks around them', value: ' 7 ', ms: 7000 },
    { name: 'a date, compared with the clock of the server', value: 'Wed, 21 Oct 2026 07:29:30 GMT', ms: 90_000 },
    { name: 'a date in the past', value: 'Wed, 21 Oct 2026 07:27:00 GMT', ms: 0 },
    ...['', '1.5', '-5', 'soon', 'soon 3', '5, 6', '1e3', '0x10', '12345678901', '2026-10-21'].map((value) => ({
      name: `malformed: “${value}”`,
      value,
      ms: undefined,
    })),
  ];
  test.each(rows)('$name', ({ value, ms }) => {
    expect(parseResponse(answer('', { http: 429, headers: { 'retry-after': value, date } })).retryAfterMs).toBe(ms);
  });

  test('a date is ignored when the server sends no Date', () => {
    const headers = { 'retry-after': 'Wed, 21 Oct 2026 07:29:30 GMT' };
    expect(parseResponse(answer('', { http: 429, headers })).retryAfterMs).toBeUndefined();
  });
});

describe('X-Bkapi-RateLimit-Reset of the API gateway', () => {
  const reset = (headers: HttpResponse['headers'], http = 429) =>
    parseResponse(answer('', { http, headers })).retryAfterMs;
  const RESET = { 'x-bkapi-ratelimit-reset': '30' };

  test('is seconds from now', () => {
    expect(reset(RESET)).toBe(30_000);
    expect(reset({ 'x-bkapi-ratelimit-reset': ' 0.5 ' })).toBe(500);
    expect(reset({ 'x-bkapi-ratelimit-reset': '0' })).toBe(0);
  });

  test('gives way to Retry-After', () => {
    expect(reset({ ...RESET, 'retry-after': '7' })).toBe(7000);
    expect(reset({ ...RESET, 'retry-after': 'soon' })).toBe(30_000);
  });

  test('counts only when the limit is used up, since every answer has it', () => {
    expect(reset({ ...RESET, 'x-bkapi-ratelimit-remaining': '0' }, 200)).toBe(30_000);
    expect(reset({ ...RESET, 'x-bkapi-ratelimit-remaining': '9' }, 502)).toBeUndefined();
    expect(reset(RESET, 502)).toBeUndefined();
  });

  test.each(['', '-1', 'soon', '1e3', '12345678901', '1795709997.'])('malformed: “%s”', (value) => {
    expect(reset({ 'x-bkapi-ratelimit-reset': value })).toBeUndefined();
  });
});
