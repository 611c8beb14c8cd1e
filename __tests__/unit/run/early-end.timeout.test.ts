import { describe, expect, test } from '@jest/globals';
import type { AcceptedRetry } from '../../../src/retry/accepted-retry.js';
import { onTimeout } from '../../../src/run/early-end.js';
import { unreached, wireStatus, yes } from '../../support/bkci.js';
import { BUILD } from '../../support/builds.js';
import { fakeRun } from '../../support/harness.js';
import { BASELINE } from '../../support/send.js';

const ACCEPTED: AcceptedRetry = { build: BUILD, executeCount: 2, ownership: 'ours', at: 0 };

describe('when time is up', () => {
  const STOP_INPUTS = { wait: 'true', stopOnAbort: 'true' };
  const end = { result: 'timed-out', status: undefined } as const;

  test('a stop that was not delivered is left to post', async () => {
    const fake = fakeRun({ stop: [unreached()] }, STOP_INPUTS);
    fake.context.state.recordAccepted({ accepted: ACCEPTED });
    expect(await onTimeout(fake.context, { accepted: ACCEPTED }, end)).toEqual({
      result: 'timed-out',
      stop: { kind: 'undelivered', why: 'connection refused' },
    });
    fake.context.state.exit();
    expect(fake.recorder.recorded.state).toMatchObject({ phase: 'running' });
  });

  test('the end of the execution before is not recorded as the end of the accepted one', async () => {
    const fake = fakeRun({ stop: [yes(true)], status: [wireStatus()] }, STOP_INPUTS);
    fake.context.state.recordAccepted({ accepted: ACCEPTED, baseline: BASELINE });
    expect(await onTimeout(fake.context, { accepted: ACCEPTED, baseline: BASELINE }, end)).toEqual({
      result: 'timed-out',
      stop: { kind: 'sent' },
    });
    expect(fake.recorder.recorded.outputs).toMatchObject({ executeCount: '2' });
    expect(fake.recorder.recorded.outputs).not.toHaveProperty('buildStatus');
  });

  test('a stop under way has three more seconds when the workflow is cancelled', async () => {
    const cancelMeanwhile = async () => {
      await Promise.resolve();
      fake.cancel();
      for (const ms of [2999, 1]) {
        fake.clock.advance(ms);
        wasAborted.push(fake.bkci.sent.at(-1)?.deadlineSignal?.aborted);
      }
      return new Promise<never>(() => {});
    };
    const wasAborted: unknown[] = [];
    const fake = fakeRun({ stop: [cancelMeanwhile] }, STOP_INPUTS);
    fake.context.state.recordAccepted({ accepted: ACCEPTED });
    expect(await onTimeout(fake.context, { accepted: ACCEPTED }, end)).toMatchObject({
      stop: { kind: 'unanswered', why: 'BK-CI has not answered (no answer within 3 s)' },
    });
    expect(wasAborted).toEqual([false, true]);
  });
});
