import { describe, expect, test } from '@jest/globals';
import { lost, no, wireRunning, wireStatus, yes } from '../../support/bkci.js';
import { BLIND, LEFT, post, STOPPING } from '../../support/post.js';

const LINK = 'https://devops.example.com/console/pipeline/demo/p-1/detail/b-1';
const ENDED = wireRunning({ status: 'SUCCEED', endTime: 4_000_000 });

describe('post does nothing', () => {
  test('when main saved nothing', async () => {
    expect(await post({})).toMatchObject({ log: [], requests: [], at: 0 });
  });
  test('when stopOnAbort is not on', async () => {
    const given = { ...STOPPING, stopOnAbort: 'false' };
    expect(await post({}, LEFT, { given })).toMatchObject({ log: [], requests: [], at: 0 });
  });
});

describe('a retry that was accepted', () => {
  test('is looked at, then stopped, once', async () => {
    expect(await post({ status: [wireRunning()], stop: [yes(true)] }, LEFT)).toMatchObject({
      requests: ['GET status', 'POST stop'],
      at: 0,
      log: ['Stopped   build #42 was asked to stop, since the step ended before it'],
    });
  });

  test('is stopped although nobody looked before it', async () => {
    expect(await post({ status: [wireRunning()], stop: [yes(true)] }, BLIND)).toMatchObject({
      requests: ['GET status', 'POST stop'],
      at: 0,
    });
  });

  const looked = [
    { name: 'when it has ended', saved: LEFT },
    { name: 'when it has ended, and nobody looked before it', saved: BLIND },
  ];
  test.each(looked)('is left alone $name', async ({ saved }) => {
    expect(await post({ status: [ENDED] }, saved)).toMatchObject({
      requests: ['GET status'],
      at: 0,
      log: ['Done      build #42 has ended already (SUCCEED)'],
    });
  });

  test('of a build that can’t be read is not stopped', async () => {
    const { requests, log, at } = await post({ status: () => lost() }, LEFT);
    expect([requests.includes('POST stop'), log, at]).toEqual([
      false,
      [`::warning::Build b-1 can't be read, so it was not stopped. Check it in BK-CI: ${LINK}`],
      42_000,
    ]);
  });

  test('of a build that may not be read is asked for once', async () => {
    const { requests, log } = await post({ status: [no(2101008, '', 403)] }, LEFT);
    expect([requests, log]).toEqual([
      ['GET status'],
      [
        expect.stringMatching(
          /^::warning::Build b-1 may still be running: .* may not view .*it was not stopped.* \[forbidden\]$/,
        ),
      ],
    ]);
  });

  test('is not taken for ended by a look that still shows the execution before', async () => {
    const { requests } = await post({ status: [wireStatus(), wireStatus(), wireRunning()], stop: [yes(true)] }, LEFT);
    expect(requests).toEqual(['GET status', 'GET status', 'GET status', 'POST stop']);
  });

  test('is stopped by a look that comes through late', async () => {
    const { requests, at } = await post({ status: [lost(), lost(), wireRunning()], stop: [yes(true)] }, LEFT);
    expect([requests.at(-1), at]).toEqual(['POST stop', 5000]);
  });

  const stops = [
    { name: 'ended meanwhile', reply: no(2101182), log: 'Done      build #42 was not stopped: it has ended already' },
    {
      name: 'is stopped by somebody else',
      reply: no(2101019),
      log: 'Done      build #42 was not stopped: it is being stopped already',
    },
    {
      name: 'may not be stopped',
      reply: no(2101008, 'm'),
      log: expect.stringMatching(/^::warning::Build #42 could not be stopped: ci-bot may not execute/),
    },
    {
      name: 'does not answer',
      reply: lost(),
      log: '::warning::Build #42 was asked to stop, but BK-CI has not answered (connection reset).',
    },
  ];
  test.each(stops)('that $name is told, and the job does not fail', async ({ reply, log }) => {
    expect((await post({ status: [wireRunning()], stop: [reply] }, LEFT)).log).toEqual([log]);
  });
});

describe('a retry of which nobody knows', () => {
  const DOUBT = `::warning::It is not known whether build b-1 was retried, so it was not stopped. Check it in BK-CI: ${LINK}`;

  test('is settled first, then stopped', async () => {
    const { requests, at } = await post(
      { status: [wireStatus(), lost(), wireRunning()], stop: [yes(true)] },
      { ...LEFT, phase: 'sending' },
    );
    expect([requests, at]).toEqual([['GET status', 'GET status', 'GET status', 'POST stop'], 5000]);
  });

  test('that does not show in time is not stopped: it may be somebody else’s', async () => {
    const { requests, log, at } = await post({ status: () => wireStatus() }, { ...LEFT, phase: 'sending' });
    expect([requests.includes('POST stop'), log, at]).toEqual([false, [DOUBT], 42_000]);
  });

  test('and of which nobody knew before is not stopped', async () => {
    const { requests, log } = await post({ status: () => wireRunning() }, { ...BLIND, phase: 'sending' });
    expect([requests.includes('POST stop'), log]).toEqual([false, [DOUBT]]);
  });
});

describe('inputs that changed since', () => {
  test('send no credential to another address', async () => {
    const given = { ...STOPPING, apiUrl: 'https://evil.example', accessToken: 'hunter2hunter2' };
    const { requests, log } = await post({}, LEFT, { given });
    expect([requests, log]).toEqual([
      [],
      [
        '::warning::Build b-1 may still be running: apiUrl is not the one that the retry was sent to. Check it in BK-CI. [input-invalid]',
      ],
    ]);
  });

  test('to what can’t be are a warning', async () => {
    const { log } = await post({}, LEFT, { given: { ...STOPPING, username: '' } });
    expect(log).toEqual([expect.stringMatching(/^::warning::Build b-1 may still be running: 1 input needs a change/)]);
  });

  test('do not matter where they only say which build', async () => {
    const given = { ...STOPPING, buildId: '', projectId: '', pipelineId: '' };
    const { requests } = await post({ status: [wireRunning()], stop: [yes(true)] }, LEFT, { given });
    expect(requests).toEqual(['GET status', 'POST stop']);
  });
});

describe('what post says', () => {
  test('repeats no credential', async () => {
    const given = { ...STOPPING, username: '', accessToken: 'hunter2hunter2' };
    const reply = no(2109999, 'bad token hunter2hunter2');
    const { log } = await post({ status: [wireRunning()], stop: [reply] }, LEFT, { given });
    expect(log).toEqual([expect.stringMatching(/^::warning::Build #42 could not be stopped: .*“bad token \*\*\*”/)]);
    expect(log.join()).not.toContain('hunter2');
  });
});
