import { describe, expect, test } from '@jest/globals';
import { answer, lost, no, type Reply, wireDetail, wireRunning } from '../../support/bkci.js';
import { errorOf } from '../../support/errors.js';
import { follow, LINK, MIN, SUCCEED } from '../../support/poll.js';

describe('an outage', () => {
  const followWith = (replies: (at: number) => Reply) => follow(replies, { longestPause: 10_000 });

  test('of one read is not reported', async () => {
    const { end, fake } = followWith((at) => [wireRunning(), lost(), SUCCEED][at] ?? SUCCEED);
    expect((await end).result).toBe('succeeded');
    expect(fake.log().filter((line) => /^::|back/.test(line))).toEqual([]);
    expect(fake.recorder.recorded.debug).toContain('A look failed: connection reset');
  });

  test('of one unexpected answer is not reported', async () => {
    const { end, fake } = followWith((at) => [wireRunning(), answer('', { http: 418 })][at] ?? SUCCEED);
    expect((await end).result).toBe('succeeded');
    expect(fake.log().filter((line) => line.startsWith('::'))).toEqual([]);
  });

  test('of more than a minute has one warning, and one line at its end', async () => {
    const { end, fake } = followWith((at) =>
      at === 0 ? wireRunning() : at < 36 ? answer('', { http: 502 }) : SUCCEED,
    );
    await end;
    const lines = fake.log().filter((line) => /^::|back/.test(line));
    expect(lines).toEqual([
      expect.stringMatching(
        /^::warning::BK-CI has not answered for 1 min(?: \d s)? \(HTTP 502\)\. The build goes on; still trying\.$/,
      ),
      expect.stringMatching(/^ {4}\d:\d\d {2}back {7}after 2 min \d+ s$/),
    ]);
  });

  test('that repeats has a warning and a line each time', async () => {
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

  test('of one read is not reported even if reads are five minutes apart', async () => {
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
    const { end } = followWith((at) => (at === 0 ? wireRunning() : lost()));
    const error = await errorOf(() => end);
    expect([error.code, error.message]).toEqual([
      'not-delivered',
      expect.stringMatching(
        /^BK-CI has not answered for 5 min( \d+ s)? \(connection reset\); the build goes on without this step. See its result in BK-CI\. https:\S+\/b-1$/,
      ),
    ]);
  });

  test('is not an error before five minutes', async () => {
    const { end, fake } = follow((at) => (at === 0 ? wireRunning() : lost()), { longestPause: 2000 });
    const error = await errorOf(() => end);
    expect([error.code, error.message]).toEqual(['not-delivered', expect.stringContaining('for 5 min (connection')]);
    expect(fake.clock.now()).toBe(302_000);
  });

  test('restarts the ten minutes of silence when it ends', async () => {
    const replies = (at: number) => (at > 5 && at < 50 ? lost() : wireRunning());
    const { end, fake } = follow(replies, { longestPause: 2000, deadline: 12 * MIN, detail: () => wireDetail() });
    await end;
    expect(fake.log().filter((line) => /back|still {2}/.test(line))).toEqual([
      '    1:40  back       after 1 min 28 s',
      '   11:40  still      Test, 10 min',
    ]);
  });

  test('of unexpected answers is reported with their HTTP status', async () => {
    const { end } = followWith((at) => (at === 0 ? wireRunning() : answer('', { http: 418 })));
    const error = await errorOf(() => end);
    expect([error.code, error.message]).toEqual(['not-delivered', expect.stringContaining('(HTTP 418)')]);
  });

  test('at the deadline is a timeout', async () => {
    const { end } = follow((at) => (at === 0 ? wireRunning() : lost()), { deadline: 2 * MIN });
    expect(await end).toMatchObject({ result: 'timed-out' });
  });

  const final = [
    {
      name: 'an expired token',
      reply: answer('Verification failed : Access token expired in: 1', { http: 400 }),
      code: 'unauthorized',
    },
    { name: 'a withdrawn permission', reply: no(2101008, '', 403), code: 'forbidden' },
    { name: 'a missing build', reply: no(2101163, '', 404), code: 'not-found' },
  ];
  const consequence = new RegExp(`; the build goes on without this step\\..* ${LINK}$`);
  test.each(final)('is an error at once after $name', async ({ reply, code }) => {
    const { end, fake } = followWith((at) => (at === 0 ? wireRunning() : reply));
    const error = await errorOf(() => end);
    expect([error.code, error.message]).toEqual([code, expect.stringMatching(consequence)]);
    expect(fake.clock.now()).toBe(2000);
  });
});

describe('a pause that the server asks for', () => {
  const later = (seconds: number, http = 429) => answer('', { http, headers: { 'retry-after': String(seconds) } });
  /** When each look was, in seconds, with the lines of the log. */
  const looks = async (replies: readonly Reply[], options: Parameters<typeof follow>[1] = {}) => {
    const { end, fake } = follow((index) => replies[Math.min(index, replies.length - 1)], options);
    const { result } = await end;
    const at = [0];
    for (const ms of fake.clock.slept) at.push((at.at(-1) ?? 0) + ms / 1000);
    return { at, result, log: fake.log().filter((line) => /^::|back|paused/.test(line)) };
  };

  test.each([later(45), answer('', { http: 429, headers: { 'x-bkapi-ratelimit-reset': '45' } }), later(45, 503)])(
    'is kept: the next look is not earlier ($status)',
    async (reply) => {
      expect(await looks([wireRunning(), reply, SUCCEED])).toEqual({ at: [0, 2, 47], result: 'succeeded', log: [] });
    },
  );

  test('never makes a look come earlier', async () => {
    expect((await looks([wireRunning(), later(0), SUCCEED])).at).toEqual([0, 2, 4]);
  });

  test('has a line when it is over a minute', async () => {
    const { log } = await looks([wireRunning(), later(60), later(90), later(61, 502), SUCCEED]);
    expect(log).toEqual([
      '    1:02  paused     for 1 min 30 s, as the server asks',
      '    2:32  paused     for 1 min 1 s, as the server asks',
    ]);
  });

  test('ends at the deadline', async () => {
    const { at, result } = await looks([wireRunning(), later(600)], { deadline: 2 * MIN });
    expect([at, result]).toEqual([[0, 2, 120], 'timed-out']);
  });

  test('is no outage, however long it lasts', async () => {
    const { log, result } = await looks([wireRunning(), ...Array.from({ length: 20 }, () => later(50)), SUCCEED]);
    expect([log, result]).toEqual([[], 'succeeded']);
  });

  test.each([0, 1, 5])('of %d s, shorter than our own, does not hide an outage', async (seconds) => {
    const { end, fake } = follow((at) => (at === 0 ? wireRunning() : later(seconds, 503)), { deadline: 60 * MIN });
    const error = await errorOf(() => end);
    expect([error.code, error.message]).toEqual(['not-delivered', expect.stringMatching(/for 5 min.*\(HTTP 503\)/)]);
    expect(fake.log().filter((line) => line.startsWith('::warning'))).toHaveLength(1);
  });

  test('is no part of an outage around it', async () => {
    const out = Array.from({ length: 8 }, () => lost());
    const { log } = await looks([wireRunning(), ...out, later(5), ...out, SUCCEED]);
    expect(log).toEqual([]);
  });
});
