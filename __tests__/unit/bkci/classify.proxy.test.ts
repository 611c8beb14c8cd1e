import { describe, expect, test } from '@jest/globals';
import { classify } from '../../../src/bkci/classify.js';
import type { HttpResponse } from '../../../src/http/http.js';
import { NetworkError } from '../../../src/http/network-error.js';
import { answer, fakeBkci, type Reply } from '../../support/bkci.js';
import { BUILD } from '../../support/builds.js';
import { errorOf } from '../../support/errors.js';
import { outcomeText } from '../../support/outcomes.js';

const PROXY = '10.1.2.3:3128';
const PAGE = '<html><head><title>ERROR</title></head></html>';
const squid = (http: number, body = PAGE): HttpResponse => ({
  ...answer(body, { http, headers: { 'x-squid-error': 'ERR 0', via: '1.1 vm (squid/5.7)' } }),
  proxy: PROXY,
});
const tunnel = (status: number, phase: 'connecting' | 'sent' = 'connecting') =>
  new NetworkError(phase, 'ECONNRESET', 'why', { tunnelRefusal: { proxy: PROXY, status } });

describe('an answer of the proxy itself', () => {
  test.each([
    [401, 'refused'],
    [403, 'refused'],
    [407, 'refused'],
    [400, 'refused'],
    [404, 'refused'],
    [408, 'answer lost'],
    [429, 'not delivered'],
    [500, 'answer lost'],
    [501, 'answer lost'],
    [502, 'answer lost'],
    [503, 'answer lost'],
    [504, 'answer lost'],
  ])('%i is %s', (status, expected) => {
    expect(outcomeText(classify({ response: squid(status) }))).toBe(expected);
  });

  test('an acceptance is one, whatever marks it', () => {
    expect(outcomeText(classify({ response: squid(200, '{"status":0,"data":{"id":"b-1"}}') }))).toBe('accepted');
  });
});

describe('a tunnel that the proxy refuses', () => {
  test.each([
    [401, 'refused'],
    [403, 'refused'],
    [407, 'refused'],
    [500, 'not delivered'],
    [502, 'not delivered'],
    [503, 'not delivered'],
    [504, 'not delivered'],
  ])('%i is %s', (status, expected) => {
    expect(outcomeText(classify({ failure: tunnel(status) }))).toBe(expected);
  });

  test('is a lost answer if the request was sent', () => {
    expect(outcomeText(classify({ failure: tunnel(407, 'sent') }))).toBe('answer lost');
  });
});

describe('the error names the proxy and what to do', () => {
  const errorFor = (reply: Reply) => errorOf(() => fakeBkci({ status: [reply] }).client.buildStatus(BUILD));

  test.each([
    ['a tunnel', tunnel(407), '(HTTP 407)'],
    ['a request', squid(407), '(HTTP 407 “ERROR”)'],
  ])('407 to %s', async (_, reply, answered) => {
    const { code, message } = await errorFor(reply);
    expect({ code, message }).toEqual({
      code: 'not-delivered',
      message: `The proxy ${PROXY} wants a user and password ${answered}; nothing was sent. Give them in https_proxy (http://USER:PASSWORD@HOST:PORT, percent-encoded), or check those in it.`,
    });
  });

  test('403', async () => {
    const { code, message, response } = await errorFor(squid(403));
    expect({ code, message, response }).toEqual({
      code: 'not-delivered',
      message: `The proxy ${PROXY} does not allow connections to devops.example.com:443 (HTTP 403 “ERROR”); nothing was sent. Ask the people who run the proxy to allow them, or add the host of apiUrl to no_proxy if this runner reaches it without the proxy.`,
      response: undefined,
    });
  });

  test('another status, of a proxy that is not in our settings', async () => {
    const { code, message } = await errorFor({ ...squid(400), proxy: undefined });
    expect([code, message]).toEqual([
      'unexpected-answer',
      expect.stringContaining('A proxy on the way answered instead of https://devops.example.com (HTTP 400 “ERROR”)'),
    ]);
  });
});

test('an error that may pass names the proxy', () => {
  expect(classify({ response: squid(502) })).toMatchObject({ reason: `HTTP 502 from the proxy ${PROXY}` });
});
