import { describe, expect, test } from '@jest/globals';
import {
  acceptedAs,
  endedIn,
  failedDetail,
  postRequests,
  runningIn,
  type StartedAttempts,
  startAttempts,
} from '../../support/attempts.js';
import { executions, no, type Reply, unreached, wireRunning, wireStatus, yes } from '../../support/bkci.js';

const THREE_ATTEMPTS = { wait: 'true', maxAttempts: '3' };
const FAILED_BUILD = [wireStatus()];
const repeat = (count: number, reply: () => Reply) => Array.from({ length: count }, reply);

describe('a build that fails again near the deadline', () => {
  test('is not retried after the deadline, and is not read for a further attempt', async () => {
    const statuses = [...repeat(9, () => runningIn(2)), endedIn(2, 'FAILED')];
    const run = startAttempts(
      { ...executions([acceptedAs(2)], FAILED_BUILD, statuses), detail: () => failedDetail(2) },
      { ...THREE_ATTEMPTS, timeoutMinutes: '0.3' },
    );
    expect(await run.outcome).toEqual({ result: 'failed', gateRefused: false });
    expect([run.clock.now(), postRequests(run)]).toEqual([18_000, ['POST retry']]);
    expect(run.bkci.requests.filter((request) => request === 'GET detail')).toHaveLength(1);
    expect(run.log().at(-1)).toBe('Attempt   2 of 3 is not started: timeoutMinutes is used up');
  });

  test('is sent no request again after the deadline', async () => {
    const retries = [acceptedAs(2), ...repeat(5, () => unreached())];
    const statuses = [...repeat(7, () => runningIn(2)), endedIn(2, 'FAILED')];
    const run = startAttempts(
      { ...executions(retries, FAILED_BUILD, statuses, [endedIn(2, 'FAILED')]), detail: () => failedDetail(2) },
      { ...THREE_ATTEMPTS, timeoutMinutes: '0.4' },
    );
    expect(await run.outcome).toEqual({ result: 'failed', gateRefused: false });
    expect(run.clock.now()).toBeLessThanOrEqual(24_000);
    expect(postRequests(run).length).toBeLessThan(5);
  });

  test('is not retried when the read before the attempt ended after the deadline', async () => {
    const slow = async () => {
      run.clock.advance(10 * 60_000);
      return endedIn(2, 'FAILED');
    };
    const script = {
      ...executions([acceptedAs(2)], FAILED_BUILD, [endedIn(2, 'FAILED'), slow]),
      detail: () => failedDetail(2),
    };
    const run: StartedAttempts = startAttempts(script, { ...THREE_ATTEMPTS, timeoutMinutes: '5' });
    expect(await run.outcome).toEqual({ result: 'failed', gateRefused: false });
    expect(postRequests(run)).toEqual(['POST retry']);
    expect(run.log().at(-1)).toBe('Attempt   2 of 3 is not started: timeoutMinutes is used up');
  });

  test('is followed in the next attempt for the rest of the time', async () => {
    const statuses = [FAILED_BUILD, [...repeat(8, () => runningIn(2)), endedIn(2, 'FAILED')], [endedIn(3, 'SUCCEED')]];
    const script = { ...executions([acceptedAs(2), acceptedAs(3)], ...statuses), detail: () => failedDetail(2) };
    const run = startAttempts(script, { ...THREE_ATTEMPTS, timeoutMinutes: '5' });
    await run.outcome;
    expect(run.log().filter((line) => line.startsWith('Accepted'))).toEqual([
      'Accepted  execution 2, waiting up to 5 min',
      'Accepted  execution 3, waiting up to 4 min 44 s',
    ]);
  });

  test('has two minutes to resend the retry of the next attempt', async () => {
    const statuses = [
      FAILED_BUILD,
      [...repeat(60, () => runningIn(2)), endedIn(2, 'FAILED')],
      [endedIn(2, 'FAILED')],
      [endedIn(3, 'SUCCEED')],
    ];
    const script = {
      ...executions([acceptedAs(2), unreached(), acceptedAs(3)], ...statuses),
      detail: () => failedDetail(2),
    };
    const run = startAttempts(script, THREE_ATTEMPTS);
    expect(await run.outcome).toEqual({ result: 'succeeded' });
    expect(postRequests(run)).toHaveLength(3);
  });
});

describe('the recorded time', () => {
  test('of an attempt starts at its acceptance', async () => {
    const statuses = [
      FAILED_BUILD,
      [runningIn(2), runningIn(2), endedIn(2, 'FAILED')],
      [runningIn(3), endedIn(3, 'FAILED')],
    ];
    const script = {
      ...executions([acceptedAs(2), acceptedAs(3)], ...statuses),
      detail: (at: number) => failedDetail(at + 2),
    };
    const run = startAttempts(script, { ...THREE_ATTEMPTS, maxAttempts: '2' });
    await run.outcome;
    expect(run.context.state.record.attempts.map(({ durationMs }) => durationMs)).toEqual([20_000, 2000]);
  });

  test('in the log of a later attempt starts at the first acceptance', async () => {
    const statuses = [
      FAILED_BUILD,
      [runningIn(2), runningIn(2), endedIn(2, 'FAILED')],
      [runningIn(3), endedIn(3, 'SUCCEED')],
    ];
    const run = startAttempts(
      { ...executions([acceptedAs(2), acceptedAs(3)], ...statuses), detail: () => failedDetail(2) },
      THREE_ATTEMPTS,
    );
    await run.outcome;
    expect(run.log().filter((line) => /^ +\d/.test(line))).toEqual([
      '    0:00  running    Test',
      '    0:20  running    Test',
    ]);
  });

  test('excludes the reads after the failure', async () => {
    const detail = async () => {
      run.clock.advance(30_000);
      return failedDetail(2);
    };
    const script = {
      ...executions([acceptedAs(2)], FAILED_BUILD, [runningIn(2), endedIn(2, 'FAILED')]),
      detail: [detail],
    };
    const run: StartedAttempts = startAttempts(script, { wait: 'true' });
    await run.outcome;
    const { elapsedMs, attempts } = run.context.state.record;
    expect([elapsedMs, attempts.map((attempt) => attempt.durationMs)]).toEqual([10_000, [10_000]]);
  });
});

describe('the pauses', () => {
  const SECONDS_20 = { startTime: 1_000_000, endTime: 1_020_000 };
  const PART = { ...SECONDS_20, buildParameters: [{ key: 'BK_CI_RETRY_COUNT', value: '1' }] };
  const STAGES = [{ stageId: 'stage-3', name: 'Test', status: 'FAILED', elapsed: 20_000 }];
  const AS_BEFORE = [5000, 3750];
  const AS_UNKNOWN = [2000, 2000];
  const pausesOf = async (before: Reply, inputs: Readonly<Record<string, string>> = {}, count = 2) => {
    const ends = [runningIn(count), runningIn(count), endedIn(count, 'SUCCEED')];
    const script = { ...executions([acceptedAs(count)], [before], ends), detail: () => failedDetail(1) };
    const run = startAttempts(script, { wait: 'true', ...inputs });
    await run.outcome;
    return run.clock.slept;
  };

  test('depend on how long the failed execution ran', async () => {
    expect(await pausesOf(wireStatus(SECONDS_20))).toEqual(AS_BEFORE);
  });

  test('of a part of the build do not', async () => {
    expect(await pausesOf(wireStatus(SECONDS_20), { taskId: 'e-1' })).toEqual(AS_UNKNOWN);
    expect(await pausesOf(wireStatus(SECONDS_20), { failedContainer: 'true' })).toEqual(AS_UNKNOWN);
  });

  test('after an execution that may have been a retry of a part depend on its stages', async () => {
    expect(await pausesOf(wireStatus(PART), {}, 3)).toEqual(AS_UNKNOWN);
    expect(await pausesOf(wireStatus({ ...PART, stageStatus: STAGES }), {}, 3)).toEqual(AS_BEFORE);
  });

  test('do not if that is longer than timeoutMinutes', async () => {
    expect(await pausesOf(wireStatus(SECONDS_20), { timeoutMinutes: '0.3' })).toEqual(AS_UNKNOWN);
  });

  test('of a later attempt depend on the attempt before', async () => {
    const failed = wireRunning({ status: 'FAILED', endTime: 3_020_000, stageStatus: STAGES });
    const statuses = [FAILED_BUILD, [failed], [runningIn(3), runningIn(3), endedIn(3, 'SUCCEED')]];
    const script = { ...executions([acceptedAs(2), acceptedAs(3)], ...statuses), detail: () => failedDetail(2) };
    const run = startAttempts(script, THREE_ATTEMPTS);
    await run.outcome;
    expect(run.clock.slept).toEqual(AS_BEFORE);
  });
});

describe('when time is up and stopOnAbort is set,', () => {
  const startOverdue = (stop: Reply, ...statuses: Reply[]) => {
    const script = {
      ...executions([acceptedAs(2)], FAILED_BUILD, [...repeat(11, () => runningIn(2)), ...statuses]),
      detail: () => failedDetail(2),
      stop: [stop],
    };
    return startAttempts(script, { wait: 'true', stopOnAbort: 'true', timeoutMinutes: '0.3' });
  };

  test('the build is stopped, and a read shows its end', async () => {
    const run = startOverdue(yes(true), endedIn(2, 'CANCELED'));
    expect(await run.outcome).toMatchObject({
      result: 'timed-out',
      status: { status: 'RUNNING' },
      stop: { kind: 'sent' },
      ended: { status: 'CANCELED' },
    });
    expect(run.recorder.recorded.outputs).toMatchObject({ buildStatus: 'CANCELED' });
    expect(postRequests(run)).toEqual(['POST retry', 'POST stop']);
    const stop = run.bkci.sent.find(({ url }) => url.pathname.endsWith('/stop'));
    expect(stop?.deadlineMs).toBe(20_000);
  });

  test('a stop without effect leaves the outcome without an end', async () => {
    const outcome = await startOverdue(yes(true), runningIn(2)).outcome;
    expect(outcome).toMatchObject({ result: 'timed-out', stop: { kind: 'sent' } });
    expect(outcome).not.toHaveProperty('ended');
  });

  test('a stop that is refused because the build has ended is unnecessary', async () => {
    expect(await startOverdue(no(2101182)).outcome).toMatchObject({
      result: 'timed-out',
      stop: { kind: 'unnecessary', why: 'it has ended already' },
    });
  });

  test('an execution that somebody else started is not stopped', async () => {
    const script = {
      ...executions([acceptedAs(2)], FAILED_BUILD, [runningIn(2), runningIn(3)]),
      detail: () => failedDetail(3),
    };
    const run = startAttempts(script, { wait: 'true', stopOnAbort: 'true', timeoutMinutes: '0.3' });
    expect(await run.outcome).toMatchObject({ result: 'timed-out', stop: { kind: 'unnecessary' } });
    expect(postRequests(run)).toEqual(['POST retry']);
  });
});
