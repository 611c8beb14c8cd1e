import { describe, expect, test } from '@jest/globals';
import { ResendBudget } from '../../../src/retry/resend-budget.js';
import {
  answer,
  cancelledMeanwhile,
  fakeBkci,
  lost,
  no,
  unreached,
  wireRunning,
  wireStatus,
  yes,
} from '../../support/bkci.js';
import { BUILD } from '../../support/builds.js';
import { errorOf } from '../../support/errors.js';
import { fakeStep } from '../../support/harness.js';
import { INSIDE_RUNNING, type Retried, retry, UNCOUNTED, WHOLE, WITHOUT_BASELINE } from '../../support/send.js';

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
      answeredOther: false,
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
    const retried = retry({ retry: [unreached(), deployment, yes({ id: 'b-1' })] });
    await retried.outcome;
    expect(retried.fake.log()).toEqual([
      'Resend    in 2 s, the request was not delivered: connection refused',
      'Resend    in 5 s, the request was not delivered: HTTP 503 “后台正在部署中，请稍后。” (BK-CI is being deployed)',
    ]);
    expect(retried.fake.clock.slept).toEqual([2000, 5000]);
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
    const error = await errorOf(() => retry({ retry: () => answer('', { http: 429 }) }).outcome);
    expect([error.code, error.response?.http, error.request]).toEqual([
      'not-delivered',
      429,
      expect.stringMatching(/^POST https:.*\/retry$/),
    ]);
  });

  const rows = [
    {
      name: 'five sends',
      replies: () => unreached(),
      sends: 5,
      says: / failed 5 times in 49 s: connection refused; the build was not retried\. Check that this runner/,
    },
    {
      name: 'two sends to an unknown host',
      replies: () => unreached('ENOTFOUND', 'unknown host'),
      sends: 2,
      says: / failed 2 times in 2 s: unknown host; the build was not retried\./,
    },
    {
      name: 'one send after a bad certificate',
      replies: () => unreached('CERT_HAS_EXPIRED', 'its certificate is not accepted'),
      sends: 1,
      says: / failed: .*not accepted; the build was not retried\./,
    },
    {
      name: 'five sends even if each answer has Retry-After',
      replies: () => answer('', { http: 429, headers: { 'retry-after': '5' } }),
      sends: 5,
      says: / failed 5 times in 20 s: HTTP 429; .* The server answers, but does not accept the request now\. Run this step again later\.$/,
    },
    {
      name: 'one send if Retry-After is longer than the budget',
      replies: () => answer('', { http: 429, headers: { 'retry-after': '600' } }),
      sends: 1,
      says: /asked for a wait of 10 min \(Retry-After\), but this step retries for 2 min at most\. Run it again later\.$/,
    },
  ];
  test.each(rows)('is given up after $name', async ({ replies, sends, says }) => {
    const retried = retry({ retry: replies });
    const error = await errorOf(() => retried.outcome);
    expect([error.code, error.message, retried.requests.length]).toEqual([
      'not-delivered',
      expect.stringMatching(says),
      sends,
    ]);
    expect(error.message).toMatch(/^POST https:\/\/devops\.example\.com\/\S+\/retry failed( \d times in \d+ s)?: /);
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
