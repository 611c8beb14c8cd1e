import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type BackoffInput, MAX_SENDS, nextDelay, RESEND_BUDGET_MS } from '../../../src/retry/backoff.js';

const inputWith = (more: Partial<BackoffInput> = {}): BackoffInput => ({
  sent: 1,
  allowed: 5,
  leftMs: RESEND_BUDGET_MS,
  random: 0.5,
  ...more,
});
const resend = (pauseMs: number) => ({ resend: true, pauseMs });
const giveUp = (reason: 'sends' | 'time' | 'retry-after') => ({ resend: false, reason });

describe('the delay before the next send', () => {
  const rows = [
    { name: 'is 2 s after the first send', input: inputWith(), expected: resend(2000) },
    { name: 'is 5 s after the second send', input: inputWith({ sent: 2 }), expected: resend(5000) },
    { name: 'is 12 s after the third send', input: inputWith({ sent: 3 }), expected: resend(12_000) },
    { name: 'is 30 s after the fourth send', input: inputWith({ sent: 4 }), expected: resend(30_000) },
    { name: 'does not exist after five sends', input: inputWith({ sent: 5 }), expected: giveUp('sends') },
    {
      name: 'does not exist after five sends even if more are allowed',
      input: inputWith({ sent: 5, allowed: Number.POSITIVE_INFINITY }),
      expected: giveUp('sends'),
    },
    {
      name: 'does not exist if one send is allowed, as after a bad certificate',
      input: inputWith({ allowed: 1 }),
      expected: giveUp('sends'),
    },
    {
      name: 'exists after the first of two sends, as to an unknown host',
      input: inputWith({ allowed: 2 }),
      expected: resend(2000),
    },
    {
      name: 'does not exist after the second of two sends',
      input: inputWith({ sent: 2, allowed: 2 }),
      expected: giveUp('sends'),
    },
    { name: 'is a fifth shorter at most', input: inputWith({ random: 0 }), expected: resend(1600) },
    { name: 'is a fifth longer at most', input: inputWith({ random: 1 - Number.EPSILON }), expected: resend(2400) },
    {
      name: 'does not exist if it would end with the budget',
      input: inputWith({ leftMs: 2000 }),
      expected: giveUp('time'),
    },
    { name: 'exists if it ends just within the budget', input: inputWith({ leftMs: 2001 }), expected: resend(2000) },
    { name: 'does not exist if the budget is used up', input: inputWith({ leftMs: -1 }), expected: giveUp('time') },
    {
      name: 'is Retry-After, without jitter',
      input: inputWith({ retryAfterMs: 45_000, random: 0.9 }),
      expected: resend(45_000),
    },
    {
      name: 'is Retry-After even if it is shorter',
      input: inputWith({ sent: 4, retryAfterMs: 1000 }),
      expected: resend(1000),
    },
    {
      name: 'does not exist if Retry-After is as long as the budget',
      input: inputWith({ retryAfterMs: 120_000 }),
      expected: giveUp('retry-after'),
    },
    {
      name: 'does not exist if Retry-After is longer than the rest of the budget',
      input: inputWith({ retryAfterMs: 9000, leftMs: 8000 }),
      expected: giveUp('retry-after'),
    },
    {
      name: 'does not exist after five sends even with Retry-After',
      input: inputWith({ sent: 5, retryAfterMs: 1 }),
      expected: giveUp('sends'),
    },
  ];
  test.each(rows)('$name', ({ input, expected }) => {
    expect(nextDelay(input)).toEqual(expected);
  });

  test('grows for any jitter, and all delays fit into the budget', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { minLength: 4, maxLength: 4 }),
        (randoms) => {
          let leftMs = RESEND_BUDGET_MS;
          const pauses = randoms.map((random, at) => {
            const next = nextDelay(inputWith({ sent: at + 1, random, leftMs }));
            leftMs -= next.resend ? next.pauseMs : RESEND_BUDGET_MS;
            return next.resend ? next.pauseMs : Number.NaN;
          });
          expect(pauses).toEqual([...pauses].sort((a, b) => a - b));
          expect(leftMs).toBeGreaterThan(0);
        },
      ),
    );
  });

  test('is limited to five sends in two minutes', () => {
    expect({ MAX_SENDS, RESEND_BUDGET_MS }).toEqual({ MAX_SENDS: 5, RESEND_BUDGET_MS: 120_000 });
  });
});
