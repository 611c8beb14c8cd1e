import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  cap,
  cleanLines,
  inertLine,
  mapTexts,
  oneLine,
  printable,
  quote,
  quoteLines,
  redactor,
  visible,
} from '../../../src/lib/sanitize.js';

interface Row {
  readonly name: string;
  readonly text: string;
  readonly lines: readonly string[];
}

describe('cleanLines', () => {
  const rows: readonly Row[] = [
    { name: 'keeps plain text', text: 'running 128 tests', lines: ['running 128 tests'] },
    { name: 'keeps tabs and inner spaces', text: '\ta  b', lines: ['\ta  b'] },
    {
      name: 'keeps other scripts and emoji',
      text: '后台正在部署中，请稍后。 é 😀',
      lines: ['后台正在部署中，请稍后。 é 😀'],
    },
    { name: 'splits at every line end', text: 'a\nb\r\nc\rd\ve\ff\u0085g\u2028h\u2029i', lines: [...'abcdefghi'] },
    { name: 'removes white space at the end', text: 'a  \nb\t', lines: ['a', 'b'] },
    { name: 'removes colours', text: '\x1b[1;31mred\x1b[0m and \x1b[38;5;196mmore\x1b[m', lines: ['red and more'] },
    { name: 'removes cursor moves and erasing', text: '\x1b[2K\x1b[1Gdone\x1b[?25h', lines: ['done'] },
    { name: 'removes 8-bit sequences', text: '\u009b31mred\u009b0m', lines: ['red'] },
    {
      name: 'removes titles',
      text: '\x1b]0;evil title\x07text\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\',
      lines: ['textlink'],
    },
    {
      name: 'ends an unterminated title at the end of its line',
      text: '\x1b]0;never closed\nnext',
      lines: ['', 'next'],
    },
    { name: 'removes what tput sgr0 prints', text: '\x1b(B\x1b[mdone', lines: ['done'] },
    { name: 'removes private two-character sequences', text: '\x1b=\x1b7a\x1b8\x1b>', lines: ['a'] },
    { name: 'removes control characters', text: 'a\u0000b\u0007c\u007fd\u009ce', lines: ['abcde'] },
    {
      name: 'removes zero-width and bidirectional marks',
      text: 'a\u200bb\u200fc\u202ed\u2060e\ufefff\u00adg',
      lines: ['abcdefg'],
    },
    { name: 'removes variation selectors and fillers', text: 'a\ufe0fb\u3164c\u{e0041}d', lines: ['abcd'] },
    { name: 'replaces a lone surrogate', text: 'a\ud83db\ude00c', lines: ['a\ufffdb\ufffdc'] },
    { name: 'breaks a v1 command', text: 'x ##[error]y ###[group]z', lines: ['x ##\\[error]y ###\\[group]z'] },
    {
      name: 'breaks a v1 command that removals join',
      text: '#\x1b[0m#\u200b[error]x',
      lines: ['##\\[error]x'],
    },
    { name: 'returns one empty line for an empty text', text: '', lines: [''] },
  ];
  test.each(rows)('$name', ({ text, lines }) => {
    expect(cleanLines(text)).toEqual(lines);
  });

  test('cuts a line at 1,000 characters and ends it with …', () => {
    expect(cleanLines(`${'x'.repeat(1001)}\n${'y'.repeat(1000)}`)).toEqual([`${'x'.repeat(999)}…`, 'y'.repeat(1000)]);
  });
});

describe('cap', () => {
  const rows = [
    { name: 'keeps a short text', text: 'abc', max: 3, expected: 'abc' },
    { name: 'ends a long text with …', text: 'abcd', max: 3, expected: 'ab…' },
    { name: 'returns only … for one character', text: 'abcd', max: 1, expected: '…' },
    { name: 'does not split a surrogate pair', text: 'a😀😀', max: 3, expected: 'a…' },
    { name: 'keeps a whole surrogate pair before the cut', text: 'a😀bc', max: 4, expected: 'a😀…' },
  ];
  test.each(rows)('$name', ({ text, max, expected }) => {
    expect(cap(text, max)).toBe(expected);
  });

  test('never splits a surrogate pair and never exceeds the limit', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 30 }), (text, max) => {
        expect(cap(text, max)).not.toMatch(/\p{Cs}/u);
        expect(cap(text, max).length).toBeLessThanOrEqual(Math.max(max, 1));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('oneLine and quote', () => {
  const rows = [
    { name: 'join lines', text: 'a\nb\r\n\r\nc', expected: 'a b c' },
    { name: 'reduce white space to single spaces', text: '  a \t  b\u3000c  ', expected: 'a b c' },
    { name: 'return an empty text for white space', text: ' \n ', expected: '' },
  ];
  test.each(rows)('$name', ({ text, expected }) => {
    expect(oneLine(text)).toBe(expected);
    expect(quote(text)).toBe(`“${expected}”`);
  });

  test('cut at 300 characters, or at the limit that is given', () => {
    expect(oneLine('x'.repeat(301))).toBe(`${'x'.repeat(299)}…`);
    expect(quote('x'.repeat(20), 5)).toBe('“xxxx…”');
  });
});

describe('quote', () => {
  test('can’t be closed or opened by the text', () => {
    expect(quote('a” and “b”; nothing was sent. “')).toBe('“a" and "b"; nothing was sent. "”');
  });

  test('has one mark at its start and one at its end, whatever the text', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('“', '”', 'x', '\u200b', '\n', '"', ' '), { maxLength: 12 }), (parts) => {
        expect(quote(parts.join('')).match(/[“”]/g)).toEqual(['“', '”']);
      }),
    );
  });
});

describe('inertLine', () => {
  const rows = [
    { name: 'breaks a command', text: '::add-mask::e', expected: ':\\:add-mask::e' },
    { name: 'breaks a command after white space of .NET', text: '\u0085 ::error::x', expected: ':\\:error::x' },
    { name: 'breaks a v1 command', text: 'x ##[error]y', expected: 'x ##\\[error]y' },
    { name: 'breaks a command at a word', text: 'a ::error::b', expected: 'a :\\:error::b' },
    { name: 'breaks one after a separator', text: 'a,::error::b', expected: 'a,:\\:error::b' },
    { name: 'breaks one after an escaped line end', text: 'a\\n::error::b', expected: 'a\\n:\\:error::b' },
    { name: 'breaks one after an octal one', text: 'a\\012::error::b', expected: 'a\\012:\\:error::b' },
    { name: 'breaks one after a hexadecimal one', text: 'a\\x0A::error::b', expected: 'a\\x0A:\\:error::b' },
    { name: 'breaks one after a percent-encoded one', text: 'a%0a::error::b', expected: 'a%0a:\\:error::b' },
    { name: 'breaks more colons at every place', text: ':::::', expected: ':\\:\\:\\:\\:' },
    { name: 'breaks a command that removals join', text: ':\u200b:error::x', expected: ':\\:error::x' },
    { name: 'keeps source code', text: 'std::vector<int>::push', expected: 'std::vector<int>:\\:push' },
    { name: 'keeps an IPv6 host', text: 'http://[::1]:80/x', expected: 'http://[::1]:80/x' },
    { name: 'keeps times and addresses', text: '12:30 https://h:80/x', expected: '12:30 https://h:80/x' },
  ];
  test.each(rows)('$name', ({ text, expected }) => {
    expect(inertLine(text, 100)).toBe(expected);
  });

  test('has at most as many characters as the limit', () => {
    expect(inertLine('::'.repeat(40), 20)).toHaveLength(20);
  });
});

describe('mapTexts', () => {
  test('changes each text and says in which member it is', () => {
    const value = { a: 'x', b: [{ c: 'y' }, 'z'], n: 1, none: undefined, nothing: null };
    expect(mapTexts(value, (text, name) => `${name}=${text}`)).toEqual({
      ...value,
      a: 'a=x',
      b: [{ c: 'c=y' }, 'b=z'],
    });
  });
});

describe('quoteLines', () => {
  const rows = [
    { name: 'puts a bar before each line', text: 'a\nb', max: 20, expected: ['| a', '| b'] },
    { name: 'omits empty lines', text: '\n\na\n\n', max: 20, expected: ['| a'] },
    { name: 'returns no line for an empty text', text: '', max: 20, expected: [] },
    { name: 'shows as many lines as the limit', text: 'a\nb', max: 2, expected: ['| a', '| b'] },
    {
      name: 'counts the lines that it omits',
      text: 'a\nb\nc\nd',
      max: 2,
      expected: ['| a', '| b', '| … 2 more lines'],
    },
  ];
  test.each(rows)('$name', ({ text, max, expected }) => {
    expect(quoteLines(text, max)).toEqual(expected);
  });
});

describe('printable', () => {
  const rows = [
    {
      name: 'keeps a line of the log',
      line: 'Build     #42 in project demo: FAILED',
      expected: 'Build     #42 in project demo: FAILED',
    },
    {
      name: 'keeps an indented line of the log',
      line: '    0:14  running    Test',
      expected: '    0:14  running    Test',
    },
    { name: 'puts a bar before a command', line: '::error::x', expected: '| ::error::x' },
    { name: 'puts a bar before an indented command', line: ' \t::error::x', expected: '|  \t::error::x' },
    { name: 'keeps colons inside a line', line: 'a ::error::x', expected: 'a ::error::x' },
    { name: 'joins two lines', line: 'a\n::error::x', expected: 'a ::error::x' },
  ];
  test.each(rows)('$name', ({ line, expected }) => {
    expect(printable(line)).toBe(expected);
  });
});

describe('redactor', () => {
  const rows = [
    { name: 'replaces every occurrence', text: 'a token, the token', secrets: ['token'], expected: 'a ***, the ***' },
    {
      name: 'replaces the longest secret first',
      text: 'secret-and-more',
      secrets: ['secret', 'secret-and-more'],
      expected: '***',
    },
    {
      name: 'takes special characters of patterns literally',
      text: 'a+b(c) $&',
      secrets: ['a+b(c)'],
      expected: '*** $&',
    },
    { name: 'changes nothing without secrets', text: 'abc', secrets: [], expected: 'abc' },
  ];
  test.each(rows)('$name', ({ text, secrets, expected }) => {
    expect(redactor(secrets)(text)).toBe(expected);
  });
});

describe('visible', () => {
  const expected = (text: string) =>
    text.replace(/(?!\t)[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]/gu, '').replace(/\p{Cs}/gu, '\ufffd');

  test('treats every character as its Unicode classes say', () => {
    const characters = Array.from({ length: 0x11_0000 }, (_, code) => String.fromCodePoint(code));
    expect(characters.filter((character) => visible(character) !== expected(character))).toEqual([]);
  });

  test('treats texts as their characters', () => {
    const unit = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 1 }),
      fc.constantFrom(...'a \t\u2026\u200b\ud800\udc00'),
    );
    fc.assert(fc.property(fc.array(unit), (units) => visible(units.join('')) === expected(units.join(''))));
  });
});
