import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createRunner } from '../../../src/github/runner.js';
import { isCredentialHeader, maskSecrets } from '../../../src/inputs/secrets.js';
import { recordActions } from '../../support/actions.js';
import { errorOf } from '../../support/errors.js';
import { environmentOf, type InputValues, inputs } from '../../support/inputs.js';

/** All masks for these inputs. */
function masked(values: InputValues): readonly string[] {
  const environment = environmentOf(values);
  const recorder = recordActions(environment);
  const secrets = maskSecrets(createRunner(recorder.core, environment));
  expect(secrets).toEqual(recorder.recorded.masks);
  return recorder.recorded.masks;
}

describe('maskSecrets masks', () => {
  const rows: readonly { name: string; values: InputValues; masks: readonly string[] }[] = [
    {
      name: 'nothing without a secret',
      values: {
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
      name: 'a decoded token, also in its encoded form',
      values: { accessToken: 'aB+/=' },
      masks: ['aB+/=', 'aB%2B%2F%3D'],
    },
    {
      name: 'an encoded token, as BK-CI issues it, also in its decoded form',
      values: { accessToken: 'aB%2B%2F%3D' },
      masks: ['aB%2B%2F%3D', 'aB+/='],
    },
    {
      name: 'a token with lower-case escapes in all three forms',
      values: { accessToken: 'aB%2b%2f%3d' },
      masks: ['aB%2b%2f%3d', 'aB+/=', 'aB%2B%2F%3D'],
    },
    { name: 'a token with one form only once', values: { accessToken: 'abcdef' }, masks: ['abcdef'] },
    {
      name: 'app secret and GitHub token',
      values: { appSecret: 's3cret', githubToken: 'ghs_abc' },
      masks: ['s3cret', 'ghs_abc'],
    },
    { name: 'no token that is too short', values: { accessToken: 'abc', appSecret: '1' }, masks: [] },
    { name: 'no form of a token that is too short', values: { accessToken: '%61%62' }, masks: ['%61%62'] },
    {
      name: 'a header with the name of a credential',
      values: { headers: 'X-Api-Key: 0123456789' },
      masks: ['0123456789'],
    },
    {
      name: 'a header, also without its scheme',
      values: { headers: 'Authorization: Bearer abcdefgh' },
      masks: ['Bearer abcdefgh', 'abcdefgh'],
    },
    {
      name: 'a header of cookies, also their values',
      values: { headers: 'Cookie: bk_token=abcdefgh==; lang=en' },
      masks: ['bk_token=abcdefgh==; lang=en', 'abcdefgh=='],
    },
    {
      name: 'no short value of a header, a word that the job may print',
      values: { headers: 'X-Auth-Mode: true' },
      masks: [],
    },
    { name: 'no tenant name', values: { headers: 'X-Bk-Tenant-Id: my-company' }, masks: [] },
    { name: 'no line that is not a header', values: { headers: 'just-some-words' }, masks: [] },
  ];
  test.each(rows)('$name', ({ values, masks }) => {
    expect(masked(values)).toEqual(masks);
  });

  test('no name of an authentication scheme', () => {
    expect(masked({ headers: 'Authorization: Negotiate YIIabcdefgh' })).toEqual([
      'Negotiate YIIabcdefgh',
      'YIIabcdefgh',
    ]);
  });
});

describe('isCredentialHeader', () => {
  const value = '0123456789';
  test.each([
    ...['Authorization', 'Cookie', 'X-Access-Token', 'Client-Secret', 'X-API-KEY', 'bk_ticket', 'Session-Id'],
    ...['X-Bkapi-JWT', 'Cf-Access-Jwt-Assertion', 'X-Proxy-Password', 'X-Credential', 'X-Signature', 'X-Pwd'],
  ])('%s is a credential unless its value is short', (name) => {
    expect([isCredentialHeader({ name, value }), isCredentialHeader({ name, value: '1234567' })]).toEqual([
      true,
      false,
    ]);
  });
  test.each(['X-Bk-Tenant-Id', 'Accept-Language', 'X-Request-ID', 'X-Bypass-Cache'])(
    '%s is not a credential',
    (name) => {
      expect(isCredentialHeader({ name, value })).toBe(false);
    },
  );
});

describe('a secret', () => {
  const secret = fc.stringMatching(/^[A-Za-z0-9+/=%]{12,30}$/);

  test('is never in the message about invalid inputs', async () => {
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
