import { describe, expect, test } from '@jest/globals';
import { answer, executions, lost, no, unreached, wireDetail, wireRunning, wireStatus } from '../support/bkci.js';
import { codeOf } from '../support/errors.js';
import { accepted, ends, failedIn, play, posts, runs } from '../support/retried.js';

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
});

describe('a retry that is followed', () => {
  test('ends with the success of the build', async () => {
    const played = play(executions([accepted(2)], FOUND, [runs(2), ends(2, 'SUCCEED')]), AGAIN);
    expect(await played.outcome).toEqual({ result: 'succeeded' });
    expect(played.log()).toContain('Accepted  execution 2, waiting up to 1 h');
    expect(played.scene.story.progress.phase).toBe('ended');
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
    expect(played.scene.story.facts.attempts).toMatchObject([{ failedIn: 'the gate of Deploy' }]);
  });

  test('that has not ended in time goes on without this step', async () => {
    const script = { ...executions([accepted(2)], FOUND, [runs(2)]), detail: () => failedIn(2) };
    const played = play(script, { ...AGAIN, timeoutMinutes: '5' });
    expect(await played.outcome).toMatchObject({ result: 'timed-out', look: { status: 'RUNNING' } });
    expect([played.clock.now(), posts(played)]).toEqual([300_000, ['POST retry']]);
  });
});

describe('a build that fails again', () => {
  test('is explained, with the log, when it was the last attempt', async () => {
    const played = play(
      { ...executions([accepted(2)], FOUND, [ends(2, 'FAILED')]), detail: [failedIn(2)] },
      { wait: 'true' },
    );
    expect(await played.outcome).toEqual({ result: 'failed', gateRefused: false });
    const { failedTasks, logs, attempts } = played.scene.story.facts;
    expect([failedTasks.map(({ taskId }) => taskId), logs.map(({ lines }) => lines), attempts]).toEqual([
      ['e-1'],
      [['exit status 1']],
      [{ executeCount: 2, failedIn: 'Test › Linux › Run tests', took: 0 }],
    ]);
  });

  test('is retried until it succeeds', async () => {
    const looks = [FOUND, [runs(2), ends(2, 'FAILED')], [runs(3), ends(3, 'SUCCEED')]];
    const played = play({ ...executions([accepted(2), accepted(3)], ...looks), detail: [failedIn(2)] }, AGAIN);
    expect(await played.outcome).toEqual({ result: 'succeeded' });
    expect(posts(played)).toEqual(['POST retry', 'POST retry']);
    expect(played.log()).toEqual(
      expect.arrayContaining(['Failed    in Test › Linux › Run tests: “exit status 1”', 'Attempt   2 of 3']),
    );
    expect(played.recorder.recorded.outputs).toMatchObject({ attempts: '2', executeCount: '3' });
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
    expect([posts(played).length, played.scene.story.facts.attempts.length]).toEqual([3, 3]);
  });

  test('is not retried past the deadline', async () => {
    const looks = [...Array.from({ length: 9 }, () => runs(2)), ends(2, 'FAILED')];
    const played = play(
      { ...executions([accepted(2)], FOUND, looks), detail: () => failedIn(2) },
      { ...AGAIN, timeoutMinutes: '0.3' },
    );
    expect(await played.outcome).toEqual({ result: 'failed', gateRefused: false });
    expect([played.clock.now(), posts(played)]).toEqual([18_000, ['POST retry']]);
    expect(played.log().at(-1)).toBe('Attempt   2 of 3 does not begin: the time of timeoutMinutes is used up');
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

describe('a later attempt that can’t be', () => {
  const UNAUTHORIZED = answer('Verification failed : Access token expired in: 1', { http: 400 });
  const FAILED_AGAIN = [ends(2, 'FAILED')];
  const twoStages = (status: string) =>
    wireDetail({
      model: {
        stages: [
          { id: 'stage-3', status: 'FAILED' },
          { id: 'stage-4', status },
        ],
      },
    });
  const rows = [
    { name: 'refused by BK-CI', retry: [accepted(2), no(2101258)], code: 'refused' },
    { name: 'for which the permission is gone', retry: [accepted(2), no(2101008, '', 403)], code: 'forbidden' },
    {
      name: 'that never gets through',
      retry: [accepted(2), ...Array.from({ length: 5 }, () => unreached())],
      code: 'not-delivered',
    },
    { name: 'before which the build can’t be read', looks: [ends(2, 'FAILED'), UNAUTHORIZED], code: 'unauthorized' },
    { name: 'beyond maxExecuteCount', given: { maxExecuteCount: '2' }, code: 'too-many-executions' },
    { name: 'of a build that somebody else retried', looks: [ends(2, 'FAILED'), runs(3)], code: 'already-running' },
    {
      name: 'of a build that somebody else retried, to its end',
      looks: [ends(2, 'FAILED'), ends(3, 'SUCCEED')],
      code: 'already-running',
    },
    {
      name: 'of a plug-in that does not fail any more',
      detail: [failedIn(1), failedIn(2), wireDetail({}, { status: 'SUCCEED' }), failedIn(2)],
      given: { taskId: 'e-1' },
      code: 'task-unknown',
    },
    {
      name: 'of one of two stages that failed',
      detail: (at: number) => twoStages(at === 0 ? 'SUCCEED' : 'FAILED'),
      given: { failedContainer: 'true' },
      code: 'ambiguous',
    },
  ] as const;
  test.each(rows)('$name leaves the build failed, with a warning', async ({ code, ...row }) => {
    const retry = 'retry' in row ? row.retry : [accepted(2)];
    const detail = 'detail' in row ? row.detail : () => failedIn(2);
    const script = { ...executions(retry, FOUND, 'looks' in row ? row.looks : FAILED_AGAIN), detail };
    const played = play(script, { ...AGAIN, ...('given' in row ? row.given : {}) });
    expect(await played.outcome).toEqual({ result: 'failed', gateRefused: false });
    expect(played.log().filter((line) => line.startsWith('::warning'))).toEqual([
      expect.stringMatching(`^::warning::The build is not retried again: .* \\[${code}\\]$`),
    ]);
    expect(played.scene.story.progress.phase).toBe('ended');
  });

  test('whose answer stays lost is an error: the build may run', async () => {
    const played = play(
      { ...executions([accepted(2), lost()], FOUND, FAILED_AGAIN), detail: () => failedIn(2) },
      AGAIN,
    );
    expect(await codeOf(() => played.outcome)).toBe('answer-lost');
    expect(posts(played)).toEqual(['POST retry', 'POST retry']);
  });
});
