import { describe, expect, test } from '@jest/globals';
import { absoluteForm, answeringProxy, hostAndPort } from '../../../src/http/proxy.js';

describe('a proxy is named by host and port', () => {
  test.each([
    ['http://user:hunter2@10.1.2.3:3128/', '10.1.2.3:3128'],
    ['http://proxy.test', 'proxy.test:80'],
    ['https://proxy.test', 'proxy.test:443'],
    ['http://[::1]:8080', '[::1]:8080'],
  ])('%s as %s', (address, name) => {
    expect(hostAndPort(new URL(address))).toBe(name);
  });
});

describe('a request in absolute form', () => {
  const target = new URL('http://bkci.test:8080/ms/x?a=%20b#c');
  const options = (proxy: string) => absoluteForm(new URL(proxy), target);

  test('goes to the proxy, with the whole address and the host of the target', () => {
    expect(options('http://proxy.test:3128')).toEqual({
      protocol: 'http:',
      hostname: 'proxy.test',
      port: 3128,
      servername: 'proxy.test',
      path: 'http://bkci.test:8080/ms/x?a=%20b',
      headers: { host: 'bkci.test:8080' },
    });
  });

  test('uses the default port of the scheme of the proxy', () => {
    expect(options('https://proxy.test')).toMatchObject({ protocol: 'https:', port: undefined });
  });

  test('sends no name in TLS to a proxy that is an address', () => {
    expect(options('https://127.0.0.1:1')).toMatchObject({ hostname: '127.0.0.1', servername: '' });
    expect(options('https://[::1]:1')).toMatchObject({ hostname: '::1', servername: '' });
  });

  test.each([
    ['user:p%40ss%3Aw%2Ford', 'user:p@ss:w/ord'],
    ['%E7%94%A8:%E5%AF%86', '用:密'],
    ['user', 'user:'],
    [':pass', ':pass'],
  ])('sends the user info %s decoded', (info, decoded) => {
    const { headers } = options(`http://${info}@proxy.test:3128`);
    expect(headers['proxy-authorization']).toBe(`Basic ${Buffer.from(decoded).toString('base64')}`);
  });
});

describe('an answer is the proxy’s own', () => {
  const PAGE = '<!DOCTYPE html>\n<html><title>ERROR</title></html>';
  const JSON_NO = '{"status":403,"message":"no"}';
  const via = { via: '1.1 vm (squid/5.7)' };
  const NAME = '10.1.2.3:3128';
  test.each([
    ['403 that Squid marks', 403, { 'x-squid-error': 'ERR_ACCESS_DENIED 0' }, PAGE, NAME, NAME],
    ['403 that Squid marks, with an empty body', 403, { 'x-squid-error': 'ERR_ACCESS_DENIED 0' }, '', NAME, NAME],
    [
      '403 of a Squid that is not in our settings',
      403,
      { 'x-squid-error': 'ERR_ACCESS_DENIED 0' },
      PAGE,
      undefined,
      '',
    ],
    ['407', 407, { 'proxy-authenticate': 'Basic realm="x"' }, PAGE, NAME, NAME],
    ['407 without its header', 407, {}, '', NAME, NAME],
    ['407 of a proxy that is not in our settings', 407, {}, '', undefined, ''],
    ['403 page with Via', 403, via, PAGE, NAME, NAME],
    ['502 page with Via', 502, via, PAGE, NAME, NAME],
    ['500 page of tinyproxy', 500, { server: 'tinyproxy/1.11.1' }, `<?xml version="1.0"?>\n${PAGE}`, NAME, NAME],
    ['401 page of tinyproxy', 401, { server: 'tinyproxy/1.11.1' }, PAGE, NAME, NAME],
    ['403 page of tinyproxy', 403, { server: 'tinyproxy/1.11.1' }, PAGE, NAME, NAME],
  ])('%s', (_, status, headers, body, proxy, expected) => {
    expect(answeringProxy({ status, headers, body, proxy })).toBe(expected);
  });

  test.each([
    ['JSON with Via', 403, via, JSON_NO, NAME],
    ['403 page with Via, when no proxy is in our settings', 403, via, PAGE, undefined],
    ['404 page with Via: a wrong path', 404, via, PAGE, NAME],
    ['401 page with Via', 401, via, PAGE, NAME],
    ['login page with Via', 200, via, PAGE, NAME],
    ['acceptance, whatever its headers', 200, { 'x-squid-error': 'x', ...via }, '{"status":0}', NAME],
    ['redirect', 302, { 'x-squid-error': 'x' }, PAGE, NAME],
    ['page of nginx', 502, { server: 'nginx' }, PAGE, NAME],
  ])('but not a %s', (_, status, headers, body, proxy) => {
    expect(answeringProxy({ status, headers, body, proxy })).toBeUndefined();
  });
});
