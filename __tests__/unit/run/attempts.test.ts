import { describe, expect, test } from '@jest/globals';
import { acceptedAs, endedIn, failedDetail, postRequests, runningIn, startAttempts } from '../../support/attempts.js';
import { answer, executions, lost, wireDetail, wireRunning, wireStatus } from '../../support/bkci.js';

const THREE_ATTEMPTS = { wait: 'true', maxAttempts: '3' };
const FAILED_BUILD = [wireStatus()];

describe('a retry that is not followed', () => {
  test('ends when it is accepted', async () => {
    const run = startAttempts(executions([acceptedAs(2)], FAILED_BUILD));
    expect(await run.outcome).toEqual({ result: 'retried' });
    const { outputs, state } = run.recorder.recorded;
    expect(run.log().at(-1)).toBe('Accepted  execution 2');
    expect(outputs).toMatchObject({ retried: 'true', attempts: '1', executeCount: '2', status: '0' });
    expect(state).toEqual({});
  });

  test('ends when the answer was lost and the build shows that it was accepted', async () => {
    const run = startAttempts(executions([lost()], FAILED_BUILD, [runningIn(2)]));
    expect(await run.outcome).toEqual({ result: 'retried' });
    expect(run.log().at(-1)).toBe('Accepted  execution 2, as the build itself shows; one retry took effect');
  });
});

describe('a retry that is followed', () => {
  test('ends with the result succeeded when the build succeeds', async () => {
    const run = startAttempts(
      executions([acceptedAs(2)], FAILED_BUILD, [runningIn(2), endedIn(2, 'SUCCEED')]),
      THREE_ATTEMPTS,
    );
    expect(await run.outcome).toEqual({ result: 'succeeded' });
    expect(run.log()).toContain('Accepted  execution 2, waiting up to 1 h');
    expect(run.context.state.lifecycle.kind).toBe('ended');
  });

  test('logs the time limit when the answer was lost and the build showed that it was accepted', async () => {
    const run = startAttempts(
      executions([lost()], FAILED_BUILD, [runningIn(2), endedIn(2, 'SUCCEED')]),
      THREE_ATTEMPTS,
    );
    await run.outcome;
    expect(run.log()).toContain('Waiting   up to 1 h');
  });

  test('logs at its first read that somebody else started a newer execution, which is followed', async () => {
    const run = startAttempts(
      executions([acceptedAs(2)], FAILED_BUILD, [runningIn(3), endedIn(3, 'SUCCEED')]),
      THREE_ATTEMPTS,
    );
    await run.outcome;
    expect(run.log()).toContain('    0:00  retried    execution 3 was started by ci-bot and is followed now');
  });

  test('is not retried again when the build was cancelled', async () => {
    const run = startAttempts(
      executions([acceptedAs(2)], FAILED_BUILD, [runningIn(2), endedIn(2, 'CANCELED')]),
      THREE_ATTEMPTS,
    );
    expect(await run.outcome).toEqual({ result: 'cancelled', hasRun: true });
    expect(postRequests(run)).toEqual(['POST retry']);
  });

  test('is not retried again when a gate was refused', async () => {
    const run = startAttempts(
      { ...executions([acceptedAs(2)], FAILED_BUILD, [endedIn(2, 'STAGE_SUCCESS')]), detail: [failedDetail(2)] },
      THREE_ATTEMPTS,
    );
    expect(await run.outcome).toEqual({ result: 'failed', gateRefused: true });
    expect(postRequests(run)).toEqual(['POST retry']);
  });

  test('records the stage whose gate was refused', async () => {
    const deploy = {
      status: 'STAGE_SUCCESS',
      endTime: 3_009_000,
      stageStatus: [{ stageId: 'stage-4', name: 'Deploy' }],
    };
    const run = startAttempts(
      { ...executions([acceptedAs(2)], FAILED_BUILD, [wireRunning(deploy)]), detail: [failedDetail(2)] },
      THREE_ATTEMPTS,
    );
    await run.outcome;
    expect(run.context.state.record.attempts).toMatchObject([{ failedIn: 'the gate of Deploy' }]);
  });

  test('times out without a stop when the build has not ended in time', async () => {
    const script = { ...executions([acceptedAs(2)], FAILED_BUILD, [runningIn(2)]), detail: () => failedDetail(2) };
    const run = startAttempts(script, { ...THREE_ATTEMPTS, timeoutMinutes: '5' });
    expect(await run.outcome).toMatchObject({ result: 'timed-out', status: { status: 'RUNNING' } });
    expect([run.clock.now(), postRequests(run)]).toEqual([300_000, ['POST retry']]);
    expect(run.context.state.lifecycle.kind).toBe('running');
  });
});

describe('a build that fails again', () => {
  test('has its failed plug-ins and their logs recorded after the last attempt', async () => {
    const run = startAttempts(
      { ...executions([acceptedAs(2)], FAILED_BUILD, [endedIn(2, 'FAILED')]), detail: [failedDetail(2)] },
      { wait: 'true' },
    );
    expect(await run.outcome).toEqual({ result: 'failed', gateRefused: false });
    const { failedTasks, logs, attempts } = run.context.state.record;
    expect([failedTasks.map(({ taskId }) => taskId), logs.map(({ lines }) => lines), attempts]).toEqual([
      ['e-1'],
      [['exit status 1']],
      [{ executeCount: 2, failedIn: 'Test › Linux › Run tests', durationMs: 0 }],
    ]);
  });

  test('keeps the names from an earlier detail when the detail can’t be read after the failure', async () => {
    const script = executions([acceptedAs(2)], FAILED_BUILD, [endedIn(2, 'FAILED')]);
    const run = startAttempts(
      { ...script, detail: (at: number) => (at === 0 ? failedDetail(1) : lost()) },
      { wait: 'true', taskId: 'e-1' },
    );
    expect(await run.outcome).toEqual({ result: 'failed', gateRefused: false });
    expect(run.bkci.requests.filter((request) => request === 'GET detail').length).toBeGreaterThan(2);
    expect(run.context.state.record).toMatchObject({ pipelineName: 'Nightly tests', stages: [] });
  });

  test('is retried until it succeeds', async () => {
    const statuses = [FAILED_BUILD, [runningIn(2), endedIn(2, 'FAILED')], [runningIn(3), endedIn(3, 'SUCCEED')]];
    const run = startAttempts(
      { ...executions([acceptedAs(2), acceptedAs(3)], ...statuses), detail: [failedDetail(2)] },
      THREE_ATTEMPTS,
    );
    expect(await run.outcome).toEqual({ result: 'succeeded' });
    expect(postRequests(run)).toEqual(['POST retry', 'POST retry']);
    expect(run.log()).toEqual(
      expect.arrayContaining([
        'Failed    Run tests in Test › Linux: “exit status 1”',
        'Attempt   2 of 3',
        'Retry     the whole build, from its first stage',
      ]),
    );
    expect(run.recorder.recorded.outputs).toMatchObject({ attempts: '2', executeCount: '3' });
  });

  test('has its logs read once, after the last attempt', async () => {
    const statuses = [FAILED_BUILD, [endedIn(2, 'FAILED')], [endedIn(3, 'FAILED')]];
    const script = {
      ...executions([acceptedAs(2), acceptedAs(3)], ...statuses),
      detail: (at: number) => failedDetail(at + 2),
    };
    const run = startAttempts(script, { ...THREE_ATTEMPTS, maxAttempts: '2' });
    await run.outcome;
    expect(run.bkci.requests.filter((request) => request.startsWith('GET log'))).toHaveLength(1);
  });

  test('and succeeds in the next attempt has no logs read', async () => {
    const statuses = [FAILED_BUILD, [endedIn(2, 'FAILED')], [endedIn(3, 'SUCCEED')]];
    const run = startAttempts(
      { ...executions([acceptedAs(2), acceptedAs(3)], ...statuses), detail: () => failedDetail(2) },
      THREE_ATTEMPTS,
    );
    await run.outcome;
    expect(run.bkci.requests.filter((request) => request.includes('log'))).toEqual([]);
  });

  test('replaces the message of the first answer when the next retry is accepted', async () => {
    const first = answer({ status: 0, message: 'queued behind #41', data: { id: 'b-1', executeCount: 2 } });
    const statuses = [FAILED_BUILD, [endedIn(2, 'FAILED')], [endedIn(3, 'SUCCEED')]];
    const run = startAttempts(
      { ...executions([first, acceptedAs(3)], ...statuses), detail: () => failedDetail(2) },
      THREE_ATTEMPTS,
    );
    await run.outcome;
    const { outputs } = run.recorder.recorded;
    expect([outputs.status, outputs.message]).toEqual(['0', '']);
  });

  test('is retried no more often than maxAttempts', async () => {
    const statuses = [FAILED_BUILD, ...[2, 3, 4].map((execution) => [endedIn(execution, 'FAILED')])];
    const script = { ...executions([2, 3, 4].map(acceptedAs), ...statuses), detail: [2, 3, 4].map(failedDetail) };
    const run = startAttempts(script, THREE_ATTEMPTS);
    expect(await run.outcome).toEqual({ result: 'failed', gateRefused: false });
    expect([postRequests(run).length, run.context.state.record.attempts.length]).toEqual([3, 3]);
  });

  test('has its failed stage determined again for each attempt', async () => {
    const detailWithFailedStage = (id: string, execution: number) =>
      wireDetail({ executeCount: execution, model: { stages: [{ id, name: id, status: 'FAILED', containers: [] }] } });
    const script = {
      ...executions([acceptedAs(2), acceptedAs(3)], FAILED_BUILD, [endedIn(2, 'FAILED')], [endedIn(3, 'SUCCEED')]),
      detail: [
        detailWithFailedStage('stage-3', 1),
        detailWithFailedStage('stage-4', 2),
        detailWithFailedStage('stage-4', 2),
      ],
    };
    const run = startAttempts(script, { ...THREE_ATTEMPTS, failedContainer: 'true' });
    expect(await run.outcome).toEqual({ result: 'succeeded' });
    expect(postRequests(run)).toEqual([
      'POST retry?taskId=stage-3&failedContainer=true',
      'POST retry?taskId=stage-4&failedContainer=true',
    ]);
  });
});
