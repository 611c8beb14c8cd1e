import { describe, expect, test } from '@jest/globals';
import type { Look } from '../../src/bkci/decode.js';
import { type Wait, waitForEnd } from '../../src/wait.js';
import type { End } from '../../src/watch.js';
import {
  answer,
  fakeBkci,
  lost,
  no,
  type Reply,
  type Script,
  wireDetail,
  wireRunning,
  wireStatus,
} from '../support/bkci.js';
import { BUILD, look } from '../support/builds.js';
import { codeOf, errorOf } from '../support/errors.js';
import { type FakeStep, fakeStep } from '../support/step.js';

const MIN = 60_000;
const LINK = 'https://devops.example.com/console/pipeline/demo/p-1/detail/b-1';

interface Followed {
  readonly end: Promise<End>;
  readonly fake: FakeStep;
  readonly seen: Look[];
  readonly requests: readonly string[];
}

/** Follows a build whose status is answered by `status`, at most an hour. */
function follow(status: Script['status'], more: Partial<Wait> & { detail?: Script['detail'] } = {}): Followed {
  const { detail, ...task } = more;
  const fake = fakeStep();
  const bkci = fakeBkci({ ...(status ? { status } : {}), ...(detail ? { detail } : {}) });
  const seen: Look[] = [];
  const baseline = look({ queueTime: 999_000, startTime: 1_000_000, endTime: 2_000_000 });
  const end = waitForEnd(fake.step, {
    client: bkci.client,
    build: BUILD,
    baseline,
    since: 0,
    deadline: 60 * MIN,
    longestPause: 10_000,
    consoleUrl: 'https://devops.example.com',
    onLook: (it) => void seen.push(it),
    ...task,
  });
  return { end, fake, seen, requests: bkci.requests };
}

const SUCCEED = wireRunning({
  status: 'SUCCEED',
  endTime: 4_000_000,
  stageStatus: [{ stageId: 'stage-3', name: 'Test', status: 'SUCCEED', elapsed: 228_000 }],
});
const QUEUED = (place: number) => wireRunning({ status: 'QUEUE', currentQueuePosition: place });

describe('following a build', () => {
  test('tells one line a change, and nothing of the execution before', async () => {
    const { end, fake, seen } = follow([
      wireStatus(),
      QUEUED(3),
      QUEUED(3),
      QUEUED(1),
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
    expect(seen.map(({ status }) => status)).toEqual(['QUEUE', 'QUEUE', 'QUEUE', 'RUNNING', 'RUNNING', 'SUCCEED']);
    expect(fake.recorder.recorded.debug[0]).toBe('Look: FAILED in stage Test, execution 1');
  });

  test('without a baseline tells from the first look on', async () => {
    const { end, fake } = follow([wireRunning(), SUCCEED], { baseline: undefined });
    await end;
    expect(fake.log()).toEqual(['    0:00  running    Test', '    0:02  succeeded  Test, 3 min 48 s']);
  });

  test('breaks ten minutes of silence with a line', async () => {
    const { end, fake } = follow((at) => (at < 100 ? wireRunning() : SUCCEED), {
      detail: () => wireDetail({}, { status: 'RUNNING' }),
    });
    await end;
    expect(fake.log().filter((line) => line.includes('still'))).toEqual([
      expect.stringMatching(/^ {3}10:0\d {2}still {6}Test, 10 min \d s$/),
    ]);
  });

  test('ends at the deadline with what was seen last', async () => {
    const { end, fake } = follow(() => wireRunning(), { deadline: 30_500, detail: () => wireDetail() });
    expect(await end).toMatchObject({ result: 'timed-out', look: { status: 'RUNNING' } });
    expect(fake.clock.now()).toBe(30_500);
  });

  test('follows whoever retried on top, and says so once', async () => {
    const third = { buildParameters: [{ key: 'BK_CI_RETRY_COUNT', value: '2' }], userId: 'ops', queueTime: 5_000_000 };
    const { end, fake } = follow([
      wireRunning(),
      wireRunning(third),
      wireRunning(third),
      wireRunning({ ...third, status: 'SUCCEED', endTime: 9_000_000 }),
    ]);
    expect(await end).toMatchObject({ result: 'succeeded', look: { executeCount: 3 } });
    expect(fake.log().filter((line) => line.includes('retried'))).toEqual([
      '    0:02  retried    execution 3 was started by ops and is followed now',
    ]);
  });

  test('waits on a status nobody knows and warns once', async () => {
    const { end, fake } = follow([
      wireRunning({ status: 'BRAND_NEW' }),
      wireRunning({ status: 'BRAND_NEW', endTime: 4_000_000 }),
      SUCCEED,
    ]);
    expect((await end).result).toBe('succeeded');
    expect(fake.log().filter((line) => line.startsWith('::warning'))).toEqual([
      '::warning::BK-CI reports a status that this action does not know: “BRAND_NEW”. It is waited on and never counts as success.',
    ]);
  });

  test('is cancelled while it sleeps', async () => {
    const { end, fake } = follow(() => wireRunning(), { baseline: undefined });
    fake.clock.alarm(3000, fake.cancel);
    await expect(end).rejects.toThrow('the workflow was cancelled');
    expect(fake.clock.now()).toBe(3000);
  });
});

describe('a gate', () => {
  const pending = { stageId: 'stage-4', name: 'Deploy', status: 'PAUSE', showMsg: 'ops-lead or ops-oncall' };
  const gate = wireRunning({ status: 'STAGE_SUCCESS', stageStatus: [pending] });
  const deploying = wireRunning({ stageStatus: [{ ...pending, status: 'RUNNING' }] });

  test('is announced once, with who may approve and the link, and its approval is a line', async () => {
    const { end, fake } = follow([gate, gate, gate, deploying, SUCCEED]);
    await end;
    expect(fake.log().slice(0, 3)).toEqual([
      `::notice title=BK-CI #42 waits::Stage Deploy waits for approval (“ops-lead or ops-oncall”): ${LINK}`,
      '    0:06  approved   Deploy',
      '    0:06  running    Deploy',
    ]);
  });

  test('inside a job only shows in the detail, which is read when nothing moves', async () => {
    const { end, fake, requests } = follow((at) => (at < 40 ? wireRunning() : SUCCEED), {
      detail: () => wireDetail({}, { status: 'REVIEWING', name: 'Ask ops' }),
    });
    await end;
    expect(fake.log().filter((line) => line.startsWith('::notice'))).toEqual([
      `::notice title=BK-CI #42 waits::Test › Linux › Ask ops waits for approval: ${LINK}`,
    ]);
    expect(requests.filter((request) => request === 'GET detail').length).toBeLessThanOrEqual(4);
  });
});

describe('an outage', () => {
  const during = (replies: (at: number) => Reply) => follow(replies, { longestPause: 10_000 });

  test('of one look is nothing', async () => {
    const { end, fake } = during((at) => [wireRunning(), lost(), SUCCEED][at] ?? SUCCEED);
    expect((await end).result).toBe('succeeded');
    expect(fake.log().filter((line) => /^::|back/.test(line))).toEqual([]);
    expect(fake.recorder.recorded.debug).toContain('A look failed: connection reset');
  });

  test('of more than a minute is one warning and one line at its end', async () => {
    const fake = during((at) => (at === 0 ? wireRunning() : at < 36 ? answer('', { http: 502 }) : SUCCEED));
    await fake.end;
    const told = fake.fake.log().filter((line) => /^::|back/.test(line));
    expect(told).toEqual([
      expect.stringMatching(
        /^::warning::BK-CI has not answered for 1 min(?: \d s)? \(HTTP 502\)\. The build goes on; still trying\.$/,
      ),
      expect.stringMatching(/^ {4}\d:\d\d {2}back {7}after 2 min \d+ s$/),
    ]);
  });

  test('of one look is nothing even when looks are five minutes apart', async () => {
    const { end, fake } = follow((at) => [wireRunning(), lost(), SUCCEED][at - 90] ?? wireRunning(), {
      longestPause: 300_000,
      deadline: 24 * 60 * MIN,
      detail: () => wireDetail({}, { status: 'RUNNING' }),
    });
    expect((await end).result).toBe('succeeded');
    expect(fake.log().filter((line) => /^::|back/.test(line))).toEqual([]);
    expect(fake.clock.slept.slice(-2)).toEqual([300_000, 30_000]);
  });

  test('of five minutes is an error', async () => {
    const { end } = during((at) => (at === 0 ? wireRunning() : lost()));
    const error = await errorOf(() => end);
    expect([error.code, error.message]).toEqual([
      'not-delivered',
      expect.stringMatching(
        /^BK-CI has not answered for 5 min( \d+ s)? \(connection reset\), so the build goes on without this step, and its end is only to be seen in BK-CI\. https:\S+\/b-1$/,
      ),
    ]);
  });

  test('of answers that make no sense is told by their number', async () => {
    const { end } = during((at) => (at === 0 ? wireRunning() : answer('', { http: 418 })));
    expect((await errorOf(() => end)).message).toContain('(HTTP 418)');
  });

  test('past the deadline is a timeout', async () => {
    const { end } = follow((at) => (at === 0 ? wireRunning() : lost()), { deadline: 2 * MIN });
    expect(await end).toMatchObject({ result: 'timed-out' });
  });

  const final = [
    {
      name: 'a token that expired',
      reply: answer('Verification failed : Access token expired in: 1', { http: 400 }),
      code: 'unauthorized',
    },
    { name: 'a permission that was withdrawn', reply: no(2101008, '', 403), code: 'forbidden' },
    { name: 'a build that is gone', reply: no(2101163, '', 404), code: 'not-found' },
  ];
  test.each(final)('that can’t heal ends the wait at once: $name', async ({ reply, code }) => {
    const { end, fake } = during((at) => (at === 0 ? wireRunning() : reply));
    expect(await codeOf(() => end)).toBe(code);
    expect(fake.clock.now()).toBe(2000);
  });
});
