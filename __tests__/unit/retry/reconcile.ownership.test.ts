import { describe, expect, test } from '@jest/globals';
import { lost, wireRunning } from '../../support/bkci.js';
import { retry, WHOLE } from '../../support/send.js';

/** A retry whose answer is lost, and what the build shows then. */
const reconciled = (more: Readonly<Record<string, unknown>>, username: string | null = 'ci-bot') =>
  retry({ retry: [lost()], status: [wireRunning(more)] }, WHOLE, username);
const linesAfterRead = ({ fake }: ReturnType<typeof retry>) => fake.log().slice(2);

describe('a new execution that shows where an answer was lost is ours', () => {
  const rows = [
    { name: 'when it was started by our user', more: {}, username: 'ci-bot' },
    { name: 'when a token alone does not tell who asks', more: { userId: 'release-bot' }, username: null },
    { name: 'when the server names no starter', more: { userId: null }, username: 'ci-bot' },
  ];
  test.each(rows)('$name', async ({ more, username }) => {
    const retried = reconciled(more, username);
    expect(await retried.outcome).toMatchObject({ executeCount: 2, startedByOther: false });
    expect(linesAfterRead(retried)).toEqual([
      'Accepted  execution 2, as the build itself shows; one retry took effect',
    ]);
  });

  test('when the server does not count, though how many there were is not known', async () => {
    const retried = reconciled({ retry: true, buildParameters: [] });
    const accepted = await retried.outcome;
    expect([accepted.startedByOther, accepted.executeCount]).toEqual([false, undefined]);
    expect(retried.fake.log().slice(1)).toEqual([
      '    0:02  changed    RUNNING',
      'Accepted  a new execution, as the build itself shows',
    ]);
  });
});

describe('it may be somebody else’s', () => {
  test('when the build moved by two', async () => {
    const retried = reconciled({ buildParameters: [{ key: 'BK_CI_RETRY_COUNT', value: '2' }] });
    expect(await retried.outcome).toMatchObject({ executeCount: 3, startedByOther: true });
    expect(linesAfterRead(retried)).toEqual([
      '::warning::Build #42 went 2 executions ahead while the answer was lost: somebody else retried it as well.',
      'Accepted  execution 3, as the build itself shows',
    ]);
  });

  test('when somebody else started it', async () => {
    const retried = reconciled({ userId: 'release-bot' });
    expect(await retried.outcome).toMatchObject({ startedByOther: true });
    expect(linesAfterRead(retried)).toEqual([
      '::warning::The new execution of build #42 was started by release-bot, not by ci-bot; it is not known whether the retry of this step took effect as well.',
      'Accepted  execution 2, as the build itself shows',
    ]);
  });
});
