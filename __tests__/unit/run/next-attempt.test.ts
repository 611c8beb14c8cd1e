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

const THREE_ATTEMPTS = { wait: 'true', maxAttempts: '3' };
const FAILED_BUILD = [wireStatus()];

describe('after a failed build, the next attempt', () => {
  const UNAUTHORIZED = answer('Verification failed : Access token expired in: 1', { http: 400 });
  const FAILED_AGAIN = [endedIn(2, 'FAILED')];
  const twoStagesDetail = (status: string) =>
    wireDetail({
      model: {
        stages: [
          { id: 'stage-3', status: 'FAILED' },
          { id: 'stage-4', status },
        ],
      },
    });
  const rows = [
    { name: 'BK-CI refuses the retry', retry: [acceptedAs(2), no(2101258)], code: 'refused' },
    { name: 'the user may no longer retry it', retry: [acceptedAs(2), no(2101008, '', 403)], code: 'forbidden' },
    {
      name: 'no request gets through to BK-CI',
      retry: [acceptedAs(2), ...Array.from({ length: 5 }, () => unreached())],
      code: 'not-delivered',
    },
    { name: 'the build can’t be read', statuses: [endedIn(2, 'FAILED'), UNAUTHORIZED], code: 'unauthorized' },
    { name: 'maxExecuteCount is reached', inputs: { maxExecuteCount: '2' }, code: 'too-many-executions' },
    {
      name: 'somebody else has retried the build',
      statuses: [endedIn(2, 'FAILED'), runningIn(3)],
      code: 'already-running',
    },
    {
      name: 'somebody else has retried the build and the retry has ended',
      statuses: [endedIn(2, 'FAILED'), endedIn(3, 'SUCCEED')],
      code: 'already-running',
    },
    {
      name: 'the plug-in to retry is not failed any more',
      detail: [failedDetail(1), failedDetail(2), wireDetail({}, { status: 'SUCCEED' }), failedDetail(2)],
      inputs: { taskId: 'e-1' },
      code: 'task-unknown',
    },
    {
      name: 'failedContainer is set and two stages have failed',
      detail: (at: number) => twoStagesDetail(at === 0 ? 'SUCCEED' : 'FAILED'),
      inputs: { failedContainer: 'true' },
      code: 'ambiguous',
    },
  ] as const;
  test.each(rows)('leaves the build failed, with a warning, when $name', async ({ code, ...row }) => {
    const retry = 'retry' in row ? row.retry : [acceptedAs(2)];
    const detail = 'detail' in row ? row.detail : () => failedDetail(2);
    const script = { ...executions(retry, FAILED_BUILD, 'statuses' in row ? row.statuses : FAILED_AGAIN), detail };
    const run = startAttempts(script, { ...THREE_ATTEMPTS, ...('inputs' in row ? row.inputs : {}) });
    expect(await run.outcome).toEqual({ result: 'failed', gateRefused: false });
    expect(run.log().filter((line) => line.startsWith('::warning'))).toEqual([
      expect.stringMatching(`^::warning::The build is not retried again: .* \\[${code}\\]$`),
    ]);
    expect(run.context.state.lifecycle.kind).toBe('ended');
  });

  test('that is refused keeps the earlier status, plan and number of retries in the record', async () => {
    const script = { ...executions([acceptedAs(2), no(2101258)], [wireStatus({ status: 'SUCCEED' })], FAILED_AGAIN) };
    const run = startAttempts({ ...script, detail: () => failedDetail(2) }, THREE_ATTEMPTS);
    await run.outcome;
    const { statusBefore, plan, accepted: retries } = run.context.state.record;
    expect([statusBefore?.status, statusBefore?.executeCount, plan?.target, retries?.count]).toEqual([
      'SUCCEED',
      1,
      'the whole build, from its first stage',
      1,
    ]);
  });

  test('that is refused leaves the logs of the attempt before', async () => {
    const script = {
      ...executions([acceptedAs(2), no(2101258)], FAILED_BUILD, FAILED_AGAIN),
      detail: () => failedDetail(2),
    };
    const run = startAttempts(script, THREE_ATTEMPTS);
    await run.outcome;
    expect(run.context.state.record.logs.map(({ lines }) => lines)).toEqual([['exit status 1']]);
  });

  const starters = [
    { name: 'the name of the user', userId: 'ops', by: 'ops' },
    { name: '“somebody else” if the server names no user', userId: null, by: 'somebody else' },
  ];
  test.each(starters)(
    'is not made after a retry by another user, and the warning gives $name',
    async ({ userId, by }) => {
      const third = wireRunning({ userId, buildParameters: [{ key: 'BK_CI_RETRY_COUNT', value: '2' }] });
      const statuses = [endedIn(2, 'FAILED'), third];
      const run = startAttempts(
        { ...executions([acceptedAs(2)], FAILED_BUILD, statuses), detail: () => failedDetail(2) },
        THREE_ATTEMPTS,
      );
      await run.outcome;
      expect(run.log().filter((line) => line.startsWith('::warning'))).toEqual([
        expect.stringContaining(`The build is not retried again: ${by} has retried it meanwhile (`),
      ]);
    },
  );

  test('is not made when the workflow is cancelled during the read before it', async () => {
    const status = cancelledMeanwhile(() => run.cancel());
    const script = {
      ...executions([acceptedAs(2)], FAILED_BUILD, [endedIn(2, 'FAILED'), status]),
      detail: () => failedDetail(2),
    };
    const run: StartedAttempts = startAttempts(script, THREE_ATTEMPTS);
    await expect(run.outcome).rejects.toThrow('the workflow was cancelled');
    expect([postRequests(run), run.log().filter((line) => line.startsWith('::'))]).toEqual([['POST retry'], []]);
  });

  test('whose answer stays lost is an error, since the build may be running', async () => {
    const run = startAttempts(
      { ...executions([acceptedAs(2), lost()], FAILED_BUILD, FAILED_AGAIN), detail: () => failedDetail(2) },
      THREE_ATTEMPTS,
    );
    expect(await codeOf(() => run.outcome)).toBe('answer-lost');
    expect(postRequests(run)).toEqual(['POST retry', 'POST retry']);
  });
});
