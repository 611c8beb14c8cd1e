import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { lengthOf, nextPause, type PauseInput } from '../../../src/follow/pause.js';
import { buildStatus, NOON, stageStatus } from '../../support/builds.js';

const MIN = 60_000;
const OPEN = { longest: 10_000, remaining: 600 * MIN };

interface Row extends Partial<PauseInput> {
  readonly name: string;
  readonly waited: number;
  readonly pause: number;
}

describe('the pause before the next read', () => {
  const rows: readonly Row[] = [
    { name: 'is two seconds at first', waited: 0, pause: 2000 },
    { name: 'stays at two seconds for a short build', waited: 20_000, pause: 2000 },
    { name: 'grows with the time waited', waited: MIN, pause: 5000 },
    { name: 'is never longer than the longest pause', waited: 10 * MIN, pause: 10_000 },
    { name: 'is never longer than the remaining time', waited: 10 * MIN, remaining: 700, pause: 700 },
    { name: 'is shorter than two seconds if the longest pause is', waited: 0, longest: 1000, pause: 1000 },
    { name: 'is 0 after the deadline', waited: 0, remaining: -5, pause: 0 },
    { name: 'is long while the end is far', waited: 0, expected: 10 * MIN, pause: 10_000 },
    { name: 'is a quarter of the time left', waited: 4 * MIN, expected: 4 * MIN + 20_000, pause: 5000 },
    { name: 'is two seconds when the end is expected', waited: 5 * MIN, expected: 5 * MIN, pause: 2000 },
    { name: 'grows with the time since then', waited: 6 * MIN, expected: 5 * MIN, pause: 5000 },
    { name: 'is long again long after that', waited: 60 * MIN, expected: 5 * MIN, pause: 10_000 },
    { name: 'is one second after a stage has failed', waited: 10 * MIN, isEnding: true, pause: 1000 },
    { name: 'ends at the deadline after a stage has failed', waited: MIN, isEnding: true, remaining: 300, pause: 300 },
  ];
  test.each(rows)('$name', ({ name: _, pause, ...input }) => {
    expect(nextPause({ ...OPEN, ...input })).toBe(pause);
  });

  const ms = fc.integer({ min: 0, max: 7200 * MIN });
  const longest = fc.integer({ min: 1000, max: 300_000 });
  const pauseAt = (input: Pick<PauseInput, 'waited' | 'expected' | 'longest'>) =>
    nextPause({ ...input, remaining: Number.POSITIVE_INFINITY });

  test('stays within its bounds', () => {
    fc.assert(
      fc.property(ms, fc.option(ms, { nil: undefined }), longest, (waited, expected, longest) => {
        const pause = pauseAt({ waited, expected, longest });
        expect(pause).toBeLessThanOrEqual(longest);
        expect(pause).toBeGreaterThanOrEqual(Math.min(2000, longest));
      }),
    );
  });

  test('shrinks until the end is expected, and then grows', () => {
    fc.assert(
      fc.property(ms, ms, ms, longest, (a, b, expected, longest) => {
        const [early, late] = [Math.min(a, b), Math.max(a, b)];
        const until = (waited: number) => pauseAt({ waited, expected: early + late, longest });
        expect(until(late)).toBeLessThanOrEqual(until(early));
        const since = (waited: number) => pauseAt({ waited: waited + expected, expected, longest });
        expect(since(late)).toBeGreaterThanOrEqual(since(early));
      }),
    );
  });

  test('never skips the moment at which the end is expected by more than two seconds', () => {
    fc.assert(
      fc.property(ms, ms, longest, (waited, left, longest) => {
        const pause = pauseAt({ waited, expected: waited + left, longest });
        expect(pause).toBeLessThanOrEqual(Math.max(2000, left));
      }),
    );
  });
});

describe('the length of an execution', () => {
  const timed = [
    stageStatus({ stageId: 'stage-2', status: 'SUCCEED', durationMs: 95_000 }),
    stageStatus({ durationMs: 228_000 }),
    stageStatus({ stageId: 'stage-4', status: undefined }),
  ];
  const times = { startTime: NOON, endTime: NOON + 5 * MIN };
  const rows = [
    { name: 'of the first one is from its start to its end', status: times, length: 5 * MIN },
    {
      name: 'of the first one without an end is that of its stages',
      status: { endTime: 0, stages: timed },
      length: 323_000,
    },
    {
      name: 'of a later one is that of its stages',
      status: { ...times, executeCount: 2, stages: timed },
      length: 323_000,
    },
    {
      name: 'of an uncounted one is that of its stages',
      status: { ...times, executeCount: undefined, stages: timed },
      length: 323_000,
    },
    { name: 'of a later one is not known without them', status: { ...times, executeCount: 2 }, length: undefined },
    {
      name: 'of a later one is not known if one of them is missing',
      status: { ...times, executeCount: 2, stages: [...timed, stageStatus()] },
      length: undefined,
    },
    {
      name: 'without any time is not known',
      status: { startTime: undefined, endTime: undefined, stages: [] },
      length: undefined,
    },
  ];
  test.each(rows)('$name', ({ status, length }) => {
    expect(lengthOf(buildStatus(status))).toBe(length);
  });
});
