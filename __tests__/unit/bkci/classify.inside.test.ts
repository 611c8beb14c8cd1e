import { describe, expect, test } from '@jest/globals';
import { classify } from '../../../src/bkci/classify.js';
import type { HttpResponse } from '../../../src/http/http.js';
import { reasonOf } from '../../../src/retry/resend-budget.js';
import { answer } from '../../support/bkci.js';
import { outcomeText } from '../../support/outcomes.js';

const refusal = (message: string, http = 400): HttpResponse => answer({ status: http, message }, { http });

/** What is shown of an answer that is repeated, or settled by reading. */
function reasonFor(response: HttpResponse): string {
  const outcome = classify({ response });
  return outcome.kind === 'accepted' || outcome.kind === 'refused' ? outcome.kind : reasonOf(outcome);
}

const PREFIXES = ['Parameter verification failed: {0} ', '参数校验失败:{0} ', '参数校验失败:', ''];
const LOOKUP = '/api/service/builds/demo/get_pipeline_id_from_build_id?buildId=b-1';

describe('v4: the look-up of the build, which comes before the operation, failed', () => {
  const causes = [
    { cause: 'Failed to connect to /127.0.0.1:21999', host: '127.0.0.1:21999' },
    { cause: 'Failed to connect to process.bk-ci.svc/10.0.0.7:21921', host: 'process.bk-ci.svc:21921' },
    { cause: 'Connection refused (Connection refused)', host: 'process-devops' },
    { cause: 'Read timed out', host: '10.0.0.7:80' },
    { cause: 'unexpected end of stream on http://10.0.0.7/...', host: '10.0.0.7' },
    { cause: 'process-devops: Name or service not known', host: 'process-devops' },
    { cause: 'failed to connect to /[fd00::7]:21921 (port 21921) after 10000ms', host: '[fd00::7]:21921' },
  ];
  const texts = PREFIXES.flatMap((prefix) =>
    causes.flatMap(({ cause, host }) => [
      `${prefix}${cause} executing GET http://${host}${LOOKUP}`,
      `${prefix}${cause} reading GET https://${host}${LOOKUP}`,
    ]),
  );
  test.each(texts)('%s', (text) => {
    const response = refusal(text);
    expect(outcomeText(classify({ response }))).toBe('not delivered');
    const reason = reasonFor(response);
    expect(reason).toMatch(/ GET …\/get_pipeline_id_from_build_id” \(a service of BK-CI did not answer another\)$/);
    expect(reason).not.toMatch(/127|10\.0|fd00|2192|svc|devops|http:|b-1/);
  });

  test('the cause is told without addresses', () => {
    expect(reasonFor(refusal(texts[0] ?? ''))).toBe(
      'HTTP 400 “Parameter verification failed: {0} Failed to connect to … executing GET …/get_pipeline_id_from_build_id” (a service of BK-CI did not answer another)',
    );
  });

  test('a text that also has data, or a status of success, is a lost answer', () => {
    const message = texts[0];
    for (const more of [{ data: { id: 'b-1' } }, { status: 0 }]) {
      const response = answer({ status: 400, message, ...more }, { http: 400 });
      expect(outcomeText(classify({ response }))).toBe('answer lost');
    }
  });
});

test.each([
  `x executing GET http://10.0.0.7${LOOKUP} and then timeout executing POST http://10.0.0.7/api/b-1/retry`,
  `x executing GET http://10.0.0.7${LOOKUP}: it was answered`,
])('a text that goes on after the look-up does not say that the retry was not sent: %s', (text) => {
  expect(outcomeText(classify({ response: refusal(text) }))).toBe('answer lost');
  expect(reasonFor(refusal(text))).not.toContain('10.0');
});

describe('v4: no provider of the service that looks builds up', () => {
  const sentences = [
    '找不到任何有效的process-devops服务提供者',
    'No valid process-devops service provider could be found',
    '有効なprocess-devopsサービスプロバイダーが見つかりません',
    '2100111: 找不到任何有效的process【devops】服务提供者',
  ];
  const texts = sentences.flatMap((sentence) => [`参数校验失败:{0} ${sentence}`, sentence]);
  test.each(texts)('%s', (text) => {
    expect(outcomeText(classify({ response: refusal(text) }))).toBe('not delivered');
    expect(reasonFor(refusal(text))).toMatch(/^HTTP 400 “.*” \(a service of BK-CI is not available\)$/);
  });

  test('said of anything else it is a refusal', () => {
    expect(outcomeText(classify({ response: refusal(`x: ${sentences[0]}`) }))).toBe('refused');
    expect(outcomeText(classify({ response: refusal(`${sentences[0]}!`) }))).toBe('refused');
  });
});

describe('another request inside BK-CI failed: it may have been the retry itself', () => {
  const texts = [
    'Read timed out executing POST http://10.0.0.7/api/service/builds/demo/p-1/b-1/retry?taskId=e-1',
    'Connection reset executing GET http://10.0.0.7:80/api/service/projects/demo',
    'Parameter verification failed: {0} timeout reading PUT https://10.0.0.7/',
    'unexpected end of stream executing DELETE http://10.0.0.7',
  ];
  test.each(texts)('%s', (text) => {
    expect(outcomeText(classify({ response: refusal(text) }))).toBe('answer lost');
    expect(reasonFor(refusal(text))).toMatch(/” \(a service of BK-CI did not answer another\)$/);
    expect(reasonFor(refusal(text))).not.toContain('10.0');
  });
});

describe('an inner answer without a body', () => {
  const call = (method: string) =>
    `Cannot invoke "feign.Response$Body.${method}" because the return value of "feign.Response.body()" is null`;
  const texts = [
    call('asReader(java.nio.charset.Charset)'),
    call('asInputStream()'),
    call('length()'),
    `Parameter verification failed: {0} ${call('asInputStream()')}`,
    'Cannot read field "data" because "<local4>" is null',
    'Cannot read the array length because "bytes" is null',
    'Cannot load from byte array because "<local1>" is null',
  ];
  test.each(texts)('%s', (text) => {
    expect(outcomeText(classify({ response: refusal(text) }))).toBe('answer lost');
    expect(outcomeText(classify({ response: answer({ status: 400, message: text, data: text }, { http: 400 }) }))).toBe(
      'answer lost',
    );
  });

  test('is told in words', () => {
    expect(reasonFor(refusal('Cannot read field "data" because "x" is null'))).toBe(
      'HTTP 400 “Cannot read field "data" because "x" is null” (a service of BK-CI answered with nothing)',
    );
  });

  test.each(['Cannot be retried', 'Cannot stop it because it has ended', 'It is null'])('“%s” is a refusal', (text) => {
    expect(outcomeText(classify({ response: refusal(text) }))).toBe('refused');
  });
});

describe('BK-CI’s own gateway', () => {
  const own = (http: number, headers: HttpResponse['headers'] = {}) =>
    answer(`{"status": ${http},"data": "","result":true,"message": "服务器错误。"}`, { http, headers });

  test.each([500, 502, 504])('its own error with HTTP %d passes, though the retry may have arrived', (http) => {
    const response = own(http, { 'content-type': 'text/plain; charset=utf-8' });
    expect(outcomeText(classify({ response }))).toBe('answer lost');
    expect(reasonFor(response)).toBe(`HTTP ${http} “服务器错误。” (BK-CI's gateway failed)`);
  });

  test('a page with HTTP 502 may be a deployment in container mode, unless a proxy wrote it', () => {
    const page = answer('<html><head><title>502 Bad Gateway</title></head></html>', { http: 502 });
    expect(reasonFor(page)).toBe('HTTP 502 “502 Bad Gateway” (BK-CI may be in the middle of a deployment)');
    const proxys = { ...page, headers: { 'x-squid-error': 'ERR 0' }, proxy: 'proxy:3128' };
    expect(reasonFor(proxys)).toBe('HTTP 502 from the proxy proxy:3128 “502 Bad Gateway”');
  });
});

test.each([408, 400, 200, 500])('status 408 in an HTTP %d is an inner timeout: the request may still run', (http) => {
  expect(outcomeText(classify({ response: answer({ status: 408, message: '请求超时' }, { http }) }))).toBe(
    'answer lost',
  );
});
