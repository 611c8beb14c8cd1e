import { describe, expect, test } from '@jest/globals';
import {
  type Parsed,
  parseAppSlug,
  parseBuildId,
  parseBuildNumber,
  parseFlag,
  parseHeader,
  parseHeaderText,
  parseId,
  parseLanguage,
  parseNumber,
  parseRetryOn,
  parseTaskId,
} from '../../../src/inputs/parse.js';

/** The value, or the problem after a ✗. */
function outcome<T>(parsed: Parsed<T>): T | string {
  return 'value' in parsed ? parsed.value : `✗ ${parsed.problem}`;
}

describe('parseFlag', () => {
  test.each(['true', 'True', 'TRUE'])('%s is true', (text) => expect(outcome(parseFlag(text))).toBe(true));
  test.each(['false', 'False', 'FALSE'])('%s is false', (text) => expect(outcome(parseFlag(text))).toBe(false));
  test.each(['yes', 'no', 'on', '1', '0', 'tRUE', 'true ', 'null', 'maybe', 'untrue', 'notfalse', 'falsey', 'truely'])(
    '“%s” is neither',
    (text) => {
      expect(outcome(parseFlag(text))).toBe(`✗ “${text.trim()}” is neither true nor false`);
    },
  );
});

describe('parseAppSlug', () => {
  test.each(['bk-ci', 'BK-CI', 'x', '123'])('takes %s, in lower case', (text) => {
    expect(outcome(parseAppSlug(text))).toBe(text.toLowerCase());
  });
  test.each(['bk ci', 'bk-ci[bot]', 'bk_ci', 'a/b', 'https://github.com/apps/bk-ci', 'é', ''])('refuses %j', (text) => {
    expect(outcome(parseAppSlug(text))).toMatch(/is not the slug of a GitHub App: letters, digits and hyphens/);
  });
  test.each(['github-actions', 'GitHub-Actions'])('refuses %s, as which any workflow can write checks', (text) => {
    expect(outcome(parseAppSlug(text))).toBe(`✗ “${text}” is GitHub Actions, as which any workflow can write checks`);
  });
});

describe('parseNumber', () => {
  const whole = { min: 1, max: 10, whole: true };
  const decimal = { min: 0.1, max: 7200, whole: false };
  const rows = [
    { name: 'the minimum', text: '1', range: whole, expected: 1 },
    { name: 'the maximum', text: '10', range: whole, expected: 10 },
    { name: 'a whole number with decimals', text: '2.0', range: whole, expected: 2 },
    { name: 'a decimal', text: '0.5', range: decimal, expected: 0.5 },
    { name: 'two decimals', text: '0.25', range: decimal, expected: 0.25 },
    { name: 'the minimum of decimals', text: '0.1', range: decimal, expected: 0.1 },
  ];
  test.each(rows)('takes $name', ({ text, range, expected }) => {
    expect(outcome(parseNumber(text, range))).toBe(expected);
  });

  const refused = [
    '0',
    '11',
    '1.5',
    '-1',
    '+1',
    '1e1',
    '0x1',
    '',
    ' 1',
    '1 ',
    '1,5',
    '.5',
    '5.',
    'NaN',
    'Infinity',
    'one',
    '99999999999',
  ];
  test.each(refused.map((text) => ({ name: `“${text}”`, text })))('refuses $name', ({ text }) => {
    expect(outcome(parseNumber(text, whole))).toBe(`✗ “${text.trim()}” is not a whole number from 1 to 10`);
  });

  test('gives the range of decimals in the problem', () => {
    expect(outcome(parseNumber('0', decimal))).toBe('✗ “0” is not a number from 0.1 to 7200');
  });
});

describe('parseId', () => {
  test.each(['b-1', 'demo', 'git_123', '42', 'A.b', 'x'.repeat(200), '1E+5x', 'build1E+5'])('takes %s', (text) => {
    expect(outcome(parseId(text))).toBe(text);
  });

  test.each(['1.23456789012346E+16', '1E+20', '9.9E+15'])('explains that YAML has rounded %s', (text) => {
    expect(outcome(parseId(text))).toBe(`✗ “${text}” looks like a number that YAML has rounded; put it in quotes`);
  });

  const refused = ['.', '..', 'a/b', 'a\\b', '../x', 'a b', 'a\tb', 'a\nb', 'a\u0000b', 'a\u200bb', 'x'.repeat(201)];
  test.each(refused.map((text) => ({ name: JSON.stringify(text).slice(0, 20), text })))('refuses $name', ({ text }) => {
    expect(outcome(parseId(text))).toMatch(/^✗ “.*” is not an id: one word without white space or slashes$/);
  });

  const quoted = ['"demo"', "'demo'", '`demo`', '“demo”', '‘demo’', '"demo', "de'mo"];
  test.each(quoted)('says that %s has a quotation mark', (text) => {
    expect(outcome(parseId(text))).toMatch(/^✗ “.*” has a quotation mark in it; give the id without quotes$/);
  });

  const links = ['https://h/console/pipeline/demo/p-1/detail/b-1', 'h/console/pipeline/demo', 'HTTP://h'];
  test.each(links)('says that %s belongs into buildUrl', (text) => {
    expect(outcome(parseId(text))).toMatch(/^✗ “.*” looks like a link: use buildUrl$/);
  });

  test('shows no credential of a link', () => {
    const problem = outcome(parseId('https://bot:hunter2@h/x?token=hunter2#hunter2'));
    expect(problem).toBe('✗ “https://h/x” looks like a link: use buildUrl');
  });
});

describe('parseBuildId', () => {
  test.each(['b-1', 'b-42', '42x', 'latest-1'])('takes %s', (text) => {
    expect(outcome(parseBuildId(text))).toBe(text);
  });
  test.each(['42', '#42', '0', '1234567890123', 'latest', 'Latest'])(
    'says that %s belongs into buildNumber',
    (text) => {
      expect(outcome(parseBuildId(text))).toBe(`✗ “${text}” looks like a build number: use buildNumber`);
    },
  );
  test('refuses what is no id', () => {
    expect(outcome(parseBuildId('b/1'))).toMatch(/is not an id/);
  });
});

describe('parseTaskId', () => {
  const taken = ['e-1', 'stage-2', '1', 'my.step/with:signs', '..', '后台', '1.5', 'x'.repeat(200)];
  const names = ['Run tests', '单元 测试', 'a\u3000b', 'a\tb', 'say "hello"', '"a" and "b" c', "it's"];
  test.each([...taken, ...names])('takes %s', (text) => {
    expect(outcome(parseTaskId(text))).toBe(text);
  });
  test.each(['"e-1"', "'Run tests'", '`e-1`', '“单元测试”'])('says that %s has quotation marks around it', (text) => {
    expect(outcome(parseTaskId(text))).toMatch(/^✗ “.*” has quotation marks around it; give it without quotes$/);
  });
  test.each([
    { name: 'a line end', text: 'a\nb' },
    { name: 'a control character', text: 'a\u0007' },
    { name: 'an invisible character', text: 'a\u200b' },
    { name: 'an invisible letter', text: 'a\u3164' },
    { name: 'an invisible mark', text: 'a\ufe0f' },
    { name: 'a lone surrogate', text: 'a\ud800' },
    { name: 'a text that is too long', text: 'x'.repeat(201) },
  ])('refuses $name', ({ text }) => {
    expect(outcome(parseTaskId(text))).toMatch(
      /^✗ “.*” is neither an id nor a name: one line without invisible characters$/,
    );
  });
});

describe('parseHeaderText', () => {
  test.each(['ci-bot', 'BS', 'a b', 'user@example.com', '"'])('takes %s', (text) => {
    expect(outcome(parseHeaderText(text))).toBe(text);
  });
  test.each(
    ['', ' a', 'a ', 'a\tb', 'a\nb', 'ä', '后台', 'a\u0000', 'a\u007f'].map((text) => ({
      name: JSON.stringify(text),
      text,
    })),
  )('refuses $name', ({ text }) => {
    expect(outcome(parseHeaderText(text))).toMatch(
      /^✗ “.*” has characters that a header can't carry; only ASCII is accepted$/,
    );
  });
});

describe('parseBuildNumber', () => {
  test.each([
    { text: '1', expected: 1 },
    { text: '#42', expected: 42 },
    { text: 'latest', expected: 'latest' },
    { text: 'Latest', expected: 'latest' },
    { text: 'LATEST', expected: 'latest' },
    { text: '999999999', expected: 999_999_999 },
  ])('takes $text', ({ text, expected }) => {
    expect(outcome(parseBuildNumber(text))).toBe(expected);
  });
  test.each(['0', '-1', '1.5', '##1', '4#2', 'latest2', 'b', '1000000000'])('refuses %s', (text) => {
    expect(outcome(parseBuildNumber(text))).toBe(`✗ “${text}” is neither a build number nor latest`);
  });
});

test.each([
  { text: 'b-1', problem: '“b-1” looks like the id of a build: use buildId' },
  {
    text: 'https://h/console/pipeline/a/b/detail/b-1',
    problem: expect.stringMatching(/looks like a link: use buildUrl$/),
  },
])('parseBuildNumber says where $text belongs', ({ text, problem }) => {
  expect(parseBuildNumber(text)).toEqual({ problem });
});

describe('parseLanguage', () => {
  test.each([
    ['en-US', 'en-US'],
    ['zh-cn', 'zh-CN'],
    ['JA-JP', 'ja-JP'],
  ])('takes %s', (text, expected) => {
    expect(outcome(parseLanguage(text))).toBe(expected);
  });
  test.each(['en', 'zh_CN', 'de-DE', 'en-US; x=y'])('refuses %s', (text) => {
    expect(outcome(parseLanguage(text))).toBe(`✗ “${text}” is not a language of BK-CI: en-US, zh-CN or ja-JP`);
  });
});

describe('parseRetryOn', () => {
  const rows = [
    { text: 'SYSTEM', types: ['SYSTEM'], codes: [] },
    { text: 'system,Third_Party', types: ['SYSTEM', 'THIRD_PARTY'], codes: [] },
    { text: 'USER PLUGIN\nBUILD_MACHINE', types: ['USER', 'PLUGIN', 'BUILD_MACHINE'], codes: [] },
    { text: 'agent', types: ['BUILD_MACHINE'], codes: [] },
    { text: ' , 2199001,,\r\n 42 ', types: [], codes: [2199001, 42] },
    { text: 'SYSTEM 100 system 100', types: ['SYSTEM'], codes: [100] },
  ];
  test.each(rows)('takes $text', ({ text, types, codes }) => {
    expect(outcome(parseRetryOn(text))).toEqual({ types, codes });
  });
  const accepted = 'SYSTEM, USER, THIRD_PARTY, PLUGIN or BUILD_MACHINE nor an error number';
  test.each([
    { text: 'NETWORK', shown: '“NETWORK”' },
    { text: 'SYSTEM, third-party', shown: '“third-party”' },
    { text: '0 -1 1.5 007', shown: '“0”, “-1”, “1.5” and “007”' },
    { text: ', ,', shown: '“, ,”' },
  ])('refuses $text', ({ text, shown }) => {
    expect(outcome(parseRetryOn(text))).toBe(`✗ ${shown} is neither ${accepted}`);
  });
});

describe('parseHeader', () => {
  const rows = [
    { name: 'the usual form', line: 'X-Bk-Tenant-Id: system', expected: { name: 'X-Bk-Tenant-Id', value: 'system' } },
    { name: 'no space after the colon', line: 'a:b', expected: { name: 'a', value: 'b' } },
    { name: 'colons in the value', line: 'Cookie: a=b:c; d=e', expected: { name: 'Cookie', value: 'a=b:c; d=e' } },
    { name: 'spaces around name and value', line: '  a:\t b  ', expected: { name: 'a', value: 'b' } },
  ];
  test.each(rows)('takes $name', ({ line, expected }) => {
    expect(outcome(parseHeader(line))).toEqual(expected);
  });

  const refused = [
    { name: 'no colon', line: 'hunter2', problem: '✗ not of the form Name: value' },
    { name: 'no value', line: 'Authorization:', problem: '✗ not of the form Name: value' },
    { name: 'a space in the name', line: 'My Header: hunter2', problem: '✗ not of the form Name: value' },
    { name: 'a space before the colon', line: 'a : hunter2', problem: '✗ not of the form Name: value' },
    { name: 'no name', line: ': hunter2', problem: '✗ not of the form Name: value' },
    {
      name: 'a value that is not ASCII',
      line: 'Token: hunter2é',
      problem: "✗ the value of Token has characters that a header can't carry; only ASCII is accepted",
    },
    {
      name: 'a line end in the value',
      line: 'Token: a\u000bhunter2',
      problem: "✗ the value of Token has characters that a header can't carry; only ASCII is accepted",
    },
  ];
  test.each(refused)('refuses $name, without repeating the value', ({ line, problem }) => {
    expect(outcome(parseHeader(line))).toBe(problem);
  });
});
