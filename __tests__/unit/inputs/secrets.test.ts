import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createRunner } from '../../../src/github/runner.js';
import { isCredentialHeader, maskSecrets } from '../../../src/inputs/secrets.js';
import { recordActions } from '../../support/actions.js';
import { errorOf } from '../../support/errors.js';
import { environmentOf, type Given, inputs } from '../../support/inputs.js';

/** Everything that is masked when these inputs are given. */
function masked(given: Given): readonly string[] {
  const environment = environmentOf(given);
  const recorder = recordActions(environment);
  const told = maskSecrets(createRunner(recorder.core, environment));
  expect(told).toEqual(recorder.recorded.masks);
  return recorder.recorded.masks;
}

describe('what is masked', () => {
  const rows: readonly { name: string; given: Given; masks: readonly string[] }[] = [
    {
      name: 'nothing where there is no secret',
      given: {
        projectId: 'demo',
        pipelineId: 'p-1',
        buildId: 'b-1',
        username: 'ci-bot',
        appCode: 'my-app',
        channelCode: 'AM',
      },
      masks: [],
    },
    {
      name: 'a raw token, and as it stands in an address',
      given: { accessToken: 'aB+/=' },
      masks: ['aB+/=', 'aB%2B%2F%3D'],
    },
    {
      name: 'a token as BK-CI hands it out, and as it is',
      given: { accessToken: 'aB%2B%2F%3D' },
      masks: ['aB%2B%2F%3D', 'aB+/='],
    },
    {
      name: 'lower-case escapes, in all three forms',
      given: { accessToken: 'aB%2b%2f%3d' },
      masks: ['aB%2b%2f%3d', 'aB+/=', 'aB%2B%2F%3D'],
    },
    { name: 'a plain token once', given: { accessToken: 'abcdef' }, masks: ['abcdef'] },
    {
      name: 'app secret and GitHub token',
      given: { appSecret: 's3cret', githubToken: 'ghs_abc' },
      masks: ['s3cret', 'ghs_abc'],
    },
    { name: 'no token that is too short to be one', given: { accessToken: 'abc', appSecret: '1' }, masks: [] },
    { name: 'no form of a token that is too short to be one', given: { accessToken: '%61%62' }, masks: ['%61%62'] },
    { name: 'a credential-like header', given: { headers: 'X-Api-Key: 0123456789' }, masks: ['0123456789'] },
    {
      name: 'what stands behind a scheme',
      given: { headers: 'Authorization: Bearer abcdefgh' },
      masks: ['Bearer abcdefgh', 'abcdefgh'],
    },
    {
      name: 'what stands inside cookies',
      given: { headers: 'Cookie: bk_token=abcdefgh==; lang=en' },
      masks: ['bk_token=abcdefgh==; lang=en', 'abcdefgh=='],
    },
    {
      name: 'no short value: it would blank that word in the whole job',
      given: { headers: 'X-Auth-Mode: true' },
      masks: [],
    },
    { name: 'no tenant name', given: { headers: 'X-Bk-Tenant-Id: my-company' }, masks: [] },
    { name: 'no line that is no header', given: { headers: 'just-some-words' }, masks: [] },
  ];
  test.each(rows)('$name', ({ given, masks }) => {
    expect(masked(given)).toEqual(masks);
  });

  test('no word that names a way of signing in', () => {
    expect(masked({ headers: 'Authorization: Negotiate YIIabcdefgh' })).toEqual([
      'Negotiate YIIabcdefgh',
      'YIIabcdefgh',
    ]);
  });
});

describe('a header is a credential by its name', () => {
  const value = '0123456789';
  test.each([
    ...['Authorization', 'Cookie', 'X-Access-Token', 'Client-Secret', 'X-API-KEY', 'bk_ticket', 'Session-Id'],
    ...['X-Bkapi-JWT', 'Cf-Access-Jwt-Assertion', 'X-Proxy-Password', 'X-Credential', 'X-Signature', 'X-Pwd'],
  ])('%s is', (name) => {
    expect([isCredentialHeader({ name, value }), isCredentialHeader({ name, value: '1234567' })]).toEqual([
      true,
      false,
    ]);
  });
  test.each(['X-Bk-Tenant-Id', 'Accept-Language', 'X-Request-ID', 'X-Bypass-Cache'])('%s is not', (name) => {
    expect(isCredentialHeader({ name, value })).toBe(false);
  });
});

describe('a secret', () => {
  const secret = fc.stringMatching(/^[A-Za-z0-9+/=%]{12,30}$/);

  test('is in no message about inputs, whatever else is wrong with them', async () => {
    await fc.assert(
      fc.asyncProperty(secret, async (value) => {
        const wrong = {
          accessToken: `${value}\n${value}`,
          appSecret: value,
          headers: `Token ${value}\nX-Key: ${value}é`,
          buildId: '',
        };
        const { message } = await errorOf(() => inputs(wrong));
        expect(message).not.toContain(value);
      }),
      { numRuns: 300 },
    );
  });
});

describe('headers', () => {
  const accepted = [
    ['accept', ''],
    ['Content-Type', ''],
    ['HOST', ''],
    ['User-Agent', ''],
    ['Transfer-Encoding', ''],
    ['X-DEVOPS-UID', '; use username'],
    ['x-devops-channel', '; use channelCode'],
    ['X-Bkapi-Authorization', '; use appCode, appSecret and accessToken'],
  ] as const;
  test.each(accepted)('%s is ours to set', async (name, use) => {
    const { code, message } = await errorOf(() => inputs({ headers: `${name}: hunter2hunter2` }));
    expect([code, message]).toEqual([
      'input-invalid',
      `1 input needs a change; nothing was sent:\n  headers: ${name} is set by this action${use}`,
    ]);
  });

  test('a name twice is a mistake', async () => {
    const error = await errorOf(() => inputs({ headers: 'X-A: 1\nx-a: 2' }));
    expect([error.code, error.message]).toEqual([
      'input-invalid',
      expect.stringContaining('headers: x-a is given twice'),
    ]);
  });

  test('a name that every object has is a name like any other', () => {
    expect(inputs({ headers: 'constructor: a\nvalueOf: b' }).access.headers).toEqual({
      constructor: 'a',
      valueOf: 'b',
    });
  });

  test('several problems of one input are of one input', async () => {
    const { message } = await errorOf(() => inputs({ headers: 'nonsense\naccept: x' }));
    expect(message.split('\n')).toEqual([
      '1 input needs a change; nothing was sent:',
      '  headers: line 1: not of the form Name: value',
      '  headers: accept is set by this action',
    ]);
  });
});
