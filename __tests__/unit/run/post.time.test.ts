import { describe, expect, test } from '@jest/globals';
import { lost, wireRunning, wireStatus, yes } from '../../support/bkci.js';
import { LEFT, post } from '../../support/post.js';

describe('the minute that post has', () => {
  /** Six looks get no answer, the seventh shows the execution. */
  const LATE = { status: (at: number) => (at < 6 ? lost() : wireRunning()), stop: [yes(true)] };
  const deadlines = ({ sent }: Awaited<ReturnType<typeof post>>) => sent.map(({ deadlineMs }) => deadlineMs);

  test('is spent on looks that come ever more rarely', async () => {
    const { slept, requests } = await post({ status: () => wireStatus() }, { ...LEFT, phase: 'sending' });
    expect(slept).toEqual([0, 2000, 3000, 5000, 10_000, 10_000, 12_000]);
    expect(requests).toEqual(Array.from({ length: 7 }, () => 'GET status'));
  });

  test('gives a look ten seconds and the stop fifteen', async () => {
    expect(deadlines(await post({ status: [wireRunning()], stop: [yes(true)] }, LEFT))).toEqual([10_000, 15_000]);
  });

  test('leaves the stop what slow looks did not use', async () => {
    const posted = await post(LATE, LEFT, { takes: 7000 });
    expect([posted.at, deadlines(posted).at(-1)]).toEqual([56_000, 11_000]);
  });

  test('leaves the stop three seconds at least', async () => {
    expect(deadlines(await post(LATE, LEFT, { takes: 10_000 })).at(-1)).toBe(3000);
  });

  test.each([1000, 7000])('does not depend on where the clock begins, with requests of %s ms', async (takes) => {
    const begun = async (start: number) => {
      const posted = await post(LATE, LEFT, { takes, start });
      return { at: posted.at, slept: posted.slept, log: posted.log, deadlines: deadlines(posted) };
    };
    expect(await begun(1_000_000_000)).toEqual(await begun(0));
  });
});
