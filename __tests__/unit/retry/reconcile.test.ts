import { describe, expect, test } from '@jest/globals';
import { answer, lost, no, unreached, wireDetail, wireRunning, wireStatus, yes } from '../../support/bkci.js';
import { BUILD } from '../../support/builds.js';
import { errorOf } from '../../support/errors.js';
import { INSIDE_RUNNING, type Retried, retry, WITHOUT_BASELINE } from '../../support/send.js';

const LOST = 'Lost      the answer, connection reset; BK-CI may have acted, so the retry is not sent again';

const posts = ({ requests }: Retried) => requests.filter((request) => request.startsWith('POST'));

describe('after a lost answer, the build is read and the retry never sent again', () => {
  test('accepted when the build shows a new execution', async () => {
    const retried = retry({ retry: [lost()], status: [wireStatus(), lost(), wireRunning({ status: 'QUEUE' })] });
    expect(await retried.outcome).toEqual({ build: BUILD, executeCount: 2, ownership: 'ours', at: 10_000 });
    expect(retried.fake.log()).toEqual([
      LOST,
      '    0:02  unchanged  FAILED, execution 1',
      '    0:10  changed    QUEUE, execution 2',
      'Accepted  execution 2, as the build itself shows; one retry took effect',
    ]);
    expect(posts(retried)).toEqual(['POST retry']);
  });

  test('accepted when the new execution has already ended', async () => {
    const retried = retry({ retry: [lost()], status: [wireRunning({ status: 'SUCCEED', endTime: 4_000_000 })] });
    expect(await retried.outcome).toMatchObject({ executeCount: 2 });
  });

  test('unknown when the build has not changed for a minute', async () => {
    const retried = retry({ retry: [lost()], status: () => wireStatus() });
    const error = await errorOf(() => retried.outcome);
    expect([error.code, error.message]).toEqual([
      'answer-lost',
      'It is not known whether build #42 was retried: the answer was lost (connection reset) and the build has not changed in 1 min (FAILED in stage Test, execution 1, started by ci-bot, ended 16 min ago). The request may still arrive, and sending it again could run the build twice. In a few minutes, open the build: if it still shows execution 1, it was not retried; if it shows execution 2, it was. If it was not, run this step again. https://h/console/pipeline/demo/p-1/detail/b-1',
    ]);
    expect(error.leavesDoubt).toBe(true);
    expect([retried.fake.clock.slept, posts(retried)]).toEqual([
      [2000, 3000, 5000, 10_000, 15_000, 25_000],
      ['POST retry'],
    ]);
  });

  const NULL_BODY = 'Cannot invoke "feign.Response$Body.asReader()" because the return value is null';
  test.each([no(408, '请求超时', 408), no(400, NULL_BODY), no(2100110, '内部服务返回结果无法解析 status:502')])(
    'BK-CI’s own word for it counts as one, and so does that of its inner requests: $body',
    async (reply) => {
      const unmoved = retry({ retry: [reply], status: () => wireStatus() });
      expect((await errorOf(() => unmoved.outcome)).code).toBe('answer-lost');
      expect([unmoved.fake.clock.now(), posts(unmoved)]).toEqual([60_000, ['POST retry']]);
      const moved = retry({ retry: [reply], status: [reply, wireRunning()] });
      expect(await moved.outcome).toMatchObject({ executeCount: 2, ownership: 'ours' });
    },
  );

  test('the minute starts when the answer is lost, not at the first send', async () => {
    const retried = retry({ retry: [unreached(), lost()], status: () => wireStatus() });
    const error = await errorOf(() => retried.outcome);
    expect([error.code, error.message]).toEqual([
      'answer-lost',
      expect.stringContaining('the build has not changed in 1 min ('),
    ]);
    expect([retried.fake.log()[2], retried.fake.clock.now()]).toEqual([
      '    0:02  unchanged  FAILED, execution 1',
      62_000,
    ]);
  });

  test('unknown when the build can’t be read', async () => {
    const error = await errorOf(() => retry({ retry: [lost()], status: () => lost() }).outcome);
    expect([error.code, error.message]).toEqual([
      'answer-lost',
      expect.stringContaining('and the build could not be read for 1 min.'),
    ]);
  });

  test('unknown at once, without reading, when there is no baseline', async () => {
    const retried = retry({ retry: [lost()] }, WITHOUT_BASELINE);
    const error = await errorOf(() => retried.outcome);
    expect([error.code, error.message, retried.requests]).toEqual([
      'answer-lost',
      'It is not known whether build b-1 was retried: the answer was lost (connection reset) and how the build stood before is not known. The request may still arrive, and sending it again could run the build twice. In a few minutes, open the build: if it runs or has run again, it was retried. If it was not, run this step again. https://h/console/pipeline/demo/p-1/detail/b-1',
      ['POST retry'],
    ]);
  });

  const answered = [
    { name: 'an empty 200', reply: answer('') },
    { name: 'null', reply: answer('null') },
    { name: 'an acceptance without an id', reply: yes({}) },
    { name: 'an acceptance with an invalid id', reply: yes({ id: '..' }) },
  ];
  test.each(answered)('unexpected answer when $name came and the build has not changed', async ({ reply }) => {
    const retried = retry({ retry: [reply], status: () => wireStatus() });
    expect((await errorOf(() => retried.outcome)).code).toBe('unexpected-answer');
    expect(retried.fake.clock.now()).toBe(6000);
  });

  test.each(answered)('accepted when $name came and the build shows a new execution', async ({ reply }) => {
    expect(await retry({ retry: [reply], status: () => wireRunning() }).outcome).toMatchObject({ executeCount: 2 });
  });
});

describe('a retried plug-in inside a running build', () => {
  const status = () =>
    wireRunning({
      buildParameters: [{ key: 'BK_CI_RETRY_COUNT', value: '0' }],
      queueTime: 999_000,
      startTime: 1_000_000,
    });
  const changes = [
    { name: 'status', plugin: { status: 'QUEUE' } },
    { name: 'start time', plugin: { startEpoch: 5 } },
    { name: 'execution count', plugin: { executeCount: 2 } },
  ];
  test.each(changes)('is recognised by a changed $name in the detail', async ({ plugin: more }) => {
    const retried = retry({ retry: [lost()], status, detail: [wireDetail(), wireDetail({}, more)] }, INSIDE_RUNNING);
    expect(await retried.outcome).toMatchObject({ build: BUILD });
    expect(retried.fake.clock.now()).toBe(5000);
  });

  test('is ours even if another user started the build', async () => {
    const status = () =>
      wireRunning({
        userId: 'release-bot',
        queueTime: 999_000,
        startTime: 1_000_000,
        buildParameters: [{ key: 'BK_CI_RETRY_COUNT', value: '0' }],
      });
    const script = { retry: [lost()], status, detail: () => wireDetail({}, { status: 'QUEUE' }) };
    const retried = retry(script, INSIDE_RUNNING);
    expect(await retried.outcome).toMatchObject({ ownership: 'ours' });
    expect(retried.fake.log().filter((line) => line.startsWith('::'))).toEqual([]);
  });

  test('remains unknown if the plug-in has not changed', async () => {
    const error = await errorOf(
      () => retry({ retry: [lost()], status, detail: () => wireDetail() }, INSIDE_RUNNING).outcome,
    );
    expect([error.code, error.message]).toEqual([
      'answer-lost',
      expect.stringContaining(
        'In a few minutes, open the build: if the plug-in runs or has run again, it was retried.',
      ),
    ]);
  });

  test('counts as unchanged if it is missing from the detail', async () => {
    const detail = () => wireDetail({ model: { stages: [] } });
    const error = await errorOf(() => retry({ retry: [lost()], status, detail }, INSIDE_RUNNING).outcome);
    expect([error.code, error.message]).toEqual([
      'answer-lost',
      expect.stringContaining('and the build has not changed in 1 min ('),
    ]);
  });
});
