import { request } from 'node:http';
import { PassThrough } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import { errorOf } from '../../support/errors.js';
import { inputs } from '../../support/inputs.js';

describe('the input headers', () => {
  const ownHeaders = [
    ['accept', ''],
    ['Content-Type', ''],
    ['HOST', ''],
    ['User-Agent', ''],
    ['Transfer-Encoding', ''],
    ['X-DEVOPS-UID', '; use username'],
    ['x-devops-channel', '; use channelCode'],
    ['X-Bkapi-Authorization', '; use appCode, appSecret and accessToken'],
  ] as const;
  test.each(ownHeaders)('refuses %s, which the action sets', async (name, use) => {
    const { code, message } = await errorOf(() => inputs({ headers: `${name}: hunter2hunter2` }));
    expect([code, message]).toEqual([
      'input-invalid',
      `1 input needs a change; nothing was sent:\n  headers: ${name} is set by this action${use}`,
    ]);
  });

  const CONNECTION = ['Trailer', 'Expect', 'Upgrade', 'TE', 'Keep-Alive', 'HTTP2-Settings'];
  const PROXY = ['Proxy-Authorization', 'Proxy-Connection', 'proxy-authenticate', 'Proxy-Anything'];
  test.each([...CONNECTION, ...PROXY])('refuses %s, which controls the connection', async (name) => {
    const { code, message } = await errorOf(() => inputs({ headers: `${name}: hunter2hunter2` }));
    expect([code, message]).toEqual([
      'input-invalid',
      `1 input needs a change; nothing was sent:\n  headers: ${name} controls the connection, so it can't be set`,
    ]);
  });

  const ACCEPTED = [
    'Cookie',
    'X-Bk-Tenant-Id',
    'Date',
    'Via',
    'Range',
    'Content-Encoding',
    'Upgrade-Insecure-Requests',
  ];
  test.each([...ACCEPTED, 'Trailers', 'X-Trailer', 'X-Proxy-Token', "!#$%&'*+-.^_`|~9"])(
    'accepts %s, and so does Node',
    (name) => {
      const { headers } = inputs({ headers: `${name}: !~ value` }).access;
      const sent = request({ headers, createConnection: () => new PassThrough() });
      expect(sent.getHeader(name)).toBe('!~ value');
      sent.on('error', () => undefined).destroy();
    },
  );

  test('refuses the same name twice', async () => {
    const error = await errorOf(() => inputs({ headers: 'X-A: 1\nx-a: 2' }));
    expect([error.code, error.message]).toEqual([
      'input-invalid',
      expect.stringContaining('headers: x-a is given twice'),
    ]);
  });

  test('accepts names of members that every object has', () => {
    expect(inputs({ headers: 'constructor: a\nvalueOf: b' }).access.headers).toEqual({
      constructor: 'a',
      valueOf: 'b',
    });
  });

  test('counts as one input with several problems', async () => {
    const { message } = await errorOf(() => inputs({ headers: 'nonsense\naccept: x' }));
    expect(message.split('\n')).toEqual([
      '1 input needs a change; nothing was sent:',
      '  headers: line 1: not of the form Name: value',
      '  headers: accept is set by this action',
    ]);
  });
});
