import { describe, expect, test } from '@jest/globals';
import { accepted, ends, failedIn, play, posts, runs } from '../../support/attempts.js';
import { answer, executions, lost, wireDetail, wireRunning, wireStatus } from '../../support/bkci.js';

const AGAIN = { wait: 'true', maxAttempts: '3' };
const FOUND = [wireStatus()];

describe('a retry that is not followed', () => {
  test('ends with its acceptance', async () => {
    const played = play(executions([accepted(2)], FOUND));
    expect(await played.outcome).toEqual({ result: 'retried' });
    const { outputs, state } = played.recorder.recorded;
    expect(played.log().at(-1)).toBe('Accepted  execution 2');
    expect(outputs).toMatchObject({ retried: 'true', attempts: '1', executeCount: '2', status: '0' });
    expect(state).toEqual({});
  });

  test('ends with its acceptance when the build itself shows it', async () => {
    const played = play(executions([lost()], FOUND, [runs(2)]));
    expect(await played.outcome).toEqual({ result: 'retried' });
    expect(played.log().at(-1)).toBe('Accepted  execution 2, as the build itself shows; one retry took effect');
  });
});

describe('a retry that is followed', () => {
  test('ends with the success of the build', async () => {
    const played = play(executions([accepted(2)], FOUND, [runs(2), ends(2, 'SUCCEED')]), AGAIN);
    expect(await played.outcome).toEqual({ result: 'succeeded' });
    expect(played.log()).toContain('Accepted  execution 2, waiting up to 1 h');
    expect(played.context.state.lifecycle.kind).toBe('ended');
  });

  test('says how long it is waited for when the build itself showed that it was accepted', async () => {
    const played = play(executions([lost()], FOUND, [runs(2), ends(2, 'SUCCEED')]), AGAIN);
    await played.outcome;
    expect(played.log()).toContain('Waiting   up to 1 h');
  });

  test('by a later execution than the accepted one is told as such at its first look', async () => {
    const played = play(executions([accepted(2)], FOUND, [runs(3), ends(3, 'SUCCEED')]), AGAIN);
    await played.outcome;
    expect(played.log()).toContain('    0:00  retried    execution 3 was started by ci-bot and is followed now');
  });

  test('that is cancelled is not repeated: somebody meant it', async () => {
    const played = play(executions([accepted(2)], FOUND, [runs(2), ends(2, 'CANCELED')]), AGAIN);
    expect(await played.outcome).toEqual({ result: 'cancelled' });
    expect(posts(played)).toEqual(['POST retry']);
  });

  test('whose gate was refused is not repeated either', async () => {
    const played = play(
      { ...executions([accepted(2)], FOUND, [ends(2, 'STAGE_SUCCESS')]), detail: [failedIn(2)] },
      AGAIN,
    );
    expect(await played.outcome).toEqual({ result: 'failed', gateRefused: true });
    expect(posts(played)).toEqual(['POST retry']);
  });

  test('whose gate was refused tells where it ended', async () => {
    const deploy = {
      status: 'STAGE_SUCCESS',
      endTime: 3_009_000,
      stageStatus: [{ stageId: 'stage-4', name: 'Deploy' }],
    };
    const played = play({ ...executions([accepted(2)], FOUND, [wireRunning(deploy)]), detail: [failedIn(2)] }, AGAIN);
    await played.outcome;
    expect(played.context.state.record.attempts).toMatchObject([{ failedIn: 'the gate of Deploy' }]);
  });

  test('that has not ended in time goes on without this step', async () => {
    const script = { ...executions([accepted(2)], FOUND, [runs(2)]), detail: () => failedIn(2) };
    const played = play(script, { ...AGAIN, timeoutMinutes: '5' });
    expect(await played.outcome).toMatchObject({ result: 'timed-out', status: { status: 'RUNNING' } });
    expect([played.clock.now(), posts(played)]).toEqual([300_000, ['POST retry']]);
    expect(played.context.state.lifecycle.kind).toBe('running');
  });
});

describe('a build that fails again', () => {
  test('is explained, with the log, when it was the last attempt', async () => {
    const played = play(
      { ...executions([accepted(2)], FOUND, [ends(2, 'FAILED')]), detail: [failedIn(2)] },
      { wait: 'true' },
    );
    expect(await played.outcome).toEqual({ result: 'failed', gateRefused: false });
    const { failedTasks, logs, attempts } = played.context.state.record;
    expect([failedTasks.map(({ taskId }) => taskId), logs.map(({ lines }) => lines), attempts]).toEqual([
      ['e-1'],
      [['exit status 1']],
      [{ executeCount: 2, failedIn: 'Test › Linux › Run tests', durationMs: 0 }],
    ]);
  });

  test('is retried until it succeeds', async () => {
    const looks = [FOUND, [runs(2), ends(2, 'FAILED')], [runs(3), ends(3, 'SUCCEED')]];
    const played = play({ ...executions([accepted(2), accepted(3)], ...looks), detail: [failedIn(2)] }, AGAIN);
    expect(await played.outcome).toEqual({ result: 'succeeded' });
    expect(posts(played)).toEqual(['POST retry', 'POST retry']);
    expect(played.log()).toEqual(
      expect.arrayContaining([
        'Failed    in Test › Linux › Run tests: “exit status 1”',
        'Attempt   2 of 3',
        'Retry     the whole build, from its first stage',
      ]),
    );
    expect(played.recorder.recorded.outputs).toMatchObject({ attempts: '2', executeCount: '3' });
  });

  test('has its logs read once, after the last attempt', async () => {
    const looks = [FOUND, [ends(2, 'FAILED')], [ends(3, 'FAILED')]];
    const script = { ...executions([accepted(2), accepted(3)], ...looks), detail: (at: number) => failedIn(at + 2) };
    const played = play(script, { ...AGAIN, maxAttempts: '2' });
    await played.outcome;
    expect(played.bkci.requests.filter((request) => request.startsWith('GET log'))).toHaveLength(1);
  });

  test('and then succeeds has no logs read', async () => {
    const looks = [FOUND, [ends(2, 'FAILED')], [ends(3, 'SUCCEED')]];
    const played = play({ ...executions([accepted(2), accepted(3)], ...looks), detail: () => failedIn(2) }, AGAIN);
    await played.outcome;
    expect(played.bkci.requests.filter((request) => request.includes('log'))).toEqual([]);
  });

  test('loses what the answer before said with the next acceptance', async () => {
    const first = answer({ status: 0, message: 'queued behind #41', data: { id: 'b-1', executeCount: 2 } });
    const looks = [FOUND, [ends(2, 'FAILED')], [ends(3, 'SUCCEED')]];
    const played = play({ ...executions([first, accepted(3)], ...looks), detail: () => failedIn(2) }, AGAIN);
    await played.outcome;
    const { outputs } = played.recorder.recorded;
    expect([outputs.status, outputs.message]).toEqual(['0', '']);
  });

  test('is retried no more often than asked', async () => {
    const looks = [FOUND, ...[2, 3, 4].map((execution) => [ends(execution, 'FAILED')])];
    const script = { ...executions([2, 3, 4].map(accepted), ...looks), detail: [2, 3, 4].map(failedIn) };
    const played = play(script, AGAIN);
    expect(await played.outcome).toEqual({ result: 'failed', gateRefused: false });
    expect([posts(played).length, played.context.state.record.attempts.length]).toEqual([3, 3]);
  });

  test('has its failed stage looked up anew for each attempt', async () => {
    const later = (id: string, execution: number) =>
      wireDetail({ executeCount: execution, model: { stages: [{ id, name: id, status: 'FAILED', containers: [] }] } });
    const script = {
      ...executions([accepted(2), accepted(3)], FOUND, [ends(2, 'FAILED')], [ends(3, 'SUCCEED')]),
      detail: [later('stage-3', 1), later('stage-4', 2), later('stage-4', 2)],
    };
    const played = play(script, { ...AGAIN, failedContainer: 'true' });
    expect(await played.outcome).toEqual({ result: 'succeeded' });
    expect(posts(played)).toEqual([
      'POST retry?taskId=stage-3&failedContainer=true',
      'POST retry?taskId=stage-4&failedContainer=true',
    ]);
  });
});
