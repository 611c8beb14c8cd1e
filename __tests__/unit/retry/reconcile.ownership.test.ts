import { describe, expect, test } from '@jest/globals';
import { lost, wireRunning } from '../../support/bkci.js';
import { retry, WHOLE } from '../../support/send.js';

/** A retry whose answer is lost; the build then runs, with these fields. */
const reconcile = (more: Readonly<Record<string, unknown>>, username: string | null = 'ci-bot') =>
  retry({ retry: [lost()], status: [wireRunning(more)] }, WHOLE, username);
const linesAfterRead = ({ fake }: ReturnType<typeof retry>) => fake.log().slice(2);

describe('a new execution after a lost answer is ours', () => {
  const rows = [
    { name: 'when our user started it', more: {}, username: 'ci-bot' },
    { name: 'when the username is not known', more: { userId: 'release-bot' }, username: null },
    { name: 'when the server does not name who started it', more: { userId: null }, username: 'ci-bot' },
  ];
  test.each(rows)('$name', async ({ more, username }) => {
    const retried = reconcile(more, username);
    expect(await retried.outcome).toMatchObject({ executeCount: 2, ownership: 'ours' });
    expect(linesAfterRead(retried)).toEqual([
      'Accepted  execution 2, as the build itself shows; one retry took effect',
    ]);
  });

  test('when the server does not count executions', async () => {
    const retried = reconcile({ retry: true, buildParameters: [] });
    const accepted = await retried.outcome;
    expect([accepted.ownership, accepted.executeCount]).toEqual(['ours', undefined]);
    expect(retried.fake.log().slice(1)).toEqual([
      '    0:02  changed    RUNNING',
      'Accepted  a new execution, as the build itself shows',
    ]);
  });
});

describe('a new execution after a lost answer may be another user’s', () => {
  test('when two executions were started', async () => {
    const retried = reconcile({ buildParameters: [{ key: 'BK_CI_RETRY_COUNT', value: '2' }] });
    expect(await retried.outcome).toMatchObject({ executeCount: 3, ownership: 'unsure' });
    expect(linesAfterRead(retried)).toEqual([
      '::warning::Build #42 went 2 executions ahead with this retry: somebody else retried it as well, or BK-CI received the request twice.',
      'Accepted  execution 3, as the build itself shows',
    ]);
  });

  test('when another user started it', async () => {
    const retried = reconcile({ userId: 'release-bot' });
    expect(await retried.outcome).toMatchObject({ ownership: 'other' });
    expect(linesAfterRead(retried)).toEqual([
      '::warning::The new execution of build #42 was started by release-bot, not by ci-bot; it is not known whether the retry of this step took effect as well.',
      'Accepted  execution 2, as the build itself shows',
    ]);
  });
});
