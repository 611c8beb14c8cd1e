import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type BackoffInput, MAX_SENDS, nextDelay, RESEND_BUDGET_MS } from '../../../src/retry/backoff.js';

const sends = (more: Partial<BackoffInput> = {}): BackoffInput => ({
  sent: 1,
  allowed: 5,
  leftMs: RESEND_BUDGET_MS,
  random: 0.5,
  ...more,
});
const again = (pauseMs: number) => ({ resend: true, pauseMs });
const stop = (reason: 'sends' | 'time' | 'retry-after') => ({ resend: false, reason });

describe('the next send', () => {
  const rows = [
    { name: 'the first pause', given: sends(), expected: again(2000) },
    { name: 'the second pause', given: sends({ sent: 2 }), expected: again(5000) },
    { name: 'the third pause', given: sends({ sent: 3 }), expected: again(12_000) },
    { name: 'the fourth pause', given: sends({ sent: 4 }), expected: again(30_000) },
    { name: 'five sends are all', given: sends({ sent: 5 }), expected: stop('sends') },
    {
      name: 'five are all whatever is allowed',
      given: sends({ sent: 5, allowed: Number.POSITIVE_INFINITY }),
      expected: stop('sends'),
    },
    { name: 'a bad certificate is never sent again', given: sends({ allowed: 1 }), expected: stop('sends') },
    { name: 'an unknown host is sent twice', given: sends({ allowed: 2 }), expected: again(2000) },
    { name: 'and no third time', given: sends({ sent: 2, allowed: 2 }), expected: stop('sends') },
    { name: 'the shortest pause', given: sends({ random: 0 }), expected: again(1600) },
    { name: 'the longest pause', given: sends({ random: 1 - Number.EPSILON }), expected: again(2400) },
    { name: 'no time for the pause', given: sends({ leftMs: 2000 }), expected: stop('time') },
    { name: 'just time for the pause', given: sends({ leftMs: 2001 }), expected: again(2000) },
    { name: 'no time left at all', given: sends({ leftMs: -1 }), expected: stop('time') },
    {
      name: 'what the server asks for, without jitter',
      given: sends({ retryAfterMs: 45_000, random: 0.9 }),
      expected: again(45_000),
    },
    { name: 'also when it is shorter than ours', given: sends({ sent: 4, retryAfterMs: 1000 }), expected: again(1000) },
    {
      name: 'what the server asks for is beyond the budget',
      given: sends({ retryAfterMs: 120_000 }),
      expected: stop('retry-after'),
    },
    {
      name: 'beyond what is left of it',
      given: sends({ retryAfterMs: 9000, leftMs: 8000 }),
      expected: stop('retry-after'),
    },
    {
      name: 'no further send even though the server would like one',
      given: sends({ sent: 5, retryAfterMs: 1 }),
      expected: stop('sends'),
    },
  ];
  test.each(rows)('$name', ({ given, expected }) => {
    expect(nextDelay(given)).toEqual(expected);
  });

  test('pauses grow, whatever chance says, and all of them fit into the budget', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { minLength: 4, maxLength: 4 }),
        (chances) => {
          let leftMs = RESEND_BUDGET_MS;
          const pauses = chances.map((random, at) => {
            const next = nextDelay(sends({ sent: at + 1, random, leftMs }));
            leftMs -= next.resend ? next.pauseMs : RESEND_BUDGET_MS;
            return next.resend ? next.pauseMs : Number.NaN;
          });
          expect(pauses).toEqual([...pauses].sort((a, b) => a - b));
          expect(leftMs).toBeGreaterThan(0);
        },
      ),
    );
  });

  test('five sends within two minutes', () => {
    expect({ MAX_SENDS, RESEND_BUDGET_MS }).toEqual({ MAX_SENDS: 5, RESEND_BUDGET_MS: 120_000 });
  });
});
