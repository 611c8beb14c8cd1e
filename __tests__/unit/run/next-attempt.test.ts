import { describe, expect, test } from '@jest/globals';
import { accepted, ends, failedIn, type Played, play, posts, runs } from '../../support/attempts.js';
import {
  answer,
  cancelledMeanwhile,
  executions,
  lost,
  no,
  unreached,
  wireDetail,
  wireRunning,
  wireStatus,
} from '../../support/bkci.js';
import { codeOf } from '../../support/errors.js';

const AGAIN = { wait: 'true', maxAttempts: '3' };
const FOUND = [wireStatus()];

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
    expect(played.context.state.lifecycle.kind).toBe('ended');
  });

  test('leaves what is told of the one before: how the build stood, and what was sent', async () => {
    const script = { ...executions([accepted(2), no(2101258)], [wireStatus({ status: 'SUCCEED' })], FAILED_AGAIN) };
    const played = play({ ...script, detail: () => failedIn(2) }, AGAIN);
    await played.outcome;
    const { statusBefore, plan, accepted: retries } = played.context.state.record;
    expect([statusBefore?.status, statusBefore?.executeCount, plan?.target, retries?.count]).toEqual([
      'SUCCEED',
      1,
      'the whole build, from its first stage',
      1,
    ]);
  });

  test('leaves the logs of the one before', async () => {
    const script = { ...executions([accepted(2), no(2101258)], FOUND, FAILED_AGAIN), detail: () => failedIn(2) };
    const played = play(script, AGAIN);
    await played.outcome;
    expect(played.context.state.record.logs.map(({ lines }) => lines)).toEqual([['exit status 1']]);
  });

  const others = [
    { name: 'by name', userId: 'ops', by: 'ops' },
    { name: 'without a name', userId: null, by: 'somebody else' },
  ];
  test.each(others)('tells $name who has retried the build meanwhile', async ({ userId, by }) => {
    const third = wireRunning({ userId, buildParameters: [{ key: 'BK_CI_RETRY_COUNT', value: '2' }] });
    const looks = [ends(2, 'FAILED'), third];
    const played = play({ ...executions([accepted(2)], FOUND, looks), detail: () => failedIn(2) }, AGAIN);
    await played.outcome;
    expect(played.log().filter((line) => line.startsWith('::warning'))).toEqual([
      expect.stringContaining(`The build is not retried again: ${by} has retried it meanwhile (`),
    ]);
  });

  test('since the workflow is cancelled during the look before it ends as the abort', async () => {
    const status = cancelledMeanwhile(() => played.cancel());
    const script = { ...executions([accepted(2)], FOUND, [ends(2, 'FAILED'), status]), detail: () => failedIn(2) };
    const played: Played = play(script, AGAIN);
    await expect(played.outcome).rejects.toThrow('the workflow was cancelled');
    expect([posts(played), played.log().filter((line) => line.startsWith('::'))]).toEqual([['POST retry'], []]);
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
