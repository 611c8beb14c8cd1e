import { describe, expect, test } from '@jest/globals';
import { confirmStopped, requestStop } from '../../../src/follow/stop.js';
import { isFinished } from '../../../src/model/status.js';
import { answer, fakeBkci, lost, no, unreached, wireRunning, wireStatus, yes } from '../../support/bkci.js';
import { BUILD } from '../../support/builds.js';
import { fakeStep } from '../../support/harness.js';

describe('a stop request', () => {
  const rows = [
    { name: 'that BK-CI accepts is sent', reply: yes(true), stop: { kind: 'sent' } },
    { name: 'that BK-CI answers with false is sent', reply: yes(false), stop: { kind: 'sent' } },
    {
      name: 'to a build that has ended is unnecessary',
      reply: no(2101182),
      stop: { kind: 'unnecessary', why: 'it has ended already' },
    },
    {
      name: 'within a minute of another one, perhaps of an older execution, is too soon',
      reply: no(2101019, 'cancelled by x'),
      stop: {
        kind: 'too-soon',
        why: 'BK-CI refused: the build was asked to stop less than a minute ago, perhaps in an older execution (2101019 “cancelled by x”); the build was not stopped. If it still runs in a minute, stop it in BK-CI.',
      },
    },
    {
      name: 'without permission fails',
      reply: no(2101008, 'm'),
      stop: {
        kind: 'failed',
        why: 'ci-bot may not execute this pipeline (2101008 “m”); the build was not stopped. In BK-CI, give ci-bot the permission EXECUTE on the pipeline.',
      },
    },
    {
      name: 'by a user who did not start the build fails',
      reply: no(2101340, 'm'),
      stop: { kind: 'failed', why: expect.stringMatching(/\(2101340 “m”\); the build was not stopped/) },
    },
    {
      name: 'whose answer is lost is unanswered',
      reply: lost(),
      stop: { kind: 'unanswered', why: 'BK-CI has not answered (connection reset)' },
    },
    {
      name: 'that is not delivered is undelivered',
      reply: unreached(),
      stop: { kind: 'undelivered', why: 'connection refused' },
    },
    {
      name: 'with an empty answer is unanswered',
      reply: answer(''),
      stop: { kind: 'unanswered', why: "BK-CI's answer was not understood (HTTP 200 without a status)" },
    },
    {
      name: 'answered with a web page fails',
      reply: answer('<html>'),
      stop: { kind: 'failed', why: expect.stringMatching(/web page .*; the build was not stopped/) },
    },
  ];
  test.each(rows)('$name', async ({ reply, stop }) => {
    const { client, requests, sent } = fakeBkci({ stop: [reply] });
    expect(await requestStop(client, BUILD, { deadlineMs: 3000 })).toEqual(stop);
    expect([requests, sent[0]?.deadlineMs]).toEqual([['POST stop'], 3000]);
  });
});

test('a stop request that throws fails with the reason', async () => {
  const broken = () => {
    throw new TypeError('fetch failed');
  };
  expect(await requestStop(fakeBkci({ stop: [broken] }).client, BUILD, { deadlineMs: 3000 })).toEqual({
    kind: 'failed',
    why: 'the request could not be made (TypeError: fetch failed).',
  });
});

describe('the end after a stop request', () => {
  const rows = [
    {
      name: 'is found at the first read',
      status: () => wireStatus({ status: 'CANCELED' }),
      ended: { status: 'CANCELED' },
      at: 2000,
    },
    {
      name: 'is found later, after a failed read',
      status: (n: number) => [wireRunning(), lost()][n] ?? wireStatus({ status: 'CANCELED' }),
      ended: { status: 'CANCELED' },
      at: 10_000,
    },
    { name: 'is not found if the build still runs', status: () => wireRunning(), ended: undefined, at: 40_000 },
    { name: 'is not found if the build can’t be read', status: () => lost(), ended: undefined, at: 40_000 },
  ];
  test.each(rows)('$name', async ({ status, ended, at }) => {
    const { step, clock } = fakeStep();
    const found = await confirmStopped(step, {
      client: fakeBkci({ status }).client,
      build: BUILD,
      isEnd: isFinished,
    });
    expect(found && { status: found.status }).toEqual(ended);
    expect(clock.now()).toBe(at);
  });

  test('is looked for at growing intervals', async () => {
    const { step, clock } = fakeStep();
    const { client } = fakeBkci({ status: () => wireRunning() });
    await confirmStopped(step, { client, build: BUILD, isEnd: isFinished });
    expect(clock.slept).toEqual([2000, 3000, 5000, 5000, 5000, 6000, 6000, 8000]);
  });

  test('is read with a deadline of five seconds and the signal of the step', async () => {
    const { step } = fakeStep();
    const { client, sent } = fakeBkci({ status: [wireStatus({ status: 'CANCELED' })] });
    await confirmStopped(step, { client, build: BUILD, isEnd: isFinished });
    expect(sent.map(({ deadlineMs }) => deadlineMs)).toEqual([5000]);
    expect(sent[0]?.signal).toBe(step.cancelled);
  });

  test('is not waited for after the workflow is cancelled', async () => {
    const { step, clock, cancel } = fakeStep();
    clock.timer(2000, cancel);
    const { client, requests } = fakeBkci({ status: () => wireRunning() });
    expect(await confirmStopped(step, { client, build: BUILD, isEnd: isFinished })).toBeUndefined();
    expect([clock.now(), requests]).toEqual([2000, []]);
  });

  test('is not looked for after the time that is left', async () => {
    const { step, clock } = fakeStep();
    const { client, requests } = fakeBkci({ status: () => wireRunning() });
    await confirmStopped(step, { client, build: BUILD, isEnd: isFinished, withinMs: 15_000 });
    expect([clock.now(), requests.length]).toEqual([10_000, 3]);
  });
});
