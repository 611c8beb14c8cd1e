import { describe, expect, test } from '@jest/globals';
import type { AcceptedRetry } from '../../../src/retry/accepted-retry.js';
import { onTimeout } from '../../../src/run/early-end.js';
import { unreached, wireStatus, yes } from '../../support/bkci.js';
import { BUILD } from '../../support/builds.js';
import { fakeRun } from '../../support/harness.js';
import { BASELINE } from '../../support/send.js';

const OURS: AcceptedRetry = { build: BUILD, executeCount: 2, at: 0 };

describe('time is up', () => {
  const STOPPING = { wait: 'true', stopOnAbort: 'true' };
  const end = { result: 'timed-out', status: undefined } as const;

  test('a stop that did not get through is left to post', async () => {
    const fake = fakeRun({ stop: [unreached()] }, STOPPING);
    fake.context.state.recordAccepted({ accepted: OURS });
    expect(await onTimeout(fake.context, { accepted: OURS }, end)).toEqual({
      result: 'timed-out',
      stop: { kind: 'undelivered', why: 'connection refused' },
    });
    fake.context.state.exit();
    expect(fake.recorder.recorded.state).toMatchObject({ phase: 'running' });
  });

  test('an end of the execution before is not the end of ours', async () => {
    const fake = fakeRun({ stop: [yes(true)], status: [wireStatus()] }, STOPPING);
    fake.context.state.recordAccepted({ accepted: OURS, baseline: BASELINE });
    expect(await onTimeout(fake.context, { accepted: OURS, baseline: BASELINE }, end)).toEqual({
      result: 'timed-out',
      stop: { kind: 'sent' },
    });
    expect(fake.recorder.recorded.outputs).toMatchObject({ executeCount: '2' });
    expect(fake.recorder.recorded.outputs).not.toHaveProperty('buildStatus');
  });

  test('a cancelled workflow leaves a stop that was begun three seconds more', async () => {
    const silent = async () => {
      await Promise.resolve();
      fake.cancel();
      for (const ms of [2999, 1]) {
        fake.clock.advance(ms);
        seen.push(fake.bkci.sent.at(-1)?.deadlineSignal?.aborted);
      }
      return new Promise<never>(() => {});
    };
    const seen: unknown[] = [];
    const fake = fakeRun({ stop: [silent] }, STOPPING);
    fake.context.state.recordAccepted({ accepted: OURS });
    expect(await onTimeout(fake.context, { accepted: OURS }, end)).toMatchObject({
      stop: { kind: 'unanswered', why: 'BK-CI has not answered (no answer within 3 s)' },
    });
    expect(seen).toEqual([false, true]);
  });
});
