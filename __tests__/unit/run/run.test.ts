import { describe, expect, test } from '@jest/globals';
import { run } from '../../../src/run/run.js';
import { accepted, ends, failedIn, runs } from '../../support/attempts.js';
import {
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

/** The whole story, with the runner's inputs and a scripted BK-CI. */
async function told(script: Script, given: Readonly<Record<string, string>> = {}, cancelAt?: number) {
  const fake = fakeStep(environmentOf({ ...REQUIRED, ...given }));
  if (cancelAt !== undefined) fake.clock.timer(cancelAt, fake.cancel);
  const { http, requests } = fakeBkci({ log: () => yes({ status: 0, logs: [] }), ...script });
  const green = await run(fake.step, http);
  const { outputs, state, summary, masks } = fake.recorder.recorded;
  return { green, outputs, state, summary, masks, requests, log: fake.log(), clock: fake.clock };
}

const FOUND = [wireStatus()];
const GREEN = wireStatus({ status: 'SUCCEED', stageStatus: [] });

describe('a run', () => {
  test('retries a build and is green', async () => {
    const { green, outputs, requests, log } = await told(executions([accepted(2)], FOUND));
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

  test('says beforehand what may not be meant', async () => {
    const { log } = await told(executions([accepted(2)], [GREEN]));
    expect(log).toContain(
      '::warning::Build #42 has succeeded and is run again as a whole. Set onlyIfFailed: true to leave green builds alone.',
    );
  });

  test('with inputs that can’t be sends nothing and is red', async () => {
    const { green, outputs, requests, log } = await told({}, { buildId: '' });
    expect([green, requests, outputs.result, outputs.reason]).toEqual([false, [], 'error', 'input-invalid']);
    expect(log).toEqual([
      expect.stringMatching(
        /^::error title=Retry BK-CI build::1 input needs a change; nothing was sent:%0A {2}buildId: missing/,
      ),
    ]);
  });

  test('masks before it prints', async () => {
    const { masks, log } = await told({ status: [no(2101047, 'hunter2hunter2')] }, { accessToken: 'hunter2hunter2' });
    expect(masks).toEqual(['hunter2hunter2']);
    expect(log.join('\n')).not.toContain('hunter2');
  });

  test('that refuses tells the request, the answer and one error', async () => {
    const { green, outputs, log } = await told(executions([no(2101047, 'locked')], FOUND));
    expect([green, outputs.result, outputs.status, outputs.message]).toEqual([false, 'refused', '2101047', 'locked']);
    expect(log.slice(3)).toEqual([
      expect.stringMatching(/^Sent {6}POST https:\S+\/retry$/),
      'Refused   HTTP 400',
      '          | locked',
      expect.stringMatching(/^::error title=Retry BK-CI build::BK-CI refused: the pipeline is locked .* \[refused\]$/),
    ]);
  });

  test('that can’t tell whether the build was retried leaves nothing to post: it has said so', async () => {
    const { outputs, state } = await told(executions([lost()], FOUND), { wait: 'true', stopOnAbort: 'true' });
    expect([outputs.reason, state.phase]).toEqual(['answer-lost', 'over']);
  });

  test('that meets a defect of its own is red, and says so', async () => {
    const { green, outputs, log } = await told({});
    expect([green, outputs.reason]).toEqual([false, 'bug']);
    expect(log.at(-1)).toMatch(
      /^::error title=Retry BK-CI build::This action has a defect \(Error: an unplanned request.*\)\. Please report it/,
    );
  });
});

describe('a dry run', () => {
  test('sends nothing', async () => {
    const { green, outputs, requests } = await told({ status: FOUND }, { dryRun: 'true' });
    expect([green, outputs.result, outputs.retried, requests]).toEqual([true, 'found', 'false', ['GET status']]);
  });
  test('with onlyIfFailed says when nothing is needed', async () => {
    const { green, outputs } = await told({ status: [GREEN] }, { dryRun: 'true', onlyIfFailed: 'true' });
    expect([green, outputs.result]).toEqual([true, 'not-needed']);
  });
});

describe('a build that runs already, with onlyIfFailed and wait,', () => {
  const INPUTS = { onlyIfFailed: 'true', wait: 'true' };

  test('is followed first, and left alone when it succeeds', async () => {
    const { green, outputs, requests } = await told(executions([], [runs(2), runs(2), ends(2, 'SUCCEED')]), INPUTS);
    expect([green, outputs.result, outputs.retried, outputs.durationSeconds]).toEqual([
      true,
      'not-needed',
      'false',
      '',
    ]);
    expect(requests.filter((request) => request.startsWith('POST'))).toEqual([]);
  });

  test('is retried when it fails', async () => {
    const looks = [[runs(2), runs(2), ends(2, 'FAILED')], [ends(3, 'SUCCEED')]];
    const { green, outputs } = await told(executions([accepted(3)], ...looks), INPUTS);
    expect([green, outputs.result, outputs.retried, outputs.executeCount]).toEqual([true, 'succeeded', 'true', '3']);
  });

  test('leaves its retry two minutes to get through, however long it was followed', async () => {
    const looks = [
      [...Array.from({ length: 80 }, () => runs(2)), ends(2, 'FAILED')],
      [ends(2, 'FAILED')],
      [ends(3, 'SUCCEED')],
    ];
    const script = { ...executions([unreached(), accepted(3)], ...looks), detail: () => wireDetail() };
    const { outputs, requests, clock } = await told(script, INPUTS);
    expect([outputs.result, requests.filter((request) => request === 'POST retry').length]).toEqual(['succeeded', 2]);
    expect(clock.now()).toBeGreaterThan(120_000);
  });

  test('is not waited for without end', async () => {
    const script = { ...executions([], [runs(2)]), detail: () => wireDetail() };
    const { green, outputs, requests, log } = await told(script, {
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
  const STOPPING = { wait: 'true', stopOnAbort: 'true' };

  test('stops the build that was retried, and tells post that all is said', async () => {
    const { green, outputs, requests, state } = await told(
      { ...executions([accepted(2)], FOUND, [runs(2)]), stop: [yes(true)] },
      STOPPING,
      3000,
    );
    expect([green, outputs.result, requests.at(-1), state.phase]).toEqual([false, 'stopped', 'POST stop', 'over']);
  });

  test('while a lost answer is settled stops nothing and leaves that to post', async () => {
    const { green, outputs, requests, state } = await told(executions([lost()], FOUND), STOPPING, 3000);
    expect([green, outputs.result, state.phase]).toEqual([false, 'aborted', 'sending']);
    expect(requests).not.toContain('POST stop');
  });

  test('without stopOnAbort lets the build go on', async () => {
    const { outputs, requests, state, log } = await told(
      executions([accepted(2)], FOUND, [runs(2)]),
      { wait: 'true' },
      3000,
    );
    expect([outputs.result, requests.includes('POST stop'), state]).toEqual(['aborted', false, {}]);
    expect(log.at(-1)).toContain('The step was cancelled. Build #42 goes on without it.');
  });
});

describe('a build that fails again', () => {
  test('is red, with tasks and summary', async () => {
    const script = {
      ...executions([accepted(2)], FOUND, [wireRunning(), ends(2, 'FAILED')]),
      detail: () => failedIn(2),
    };
    const { green, outputs, summary } = await told(script, { wait: 'true' });
    expect([green, outputs.result, outputs.buildStatus, outputs.attempts]).toEqual([false, 'failed', 'FAILED', '1']);
    expect(JSON.parse(outputs.failedTasks ?? '')).toMatchObject([{ taskId: 'e-1', errorMessage: 'exit status 1' }]);
    expect(summary).toMatch(/^## BK-CI build 42 failed again\n/);
  });
});
