import { describe, expect, test } from '@jest/globals';
import type { AcceptedRetry } from '../../../src/retry/accepted-retry.js';
import { onCancelled, onTimeout, whyNotOurs } from '../../../src/run/early-end.js';
import type { RunState } from '../../../src/run/state.js';
import { answer, lost, no, type Reply, unreached, wireRunning, wireStatus, yes } from '../../support/bkci.js';
import { BUILD, buildStatus } from '../../support/builds.js';
import { type FakeRun, fakeRun } from '../../support/harness.js';
import { BASELINE } from '../../support/send.js';

const OURS: AcceptedRetry = { build: BUILD, executeCount: 2, at: 0 };

describe('an execution is ours', () => {
  const { executeCount: _, ...uncounted } = buildStatus();
  const { executeCount: __, ...anyOurs } = OURS;
  const rows = [
    { name: 'when it is the accepted one', accepted: OURS, seen: buildStatus({ executeCount: 2 }), why: undefined },
    { name: 'when nobody looked since', accepted: OURS, seen: undefined, why: undefined },
    { name: 'when a look does not count', accepted: OURS, seen: uncounted, why: undefined },
    {
      name: 'when the acceptance did not count',
      accepted: anyOurs,
      seen: buildStatus({ executeCount: 9 }),
      why: undefined,
    },
    {
      name: 'but not when it is a later one',
      accepted: OURS,
      seen: buildStatus({ executeCount: 3 }),
      why: 'execution 3 was started by somebody else',
    },
    {
      name: 'but not when somebody else may have started it',
      accepted: { ...OURS, startedByOther: true },
      seen: undefined,
      why: 'somebody else may have started this execution',
    },
  ];
  test.each(rows)('$name', ({ accepted, seen, why }) => {
    expect(whyNotOurs(accepted, seen)).toBe(why);
  });
});

describe('a step that is cancelled', () => {
  const STOPPING = { wait: 'true', stopOnAbort: 'true' };
  const cancelled = async (
    stop: Reply,
    given = STOPPING as Record<string, string>,
    { accepted = OURS, status = wireRunning() }: { accepted?: AcceptedRetry; status?: Reply } = {},
  ) => {
    const fake = fakeRun({ status: [status], stop: [stop] }, given);
    fake.context.state.recordAccepted({ accepted });
    const outcome = await onCancelled(fake.context);
    // As every run ends.
    fake.context.state.exit();
    return {
      outcome,
      requests: fake.bkci.requests,
      state: fake.recorder.recorded.state,
      phase: fake.context.state.lifecycle.kind,
      buildStatus: fake.recorder.recorded.outputs.buildStatus,
    };
  };

  const stops = [
    { name: 'taken', reply: yes(true), outcome: { result: 'stopped', stop: { kind: 'sent' } } },
    {
      name: 'not answered',
      reply: lost(),
      outcome: { result: 'stopped', stop: { kind: 'unanswered', why: 'BK-CI has not answered (connection reset)' } },
    },
    {
      name: 'unnecessary',
      reply: no(2101182),
      outcome: { result: 'aborted', stop: { kind: 'unnecessary', why: 'it has ended already' } },
    },
    {
      name: 'refused',
      reply: answer('<html>'),
      outcome: {
        result: 'aborted',
        stop: { kind: 'failed', why: expect.stringContaining('the build was not stopped') },
      },
    },
  ];
  test.each(stops)('stops what it started: $name', async ({ reply, outcome }) => {
    expect(await cancelled(reply)).toEqual({
      outcome,
      requests: ['GET status', 'POST stop'],
      state: expect.objectContaining({ phase: 'over' }),
      phase: 'ended',
      buildStatus: undefined,
    });
  });

  test('leaves a stop that did not get through to post', async () => {
    expect(await cancelled(unreached())).toMatchObject({
      outcome: { result: 'aborted', stop: { kind: 'undelivered', why: 'connection refused' } },
      requests: ['GET status', 'POST stop'],
      state: expect.objectContaining({ phase: 'running' }),
    });
  });

  test('looks before it stops: an execution after ours is somebody else’s', async () => {
    const status = wireRunning({ buildParameters: [{ key: 'BK_CI_RETRY_COUNT', value: '2' }] });
    expect(await cancelled(yes(true), STOPPING, { status })).toMatchObject({
      outcome: { result: 'aborted', stop: { kind: 'unnecessary', why: 'execution 3 was started by somebody else' } },
      requests: ['GET status'],
    });
  });

  test('does not stop what has ended by that look, and tells its state', async () => {
    const status = wireRunning({ status: 'SUCCEED', endTime: 4_000_000 });
    expect(await cancelled(yes(true), STOPPING, { status })).toMatchObject({
      outcome: { result: 'aborted', stop: { kind: 'unnecessary', why: 'it has ended already' } },
      requests: ['GET status'],
      state: { phase: 'over' },
      phase: 'ended',
      buildStatus: 'SUCCEED',
    });
  });

  test('stops it although a look of a server that does not count still shows the end before', async () => {
    const uncounted = wireStatus({ retry: true, buildParameters: [] });
    const fake = fakeRun({ status: [uncounted], stop: [yes(true)] }, STOPPING);
    const { executeCount: _, ...accepted } = OURS;
    fake.context.state.recordAccepted({ accepted, baseline: BASELINE });
    expect(await onCancelled(fake.context)).toMatchObject({ result: 'stopped' });
  });

  test('stops it although that look still shows the execution before', async () => {
    expect(await cancelled(yes(true), STOPPING, { status: wireStatus() })).toMatchObject({
      outcome: { result: 'stopped' },
    });
  });

  test('stops it all the same when that look fails', async () => {
    expect(await cancelled(yes(true), STOPPING, { status: lost() })).toMatchObject({ outcome: { result: 'stopped' } });
  });

  test('gives the look and the stop together less time than it has before it must end', async () => {
    const fake = fakeRun({ status: [wireRunning()], stop: [yes(true)] }, STOPPING);
    fake.context.state.recordAccepted({ accepted: OURS });
    await onCancelled(fake.context);
    expect(fake.bkci.sent.map(({ deadlineMs, signal }) => ({ deadlineMs, signal }))).toEqual([
      { deadlineMs: 1500, signal: undefined },
      { deadlineMs: 3000, signal: undefined },
    ]);
  });

  test('tells post that all is said before the stop is sent: a second one would force termination', async () => {
    const seen: unknown[] = [];
    const stop = async () => {
      seen.push(fake.recorder.recorded.state.phase);
      return yes(true);
    };
    const fake: FakeRun = fakeRun({ status: [wireRunning()], stop: [stop, stop] }, STOPPING);
    fake.context.state.recordAccepted({ accepted: OURS });
    await onCancelled(fake.context);
    fake.context.state.recordAccepted({ accepted: OURS });
    await onTimeout(fake.context, { accepted: OURS }, { result: 'timed-out', status: undefined });
    expect(seen).toEqual(['over', 'over']);
  });

  const without = [
    { name: 'stopOnAbort', given: { wait: 'true' } },
    { name: 'wait', given: {} },
  ];
  test.each(without)('stops nothing without $name', async ({ given }) => {
    expect(await cancelled(yes(true), given)).toEqual({
      outcome: { result: 'aborted' },
      requests: [],
      state: {},
      phase: 'ended',
      buildStatus: undefined,
    });
  });

  test('stops nothing that somebody else started', async () => {
    expect(await cancelled(yes(true), STOPPING, { accepted: { ...OURS, startedByOther: true } })).toMatchObject({
      requests: ['GET status'],
      state: {},
      outcome: {
        result: 'aborted',
        stop: { kind: 'unnecessary', why: 'somebody else may have started this execution' },
      },
    });
  });

  const phases: readonly [string, (state: RunState) => void][] = [
    ['nothing was sent', () => {}],
    ['the build has ended', (state) => state.advance({ kind: 'end' })],
  ];
  test.each(phases)('stops nothing while %s', async (_, told) => {
    const fake = fakeRun({}, STOPPING);
    told(fake.context.state);
    expect([await onCancelled(fake.context), fake.bkci.requests]).toEqual([{ result: 'aborted' }, []]);
  });

  test('leaves an answer that is awaited to post', async () => {
    const fake = fakeRun({}, STOPPING);
    fake.context.state.advance({ kind: 'send', build: BUILD, baseline: undefined });
    expect([await onCancelled(fake.context), fake.bkci.requests]).toEqual([{ result: 'aborted', postLooks: true }, []]);
  });

  test('before its inputs were read has nothing to stop', async () => {
    expect(await onCancelled(undefined)).toEqual({ result: 'aborted' });
  });
});
