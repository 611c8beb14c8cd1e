import { describe, expect, test } from '@jest/globals';
import { cancelledMeanwhile, lost, type Reply, wireDetail, wireRunning, wireStatus } from '../../support/bkci.js';
import { type Followed, follow, LINK, MIN, SUCCEED } from '../../support/poll.js';

const queued = (position: number) => wireRunning({ status: 'QUEUE', currentQueuePosition: position });

describe('following a build', () => {
  test('logs one line for each change, and nothing about the execution before', async () => {
    const { end, fake, statuses } = follow([
      wireStatus(),
      queued(3),
      queued(3),
      queued(1),
      wireRunning(),
      wireRunning(),
      SUCCEED,
    ]);
    expect((await end).result).toBe('succeeded');
    expect(fake.log()).toEqual([
      '    0:02  queued     3 in the queue',
      '    0:06  queued     1 in the queue',
      '    0:08  running    Test',
      '    0:12  succeeded  Test, 3 min 48 s',
    ]);
    expect(statuses.map(({ status }) => status)).toEqual(['QUEUE', 'QUEUE', 'QUEUE', 'RUNNING', 'RUNNING', 'SUCCEED']);
    expect(fake.recorder.recorded.debug[0]).toBe('Look: FAILED in stage Test, execution 1');
  });

  test('without a baseline logs from the first read on', async () => {
    const { end, fake } = follow([wireRunning(), SUCCEED], { baseline: undefined });
    await end;
    expect(fake.log()).toEqual(['    0:00  running    Test', '    0:02  succeeded  Test, 3 min 48 s']);
  });

  test('logs a line after ten minutes without one', async () => {
    const { end, fake } = follow((at) => (at < 100 ? wireRunning() : SUCCEED), {
      detail: () => wireDetail({}, { status: 'RUNNING' }),
    });
    await end;
    expect(fake.log().filter((line) => line.includes('still'))).toEqual([
      expect.stringMatching(/^ {3}10:0\d {2}still {6}Test, 10 min \d s$/),
    ]);
  });

  test('ends at the deadline with the last status', async () => {
    const { end, fake } = follow(() => wireRunning(), { deadline: 30_500, detail: () => wireDetail() });
    expect(await end).toMatchObject({ result: 'timed-out', status: { status: 'RUNNING' } });
    expect(fake.clock.now()).toBe(30_500);
  });

  test('follows a newer execution and reports it once', async () => {
    const third = { buildParameters: [{ key: 'BK_CI_RETRY_COUNT', value: '2' }], userId: 'ops', queueTime: 5_000_000 };
    const { end, fake } = follow([
      wireRunning(),
      wireRunning(third),
      wireRunning(third),
      wireRunning({ ...third, status: 'SUCCEED', endTime: 9_000_000 }),
    ]);
    expect(await end).toMatchObject({ result: 'succeeded', status: { executeCount: 3 } });
    expect(fake.log().filter((line) => line.includes('retried'))).toEqual([
      '    0:02  retried    execution 3 was started by ops and is followed now',
    ]);
  });

  test('goes on waiting at an unknown status and warns once', async () => {
    const { end, fake } = follow([
      wireRunning({ status: 'BRAND_NEW' }),
      wireRunning({ status: 'BRAND_NEW', endTime: 4_000_000 }),
      SUCCEED,
    ]);
    expect((await end).result).toBe('succeeded');
    expect(fake.log().filter((line) => line.startsWith('::warning'))).toEqual([
      '::warning::BK-CI reports a status that this action does not know: “BRAND_NEW”. The step goes on waiting and never counts it as success.',
    ]);
  });

  test('at a later attempt has short pauses again, and times since the first acceptance', async () => {
    const { end, fake } = follow([wireRunning(), wireRunning(), SUCCEED], { since: -30 * MIN });
    await end;
    expect(fake.clock.slept).toEqual([2000, 2000]);
    expect(fake.log()).toEqual(['   30:00  running    Test', '   30:04  succeeded  Test, 3 min 48 s']);
  });

  test('is slow while the end is far, and fast when it is expected', async () => {
    const { end, fake } = follow((at) => (at < 9 ? wireRunning() : SUCCEED), { expected: 40_000 });
    await end;
    expect(fake.clock.slept).toEqual([10_000, 7500, 5625, 4218.75, 3164.0625, 2373.046875, 2000, 2000, 2000]);
  });

  test('ends when the workflow is cancelled during a read', async () => {
    const followed: Followed = follow([wireRunning(), cancelledMeanwhile(() => followed.fake.cancel())]);
    await expect(followed.end).rejects.toThrow('the workflow was cancelled');
    expect(followed.fake.clock.now()).toBe(2000);
  });

  test('ends when the workflow is cancelled during a pause', async () => {
    const { end, fake } = follow(() => wireRunning(), { baseline: undefined });
    fake.clock.timer(3000, fake.cancel);
    await expect(end).rejects.toThrow('the workflow was cancelled');
    expect(fake.clock.now()).toBe(3000);
  });
});

describe('a stage that has failed while the build still runs', () => {
  const stages = (...states: string[]) =>
    states.map((status, at) => ({ stageId: `stage-${at + 2}`, name: `S${at}`, status, startEpoch: 3_002_000 }));
  const at = (...states: string[]) => wireRunning({ stageStatus: stages(...states) });
  const pausesOf = async (...replies: Reply[]) => {
    const { end, fake } = follow([...replies, SUCCEED], { expected: 20 * MIN });
    await end;
    return fake.clock.slept;
  };

  test('is followed by a look in one second', async () => {
    expect(await pausesOf(at('RUNNING'), at('FAILED'))).toEqual([10_000, 1000]);
  });

  test('at the first look too, if it has failed in this execution', async () => {
    expect(await pausesOf(at('FAILED'))).toEqual([1000]);
  });

  test('is followed by one such look only, when the build goes on', async () => {
    const [failed, lasting] = [at('FAILED', ''), at('FAILED', 'RUNNING')];
    expect(await pausesOf(at('RUNNING', ''), failed, failed, lasting, lasting)).toEqual([
      10_000, 1000, 10_000, 10_000, 10_000,
    ]);
  });

  test('is followed by one for each stage', async () => {
    const replies = [at('RUNNING', ''), at('FAILED', 'RUNNING'), at('FAILED', 'FAILED'), at('FAILED', 'FAILED')];
    expect(await pausesOf(...replies)).toEqual([10_000, 1000, 1000, 10_000]);
  });

  test('does not count if it was kept from the execution before', async () => {
    const kept = wireRunning({ stageStatus: [{ stageId: 'stage-3', name: 'Test', status: 'FAILED', startEpoch: 1 }] });
    expect(await pausesOf(kept, kept)).toEqual([10_000, 10_000]);
  });
});

describe('a gate', () => {
  const pending = { stageId: 'stage-4', name: 'Deploy', status: 'PAUSE', showMsg: 'ops-lead or ops-oncall' };
  const gate = wireRunning({ status: 'STAGE_SUCCESS', stageStatus: [pending] });
  const deploying = wireRunning({ stageStatus: [{ ...pending, status: 'RUNNING' }] });

  test('is announced once, with the approvers and the link, and its approval is logged', async () => {
    const { end, fake } = follow([gate, gate, gate, deploying, SUCCEED]);
    await end;
    expect(fake.log().slice(0, 3)).toEqual([
      `::notice title=BK-CI #42 waits::Stage Deploy waits for approval (“ops-lead or ops-oncall”): ${LINK}`,
      '    0:06  approved   Deploy',
      '    0:06  running    Deploy',
    ]);
  });

  test('inside a job is found in the detail, which is read when nothing changes', async () => {
    const { end, fake, requests } = follow((at) => (at < 40 ? wireRunning() : SUCCEED), {
      detail: () => wireDetail({}, { status: 'REVIEWING', name: 'Ask ops' }),
    });
    await end;
    expect(fake.log().filter((line) => line.startsWith('::notice'))).toEqual([
      `::notice title=BK-CI #42 waits::Test › Linux › Ask ops waits for a person: ${LINK}`,
    ]);
    expect(requests.filter((request) => request === 'GET detail').length).toBeLessThanOrEqual(4);
  });

  test('is announced without a link if no console is known', async () => {
    const { end, fake } = follow([gate, SUCCEED], { consoleUrl: undefined });
    await end;
    expect(fake.log()[0]).toBe(
      '::notice title=BK-CI #42 waits::Stage Deploy waits for approval (“ops-lead or ops-oncall”).',
    );
  });
});

describe('the search for a gate inside a job', () => {
  test('has no effect if it fails', async () => {
    const { end, fake } = follow(() => wireRunning(), { deadline: 2 * MIN, detail: () => lost() });
    expect(await end).toMatchObject({ result: 'timed-out' });
    expect(fake.log()).toEqual(['    0:00  running    Test']);
  });

  test('reads no detail of more than 2 MiB', async () => {
    const { end, sent } = follow(() => wireRunning(), { deadline: 2 * MIN, detail: () => wireDetail() });
    await end;
    const details = sent.filter(({ url }) => url.pathname.endsWith('/detail'));
    expect(details.length).toBeGreaterThan(0);
    for (const { maxBytes } of details) expect(maxBytes).toBe(2 * 1024 * 1024);
  });

  test('ends when the workflow is cancelled', async () => {
    const detail = [cancelledMeanwhile(() => followed.fake.cancel())];
    const followed: Followed = follow(() => wireRunning(), { detail });
    await expect(followed.end).rejects.toThrow('the workflow was cancelled');
    expect(followed.fake.clock.now()).toBeLessThan(40_000);
    expect(followed.fake.recorder.recorded.debug.at(-1)).toMatch(/^Look: /);
  });
});
