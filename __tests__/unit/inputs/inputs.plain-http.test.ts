import { describe, expect, test } from '@jest/globals';
import { type Given, inputs } from '../../support/inputs.js';

describe('a credential over plain http', () => {
  const WARNING = ['apiUrl is http://h: credentials travel unencrypted. Use https.'];
  const rows: readonly { name: string; given: Given; warnings: readonly string[] }[] = [
    { name: 'a token is warned about', given: { apiUrl: 'http://h', accessToken: 'abcd' }, warnings: WARNING },
    {
      name: 'an app secret is warned about',
      given: { apiUrl: 'http://h/api/v4/apigw-app', appCode: 'a', appSecret: 'abcd' },
      warnings: WARNING,
    },
    {
      name: 'a cookie is warned about',
      given: { apiUrl: 'http://h', headers: 'Cookie: bk_token=abcdefgh' },
      warnings: WARNING,
    },
    { name: 'a user name alone is none', given: { apiUrl: 'http://h' }, warnings: [] },
    { name: 'loopback is fine', given: { apiUrl: 'http://127.0.0.1:8080', accessToken: 'abcd' }, warnings: [] },
    { name: 'any loopback is fine', given: { apiUrl: 'http://127.0.0.11', accessToken: 'abcd' }, warnings: [] },
    {
      name: 'a name that only ends like loopback is not',
      given: { apiUrl: 'http://xlocalhost', accessToken: 'abcd' },
      warnings: ['apiUrl is http://xlocalhost: credentials travel unencrypted. Use https.'],
    },
    { name: 'loopback by name is fine', given: { apiUrl: 'http://localhost', accessToken: 'abcd' }, warnings: [] },
    { name: 'loopback of IPv6 is fine', given: { apiUrl: 'http://[::1]:81', accessToken: 'abcd' }, warnings: [] },
    {
      name: 'what only looks like loopback is not',
      given: { apiUrl: 'http://127.0.0.1.h', accessToken: 'abcd' },
      warnings: ['apiUrl is http://127.0.0.1.h: credentials travel unencrypted. Use https.'],
    },
    { name: 'https is fine', given: { accessToken: 'abcd' }, warnings: [] },
  ];
  test.each(rows)('$name', ({ given, warnings }) => {
    expect(inputs(given).warnings).toEqual(warnings);
  });
});
