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

  test.each(['X-A: 1 X-B: 2', 'X-A: 1 Cookie: a=hunter2', 'Authorization: Bearer hunter2 X-B: 2'])(
    'refuses a folded block, “%s”, without repeating a value',
    async (headers) => {
      const { message } = await errorOf(() => inputs({ headers }));
      expect(message).toMatch(
        /headers: \S+ has another header in its value; write headers: \| so that each keeps its own line$/,
      );
      expect(message).not.toContain('hunter2');
    },
  );

  test.each(['X-A: {"a": 1}', 'X-A: see 12: 5', 'X-A: http://h:1/ x', 'X-A: a b:c', 'Cookie: a=b; c=d'])(
    'accepts %s, which holds no other header',
    (headers) => {
      expect(Object.keys(inputs({ headers }).access.headers)).toHaveLength(1);
    },
  );

  test.each([
    'Cookie: blueking_language=en',
    'cookie: a=b; blueking_language=zh-cn',
    'COOKIE: a=b;BlueKing_Language = x',
  ])('refuses the language in %s', async (headers) => {
    const { message } = await errorOf(() => inputs({ headers }));
    expect(message).toMatch(/headers: cookie has blueking_language in it; use the input language$/i);
  });

  test('accepts a cookie whose name or value only resembles the language', () => {
    const headers = 'Cookie: my_blueking_language=x; b=blueking_language';
    expect(inputs({ headers, language: 'en-US' }).access).toMatchObject({
      headers: { Cookie: 'my_blueking_language=x; b=blueking_language' },
      language: 'en-US',
    });
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
