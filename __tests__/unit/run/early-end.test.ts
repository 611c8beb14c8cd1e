import { describe, expect, test } from '@jest/globals';
import type { BuildStatus } from '../../../src/model/snapshot.js';
import type { AcceptedRetry } from '../../../src/retry/accepted-retry.js';
import { onCancelled, onTimeout, whyNotOurs } from '../../../src/run/early-end.js';
import type { RunState } from '../../../src/run/state.js';
import type { Breakable } from '../../support/actions.js';
import { answer, lost, no, type Reply, unreached, wireRunning, wireStatus, yes } from '../../support/bkci.js';
import { BUILD, buildStatus, running } from '../../support/builds.js';
import { type FakeRun, fakeRun } from '../../support/harness.js';
import { BASELINE } from '../../support/send.js';

const ACCEPTED: AcceptedRetry = { build: BUILD, executeCount: 2, ownership: 'ours', at: 0 };

describe('whyNotOurs', () => {
  const { executeCount: _, ...statusWithoutCount } = buildStatus();
  const { executeCount: __, ...acceptedWithoutCount } = ACCEPTED;
  const unsure: AcceptedRetry = { ...ACCEPTED, ownership: 'unsure' };
  const answeredOther: AcceptedRetry = { ...ACCEPTED, answeredOther: true };
  const rows: readonly {
    name: string;
    accepted: AcceptedRetry;
    status: BuildStatus | undefined;
    username?: string;
    why: string | undefined;
  }[] = [
    {
      name: 'is undefined for an unsure execution that our user started',
      accepted: unsure,
      status: running({ startedBy: 'ci-bot' }),
      username: 'ci-bot',
      why: undefined,
    },
    ...[
      { name: 'another user', status: running({ startedBy: 'ops' }), username: 'ci-bot' },
      { name: 'nobody BK-CI names', status: running({ startedBy: undefined }), username: 'ci-bot' },
      { name: 'somebody, when our user is not known', status: running({ startedBy: 'ops' }) },
    ].map((row) => ({
      ...row,
      name: `says of an unsure execution that ${row.name} started it`,
      accepted: unsure,
      why: 'it is not known who started this execution',
    })),
    {
      name: 'is undefined for the build of the answer once it was seen running',
      accepted: answeredOther,
      status: running(),
      why: undefined,
    },
    {
      name: 'says that the build of the answer was not seen running',
      accepted: answeredOther,
      status: buildStatus(),
      why: 'it was not seen running',
    },
    {
      name: 'is undefined for the accepted execution',
      accepted: ACCEPTED,
      status: buildStatus({ executeCount: 2 }),
      why: undefined,
    },
    { name: 'is undefined when the build was not read since', accepted: ACCEPTED, status: undefined, why: undefined },
    {
      name: 'is undefined when the status has no count',
      accepted: ACCEPTED,
      status: statusWithoutCount,
      why: undefined,
    },
    {
      name: 'is undefined when the accepted retry has no count',
      accepted: acceptedWithoutCount,
      status: buildStatus({ executeCount: 9 }),
      why: undefined,
    },
    {
      name: 'names a newer execution',
      accepted: ACCEPTED,
      status: buildStatus({ executeCount: 3 }),
      why: 'execution 3 was started by somebody else',
    },
    {
      name: 'says that somebody else may have started the execution',
      accepted: { ...ACCEPTED, ownership: 'other' },
      status: undefined,
      why: 'somebody else may have started this execution',
    },
  ];
  test.each(rows)('$name', ({ accepted, status, username, why }) => {
    expect(whyNotOurs(accepted, status, username)).toBe(why);
  });
});

describe('a cancelled step', () => {
  const STOP_INPUTS = { wait: 'true', stopOnAbort: 'true' };
  const cancelStep = async (
    stop: Reply,
    inputs = STOP_INPUTS as Record<string, string>,
    { accepted = ACCEPTED, status = wireRunning() }: { accepted?: AcceptedRetry; status?: Reply } = {},
  ) => {
    const fake = fakeRun({ status: [status], stop: [stop] }, inputs);
    fake.context.state.recordAccepted({ accepted });
    const outcome = await onCancelled(fake.context);
    // run() ends with it.
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
    { name: 'is accepted', reply: yes(true), outcome: { result: 'stopped' } },
    {
      name: 'is not answered',
      reply: lost(),
      outcome: { result: 'aborted', stop: { kind: 'unanswered', why: 'BK-CI has not answered (connection reset)' } },
    },
    {
      name: 'is refused so soon after another one',
      reply: no(2101019),
      outcome: {
        result: 'aborted',
        stop: { kind: 'too-soon', why: expect.stringContaining('the build was not stopped') },
      },
    },
    {
      name: 'is unnecessary',
      reply: no(2101182),
      outcome: { result: 'aborted', stop: { kind: 'unnecessary', why: 'it has ended already' } },
    },
    {
      name: 'is refused',
      reply: answer('<html>'),
      outcome: {
        result: 'aborted',
        stop: { kind: 'failed', why: expect.stringContaining('the build was not stopped') },
      },
    },
  ];
  test.each(stops)('stops the execution that it started, and the stop $name', async ({ reply, outcome }) => {
    expect(await cancelStep(reply)).toEqual({
      outcome,
      requests: ['GET status', 'POST stop'],
      state: expect.objectContaining({ phase: 'over' }),
      phase: 'ended',
      buildStatus: undefined,
    });
  });

  test('leaves a stop that was not delivered to post', async () => {
    expect(await cancelStep(unreached())).toMatchObject({
      outcome: { result: 'aborted', stop: { kind: 'undelivered', why: 'connection refused' } },
      requests: ['GET status', 'POST stop'],
      state: expect.objectContaining({ phase: 'running' }),
    });
  });

  test('leaves its only stop to post when “over” can’t be saved', async () => {
    const broken: Breakable[] = [];
    const fake = fakeRun({ status: [wireRunning()] }, STOP_INPUTS, { broken });
    fake.context.state.recordAccepted({ accepted: ACCEPTED });
    broken.push('saveState');
    expect(await onCancelled(fake.context)).toEqual({
      result: 'aborted',
      stop: {
        kind: 'undelivered',
        why: "nothing was sent: the state for the post step of this action can't be written (GITHUB_STATE: Missing file at path: /saveState)",
      },
    });
    // Even if the disk has room again: the entry that failed may be cut, and hide what follows it.
    broken.pop();
    fake.context.state.exit();
    expect([fake.bkci.requests, fake.recorder.recorded.state.phase]).toEqual([['GET status'], 'running']);
  });

  test('reads the build before it stops it, and does not stop a newer execution', async () => {
    const status = wireRunning({ buildParameters: [{ key: 'BK_CI_RETRY_COUNT', value: '2' }] });
    expect(await cancelStep(yes(true), STOP_INPUTS, { status })).toMatchObject({
      outcome: { result: 'aborted', stop: { kind: 'unnecessary', why: 'execution 3 was started by somebody else' } },
      requests: ['GET status'],
    });
  });

  test('does not stop a build that has ended by that read, and outputs its status', async () => {
    const status = wireRunning({ status: 'SUCCEED', endTime: 4_000_000 });
    expect(await cancelStep(yes(true), STOP_INPUTS, { status })).toMatchObject({
      outcome: { result: 'aborted', stop: { kind: 'unnecessary', why: 'it has ended already' } },
      requests: ['GET status'],
      state: { phase: 'over' },
      phase: 'ended',
      buildStatus: 'SUCCEED',
    });
  });

  test('stops the build when the read has no count and still shows the end of the execution before', async () => {
    const withoutCount = wireStatus({ retry: true, buildParameters: [] });
    const fake = fakeRun({ status: [withoutCount], stop: [yes(true)] }, STOP_INPUTS);
    const { executeCount: _, ...accepted } = ACCEPTED;
    fake.context.state.recordAccepted({ accepted, baseline: BASELINE });
    expect(await onCancelled(fake.context)).toMatchObject({ result: 'stopped' });
  });

  test('stops the build when the read still shows the execution before', async () => {
    expect(await cancelStep(yes(true), STOP_INPUTS, { status: wireStatus() })).toMatchObject({
      outcome: { result: 'stopped' },
    });
  });

  test('stops the build when the read fails', async () => {
    expect(await cancelStep(yes(true), STOP_INPUTS, { status: lost() })).toMatchObject({
      outcome: { result: 'stopped' },
    });
  });

  test('limits the read and the stop to 4.5 s together, since it exits after 5.5 s', async () => {
    const fake = fakeRun({ status: [wireRunning()], stop: [yes(true)] }, STOP_INPUTS);
    fake.context.state.recordAccepted({ accepted: ACCEPTED });
    await onCancelled(fake.context);
    expect(fake.bkci.sent.map(({ deadlineMs, signal }) => ({ deadlineMs, signal }))).toEqual([
      { deadlineMs: 1500, signal: undefined },
      { deadlineMs: 3000, signal: undefined },
    ]);
  });

  test('saves the phase “over” before the stop is sent, since a second stop would force termination', async () => {
    const phases: unknown[] = [];
    const stop = async () => {
      phases.push(fake.recorder.recorded.state.phase);
      return yes(true);
    };
    const fake: FakeRun = fakeRun({ status: [wireRunning()], stop: [stop, stop] }, STOP_INPUTS);
    fake.context.state.recordAccepted({ accepted: ACCEPTED });
    await onCancelled(fake.context);
    fake.context.state.recordAccepted({ accepted: ACCEPTED });
    await onTimeout(fake.context, { accepted: ACCEPTED }, { result: 'timed-out', status: undefined });
    expect(phases).toEqual(['over', 'over']);
  });

  const missingInputs = [
    { name: 'stopOnAbort', inputs: { wait: 'true' } },
    { name: 'wait', inputs: {} },
  ];
  test.each(missingInputs)('stops nothing without $name', async ({ inputs }) => {
    expect(await cancelStep(yes(true), inputs)).toEqual({
      outcome: { result: 'aborted' },
      requests: [],
      state: {},
      phase: 'ended',
      buildStatus: undefined,
    });
  });

  test('does not stop an execution that somebody else started', async () => {
    expect(await cancelStep(yes(true), STOP_INPUTS, { accepted: { ...ACCEPTED, ownership: 'other' } })).toMatchObject({
      requests: ['GET status'],
      state: {},
      outcome: {
        result: 'aborted',
        stop: { kind: 'unnecessary', why: 'somebody else may have started this execution' },
      },
    });
  });

  const lifecycles: readonly [string, (state: RunState) => void][] = [
    ['nothing was sent', () => {}],
    ['the build has ended', (state) => state.advance({ kind: 'end' })],
  ];
  test.each(lifecycles)('stops nothing when %s', async (_, prepare) => {
    const fake = fakeRun({}, STOP_INPUTS);
    prepare(fake.context.state);
    expect([await onCancelled(fake.context), fake.bkci.requests]).toEqual([{ result: 'aborted' }, []]);
  });

  test('leaves a retry that is not answered yet to post', async () => {
    const fake = fakeRun({}, STOP_INPUTS);
    fake.context.state.advance({ kind: 'send', build: BUILD, baseline: undefined });
    expect([await onCancelled(fake.context), fake.bkci.requests]).toEqual([{ result: 'aborted', postLooks: true }, []]);
  });

  test('stops nothing when the inputs have not been read', async () => {
    expect(await onCancelled(undefined)).toEqual({ result: 'aborted' });
  });
});
