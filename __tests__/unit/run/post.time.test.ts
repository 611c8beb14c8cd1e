import { describe, expect, test } from '@jest/globals';
import { lost, wireRunning, wireStatus, yes } from '../../support/bkci.js';
import { runPostWith, SAVED } from '../../support/post.js';

describe('the time limit of post', () => {
  /** Six reads get no answer, the seventh shows the execution. */
  const SEVENTH_READ_ANSWERED = { status: (at: number) => (at < 6 ? lost() : wireRunning()), stop: [yes(true)] };
  const deadlines = ({ sent }: Awaited<ReturnType<typeof runPostWith>>) => sent.map(({ deadlineMs }) => deadlineMs);

  test('allows seven reads with growing pauses', async () => {
    const { slept, requests } = await runPostWith({ status: () => wireStatus() }, { ...SAVED, phase: 'sending' });
    expect(slept).toEqual([0, 2000, 3000, 5000, 10_000, 10_000, 12_000]);
    expect(requests).toEqual(Array.from({ length: 7 }, () => 'GET status'));
  });

  test('gives a read ten seconds, the stop fifteen, and each look for the end five', async () => {
    const ended = wireRunning({ status: 'CANCELED', endTime: 4_000_000 });
    expect(deadlines(await runPostWith({ status: [wireRunning(), ended], stop: [yes(true)] }, SAVED))).toEqual([
      10_000, 15_000, 5000,
    ]);
  });

  test('gives the stop the rest of the time after slow reads', async () => {
    const result = await runPostWith(SEVENTH_READ_ANSWERED, SAVED, { requestMs: 7000 });
    expect([result.elapsedMs, deadlines(result).at(-1)]).toEqual([56_000, 11_000]);
  });

  test('gives the stop at least three seconds', async () => {
    expect(deadlines(await runPostWith(SEVENTH_READ_ANSWERED, SAVED, { requestMs: 10_000 })).at(-1)).toBe(3000);
  });

  test.each([1000, 7000])(
    'does not depend on the start time of the clock, with requests of %s ms',
    async (requestMs) => {
      const runFrom = async (start: number) => {
        const result = await runPostWith(SEVENTH_READ_ANSWERED, SAVED, { requestMs, start });
        return { elapsedMs: result.elapsedMs, slept: result.slept, log: result.log, deadlines: deadlines(result) };
      };
      expect(await runFrom(1_000_000_000)).toEqual(await runFrom(0));
    },
  );
});
