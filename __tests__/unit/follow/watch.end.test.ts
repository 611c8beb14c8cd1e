import { describe, expect, test } from '@jest/globals';
import { type End, endOf, initialState, onStatus } from '../../../src/follow/watch.js';
import { whoseExecution } from '../../../src/model/execution.js';
import type { BuildStatus } from '../../../src/model/snapshot.js';
import { buildStatus, running } from '../../support/builds.js';

describe('the end of a build', () => {
  const before = buildStatus();
  const ended = (more: Partial<BuildStatus>) => buildStatus({ executeCount: 2, ...more });
  const rows: readonly { name: string; baseline?: BuildStatus; now: BuildStatus; result: End['result'] | undefined }[] =
    [
      { name: 'is success if the new execution has SUCCEED', now: ended({ status: 'SUCCEED' }), result: 'succeeded' },
      { name: 'is failure if the new execution has FAILED', now: ended({}), result: 'failed' },
      { name: 'is failure after QUEUE_TIMEOUT', now: ended({ status: 'QUEUE_TIMEOUT' }), result: 'failed' },
      { name: 'is failure at a refused gate', now: ended({ status: 'STAGE_SUCCESS' }), result: 'failed' },
      { name: 'is cancelled after CANCELED', now: ended({ status: 'CANCELED' }), result: 'cancelled' },
      { name: 'is not the end of the execution before', now: buildStatus(), result: undefined },
      {
        name: 'is not the success of the execution before',
        baseline: buildStatus({ status: 'SUCCEED' }),
        now: buildStatus({ status: 'SUCCEED' }),
        result: undefined,
      },
      { name: 'is not reached while the build runs', now: running(), result: undefined },
      { name: 'is not reached while a gate waits', now: running({ status: 'STAGE_SUCCESS' }), result: undefined },
      {
        name: 'is not reached in an unknown status, even with an end time',
        now: ended({ status: 'NEW' }),
        result: undefined,
      },
      { name: 'is not reached in a status that only parts have', now: ended({ status: 'SKIP' }), result: undefined },
    ];
  test.each(rows)('$name', ({ baseline = before, now, result }) => {
    expect(
      whoseExecution({ baseline }, now) !== 'before ours'
        ? endOf({ lastStatus: now, hasRun: true })?.result
        : undefined,
    ).toBe(result);
  });

  test('has the status that shows it', () => {
    const end = (status: BuildStatus, hasRun: boolean) => endOf({ lastStatus: status, hasRun });
    const failed = buildStatus();
    expect(end(failed, true)).toEqual({ result: 'failed', status: failed, hasRun: true, gateRefused: false });
    const refused = buildStatus({ status: 'STAGE_SUCCESS' });
    expect(end(refused, false)).toEqual({ result: 'failed', status: refused, hasRun: false, gateRefused: true });
  });

  test('says whether the execution was seen neither queued nor ended', () => {
    const endAfter = (...statuses: BuildStatus[]) => {
      const first = initialState(0, 2);
      const last = statuses.reduce((state, status) => onStatus(state, status, 0).state, first);
      return endOf(last);
    };
    const queued = running({ status: 'QUEUE' });
    expect(endAfter(queued, running({ status: 'QUEUE_CACHE' }), ended({}))).toMatchObject({ hasRun: false });
    expect(endAfter(queued, running(), ended({}))).toMatchObject({ hasRun: true });
    expect(endAfter(running({ status: 'STAGE_SUCCESS' }), ended({}))).toMatchObject({ hasRun: true });
    expect(
      endAfter(running(), running({ status: 'QUEUE', executeCount: 3 }), ended({ executeCount: 3 })),
    ).toMatchObject({ hasRun: false });
  });
});
