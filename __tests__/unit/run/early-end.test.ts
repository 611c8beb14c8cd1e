import { describe, expect, test } from '@jest/globals';
import type { Accepted } from '../../../src/retry/reconcile.js';
import { abandon, notOurs, timeIsUp } from '../../../src/run/early-end.js';
import type { Story } from '../../../src/run/state.js';
import { answer, lost, no, type Reply, unreached, wireRunning, wireStatus, yes } from '../../support/bkci.js';
import { BUILD, look } from '../../support/builds.js';
import { type FakeScene, fakeScene } from '../../support/harness.js';
import { BASELINE } from '../../support/send.js';

const OURS: Accepted = { build: BUILD, executeCount: 2, at: 0 };

describe('an execution is ours', () => {
  const { executeCount: _, ...uncounted } = look();
  const { executeCount: __, ...anyOurs } = OURS;
  const rows = [
    { name: 'when it is the accepted one', ours: OURS, seen: look({ executeCount: 2 }), why: undefined },
    { name: 'when nobody looked since', ours: OURS, seen: undefined, why: undefined },
    { name: 'when a look does not count', ours: OURS, seen: uncounted, why: undefined },
    { name: 'when the acceptance did not count', ours: anyOurs, seen: look({ executeCount: 9 }), why: undefined },
    {
      name: 'but not when it is a later one',
      ours: OURS,
      seen: look({ executeCount: 3 }),
      why: 'execution 3 was started by somebody else',
    },
    {
      name: 'but not when somebody else may have started it',
      ours: { ...OURS, foreign: true },
      seen: undefined,
      why: 'somebody else may have started this execution',
    },
  ];
  test.each(rows)('$name', ({ ours, seen, why }) => {
    expect(notOurs(ours, seen)).toBe(why);
  });
});

describe('a step that is cancelled', () => {
  const STOPPING = { wait: 'true', stopOnAbort: 'true' };
  const cancelled = async (
    stop: Reply,
    given = STOPPING as Record<string, string>,
    { ours = OURS, status = wireRunning() }: { ours?: Accepted; status?: Reply } = {},
  ) => {
    const fake = fakeScene({ status: [status], stop: [stop] }, given);
    fake.scene.story.accepted({ ours });
    const outcome = await abandon(fake.scene);
    // As every run ends.
    fake.scene.story.handover?.over();
    return {
      outcome,
      requests: fake.bkci.requests,
      state: fake.recorder.recorded.state,
      phase: fake.scene.story.progress.phase,
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
      name: 'needless',
      reply: no(2101182),
      outcome: { result: 'aborted', stop: { kind: 'needless', why: 'it has ended already' } },
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
      buildStatus: '',
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
      outcome: { result: 'aborted', stop: { kind: 'needless', why: 'execution 3 was started by somebody else' } },
      requests: ['GET status'],
    });
  });

  test('does not stop what has ended by that look, and tells its state', async () => {
    const status = wireRunning({ status: 'SUCCEED', endTime: 4_000_000 });
    expect(await cancelled(yes(true), STOPPING, { status })).toMatchObject({
      outcome: { result: 'aborted', stop: { kind: 'needless', why: 'it has ended already' } },
      requests: ['GET status'],
      state: { phase: 'over' },
      phase: 'ended',
      buildStatus: 'SUCCEED',
    });
  });

  test('stops it although a look of a server that does not count still shows the end before', async () => {
    const uncounted = wireStatus({ retry: true, buildParameters: [] });
    const fake = fakeScene({ status: [uncounted], stop: [yes(true)] }, STOPPING);
    const { executeCount: _, ...ours } = OURS;
    fake.scene.story.accepted({ ours, baseline: BASELINE });
    expect(await abandon(fake.scene)).toMatchObject({ result: 'stopped' });
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
    const fake = fakeScene({ status: [wireRunning()], stop: [yes(true)] }, STOPPING);
    fake.scene.story.accepted({ ours: OURS });
    await abandon(fake.scene);
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
    const fake: FakeScene = fakeScene({ status: [wireRunning()], stop: [stop, stop] }, STOPPING);
    fake.scene.story.accepted({ ours: OURS });
    await abandon(fake.scene);
    fake.scene.story.accepted({ ours: OURS });
    await timeIsUp(fake.scene, { ours: OURS }, { result: 'timed-out', look: undefined });
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
      phase: 'running',
      buildStatus: '',
    });
  });

  test('stops nothing that somebody else started', async () => {
    expect(await cancelled(yes(true), STOPPING, { ours: { ...OURS, foreign: true } })).toMatchObject({
      requests: ['GET status'],
      state: { phase: 'over' },
      outcome: { result: 'aborted', stop: { kind: 'needless', why: 'somebody else may have started this execution' } },
    });
  });

  const phases: readonly [string, (story: Story) => void][] = [
    ['nothing was sent', () => {}],
    ['the build has ended', (story) => story.buildEnded()],
  ];
  test.each(phases)('stops nothing while %s', async (_, told) => {
    const fake = fakeScene({}, STOPPING);
    told(fake.scene.story);
    expect([await abandon(fake.scene), fake.bkci.requests]).toEqual([{ result: 'aborted' }, []]);
  });

  test('leaves an answer that is awaited to post', async () => {
    const fake = fakeScene({}, STOPPING);
    fake.scene.story.sending(BUILD, undefined);
    expect([await abandon(fake.scene), fake.bkci.requests]).toEqual([{ result: 'aborted', postLooks: true }, []]);
  });

  test('before its inputs were read has nothing to stop', async () => {
    expect(await abandon(undefined)).toEqual({ result: 'aborted' });
  });
});
