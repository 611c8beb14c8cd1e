import { describe, expect, test } from '@jest/globals';
import { ago, duration, listed, stopwatch } from '../../../src/lib/format.js';

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

describe('duration and stopwatch', () => {
  const [S, MIN, H, D] = [1000, 60_000, 3_600_000, 86_400_000];
  const rows = [
    { name: 'zero', ms: 0, words: '0 s', column: '0:00' },
    { name: 'less than half a second', ms: 499, words: '0 s', column: '0:00' },
    { name: 'a negative duration', ms: -5000, words: '0 s', column: '0:00' },
    { name: 'seconds', ms: 14 * S, words: '14 s', column: '0:14' },
    { name: 'a minute', ms: MIN, words: '1 min', column: '1:00' },
    { name: 'almost a minute', ms: MIN - 400, words: '59 s', column: '0:59' },
    { name: 'minutes and seconds', ms: 3 * MIN + 48 * S, words: '3 min 48 s', column: '3:48' },
    { name: 'an hour', ms: H, words: '1 h', column: '1:00:00' },
    {
      name: 'hours and minutes; duration omits the seconds',
      ms: H + 2 * MIN + 3 * S,
      words: '1 h 2 min',
      column: '1:02:03',
    },
    { name: 'an hour and some seconds; duration omits the seconds', ms: H + 5 * S, words: '1 h', column: '1:00:05' },
    { name: 'days', ms: 3 * D + 4 * H, words: '3 d 4 h', column: '76:00:00' },
  ];
  test.each(rows)('$name', ({ ms, words, column }) => {
    expect({ words: duration(ms), column: stopwatch(ms) }).toEqual({ words, column });
  });
});

describe('ago', () => {
  test.each([
    [0, '0 s ago'],
    [59_000, '59 s ago'],
    [7_500_000, '2 h ago'],
    [200_000_000, '2 d ago'],
    [-1000, '0 s ago'],
  ])('%d ms: %s', (ms, words) => {
    expect(ago(ms)).toBe(words);
  });
});
