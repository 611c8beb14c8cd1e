import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { authorize, parseApi } from '../../../src/bkci/endpoints.js';
import { encodedForms } from '../../../src/inputs/encoded-forms.js';
import { redactor } from '../../../src/lib/sanitize.js';

/** With every character that some encoding treats in its own way. */
const SECRET = `a+b/c=d&e'f"g<h>i\\j%k é(l)*m!~n:o`;

const percent = (text: string, pattern: RegExp, digits: (hex: string) => string = (hex) => hex.toUpperCase()) =>
  text.replace(pattern, (char) =>
    [...Buffer.from(char)].map((byte) => `%${digits(byte.toString(16).padStart(2, '0'))}`).join(''),
  );
const json = (text: string, pattern: RegExp, digits: (hex: string) => string = (hex) => hex) =>
  text.replace(pattern, (char) => `\\u${digits(char.charCodeAt(0).toString(16).padStart(4, '0'))}`);
const upper = (hex: string) => hex.toUpperCase();
const lower = (hex: string) => hex;

/** The forms, each written by the encoder that makes it, or in the way of that encoder. */
const FORMS: Readonly<Record<string, string>> = {
  'as it is': SECRET,
  encodeURIComponent: encodeURIComponent(SECRET),
  'the query of an address': new URL(`https://h/?t=${encodeURIComponent(SECRET)}`).search.slice(3),
  'RFC 3986': percent(SECRET, /[^A-Za-z0-9\-._~]/gu),
  'RFC 3986 in lower case': percent(SECRET, /[^A-Za-z0-9\-._~]/gu, lower),
  'a form': new URLSearchParams({ t: SECRET }).toString().slice(2),
  'percent-encoded twice': encodeURIComponent(encodeURIComponent(SECRET)),
  'percent-encoded twice, lower case first': encodeURIComponent(percent(SECRET, /[^A-Za-z0-9\-._~!*'()]/gu, lower)),
  'the query of an address, encoded once more': encodeURIComponent(
    new URL(`https://h/?t=${encodeURIComponent(SECRET)}`).search.slice(3),
  ),
  JSON: JSON.stringify(SECRET).slice(1, -1),
  'JSON of PHP': JSON.stringify(SECRET).slice(1, -1).replaceAll('/', '\\/'),
  'JSON of Gson': json(JSON.stringify(SECRET).slice(1, -1), /[<>&=']/g),
  'JSON of Go': json(JSON.stringify(SECRET).slice(1, -1), /[<>&]/g),
  'JSON of .NET': json(SECRET, /[<>&'"+\u007f-\uffff]/g, upper).replace(/\\(?!u[0-9A-F]{4})/g, '\\\\'),
  'JSON with every sign escaped': json(SECRET, /[^\w]/g),
  'JSON with every sign escaped in upper case': json(SECRET, /[^\w]/g, upper),
  'HTML of Go': SECRET.replace(
    /[&<>"'+]/g,
    (char) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[char] ?? `&#${char.charCodeAt(0)};`,
  ),
  'HTML with names': SECRET.replace(
    /[&<>"]/g,
    (char) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[char] ?? '&quot;',
  ),
  'HTML of XML libraries': SECRET.replace(
    /[&<>"']/g,
    (char) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[char] ?? '&apos;',
  ),
  'HTML of mustache': SECRET.replace(
    /[&<>"'/`=]/g,
    (char) =>
      ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[char] ??
      `&#x${char.charCodeAt(0).toString(16).toUpperCase()};`,
  ),
  'HTML by decimal numbers': SECRET.replace(/[^A-Za-z0-9]/g, (char) => `&#${char.charCodeAt(0)};`),
  'HTML by hexadecimal numbers': SECRET.replace(/[^A-Za-z0-9]/g, (char) => `&#x${char.charCodeAt(0).toString(16)};`),
  Base64: Buffer.from(SECRET).toString('base64'),
  'Base64 without padding': Buffer.from(SECRET).toString('base64').replace(/=+$/, ''),
  'Base64 for URLs': Buffer.from(SECRET).toString('base64url'),
};

describe('encodedForms', () => {
  test.each(Object.entries(FORMS))('knows %s', (_, form) => {
    expect(redactor(encodedForms(SECRET))(`before ${form} behind`)).toBe('before *** behind');
  });

  test('knows the forms of the issue', () => {
    expect(encodedForms('a+b=c')).toEqual(expect.arrayContaining(['a+b\\u003dc', 'a&#43;b=c', 'a%2bb%3dc']));
    expect(encodedForms("p'q")).toContain('p%27q');
  });

  test('knows what this action itself sends', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 4 }), (secret) => {
        const own = parseApi(new URL('https://h'));
        const gateway = parseApi(new URL('https://h/api/devops/prod/v4/apigw-app'));
        if (!own || !gateway) throw new Error('both are addresses of the API');
        const credentials = { accessToken: secret };
        const wire = [
          authorize(own, new URL('https://h/x'), credentials).url.search.slice('?access_token='.length),
          JSON.stringify(authorize(gateway, new URL('https://h/x'), credentials).headers).slice(0),
        ];
        const [query = '', header = ''] = wire;
        const redact = redactor(encodedForms(secret));
        expect(redact(query)).toBe('***');
        expect(redact(JSON.parse(header)['X-Bkapi-Authorization'] as string)).toBe('{"access_token":"***"}');
      }),
    );
  });

  test('are few for letters and digits', () => {
    expect(encodedForms('0123456789abcdef').length).toBeLessThan(6);
  });
});
