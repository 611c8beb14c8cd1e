import { describe, expect, test } from '@jest/globals';
import { ResendBudget } from '../../../src/retry/resend-budget.js';
import {
  answer,
  cancelledMeanwhile,
  fakeBkci,
  lost,
  no,
  type Script,
  unreached,
  wireRunning,
  wireStatus,
  yes,
} from '../../support/bkci.js';
import { BUILD } from '../../support/builds.js';
import { errorOf } from '../../support/errors.js';
import { fakeStep } from '../../support/harness.js';
import {
  BASELINE,
  INSIDE_RUNNING,
  type Retried,
  retry,
  UNCOUNTED,
  WHOLE,
  WITHOUT_BASELINE,
} from '../../support/send.js';

/** BK-CI answers every retry with HTTP 429, and shows the build as it was. */
const tooMany = (retryAfter?: string): Script => ({
  retry: () => answer('', { http: 429, headers: retryAfter === undefined ? {} : { 'retry-after': retryAfter } }),
  status: () => wireStatus(),
});

describe('an accepted retry', () => {
  const rows = [
    {
      name: 'from a new server has count and build number',
      data: { id: 'b-1', executeCount: 2, num: 42 },
      accepted: { executeCount: 2, buildNumber: 42 },
    },
    {
      name: 'from an old server without a count has the next count',
      data: { id: 'b-1' },
      accepted: { executeCount: 2 },
    },
    {
      name: 'from an old server has no count if the baseline has none',
      data: { id: 'b-1' },
      plan: { ...WHOLE, baseline: UNCOUNTED },
      accepted: {},
    },
    {
      name: 'from an old server has no count without a baseline',
      data: { id: 'b-1' },
      plan: WITHOUT_BASELINE,
      accepted: {},
    },
    {
      name: 'of a plug-in inside a running build keeps the count',
      data: { id: 'b-1' },
      plan: INSIDE_RUNNING,
      accepted: { executeCount: 1 },
    },
  ];
  test.each(rows)('$name', async ({ data, plan, accepted }) => {
    const retried = retry({ retry: [yes(data)] }, plan);
    expect(await retried.outcome).toEqual({
      build: BUILD,
      ownership: 'ours',
      ...accepted,
      response: { status: 0 },
      at: 0,
    });
    expect(retried.events).toEqual(['send']);
    expect(retried.fake.log()).toEqual([]);
  });

  test('keeps the message of its answer', async () => {
    const reply = answer({ status: 0, message: 'queued', data: { id: 'b-1' } });
    expect(await retry({ retry: [reply] }).outcome).toMatchObject({ response: { status: 0, message: 'queued' } });
  });

  test('that names another build is followed with a warning', async () => {
    const retried = retry({ retry: [yes({ id: 'b-2' })] });
    expect(await retried.outcome).toMatchObject({ build: { ...BUILD, buildId: 'b-2' }, answeredOther: true });
    expect(retried.fake.log()).toEqual([
      '::warning::BK-CI answered with another build: “b-2” instead of b-1. The build of the answer is followed.',
    ]);
  });
});

describe('a request that was not delivered', () => {
  test('is sent again, with growing pauses, until it is delivered', async () => {
    const deployment = answer(
      { status: 503, result: true, data: '', message: '后台正在部署中，请稍后。' },
      { http: 503 },
    );
    const retried = retry({
      retry: [unreached(), deployment, yes({ id: 'b-1' })],
      status: [wireStatus()],
    });
    await retried.outcome;
    expect(retried.fake.log()).toEqual([
      'Resend    in 2 s, the request was not delivered: connection refused',
      'Resend    in 5 s, the request was not delivered: HTTP 503 “后台正在部署中，请稍后。” (BK-CI is being deployed)',
    ]);
    expect(retried.fake.clock.slept).toEqual([2000, 5000]);
    expect(retried.requests).toEqual(['POST retry', 'POST retry', 'GET status', 'POST retry']);
  });

  test('is sent again after pauses with jitter, logged in whole seconds', async () => {
    const pausesAndLines = async (random: number) => {
      const { step, clock, log } = fakeStep({}, { random });
      const { client } = fakeBkci({ status: [unreached(), unreached(), wireStatus()] });
      await new ResendBudget(step).read(() => client.buildStatus(BUILD));
      return [clock.slept, log().map((line) => line.replace(/,.*/, ''))];
    };
    expect([await pausesAndLines(0), await pausesAndLines(0.99)]).toEqual([
      [
        [1600, 4000],
        ['Resend    in 2 s', 'Resend    in 4 s'],
      ],
      [
        [2392, 5980],
        ['Resend    in 2 s', 'Resend    in 6 s'],
      ],
    ]);
  });

  test('has the request and the answer of the server in its error', async () => {
    const error = await errorOf(() => retry(tooMany()).outcome);
    expect([error.code, error.response?.http, error.request]).toEqual([
      'not-delivered',
      429,
      expect.stringMatching(/^POST https:.*\/retry$/),
    ]);
  });

  const rows = [
    {
      name: 'five sends',
      script: { retry: () => unreached() },
      sends: 5,
      says: /^BK-CI could not be reached: connection refused \(5 tries in 49 s\); the build was not retried\. Check that this runner/,
    },
    {
      name: 'two sends to an unknown host',
      script: { retry: () => unreached('ENOTFOUND', 'unknown host') },
      sends: 2,
      says: /^BK-CI could not be reached: unknown host \(2 tries in 2 s\); the build was not retried\./,
    },
    {
      name: 'one send after a bad certificate',
      script: { retry: () => unreached('CERT_HAS_EXPIRED', 'its certificate is not accepted') },
      sends: 1,
      says: /^BK-CI could not be reached: .*not accepted; the build was not retried\./,
    },
    {
      name: 'five sends even if each answer has Retry-After',
      script: tooMany('5'),
      sends: 5,
      says: /^BK-CI turned the request away: HTTP 429 \(5 tries in 20 s\); .* The server answers, but does not accept the request now\. Run this step again later\. POST/,
    },
    {
      name: 'one send if Retry-After is longer than the budget',
      script: tooMany('600'),
      sends: 1,
      says: /asked for a wait of 10 min, but this step sends a request again for 2 min at most\. Run it again later\. POST/,
    },
  ];
  test.each(rows)('is given up after $name', async ({ script, sends, says }) => {
    const retried = retry(script);
    const error = await errorOf(() => retried.outcome);
    const posts = retried.requests.filter((request) => request.startsWith('POST'));
    expect([error.code, error.message, posts.length]).toEqual(['not-delivered', expect.stringMatching(says), sends]);
    expect(error.message).toMatch(/\. POST https:\/\/devops\.example\.com\/\S+\/retry$/);
  });
});

describe('after an answer that the request was not delivered, the build is read before it is sent again', () => {
  const tooOften = () => answer('', { http: 429 });
  const posts = ({ requests }: Retried) => requests.filter((request) => request.startsWith('POST')).length;

  test.each([
    { starter: 'our user', more: {}, username: 'ci-bot' },
    { starter: 'an unknown user', more: { userId: null }, username: 'ci-bot' },
    { starter: 'some user, ours is not known', more: {}, username: null },
  ])('and is not sent again if it has changed, started by $starter', async ({ more, username }) => {
    const retried = retry({ retry: [tooOften()], status: [wireRunning(more)] }, WHOLE, username);
    expect(await retried.outcome).toMatchObject({ executeCount: 2, ownership: 'ours' });
    expect(retried.fake.log().slice(1)).toEqual([
      'Note      the build has moved although BK-CI turned the retry away, so it is not sent again',
      'Accepted  execution 2, as the build itself shows; one retry took effect',
    ]);
    expect([posts(retried), retried.events]).toEqual([1, ['send', 'send failed']]);
  });

  test('and is not sent again if another user has retried it', async () => {
    const retried = retry({ retry: [tooOften()], status: [wireRunning({ userId: 'release-bot' })] });
    const error = await errorOf(() => retried.outcome);
    expect(error).toMatchObject({ code: 'already-running', buildRuns: true, leavesDoubt: false });
    expect(error.message).toMatch(
      /^release-bot has retried build #42 meanwhile \(RUNNING in stage Test, execution 2.*\); the retry was not sent again\. Wait for its end\.$/,
    );
    expect([posts(retried), retried.events]).toEqual([1, ['send', 'send failed']]);
  });

  test('and is not sent again if it can’t be read', async () => {
    const retried = retry({ retry: [tooOften()], status: () => lost() });
    expect((await errorOf(() => retried.outcome)).code).toBe('not-delivered');
    expect([posts(retried), retried.events]).toEqual([1, ['send', 'send failed']]);
  });

  test('and reads within the budget of the retry', async () => {
    const retried = retry({ retry: tooOften, status: () => answer('', { http: 429 }) });
    expect((await errorOf(() => retried.outcome)).code).toBe('not-delivered');
    expect([posts(retried), retried.requests.length, retried.fake.clock.now() <= 120_000]).toEqual([1, 6, true]);
  });

  test('unless no answer came', async () => {
    const retried = retry({ retry: [unreached(), yes({ id: 'b-1' })] });
    await retried.outcome;
    expect(retried.requests).toEqual(['POST retry', 'POST retry']);
  });

  test('unless nothing was read before the first send', async () => {
    const retried = retry({ retry: [tooOften(), yes({ id: 'b-1' })] }, WITHOUT_BASELINE);
    await retried.outcome;
    expect(retried.requests).toEqual(['POST retry', 'POST retry']);
  });
});

describe('an accepted execution that is not the expected one', () => {
  const ahead = (name: string, times: string) =>
    `::warning::${name} went ${times} ahead with this retry: somebody else retried it as well, or BK-CI received the request twice.`;
  const behind = (count: number, before: number) =>
    `::warning::BK-CI contradicts itself: it answered with execution ${count}, but the build was at execution ${before} already.`;
  const at = (executeCount: number) => ({ ...WHOLE, baseline: { ...BASELINE, executeCount } });
  const rows = [
    { name: 'one higher', plan: at(1), executeCount: 3, log: ahead('Build #42', '2 executions'), ownership: 'unsure' },
    { name: 'far higher', plan: at(4), executeCount: 9, log: ahead('Build #42', '5 executions'), ownership: 'unsure' },
    {
      name: 'one higher, inside a running build',
      plan: INSIDE_RUNNING,
      executeCount: 2,
      log: ahead('Build #42', '1 execution'),
      ownership: 'unsure',
    },
    { name: 'the count before', plan: at(2), executeCount: 2, log: behind(2, 2), ownership: 'ours', used: 3 },
    { name: 'far lower', plan: at(6), executeCount: 1, log: behind(1, 6), ownership: 'ours', used: 7 },
  ];
  test.each(rows)('is warned about: $name', async ({ plan, executeCount, log, ownership, used = executeCount }) => {
    const retried = retry({ retry: [yes({ id: 'b-1', executeCount, num: 42 })] }, plan);
    expect(await retried.outcome).toMatchObject({ executeCount: used, ownership });
    expect(retried.fake.log()).toEqual([log]);
  });

  test('of another build has only the count of the answer', async () => {
    const retried = retry({ retry: [yes({ id: 'b-2' })] });
    expect(await retried.outcome).toMatchObject({ executeCount: undefined, ownership: 'ours' });
  });
});

describe('a refusal', () => {
  test('is final and has the status of BK-CI', async () => {
    const retried = retry({ retry: [no(2101047, 'locked')] });
    const error = await errorOf(() => retried.outcome);
    expect([error.code, error.response?.status, retried.requests]).toEqual(['refused', 2101047, ['POST retry']]);
    expect(error.message).toContain('nothing was retried');
  });
});

describe('cancelling the workflow', () => {
  test('during the request ends the step, but not the request', async () => {
    let finish: (reply: ReturnType<typeof yes>) => void = () => {};
    const pending = new Promise<ReturnType<typeof yes>>((resolve) => {
      finish = resolve;
    });
    const retried = retry({ retry: [() => pending] });
    retried.fake.cancel();
    await expect(retried.outcome).rejects.toThrow('the workflow was cancelled');
    finish(yes({ id: 'b-1' }));
    expect(retried.requests).toEqual(['POST retry']);
  });

  test('before the retry is sent prevents it', async () => {
    const retried = retry({ retry: [yes({ id: 'b-1' })] }, WHOLE, 'ci-bot', true);
    await expect(retried.outcome).rejects.toThrow('the workflow was cancelled');
    expect([retried.requests, retried.events]).toEqual([[], []]);
  });

  test('during a read after a lost answer ends the step', async () => {
    const last = cancelledMeanwhile(() => retried.fake.cancel());
    const retried: Retried = retry({ retry: [lost()], status: (at) => (at < 5 ? wireStatus() : last) });
    await expect(retried.outcome).rejects.toThrow('the workflow was cancelled');
  });

  test('during a pause after a lost answer ends the step', async () => {
    const retried = retry({ retry: [lost()], status: () => wireStatus() });
    retried.fake.clock.timer(4000, retried.fake.cancel);
    await expect(retried.outcome).rejects.toThrow('the workflow was cancelled');
    expect(retried.fake.clock.now()).toBe(4000);
  });
});

describe('HTTP 503', () => {
  test('from nginx is a lost answer, not a deployment of BK-CI', async () => {
    const page = answer('<html><head><title>503</title></head></html>', { http: 503 });
    const retried = retry({ retry: [page], status: [wireRunning()] });
    await retried.outcome;
    expect(retried.fake.log()[0]).toBe(
      'Lost      the answer, HTTP 503 “503”; BK-CI may have acted, so the retry is not sent again',
    );
  });
});
