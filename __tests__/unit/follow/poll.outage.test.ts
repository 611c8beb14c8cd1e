import { describe, expect, test } from '@jest/globals';
import { answer, lost, no, type Reply, wireDetail, wireRunning } from '../../support/bkci.js';
import { errorOf } from '../../support/errors.js';
import { follow, LINK, MIN, SUCCEED } from '../../support/poll.js';

describe('an outage', () => {
  const during = (replies: (at: number) => Reply) => follow(replies, { longestPause: 10_000 });

  test('of one look is nothing', async () => {
    const { end, fake } = during((at) => [wireRunning(), lost(), SUCCEED][at] ?? SUCCEED);
    expect((await end).result).toBe('succeeded');
    expect(fake.log().filter((line) => /^::|back/.test(line))).toEqual([]);
    expect(fake.recorder.recorded.debug).toContain('A look failed: connection reset');
  });

  test('of one answer that makes no sense is nothing either', async () => {
    const { end, fake } = during((at) => [wireRunning(), answer('', { http: 418 })][at] ?? SUCCEED);
    expect((await end).result).toBe('succeeded');
    expect(fake.log().filter((line) => line.startsWith('::'))).toEqual([]);
  });

  test('of more than a minute is one warning and one line at its end', async () => {
    const fake = during((at) => (at === 0 ? wireRunning() : at < 36 ? answer('', { http: 502 }) : SUCCEED));
    await fake.end;
    const lines = fake.fake.log().filter((line) => /^::|back/.test(line));
    expect(lines).toEqual([
      expect.stringMatching(
        /^::warning::BK-CI has not answered for 1 min(?: \d s)? \(HTTP 502\)\. The build goes on; still trying\.$/,
      ),
      expect.stringMatching(/^ {4}\d:\d\d {2}back {7}after 2 min \d+ s$/),
    ]);
  });

  test('and another one are two warnings, each with the line at its end', async () => {
    const isOut = (at: number) => (at > 5 && at < 50) || (at > 60 && at < 110);
    const replies = (at: number) => (isOut(at) ? lost() : at < 120 ? wireRunning() : SUCCEED);
    const { end, fake } = follow(replies, { longestPause: 2000, detail: () => wireDetail() });
    await end;
    const lines = fake.log().filter((line) => /^::|back/.test(line));
    expect(lines).toEqual([
      expect.stringMatching(/^::warning::BK-CI has not answered for 1 min \(connection reset\)\./),
      '    1:40  back       after 1 min 28 s',
      expect.stringMatching(/^::warning::BK-CI has not answered for 1 min \(connection reset\)\./),
      '    3:40  back       after 1 min 38 s',
    ]);
  });

  test('of one look is nothing even when looks are five minutes apart', async () => {
    const { end, fake } = follow((at) => [wireRunning(), lost(), SUCCEED][at - 90] ?? wireRunning(), {
      longestPause: 300_000,
      deadline: 24 * 60 * MIN,
      detail: () => wireDetail({}, { status: 'RUNNING' }),
    });
    expect((await end).result).toBe('succeeded');
    expect(fake.log().filter((line) => /^::|back/.test(line))).toEqual([]);
    expect(fake.clock.slept.slice(-2)).toEqual([300_000, 30_000]);
  });

  test('of five minutes is an error', async () => {
    const { end } = during((at) => (at === 0 ? wireRunning() : lost()));
    const error = await errorOf(() => end);
    expect([error.code, error.message]).toEqual([
      'not-delivered',
      expect.stringMatching(
        /^BK-CI has not answered for 5 min( \d+ s)? \(connection reset\); the build goes on without this step. See its result in BK-CI\. https:\S+\/b-1$/,
      ),
    ]);
  });

  test('is an error after five minutes, not before', async () => {
    const { end, fake } = follow((at) => (at === 0 ? wireRunning() : lost()), { longestPause: 2000 });
    const error = await errorOf(() => end);
    expect([error.code, error.message]).toEqual(['not-delivered', expect.stringContaining('for 5 min (connection')]);
    expect(fake.clock.now()).toBe(302_000);
  });

  test('leaves ten minutes of silence to begin at its end', async () => {
    const replies = (at: number) => (at > 5 && at < 50 ? lost() : wireRunning());
    const { end, fake } = follow(replies, { longestPause: 2000, deadline: 12 * MIN, detail: () => wireDetail() });
    await end;
    expect(fake.log().filter((line) => /back|still {2}/.test(line))).toEqual([
      '    1:40  back       after 1 min 28 s',
      '   11:40  still      Test, 10 min',
    ]);
  });

  test('of answers that make no sense is told by their number', async () => {
    const { end } = during((at) => (at === 0 ? wireRunning() : answer('', { http: 418 })));
    const error = await errorOf(() => end);
    expect([error.code, error.message]).toEqual(['not-delivered', expect.stringContaining('(HTTP 418)')]);
  });

  test('past the deadline is a timeout', async () => {
    const { end } = follow((at) => (at === 0 ? wireRunning() : lost()), { deadline: 2 * MIN });
    expect(await end).toMatchObject({ result: 'timed-out' });
  });

  const final = [
    {
      name: 'a token that expired',
      reply: answer('Verification failed : Access token expired in: 1', { http: 400 }),
      code: 'unauthorized',
    },
    { name: 'a permission that was withdrawn', reply: no(2101008, '', 403), code: 'forbidden' },
    { name: 'a build that is gone', reply: no(2101163, '', 404), code: 'not-found' },
  ];
  const consequence = new RegExp(`; the build goes on without this step\\..* ${LINK}$`);
  test.each(final)('that can’t heal ends the wait at once: $name', async ({ reply, code }) => {
    const { end, fake } = during((at) => (at === 0 ? wireRunning() : reply));
    const error = await errorOf(() => end);
    expect([error.code, error.message]).toEqual([code, expect.stringMatching(consequence)]);
    expect(fake.clock.now()).toBe(2000);
  });
});
