import { describe, expect, test } from '@jest/globals';
import { type InputValues, inputs } from '../../support/inputs.js';

describe('warnings about a credential over plain http', () => {
  const WARNING = ['apiUrl is http://h: credentials travel unencrypted. Use https.'];
  const rows: readonly { name: string; values: InputValues; warnings: readonly string[] }[] = [
    { name: 'for a token', values: { apiUrl: 'http://h', accessToken: 'abcd' }, warnings: WARNING },
    {
      name: 'for an app secret',
      values: { apiUrl: 'http://h/api/v4/apigw-app', appCode: 'a', appSecret: 'abcd' },
      warnings: WARNING,
    },
    {
      name: 'for a cookie',
      values: { apiUrl: 'http://h', headers: 'Cookie: bk_token=abcdefgh' },
      warnings: WARNING,
    },
    { name: 'none for a user name alone', values: { apiUrl: 'http://h' }, warnings: [] },
    { name: 'none for 127.0.0.1', values: { apiUrl: 'http://127.0.0.1:8080', accessToken: 'abcd' }, warnings: [] },
    {
      name: 'none for another loopback address',
      values: { apiUrl: 'http://127.0.0.11', accessToken: 'abcd' },
      warnings: [],
    },
    {
      name: 'for a host that only ends with localhost',
      values: { apiUrl: 'http://xlocalhost', accessToken: 'abcd' },
      warnings: ['apiUrl is http://xlocalhost: credentials travel unencrypted. Use https.'],
    },
    { name: 'none for localhost', values: { apiUrl: 'http://localhost', accessToken: 'abcd' }, warnings: [] },
    {
      name: 'none for the loopback address of IPv6',
      values: { apiUrl: 'http://[::1]:81', accessToken: 'abcd' },
      warnings: [],
    },
    {
      name: 'for a host that only starts with a loopback address',
      values: { apiUrl: 'http://127.0.0.1.h', accessToken: 'abcd' },
      warnings: ['apiUrl is http://127.0.0.1.h: credentials travel unencrypted. Use https.'],
    },
    { name: 'none for https', values: { accessToken: 'abcd' }, warnings: [] },
  ];
  test.each(rows)('$name', ({ values, warnings }) => {
    expect(inputs(values).warnings).toEqual(warnings);
  });
});
