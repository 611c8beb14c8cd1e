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

/** Masks besides those of Base64, which every secret has. */
function maskedPlain(values: InputValues): readonly string[] {
  const masks = masked(values);
  const base64 = masks.flatMap((mask) =>
    ['base64', 'base64url'].flatMap((form) => {
      const text = Buffer.from(mask).toString(form as BufferEncoding);
      return [text, text.replace(/=+$/, ''), text.padEnd(Math.ceil(text.length / 4) * 4, '=')];
    }),
  );
  return masks.filter((mask) => !base64.includes(mask));
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
    { name: 'a token with one form only once', values: { accessToken: 'abcdef' }, masks: ['abcdef'] },
    {
      name: 'app secret and GitHub token',
      values: { appSecret: 's3cret', githubToken: 'ghs_abc' },
      masks: ['s3cret', 'ghs_abc', 'ghs&#95;abc', 'ghs&#x5f;abc', 'ghs&#x5F;abc'],
    },
    { name: 'no token that is too short', values: { accessToken: 'abc', appSecret: '1' }, masks: [] },
    {
      name: 'a header with the name of a credential',
      values: { headers: 'X-Api-Key: 0123456789' },
      masks: ['0123456789'],
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
    expect(maskedPlain(values)).toEqual(masks);
  });

  const parts: readonly { name: string; values: InputValues; has: readonly string[]; hasNot?: readonly string[] }[] = [
    {
      name: 'a decoded token, also in its encoded form',
      values: { accessToken: 'aB+/=' },
      has: ['aB+/=', 'aB%2B%2F%3D'],
    },
    {
      name: 'an encoded token, as BK-CI issues it, also in its decoded form',
      values: { accessToken: 'aB%2B%2F%3D' },
      has: ['aB%2B%2F%3D', 'aB+/='],
    },
    {
      name: 'a token with lower-case escapes in all three forms',
      values: { accessToken: 'aB%2b%2f%3d' },
      has: ['aB%2b%2f%3d', 'aB+/=', 'aB%2B%2F%3D'],
    },
    {
      name: 'no form of a token that is too short',
      values: { accessToken: '%61%62' },
      has: ['%61%62'],
      hasNot: ['ab', 'YWI='],
    },
    {
      name: 'each line of a token',
      values: { accessToken: 'first-line\r\n second-line\n\nab' },
      has: ['first-line', 'second-line'],
      hasNot: ['ab', ''],
    },
    {
      name: 'a header, also without its scheme',
      values: { headers: 'Authorization: Bearer abcdefgh' },
      has: ['Bearer abcdefgh', 'abcdefgh'],
      hasNot: ['Bearer'],
    },
    {
      name: 'a header of any scheme with padding',
      values: { headers: 'Authorization: Negotiate YIIabcdefgh==' },
      has: ['Negotiate YIIabcdefgh==', 'YIIabcdefgh=='],
      hasNot: ['Negotiate'],
    },
    {
      name: 'a header of cookies, each of them and their values',
      values: { headers: 'Cookie: bk_token=abcdefgh==; lang=en; t=short01; q="quoted-value"; e=a%2Bb%2Bcdefg' },
      has: ['abcdefgh==', 'bk_token=abcdefgh==', 't=short01', 'quoted-value', 'a%2Bb%2Bcdefg', 'a+b+cdefg'],
      hasNot: ['en', 'lang=en', 'short01'],
    },
    {
      name: 'the login and the password of a basic header',
      values: { headers: `Authorization: Basic ${Buffer.from('ci-bot:pa:ss w').toString('base64')}` },
      has: [`Basic ${Buffer.from('ci-bot:pa:ss w').toString('base64')}`, 'ci-bot:pa:ss w', 'pa:ss w'],
      hasNot: ['ci-bot', 'Basic', 'ss w'],
    },
    {
      name: 'no password of a basic header that is too short',
      values: { headers: `Authorization: basic ${Buffer.from('ci-bot:abc').toString('base64')}` },
      has: ['ci-bot:abc'],
      hasNot: ['abc'],
    },
  ];
  test.each(parts)('$name', ({ values, has, hasNot = [] }) => {
    const masks = masked(values);
    expect(masks).toEqual(expect.arrayContaining([...has]));
    expect(masks.filter((mask) => hasNot.includes(mask))).toEqual([]);
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
