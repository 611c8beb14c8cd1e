import { describe, expect, test } from '@jest/globals';
import { accepted, ends, failedIn, type Played, play, posts, runs } from '../../support/attempts.js';
import { executions, type Reply, unreached, wireStatus } from '../../support/bkci.js';

const AGAIN = { wait: 'true', maxAttempts: '3' };
const FOUND = [wireStatus()];
const many = (count: number, reply: () => Reply) => Array.from({ length: count }, reply);

describe('a build that fails again late', () => {
  test('is not retried past the deadline, and nothing is read for it', async () => {
    const looks = [...Array.from({ length: 9 }, () => runs(2)), ends(2, 'FAILED')];
    const played = play(
      { ...executions([accepted(2)], FOUND, looks), detail: () => failedIn(2) },
      { ...AGAIN, timeoutMinutes: '0.3' },
    );
    expect(await played.outcome).toEqual({ result: 'failed', gateRefused: false });
    expect([played.clock.now(), posts(played)]).toEqual([18_000, ['POST retry']]);
    expect(played.bkci.requests.filter((request) => request === 'GET detail')).toHaveLength(1);
    expect(played.log().at(-1)).toBe('Attempt   2 of 3 is not started: timeoutMinutes is used up');
  });

  test('is not sent again past the deadline either', async () => {
    const retries = [accepted(2), ...Array.from({ length: 5 }, () => unreached())];
    const looks = [...Array.from({ length: 7 }, () => runs(2)), ends(2, 'FAILED')];
    const played = play(
      { ...executions(retries, FOUND, looks, [ends(2, 'FAILED')]), detail: () => failedIn(2) },
      { ...AGAIN, timeoutMinutes: '0.4' },
    );
    expect(await played.outcome).toEqual({ result: 'failed', gateRefused: false });
    expect(played.clock.now()).toBeLessThanOrEqual(24_000);
    expect(posts(played).length).toBeLessThan(5);
  });

  test('is not retried when the look before that took too long', async () => {
    const slow = async () => {
      played.clock.advance(10 * 60_000);
      return ends(2, 'FAILED');
    };
    const script = { ...executions([accepted(2)], FOUND, [ends(2, 'FAILED'), slow]), detail: () => failedIn(2) };
    const played: Played = play(script, { ...AGAIN, timeoutMinutes: '5' });
    expect(await played.outcome).toEqual({ result: 'failed', gateRefused: false });
    expect(posts(played)).toEqual(['POST retry']);
    expect(played.log().at(-1)).toBe('Attempt   2 of 3 is not started: timeoutMinutes is used up');
  });

  test('is waited for in what the attempt before has left', async () => {
    const looks = [FOUND, [...many(8, () => runs(2)), ends(2, 'FAILED')], [ends(3, 'SUCCEED')]];
    const script = { ...executions([accepted(2), accepted(3)], ...looks), detail: () => failedIn(2) };
    const played = play(script, { ...AGAIN, timeoutMinutes: '5' });
    await played.outcome;
    expect(played.log().filter((line) => line.startsWith('Accepted'))).toEqual([
      'Accepted  execution 2, waiting up to 5 min',
      'Accepted  execution 3, waiting up to 4 min 44 s',
    ]);
  });

  test('has two minutes of its own to get its retry through', async () => {
    const looks = [FOUND, [...many(60, () => runs(2)), ends(2, 'FAILED')], [ends(2, 'FAILED')], [ends(3, 'SUCCEED')]];
    const script = { ...executions([accepted(2), unreached(), accepted(3)], ...looks), detail: () => failedIn(2) };
    const played = play(script, AGAIN);
    expect(await played.outcome).toEqual({ result: 'succeeded' });
    expect(posts(played)).toHaveLength(3);
  });
});

describe('the time that is told', () => {
  test('of an attempt is its own', async () => {
    const looks = [FOUND, [runs(2), runs(2), ends(2, 'FAILED')], [runs(3), ends(3, 'FAILED')]];
    const script = { ...executions([accepted(2), accepted(3)], ...looks), detail: (at: number) => failedIn(at + 2) };
    const played = play(script, { ...AGAIN, maxAttempts: '2' });
    await played.outcome;
    expect(played.context.state.record.attempts.map(({ durationMs }) => durationMs)).toEqual([4000, 2000]);
  });

  test('in the lines of a later attempt goes on from the first', async () => {
    const looks = [FOUND, [runs(2), runs(2), ends(2, 'FAILED')], [runs(3), ends(3, 'SUCCEED')]];
    const played = play({ ...executions([accepted(2), accepted(3)], ...looks), detail: () => failedIn(2) }, AGAIN);
    await played.outcome;
    expect(played.log().filter((line) => /^ +\d/.test(line))).toEqual([
      '    0:00  running    Test',
      '    0:04  running    Test',
    ]);
  });

  test('does not count the reading of why it failed', async () => {
    const detail = async () => {
      played.clock.advance(30_000);
      return failedIn(2);
    };
    const script = { ...executions([accepted(2)], FOUND, [runs(2), ends(2, 'FAILED')]), detail: [detail] };
    const played: Played = play(script, { wait: 'true' });
    await played.outcome;
    const { elapsedMs, attempts } = played.context.state.record;
    expect([elapsedMs, attempts.map((attempt) => attempt.durationMs)]).toEqual([2000, [2000]]);
  });
});
