import { describe, expect, test } from '@jest/globals';
import { run } from '../../../src/run/run.js';
import { acceptedAs, endedIn, failedDetail, runningIn } from '../../support/attempts.js';
import {
  answer,
  executions,
  fakeBkci,
  lost,
  no,
  type Script,
  unreached,
  wireDetail,
  wireRunning,
  wireStatus,
  yes,
} from '../../support/bkci.js';
import { fakeStep } from '../../support/harness.js';
import { environmentOf, REQUIRED } from '../../support/inputs.js';

/** A whole run. @param cancelAtMs when the workflow is cancelled, on the clock. */
async function runWith(script: Script, inputs: Readonly<Record<string, string>> = {}, cancelAtMs?: number) {
  const fake = fakeStep(environmentOf({ ...REQUIRED, ...inputs }));
  if (cancelAtMs !== undefined) fake.clock.timer(cancelAtMs, fake.cancel);
  const { http, requests } = fakeBkci({ log: () => yes({ status: 0, logs: [] }), ...script });
  const green = await run(fake.step, http);
  const { outputs, state, summary, masks } = fake.recorder.recorded;
  return { green, outputs, state, summary, masks, requests, log: fake.log(), clock: fake.clock };
}

const FAILED_BUILD = [wireStatus()];
const SUCCEEDED_BUILD = wireStatus({ status: 'SUCCEED', stageStatus: [] });

describe('a run', () => {
  test('retries a build and is green', async () => {
    const { green, outputs, requests, log } = await runWith(executions([acceptedAs(2)], FAILED_BUILD));
    expect([green, requests]).toEqual([true, ['GET status', 'POST retry']]);
    expect(log.slice(2)).toEqual([
      'Retry     the whole build, from its first stage',
      'Accepted  execution 2',
      'Done      the build runs and is not followed (wait: false)',
    ]);
    expect(outputs).toMatchObject({
      result: 'retried',
      retried: 'true',
      attempts: '1',
      executeCount: '2',
      status: '0',
      buildStatus: '',
    });
  });

  test('warns before it retries a build that has succeeded', async () => {
    const { log } = await runWith(executions([acceptedAs(2)], [SUCCEEDED_BUILD]));
    expect(log).toContain(
      '::warning::Build #42 has succeeded and is run again as a whole. Set onlyIfFailed: true to leave green builds alone.',
    );
  });

  const projects = [
    { projectId: '演示项目', isDisplayName: true },
    { projectId: 'Demo', isDisplayName: true },
    { projectId: 'démo', isDisplayName: true },
    { projectId: 'demo-2_x', isDisplayName: false },
  ];
  test.each(projects)('that finds nothing in project $projectId says what the id of a project is', async (row) => {
    const { projectId, isDisplayName } = row;
    const { log, outputs } = await runWith({ status: [no(2101163, '', 404)] }, { projectId });
    const hint = `projectId “${projectId}” looks like a display name: give the English name in the address bar. [not-found]`;
    expect(outputs.reason).toBe('not-found');
    expect(log.at(-1)?.endsWith(hint)).toBe(isDisplayName);
  });

  test('with such a projectId and another error gives no hint', async () => {
    const { log } = await runWith({ status: [no(2101047)] }, { projectId: 'Demo' });
    expect(log.join('\n')).not.toContain('display name');
  });

  test('with invalid inputs sends nothing and is red', async () => {
    const { green, outputs, requests, log } = await runWith({}, { buildId: '' });
    expect([green, requests, outputs.result, outputs.reason]).toEqual([false, [], 'error', 'input-invalid']);
    expect(log).toEqual([
      expect.stringMatching(
        /^::error title=Retry BK-CI build::1 input needs a change; nothing was sent:%0A {2}buildId: missing/,
      ),
    ]);
  });

  test('masks a credential before it prints anything', async () => {
    const { masks, log } = await runWith(
      { status: [no(2101047, 'hunter2hunter2')] },
      { accessToken: 'hunter2hunter2' },
    );
    expect(masks[0]).toBe('hunter2hunter2');
    expect(log.join('\n')).not.toContain('hunter2');
  });

  test('whose retry is refused logs the request, the answer and one error', async () => {
    const { green, outputs, log } = await runWith(executions([no(2101047, 'locked')], FAILED_BUILD));
    expect([green, outputs.result, outputs.status, outputs.message]).toEqual([false, 'refused', '2101047', 'locked']);
    expect(log.slice(3)).toEqual([
      expect.stringMatching(/^Sent {6}POST https:\S+\/retry$/),
      'Refused   HTTP 400',
      '          | locked',
      expect.stringMatching(/^::error title=Retry BK-CI build::BK-CI refused: the pipeline is locked .* \[refused\]$/),
    ]);
  });

  test.each([
    ['a plug-in with a lone surrogate', { id: 'e-\ud800' }],
    ['a plug-in with an invisible character', { id: 'e-\u200b1' }],
    ['a plug-in with white space', { id: 'e 1' }],
    ['a plug-in that is far too long', { id: `e-${'1'.repeat(300)}` }],
  ])('with an id that can’t be sent, %s, ends before anything is sent', async (_, plugin) => {
    const { outputs, state, requests } = await runWith(
      { status: () => wireStatus(), detail: () => wireDetail({}, plugin) },
      { taskId: 'tests', wait: 'true', stopOnAbort: 'true' },
    );
    expect(outputs).toMatchObject({ result: 'error', reason: 'unexpected-answer', retried: 'false' });
    expect(state.phase).not.toBe('sending');
    expect(requests).toEqual(['GET status', 'GET detail']);
  });

  test('that reports a lost answer leaves nothing to post', async () => {
    const { outputs, state } = await runWith(executions([lost()], FAILED_BUILD), { wait: 'true', stopOnAbort: 'true' });
    expect([outputs.reason, state.phase]).toEqual(['answer-lost', 'over']);
  });

  test('that fails because of a defect of this action is red and reports the defect', async () => {
    const { green, outputs, log } = await runWith({});
    expect([green, outputs.reason]).toEqual([false, 'bug']);
    expect(log.at(-1)).toMatch(
      /^::error title=Retry BK-CI build::This action has a defect \(Error: an unplanned request.*\)\. Please report it/,
    );
  });
});

describe('a dry run', () => {
  test('sends nothing', async () => {
    const script = { status: FAILED_BUILD, detail: [wireDetail()] };
    const { green, outputs, requests } = await runWith(script, { dryRun: 'true' });
    expect([green, outputs.result, outputs.retried]).toEqual([true, 'found', 'false']);
    expect(requests).toEqual(['GET status', 'GET detail']);
  });
  test.each([
    ['refused', no(2101008, 'no right', 403)],
    ['a web page', answer('<html>', { http: 404 })],
    ['not answered', lost()],
  ])('whose look at the plug-ins is %s is green, and warns of what was not checked', async (_, reply) => {
    const script = { status: FAILED_BUILD, detail: () => reply };
    const { green, outputs, log } = await runWith(script, { dryRun: 'true' });
    expect([green, outputs.result]).toEqual([true, 'found']);
    expect(log).toContainEqual(
      expect.stringMatching(/^::warning::The plug-ins of build #42 could not be read \(.*\)\. It was not checked that/),
    );
  });
  test.each([
    ['a wrong user', no(2101008, 'no right', 403), 'forbidden', /dryRun needs a look at the build, which was refused/],
    ['a wrong stage', answer({ code: 1640401, result: false }, { http: 404 }), 'unexpected-answer', /does not know/],
    ['a login page', answer('<html>'), 'unexpected-answer', /web page/],
  ])('with %s is red', async (_, reply, reason, says) => {
    const { green, outputs, requests, log } = await runWith({ status: [reply] }, { dryRun: 'true' });
    expect([green, outputs.reason, requests]).toEqual([false, reason, ['GET status']]);
    expect(log.at(-1)).toMatch(says);
  });
  test.each([
    ['of another kind', answer({ status: 0, data: [] }), 'unexpected-answer'],
    ['to wrong credentials', answer('', { http: 401 }), 'unauthorized'],
    ['that the build belongs to another pipeline', no(2101058), 'not-found'],
  ])('whose look at the plug-ins gets an answer %s is red', async (_, reply, reason) => {
    const { green, outputs } = await runWith({ status: FAILED_BUILD, detail: [reply] }, { dryRun: 'true' });
    expect([green, outputs.reason]).toEqual([false, reason]);
  });
  test('with onlyIfFailed has the result not-needed for a build that has succeeded', async () => {
    const { green, outputs } = await runWith({ status: [SUCCEEDED_BUILD] }, { dryRun: 'true', onlyIfFailed: 'true' });
    expect([green, outputs.result]).toEqual([true, 'not-needed']);
  });
});

describe('with onlyIfFailed and wait, a build that is running already', () => {
  const INPUTS = { onlyIfFailed: 'true', wait: 'true' };

  test('is followed first, and not retried when it succeeds', async () => {
    const { green, outputs, requests } = await runWith(
      executions([], [runningIn(2), runningIn(2), endedIn(2, 'SUCCEED')]),
      INPUTS,
    );
    expect([green, outputs.result, outputs.retried, outputs.durationSeconds]).toEqual([
      true,
      'not-needed',
      'false',
      '',
    ]);
    expect(requests.filter((request) => request.startsWith('POST'))).toEqual([]);
  });

  test('is retried when it fails', async () => {
    const statuses = [[runningIn(2), runningIn(2), endedIn(2, 'FAILED')], [endedIn(3, 'SUCCEED')]];
    const { green, outputs } = await runWith(executions([acceptedAs(3)], ...statuses), INPUTS);
    expect([green, outputs.result, outputs.retried, outputs.executeCount]).toEqual([true, 'succeeded', 'true', '3']);
  });

  test('has two minutes to resend its retry, however long it was followed', async () => {
    const statuses = [
      [...Array.from({ length: 80 }, () => runningIn(2)), endedIn(2, 'FAILED')],
      [endedIn(2, 'FAILED')],
      [endedIn(3, 'SUCCEED')],
    ];
    const script = { ...executions([unreached(), acceptedAs(3)], ...statuses), detail: () => wireDetail() };
    const { outputs, requests, clock } = await runWith(script, INPUTS);
    expect([outputs.result, requests.filter((request) => request === 'POST retry').length]).toEqual(['succeeded', 2]);
    expect(clock.now()).toBeGreaterThan(120_000);
  });

  test('is followed up to timeoutMinutes, and not stopped', async () => {
    const script = { ...executions([], [runningIn(2)]), detail: () => wireDetail() };
    const { green, outputs, requests, log } = await runWith(script, {
      ...INPUTS,
      timeoutMinutes: '1',
      stopOnAbort: 'true',
    });
    expect([green, outputs.result]).toEqual([false, 'timed-out']);
    expect(log.at(-1)).toContain('has not ended after 1 min (RUNNING in stage Test)');
    expect(requests.filter((request) => request.startsWith('POST'))).toEqual([]);
  });
});

describe('a cancelled workflow', () => {
  const STOP_INPUTS = { wait: 'true', stopOnAbort: 'true' };

  test('stops the retried build and leaves nothing to post', async () => {
    const { green, outputs, requests, state } = await runWith(
      { ...executions([acceptedAs(2)], FAILED_BUILD, [runningIn(2)]), stop: [yes(true)] },
      STOP_INPUTS,
      3000,
    );
    expect([green, outputs.result, requests.at(-1), state.phase]).toEqual([false, 'stopped', 'POST stop', 'over']);
  });

  test('during the reconciliation of a lost answer stops nothing and leaves that to post', async () => {
    const { green, outputs, requests, state } = await runWith(executions([lost()], FAILED_BUILD), STOP_INPUTS, 3000);
    expect([green, outputs.result, state.phase]).toEqual([false, 'aborted', 'sending']);
    expect(requests).not.toContain('POST stop');
  });

  test('without stopOnAbort does not stop the build', async () => {
    const { outputs, requests, state, log } = await runWith(
      executions([acceptedAs(2)], FAILED_BUILD, [runningIn(2)]),
      { wait: 'true' },
      3000,
    );
    expect([outputs.result, requests.includes('POST stop'), state]).toEqual(['aborted', false, {}]);
    expect(log.at(-1)).toContain('The step was cancelled. Build #42 goes on without it.');
  });
});

describe('a build that fails again', () => {
  test('makes the step red, with failed tasks and a summary', async () => {
    const script = {
      ...executions([acceptedAs(2)], FAILED_BUILD, [wireRunning(), endedIn(2, 'FAILED')]),
      detail: () => failedDetail(2),
    };
    const { green, outputs, summary } = await runWith(script, { wait: 'true' });
    expect([green, outputs.result, outputs.buildStatus, outputs.attempts]).toEqual([false, 'failed', 'FAILED', '1']);
    expect(JSON.parse(outputs.failedTasks ?? '')).toMatchObject([{ taskId: 'e-1', errorMessage: 'exit status 1' }]);
    expect(summary).toMatch(/^## ❌ BK-CI build 42 failed again\n/);
  });
});
