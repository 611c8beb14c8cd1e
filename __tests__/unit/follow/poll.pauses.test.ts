import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { nextPause } from '../../../src/follow/poll.js';
import { type End, endOf } from '../../../src/follow/watch.js';
import { whoseExecution } from '../../../src/model/execution.js';
import type { BuildStatus } from '../../../src/model/snapshot.js';
import { buildStatus, running } from '../../support/builds.js';

const MIN = 60_000;

describe('settle', () => {
  const before = buildStatus();
  const ended = (more: Partial<BuildStatus>) => buildStatus({ executeCount: 2, ...more });
  const rows: readonly { name: string; baseline?: BuildStatus; now: BuildStatus; result: End['result'] | undefined }[] =
    [
      { name: 'SUCCEED of the new execution is success', now: ended({ status: 'SUCCEED' }), result: 'succeeded' },
      { name: 'FAILED of the new execution is failure', now: ended({}), result: 'failed' },
      { name: 'QUEUE_TIMEOUT is failure', now: ended({ status: 'QUEUE_TIMEOUT' }), result: 'failed' },
      { name: 'a refused gate is failure', now: ended({ status: 'STAGE_SUCCESS' }), result: 'failed' },
      { name: 'CANCELED is cancelled', now: ended({ status: 'CANCELED' }), result: 'cancelled' },
      { name: 'the end of the execution before is no end', now: buildStatus(), result: undefined },
      {
        name: 'even when that was a success',
        baseline: buildStatus({ status: 'SUCCEED' }),
        now: buildStatus({ status: 'SUCCEED' }),
        result: undefined,
      },
      { name: 'a build that runs has no end', now: running(), result: undefined },
      { name: 'a gate that waits is no end', now: running({ status: 'STAGE_SUCCESS' }), result: undefined },
      {
        name: 'a state nobody knows is no end, with an end time or without',
        now: ended({ status: 'NEW' }),
        result: undefined,
      },
      { name: 'what is a success of a part is none of a build', now: ended({ status: 'SKIP' }), result: undefined },
    ];
  test.each(rows)('$name', ({ baseline = before, now, result }) => {
    expect(whoseExecution({ baseline }, now) !== 'before ours' ? endOf(now)?.result : undefined).toBe(result);
  });

  test('without a baseline every end counts, and is told with the look that shows it', () => {
    expect(endOf(buildStatus())).toEqual({ result: 'failed', status: buildStatus(), gateRefused: false });
    const refused = buildStatus({ status: 'STAGE_SUCCESS' });
    expect(endOf(refused)).toEqual({ result: 'failed', status: refused, gateRefused: true });
  });
});

describe('nextPause', () => {
  const rows = [
    { name: 'begins short', waited: 0, longest: 10_000, left: MIN, pause: 2000 },
    { name: 'stays short for a short build', waited: 20_000, longest: 10_000, left: MIN, pause: 2000 },
    { name: 'grows with the time waited', waited: MIN, longest: 10_000, left: MIN, pause: 5000 },
    { name: 'up to the longest', waited: 10 * MIN, longest: 10_000, left: MIN, pause: 10_000 },
    { name: 'is never longer than what is left', waited: 10 * MIN, longest: 10_000, left: 700, pause: 700 },
    { name: 'keeps to a longest below the first', waited: 0, longest: 1000, left: MIN, pause: 1000 },
    { name: 'is nothing past the deadline', waited: 0, longest: 10_000, left: -5, pause: 0 },
  ];
  test.each(rows)('$name', ({ pause, ...times }) => {
    expect(nextPause(times)).toBe(pause);
  });

  test('grows monotonously within its bounds', () => {
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
