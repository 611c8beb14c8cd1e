import { describe, expect, test } from '@jest/globals';
import { type ApiResponse, parseResponse } from '../../../src/bkci/response.js';
import { answer } from '../../support/bkci.js';

interface Row {
  readonly name: string;
  readonly body: string;
  readonly http?: number;
  readonly response: Partial<ApiResponse>;
}

describe('each of five speakers is understood', () => {
  const rows: readonly Row[] = [
    {
      name: 'BK-CI says yes',
      body: '{"status":0,"message":null,"data":{"id":"b-1"}}',
      response: { form: 'json', status: 0, json: { status: 0, message: null, data: { id: 'b-1' } } },
    },
    {
      name: 'BK-CI says no',
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
      name: 'BK-CI puts the cause into data',
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
      name: 'the filter says it in bare text',
      http: 400,
      body: 'Request accessToken is empty.\n',
      response: { form: 'text', message: 'Request accessToken is empty.' },
    },
    {
      name: 'BK-CI’s gateway writes its status as text, beside result: true',
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
      name: 'nginx sends a page',
      http: 502,
      body: '<html>\r\n<head><title>502 Bad Gateway</title></head></html>',
      response: { form: 'html', message: '502 Bad Gateway' },
    },
    {
      name: 'a page with a doctype, an attribute and blanks before it',
      body: '\ufeff \n<!DOCTYPE html><title lang="x"> Sign in </title>',
      response: { form: 'html', isPage: true, message: 'Sign in' },
    },
    {
      name: 'the API gateway says no',
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
      name: 'its code as text',
      http: 400,
      body: '{"code":"1640001"}',
      response: { form: 'json', status: 1640001, gatewayCode: 1640001, json: { code: '1640001' } },
    },
    { name: 'nothing', body: '', response: { form: 'empty' } },
    { name: 'white space', body: ' \r\n', response: { form: 'empty' } },
  ];
  test.each(rows)('$name', ({ body, http = 200, response }) => {
    expect(parseResponse(answer(body, { http }))).toEqual({ http, ...response });
  });
});

describe('JSON without an envelope says nothing', () => {
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
  ];
  test.each(bodies.map((body) => ({ name: body, body })))('$name', ({ body }) => {
    expect(parseResponse(answer(body))).toEqual({ http: 200, form: 'json', json: JSON.parse(body) as unknown });
  });
});

describe('the facts beside the body', () => {
  test('the request id is BK-CI’s, else the API gateway’s, and is cut', () => {
    const id = (headers: Readonly<Record<string, string>>) => parseResponse(answer('', { headers })).requestId;
    expect(id({ 'x-devops-rid': 'a', 'x-bkapi-request-id': 'b' })).toBe('a');
    expect(id({ 'x-bkapi-request-id': 'b' })).toBe('b');
    expect(id({ 'x-devops-rid': 'x'.repeat(200) })).toBe('x'.repeat(100));
    expect(id({})).toBeUndefined();
  });

  const redirects = [
    {
      name: 'another host, origin only',
      location: 'https://login.example.com/sso?ticket=s3cret',
      to: 'https://login.example.com',
    },
    { name: 'another host without its scheme', location: '//login.example.com/sso', to: 'https://login.example.com' },
    { name: 'a path', location: '/login', to: 'another path of the same host' },
    { name: 'no address', location: '', to: 'another path of the same host' },
    { name: 'an address without an origin', location: 'javascript:alert(1)', to: 'another path of the same host' },
  ];
  test.each(redirects)('a redirect to $name', ({ location, to }) => {
    expect(parseResponse(answer('', { http: 302, headers: { location } })).redirectTo).toBe(to);
  });

  test('a Location of an answer that is no redirect means nothing', () => {
    expect(parseResponse(answer('', { http: 201, headers: { location: 'https://x' } })).redirectTo).toBeUndefined();
  });

  test('secrets that a server repeats are taken out of its words', () => {
    const response = parseResponse(answer('Verification failed : abcd1234efgh is bad', { http: 400 }), [
      'abcd1234efgh',
    ]);
    expect(response.message).toBe('Verification failed : *** is bad');
  });

  test('what is compared stays as it is, even where a secret is part of it', () => {
    const data = { id: 'b-zhangsan01', userId: 'zhangsan01', status: 'FAILED', errorMsg: 'zhangsan01 can not' };
    const { json } = parseResponse(answer({ status: 0, data }), ['zhangsan01']);
    expect(json).toEqual({ status: 0, data: { ...data, errorMsg: '*** can not' } });
  });
});

describe('Retry-After', () => {
  const date = 'Wed, 21 Oct 2026 07:28:00 GMT';
  const rows = [
    { name: 'seconds', value: '30', ms: 30_000 },
    { name: 'zero', value: '0', ms: 0 },
    { name: 'blanks around it', value: ' 7 ', ms: 7000 },
    { name: 'a date, by the server’s own clock', value: 'Wed, 21 Oct 2026 07:29:30 GMT', ms: 90_000 },
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

  test('a date without the server’s clock to hold it against is none', () => {
    const headers = { 'retry-after': 'Wed, 21 Oct 2026 07:29:30 GMT' };
    expect(parseResponse(answer('', { http: 429, headers })).retryAfterMs).toBeUndefined();
  });
});
