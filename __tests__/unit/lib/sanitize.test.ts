import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { duration, listed, stopwatch } from '../../../src/lib/format.js';
import { cap, cleanLines, oneLine, printable, quote, quoteLines, redact } from '../../../src/lib/sanitize.js';

interface Row {
  readonly name: string;
  readonly text: string;
  readonly lines: readonly string[];
}

describe('cleanLines', () => {
  const rows: readonly Row[] = [
    { name: 'plain text stays', text: 'running 128 tests', lines: ['running 128 tests'] },
    { name: 'tabs and inner blanks stay', text: '\ta  b', lines: ['\ta  b'] },
    { name: 'scripts and emoji stay', text: '后台正在部署中，请稍后。 é 😀', lines: ['后台正在部署中，请稍后。 é 😀'] },
    { name: 'every line end makes a line', text: 'a\nb\r\nc\rd\ve\ff\u0085g\u2028h\u2029i', lines: [...'abcdefghi'] },
    { name: 'blanks at the end go', text: 'a  \nb\t', lines: ['a', 'b'] },
    { name: 'colours go', text: '\x1b[1;31mred\x1b[0m and \x1b[38;5;196mmore\x1b[m', lines: ['red and more'] },
    { name: 'cursor moves and erasing go', text: '\x1b[2K\x1b[1Gdone\x1b[?25h', lines: ['done'] },
    { name: '8-bit sequences go', text: '\u009b31mred\u009b0m', lines: ['red'] },
    {
      name: 'titles go',
      text: '\x1b]0;evil title\x07text\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\',
      lines: ['textlink'],
    },
    { name: 'an open title ends with its line', text: '\x1b]0;never closed\nnext', lines: ['', 'next'] },
    { name: 'what tput sgr0 prints goes', text: '\x1b(B\x1b[mdone', lines: ['done'] },
    { name: 'private two-character sequences go', text: '\x1b=\x1b7a\x1b8\x1b>', lines: ['a'] },
    { name: 'controls go', text: 'a\u0000b\u0007c\u007fd\u009ce', lines: ['abcde'] },
    {
      name: 'zero-width and bidirectional marks go',
      text: 'a\u200bb\u200fc\u202ed\u2060e\ufefff\u00adg',
      lines: ['abcdefg'],
    },
    { name: 'variation selectors and fillers go', text: 'a\ufe0fb\u3164c\u{e0041}d', lines: ['abcd'] },
    { name: 'half a character is replaced', text: 'a\ud83db\ude00c', lines: ['a\ufffdb\ufffdc'] },
    { name: 'a v1 command is broken', text: 'x ##[error]y ###[group]z', lines: ['x ##\\[error]y ###\\[group]z'] },
    {
      name: 'a v1 command put together by removal is broken',
      text: '#\x1b[0m#\u200b[error]x',
      lines: ['##\\[error]x'],
    },
    { name: 'nothing is one empty line', text: '', lines: [''] },
  ];
  test.each(rows)('$name', ({ text, lines }) => {
    expect(cleanLines(text)).toEqual(lines);
  });

  test('a line is cut at 1,000 characters and says so', () => {
    expect(cleanLines(`${'x'.repeat(1001)}\n${'y'.repeat(1000)}`)).toEqual([`${'x'.repeat(999)}…`, 'y'.repeat(1000)]);
  });
});

describe('cap', () => {
  const rows = [
    { name: 'short text stays', text: 'abc', max: 3, expected: 'abc' },
    { name: 'long text ends in …', text: 'abcd', max: 3, expected: 'ab…' },
    { name: 'one character leaves …', text: 'abcd', max: 1, expected: '…' },
    { name: 'a character of two units is not cut through', text: 'a😀😀', max: 3, expected: 'a…' },
    { name: 'a whole one before the cut stays', text: 'a😀bc', max: 4, expected: 'a😀…' },
  ];
  test.each(rows)('$name', ({ text, max, expected }) => {
    expect(cap(text, max)).toBe(expected);
  });

  test('never splits a character and never grows', () => {
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
    { name: 'lines become one', text: 'a\nb\r\n\r\nc', expected: 'a b c' },
    { name: 'white space shrinks', text: '  a \t  b\u3000c  ', expected: 'a b c' },
    { name: 'nothing stays nothing', text: ' \n ', expected: '' },
  ];
  test.each(rows)('$name', ({ text, expected }) => {
    expect(oneLine(text)).toBe(expected);
    expect(quote(text)).toBe(`“${expected}”`);
  });

  test('cut at 300 characters, or where the caller wants it', () => {
    expect(oneLine('x'.repeat(301))).toBe(`${'x'.repeat(299)}…`);
    expect(quote('x'.repeat(20), 5)).toBe('“xxxx…”');
  });
});

describe('quoteLines', () => {
  const rows = [
    { name: 'each line gets its bar', text: 'a\nb', max: 20, expected: ['| a', '| b'] },
    { name: 'empty lines are left out', text: '\n\na\n\n', max: 20, expected: ['| a'] },
    { name: 'no text is no line', text: '', max: 20, expected: [] },
    { name: 'as many as may be are all', text: 'a\nb', max: 2, expected: ['| a', '| b'] },
    { name: 'what is left out is counted', text: 'a\nb\nc\nd', max: 2, expected: ['| a', '| b', '| … 2 more lines'] },
  ];
  test.each(rows)('$name', ({ text, max, expected }) => {
    expect(quoteLines(text, max)).toEqual(expected);
  });
});

describe('printable', () => {
  const rows = [
    {
      name: 'a line of ours stays',
      line: 'Build     #42 in project demo: FAILED',
      expected: 'Build     #42 in project demo: FAILED',
    },
    {
      name: 'an indented line of ours stays',
      line: '    0:14  running    Test',
      expected: '    0:14  running    Test',
    },
    { name: 'a command gets a bar', line: '::error::x', expected: '| ::error::x' },
    { name: 'an indented command gets a bar', line: ' \t::error::x', expected: '|  \t::error::x' },
    { name: 'colons inside stay', line: 'a ::error::x', expected: 'a ::error::x' },
    { name: 'two lines become one', line: 'a\n::error::x', expected: 'a ::error::x' },
  ];
  test.each(rows)('$name', ({ line, expected }) => {
    expect(printable(line)).toBe(expected);
  });
});

describe('redact', () => {
  const rows = [
    { name: 'every occurrence', text: 'a token, the token', secrets: ['token'], expected: 'a ***, the ***' },
    { name: 'the longest first', text: 'secret-and-more', secrets: ['secret', 'secret-and-more'], expected: '***' },
    { name: 'signs of a pattern are plain', text: 'a+b(c) $&', secrets: ['a+b(c)'], expected: '*** $&' },
    { name: 'without secrets nothing', text: 'abc', secrets: [], expected: 'abc' },
  ];
  test.each(rows)('$name', ({ text, secrets, expected }) => {
    expect(redact(text, secrets)).toBe(expected);
  });
});

describe('listed', () => {
  const rows = [
    { name: 'none', items: [], last: undefined, expected: '' },
    { name: 'one', items: ['a'], last: undefined, expected: 'a' },
    { name: 'two', items: ['a', 'b'], last: undefined, expected: 'a and b' },
    { name: 'three', items: ['a', 'b', 'c'], last: 'or', expected: 'a, b or c' },
  ];
  test.each(rows)('$name', ({ items, last, expected }) => {
    expect(listed(items, last)).toBe(expected);
  });
});

describe('spans of time', () => {
  const [S, MIN, H, D] = [1000, 60_000, 3_600_000, 86_400_000];
  const rows = [
    { name: 'nothing', ms: 0, words: '0 s', column: '0:00' },
    { name: 'less than half a second', ms: 499, words: '0 s', column: '0:00' },
    { name: 'before the start', ms: -5000, words: '0 s', column: '0:00' },
    { name: 'seconds', ms: 14 * S, words: '14 s', column: '0:14' },
    { name: 'a minute', ms: MIN, words: '1 min', column: '1:00' },
    { name: 'almost a minute', ms: MIN - 400, words: '59 s', column: '0:59' },
    { name: 'minutes and seconds', ms: 3 * MIN + 48 * S, words: '3 min 48 s', column: '3:48' },
    { name: 'an hour', ms: H, words: '1 h', column: '1:00:00' },
    { name: 'hours, minutes; seconds are left out', ms: H + 2 * MIN + 3 * S, words: '1 h 2 min', column: '1:02:03' },
    { name: 'an hour and some seconds', ms: H + 5 * S, words: '1 h', column: '1:00:05' },
    { name: 'days', ms: 3 * D + 4 * H, words: '3 d 4 h', column: '76:00:00' },
  ];
  test.each(rows)('$name', ({ ms, words, column }) => {
    expect({ words: duration(ms), column: stopwatch(ms) }).toEqual({ words, column });
  });
});
