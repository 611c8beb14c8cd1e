import { describe, expect, test } from '@jest/globals';
import { type End, endOf } from '../../../src/follow/watch.js';
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
    expect(whoseExecution({ baseline }, now) !== 'before ours' ? endOf(now)?.result : undefined).toBe(result);
  });

  test('has the status that shows it', () => {
    expect(endOf(buildStatus())).toEqual({ result: 'failed', status: buildStatus(), gateRefused: false });
    const refused = buildStatus({ status: 'STAGE_SUCCESS' });
    expect(endOf(refused)).toEqual({ result: 'failed', status: refused, gateRefused: true });
  });
});
