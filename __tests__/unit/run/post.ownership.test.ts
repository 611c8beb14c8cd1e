import { describe, expect, test } from '@jest/globals';
import { wireRunning, wireStatus, yes } from '../../support/bkci.js';
import { POST_INPUTS, runPostWith, SAVED } from '../../support/post.js';
import { BASELINE } from '../../support/send.js';

const STOPPED = { status: 'CANCELED', endTime: 4_000_000 };
const thirdExecution = wireRunning({
  buildParameters: [{ key: 'BK_CI_RETRY_COUNT', value: '2' }],
  userId: 'release-bot',
});

describe('post does not stop an execution of somebody else', () => {
  const rows = [
    { name: 'newer than the accepted one', saved: { ...SAVED, executeCount: 2 }, status: thirdExecution },
    { name: 'newer than the one that a single retry starts', saved: SAVED, status: thirdExecution },
    {
      name: 'started by another user, when the outcome of the retry is not known',
      saved: { ...SAVED, phase: 'sending' },
      status: wireRunning({ userId: 'release-bot' }),
    },
  ] as const;
  test.each(rows)('$name', async ({ saved, status }) => {
    const { requests, log } = await runPostWith({ status: [status] }, saved);
    expect([requests, log]).toEqual([
      ['GET status'],
      [
        '::warning::Build #42 was not stopped: release-bot has started the execution that runs. Check it in BK-CI: https://devops.example.com/console/pipeline/demo/p-1/detail/b-1',
      ],
    ]);
  });

  test.each([
    { name: 'whose starter is not told', username: 'ci-bot', userId: null },
    { name: 'whose starter is another user', username: 'ci-bot', userId: 'release-bot' },
    { name: 'when our user is not known', username: undefined, userId: 'ci-bot' },
  ])('an execution further ahead than one retry makes it, $name', async ({ username, userId }) => {
    const saved = { ...SAVED, username, credentials: ['accessToken'], executeCount: 2, unsure: true } as const;
    const inputs = { ...POST_INPUTS, accessToken: 'hunter2hunter2' };
    const { requests, log } = await runPostWith({ status: [wireRunning({ userId })] }, saved, { inputs });
    expect(requests.map((request) => request.replace(/\?.*/, ''))).toEqual(['GET status']);
    expect(log.at(-1)).toContain('was not stopped: it is not known who started the execution that runs.');
  });

  test('a retry of the whole build, when main retried a plug-in inside the running build', async () => {
    const baseline = { ...BASELINE, status: 'RUNNING', endTime: 0 };
    const { requests } = await runPostWith({ status: [wireRunning()] }, { ...SAVED, phase: 'sending', baseline });
    expect(requests).toEqual(['GET status']);
  });
});

describe('post stops an execution', () => {
  const rows = [
    { name: 'main had a token and no username', username: undefined, userId: 'release-bot' },
    { name: 'the server names no starter', username: 'ci-bot', userId: null },
  ];
  test.each(rows)('that began after the retry was sent, when $name', async ({ username, userId }) => {
    const script = { status: [wireRunning({ userId }), wireRunning(STOPPED)], stop: [yes(true)] };
    const saved = { ...SAVED, phase: 'sending', username, credentials: ['accessToken'] } as const;
    const inputs = { ...POST_INPUTS, username: 'somebody-else', accessToken: 'hunter2hunter2' };
    const { requests } = await runPostWith(script, saved, { inputs });
    expect(requests.map((request) => request.replace(/\?.*/, ''))).toEqual(['GET status', 'POST stop', 'GET status']);
  });

  test('further ahead than one retry makes it, when our user is named as its starter', async () => {
    const script = { status: [wireRunning(), wireRunning(STOPPED)], stop: [yes(true)] };
    const { requests } = await runPostWith(script, { ...SAVED, executeCount: 2, unsure: true });
    expect(requests).toEqual(['GET status', 'POST stop', 'GET status']);
  });

  test('that is the accepted one, although another user is named as its starter', async () => {
    const { requests } = await runPostWith(
      {
        status: [
          thirdExecution,
          wireStatus({ ...STOPPED, buildParameters: [{ key: 'BK_CI_RETRY_COUNT', value: '2' }] }),
        ],
        stop: [yes(true)],
      },
      { ...SAVED, executeCount: 3 },
    );
    expect(requests).toEqual(['GET status', 'POST stop', 'GET status']);
  });
});
