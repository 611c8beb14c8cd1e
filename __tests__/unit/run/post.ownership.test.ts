import { describe, expect, test } from '@jest/globals';
import { wireRunning, yes } from '../../support/bkci.js';
import { LEFT, post, STOPPING } from '../../support/post.js';
import { BASELINE } from '../../support/send.js';

describe('what somebody else did', () => {
  const third = wireRunning({ buildParameters: [{ key: 'BK_CI_RETRY_COUNT', value: '2' }], userId: 'release-bot' });
  const rows = [
    { name: 'a later execution than the one that was accepted', saved: { ...LEFT, executeCount: 2 }, status: third },
    { name: 'a later execution than one retry makes', saved: LEFT, status: third },
    {
      name: 'an execution that names another starter, while ours is not certain',
      saved: { ...LEFT, phase: 'sending' },
      status: wireRunning({ userId: 'release-bot' }),
    },
  ] as const;
  test.each(rows)('is not stopped: $name', async ({ saved, status }) => {
    const { requests, log } = await post({ status: [status] }, saved);
    expect([requests, log]).toEqual([
      ['GET status'],
      [
        '::warning::Build #42 was not stopped: release-bot has started the execution that runs. Check it in BK-CI: https://devops.example.com/console/pipeline/demo/p-1/detail/b-1',
      ],
    ]);
  });

  test('is not stopped: a retry of the whole build, where ours was of a plug-in inside the running one', async () => {
    const baseline = { ...BASELINE, status: 'RUNNING', endTime: 0 };
    const { requests } = await post({ status: [wireRunning()] }, { ...LEFT, phase: 'sending', baseline });
    expect(requests).toEqual(['GET status']);
  });

  test('does not matter where the execution is the one that was accepted', async () => {
    const { requests } = await post({ status: [third], stop: [yes(true)] }, { ...LEFT, executeCount: 3 });
    expect(requests).toEqual(['GET status', 'POST stop']);
  });
});

describe('nobody else is known to have started it', () => {
  const TOKEN_ALONE = { ...STOPPING, username: '', accessToken: 'hunter2hunter2' };
  const rows = [
    { name: 'when a token alone does not tell who asks', given: TOKEN_ALONE, userId: 'release-bot' },
    { name: 'when the server names no starter', given: STOPPING, userId: null },
  ];
  test.each(rows)('$name: an execution that began since is stopped', async ({ given, userId }) => {
    const script = { status: [wireRunning({ userId })], stop: [yes(true)] };
    const { requests } = await post(script, { ...LEFT, phase: 'sending' }, { given });
    expect(requests.map((request) => request.replace(/\?.*/, ''))).toEqual(['GET status', 'POST stop']);
  });
});
