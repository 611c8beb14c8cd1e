import { describe, expect, test } from '@jest/globals';
import { lost, no, wireRunning, wireStatus, yes } from '../../support/bkci.js';
import { runPostWith, SAVED, SAVED_WITHOUT_BASELINE, STOP_INPUTS } from '../../support/post.js';

const LINK = 'https://devops.example.com/console/pipeline/demo/p-1/detail/b-1';
const ENDED = wireRunning({ status: 'SUCCEED', endTime: 4_000_000 });

describe('post does nothing', () => {
  test('when main saved nothing', async () => {
    expect(await runPostWith({})).toMatchObject({ log: [], requests: [], elapsedMs: 0 });
  });
  test('when stopOnAbort is not on', async () => {
    const inputs = { ...STOP_INPUTS, stopOnAbort: 'false' };
    expect(await runPostWith({}, SAVED, { inputs })).toMatchObject({ log: [], requests: [], elapsedMs: 0 });
  });
});

describe('post, after an accepted retry,', () => {
  test('reads the build once and stops it once', async () => {
    expect(await runPostWith({ status: [wireRunning()], stop: [yes(true)] }, SAVED)).toMatchObject({
      requests: ['GET status', 'POST stop'],
      elapsedMs: 0,
      log: ['Stopped   build #42 was asked to stop, since the step ended before it'],
    });
  });

  test('stops the build although it was not read before the retry', async () => {
    expect(await runPostWith({ status: [wireRunning()], stop: [yes(true)] }, SAVED_WITHOUT_BASELINE)).toMatchObject({
      requests: ['GET status', 'POST stop'],
      elapsedMs: 0,
    });
  });

  const savedRetries = [
    { name: 'has a baseline', saved: SAVED },
    { name: 'has no baseline', saved: SAVED_WITHOUT_BASELINE },
  ];
  test.each(savedRetries)('does not stop a build that has ended when the saved state $name', async ({ saved }) => {
    expect(await runPostWith({ status: [ENDED] }, saved)).toMatchObject({
      requests: ['GET status'],
      elapsedMs: 0,
      log: ['Done      build #42 has ended already (SUCCEED)'],
    });
  });

  test('does not stop a build that can’t be read', async () => {
    const { requests, log, elapsedMs } = await runPostWith({ status: () => lost() }, SAVED);
    expect([requests.includes('POST stop'), log, elapsedMs]).toEqual([
      false,
      [`::warning::Build b-1 can't be read, so it was not stopped. Check it in BK-CI: ${LINK}`],
      42_000,
    ]);
  });

  test('reads a build only once when the user may not view it', async () => {
    const { requests, log } = await runPostWith({ status: [no(2101008, '', 403)] }, SAVED);
    expect([requests, log]).toEqual([
      ['GET status'],
      [
        expect.stringMatching(
          /^::warning::Build b-1 may still be running: .* may not view .*it was not stopped.* \[forbidden\]$/,
        ),
      ],
    ]);
  });

  test('reads again while the build still shows the execution before', async () => {
    const { requests } = await runPostWith(
      { status: [wireStatus(), wireStatus(), wireRunning()], stop: [yes(true)] },
      SAVED,
    );
    expect(requests).toEqual(['GET status', 'GET status', 'GET status', 'POST stop']);
  });

  test('stops the build after the first read that is answered', async () => {
    const { requests, elapsedMs } = await runPostWith(
      { status: [lost(), lost(), wireRunning()], stop: [yes(true)] },
      SAVED,
    );
    expect([requests.at(-1), elapsedMs]).toEqual(['POST stop', 5000]);
  });

  const stops = [
    {
      name: 'the build has ended meanwhile',
      reply: no(2101182),
      log: 'Done      build #42 was not stopped: it has ended already',
    },
    {
      name: 'the build is being stopped already',
      reply: no(2101019),
      log: 'Done      build #42 was not stopped: it is being stopped already',
    },
    {
      name: 'the user may not stop the build',
      reply: no(2101008, 'm'),
      log: expect.stringMatching(/^::warning::Build #42 could not be stopped: ci-bot may not execute/),
    },
    {
      name: 'BK-CI does not answer',
      reply: lost(),
      log: '::warning::Build #42 was asked to stop, but BK-CI has not answered (connection reset).',
    },
  ];
  test.each(stops)('logs that $name, and does not fail the job', async ({ reply, log }) => {
    expect((await runPostWith({ status: [wireRunning()], stop: [reply] }, SAVED)).log).toEqual([log]);
  });
});

describe('post, after a retry with unknown outcome,', () => {
  const DOUBT = `::warning::It is not known whether build b-1 was retried, so it was not stopped. Check it in BK-CI: ${LINK}`;

  test('reads until the retried execution shows, then stops it', async () => {
    const { requests, elapsedMs } = await runPostWith(
      { status: [wireStatus(), lost(), wireRunning()], stop: [yes(true)] },
      { ...SAVED, phase: 'sending' },
    );
    expect([requests, elapsedMs]).toEqual([['GET status', 'GET status', 'GET status', 'POST stop'], 5000]);
  });

  test('does not stop the build when no retried execution shows in time', async () => {
    const { requests, log, elapsedMs } = await runPostWith(
      { status: () => wireStatus() },
      { ...SAVED, phase: 'sending' },
    );
    expect([requests.includes('POST stop'), log, elapsedMs]).toEqual([false, [DOUBT], 42_000]);
  });

  test('does not stop the build when it was not read before the retry', async () => {
    const { requests, log } = await runPostWith(
      { status: () => wireRunning() },
      { ...SAVED_WITHOUT_BASELINE, phase: 'sending' },
    );
    expect([requests.includes('POST stop'), log]).toEqual([false, [DOUBT]]);
  });
});

describe('post, with other inputs than main,', () => {
  test('sends no credential to another address', async () => {
    const inputs = { ...STOP_INPUTS, apiUrl: 'https://evil.example', accessToken: 'hunter2hunter2' };
    const { requests, log } = await runPostWith({}, SAVED, { inputs });
    expect([requests, log]).toEqual([
      [],
      [
        '::warning::Build b-1 may still be running: apiUrl is not the one that the retry was sent to. Check it in BK-CI. [input-invalid]',
      ],
    ]);
  });

  test('warns when the inputs are not valid', async () => {
    const { log } = await runPostWith({}, SAVED, { inputs: { ...STOP_INPUTS, username: '' } });
    expect(log).toEqual([expect.stringMatching(/^::warning::Build b-1 may still be running: 1 input needs a change/)]);
  });

  test('stops the saved build when the inputs name no build', async () => {
    const inputs = { ...STOP_INPUTS, buildId: '', projectId: '', pipelineId: '' };
    const { requests } = await runPostWith({ status: [wireRunning()], stop: [yes(true)] }, SAVED, { inputs });
    expect(requests).toEqual(['GET status', 'POST stop']);
  });
});

describe('the log of post', () => {
  test('contains no credential', async () => {
    const inputs = { ...STOP_INPUTS, username: '', accessToken: 'hunter2hunter2' };
    const reply = no(2109999, 'bad token hunter2hunter2');
    const { log } = await runPostWith({ status: [wireRunning()], stop: [reply] }, SAVED, { inputs });
    expect(log).toEqual([expect.stringMatching(/^::warning::Build #42 could not be stopped: .*“bad token \*\*\*”/)]);
    expect(log.join()).not.toContain('hunter2');
  });
});
