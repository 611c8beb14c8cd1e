import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { nextPause } from '../../../src/follow/poll.js';

const MIN = 60_000;

describe('the pause before the next read', () => {
  const rows = [
    { name: 'is two seconds at first', waited: 0, longest: 10_000, remaining: MIN, pause: 2000 },
    { name: 'stays at two seconds for a short build', waited: 20_000, longest: 10_000, remaining: MIN, pause: 2000 },
    { name: 'grows with the time waited', waited: MIN, longest: 10_000, remaining: MIN, pause: 5000 },
    {
      name: 'is never longer than the longest pause',
      waited: 10 * MIN,
      longest: 10_000,
      remaining: MIN,
      pause: 10_000,
    },
    { name: 'is never longer than the remaining time', waited: 10 * MIN, longest: 10_000, remaining: 700, pause: 700 },
    {
      name: 'is shorter than two seconds if the longest pause is',
      waited: 0,
      longest: 1000,
      remaining: MIN,
      pause: 1000,
    },
    { name: 'is 0 after the deadline', waited: 0, longest: 10_000, remaining: -5, pause: 0 },
  ];
  test.each(rows)('$name', ({ pause, ...times }) => {
    expect(nextPause(times)).toBe(pause);
  });

  test('never shrinks, and stays within its bounds', () => {
    const ms = fc.integer({ min: 0, max: 7200 * MIN });
    fc.assert(
      fc.property(ms, ms, fc.integer({ min: 1000, max: 300_000 }), (a, b, longest) => {
        const pause = (waited: number) => nextPause({ waited, longest, remaining: Number.POSITIVE_INFINITY });
        expect(pause(Math.min(a, b))).toBeLessThanOrEqual(pause(Math.max(a, b)));
        expect(pause(a)).toBeLessThanOrEqual(longest);
        expect(pause(a)).toBeGreaterThanOrEqual(Math.min(2000, longest));
      }),
    );
  });
});
