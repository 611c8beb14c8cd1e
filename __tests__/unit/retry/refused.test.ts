import { describe, expect, test } from '@jest/globals';
import { answer, lost, no, type Script, wireDetail, wireRunning, wireStatus } from '../../support/bkci.js';
import { errorOf } from '../../support/errors.js';
import { INSIDE_RUNNING, retry, WHOLE, WITHOUT_BASELINE } from '../../support/send.js';

/** Refusals that say that the build, or the part, already runs (bk-ci: CommonMessageCode, ProcessMessageCode). */
const ALREADY_RUNS = [2100002, 2101129, 2101901, 2101114, 2101911, 2101273, 2101110, 2101907, 2101277];
const each = ALREADY_RUNS.map((number) => ({ number }));

describe.each(each)('refusal $number of the retry of a build that had ended', ({ number }) => {
  const refused = (status: NonNullable<Script['status']>) => ({ retry: [no(number, 'no')], status });

  test('is an acceptance when the build shows an execution of our user', async () => {
    const retried = retry(refused([wireStatus(), wireRunning()]));
    expect(await retried.outcome).toMatchObject({ executeCount: 2, ownership: 'other' });
    expect(retried.fake.log()).toEqual([
      `Refused   ${number}, which contradicts what was read before`,
      '    0:01  unchanged  FAILED, execution 1',
      '    0:03  changed    RUNNING, execution 2',
      'Accepted  execution 2, as the build itself shows; BK-CI refused a second delivery of the request',
    ]);
    expect([retried.events, retried.requests]).toEqual([['send'], ['POST retry', 'GET status', 'GET status']]);
  });

  test('is an error that names the other user who started the new execution', async () => {
    const retried = retry(refused([wireRunning({ userId: 'release-bot' })]));
    const error = await errorOf(() => retried.outcome);
    expect(error).toMatchObject({ code: 'already-running', buildRuns: true, leavesDoubt: false });
    expect(error.message).toContain('release-bot has retried it meanwhile (RUNNING in stage Test, execution 2');
    expect(retried.events).toEqual(['send', 'send failed']);
  });

  test.each([
    { unknown: 'our user', username: null, more: {} },
    { unknown: 'its starter', username: 'ci-bot', more: { userId: null } },
    { unknown: 'either', username: null, more: { userId: null } },
  ])('leaves doubt when $unknown is not known', async ({ username, more }) => {
    const retried = retry(refused([wireRunning(more)]), WHOLE, username);
    const error = await errorOf(() => retried.outcome);
    expect(error).toMatchObject({ code: 'already-running', buildRuns: true, leavesDoubt: true });
    expect(error.message).toContain('it is not known whether this retry started it');
    expect(error.message.includes('Set username')).toBe(username === null);
    expect(retried.events).toEqual(['send', 'send failed']);
  });

  test('is final when the build has not changed for six seconds', async () => {
    const retried = retry(refused(() => wireStatus()));
    expect(await errorOf(() => retried.outcome)).toMatchObject({
      response: { status: number },
      buildRuns: false,
      leavesDoubt: false,
    });
    expect([retried.events, retried.fake.clock.now()]).toEqual([['send', 'send failed'], 6000]);
  });

  test('leaves doubt when the build can’t be read', async () => {
    const error = await errorOf(() => retry(refused(() => lost())).outcome);
    expect(error).toMatchObject({ code: 'unexpected-answer', leavesDoubt: true });
    expect(error.message).toContain(`(BK-CI refused with ${number}, which contradicts what was read before`);
  });

  test('is final at once when there is no baseline', async () => {
    const retried = retry({ retry: [no(number)] }, WITHOUT_BASELINE);
    expect(await errorOf(() => retried.outcome)).toMatchObject({ response: { status: number } });
    expect(retried.requests).toEqual(['POST retry']);
  });

  test('warns when the build went two executions ahead', async () => {
    const twice = wireRunning({ buildParameters: [{ key: 'BK_CI_RETRY_COUNT', value: '2' }] });
    const retried = retry(refused([twice]));
    expect(await retried.outcome).toMatchObject({ executeCount: 3, ownership: 'other' });
    expect(retried.fake.log()).toContain(
      '::warning::Build #42 went 2 executions ahead with this retry: somebody else retried it as well, or BK-CI received the request twice.',
    );
  });
});

describe('a refusal of the retry of a plug-in inside a running build', () => {
  const same = {
    queueTime: 999_000,
    startTime: 1_000_000,
    buildParameters: [{ key: 'BK_CI_RETRY_COUNT', value: '0' }],
  };
  const running = () => wireRunning(same);

  test.each([2101110, 2101907, 2101277])('%d is an acceptance when the plug-in runs again', async (number) => {
    const script = { retry: [no(number)], status: running, detail: () => wireDetail({}, { status: 'RUNNING' }) };
    const retried = retry(script, INSIDE_RUNNING, null);
    expect(await retried.outcome).toMatchObject({ executeCount: 1, ownership: 'other' });
  });

  test.each([2101110, 2101907, 2101277])('%d is final when the plug-in has not changed', async (number) => {
    const retried = retry({ retry: [no(number)], status: running, detail: () => wireDetail() }, INSIDE_RUNNING);
    expect(await errorOf(() => retried.outcome)).toMatchObject({ response: { status: number } });
    expect(retried.events).toEqual(['send', 'send failed']);
  });

  test.each([2100002, 2101129, 2101901, 2101114, 2101911, 2101273])('%d is final at once', async (number) => {
    const retried = retry({ retry: [no(number)] }, INSIDE_RUNNING);
    expect(await errorOf(() => retried.outcome)).toMatchObject({ response: { status: number } });
    expect(retried.requests).toEqual(['POST retry?taskId=e-1']);
  });
});

describe('the error after a refusal of a build that runs', () => {
  const LINK = 'https://h/console/pipeline/demo/p-1/detail/b-1';
  const textOf = async (userId: string | null, username: string | null) => {
    const status = [wireRunning({ userId, currentTimestamp: 3_061_000 })];
    const { message } = await errorOf(() => retry({ retry: [no(2101129, 'x')], status }, WHOLE, username).outcome);
    return message.replace(/^.*?\)(?=: )/, '…').replace(/ \(RUNNING.*?\)/, '');
  };

  test('says what to do if somebody else has retried it', async () => {
    expect(await textOf('ops', 'ci-bot')).toBe(
      '…: ops has retried it meanwhile; nothing was retried. Wait for its end.',
    );
  });

  test('says what to do if it is not known who has', async () => {
    expect([await textOf(null, 'ci-bot'), await textOf('ops', null)]).toEqual([
      `…: a new execution has started meanwhile, and it is not known whether this retry started it. Open the build to see who started it. ${LINK}`,
      `…: a new execution has started meanwhile, and it is not known whether this retry started it. Set username, so that this can be known. Open the build to see who started it. ${LINK}`,
    ]);
  });
});

describe('a web page in answer to the retry', () => {
  const page = (http: number) => answer('<!doctype html><html><head><title>Sign in</title></head></html>', { http });

  test.each([200, 400, 403, 404, 422, 501])(
    'with HTTP %d is an acceptance when the build has changed',
    async (http) => {
      const retried = retry({ retry: [page(http)], status: [wireRunning()] });
      expect(await retried.outcome).toMatchObject({ executeCount: 2, ownership: 'ours' });
      expect(retried.fake.log()[0]).toContain(`Lost      the answer, a web page with HTTP ${http};`);
    },
  );

  test.each([200, 400, 403, 404, 422, 501])(
    'with HTTP %d is refused when nothing has changed for six seconds',
    async (http) => {
      const retried = retry({ retry: [page(http)], status: () => wireStatus() });
      const error = await errorOf(() => retried.outcome);
      expect([error.message, error.response?.http]).toEqual([expect.stringContaining('nothing was retried'), http]);
      expect([retried.events, retried.fake.clock.now()]).toEqual([['send', 'send failed'], 6000]);
    },
  );

  test('that redirects is refused at once', async () => {
    const redirect = answer('<html></html>', { http: 302, headers: { location: 'https://login.example.com/' } });
    const retried = retry({ retry: [redirect] });
    expect(await errorOf(() => retried.outcome)).toMatchObject({
      leavesDoubt: false,
      response: { redirectTo: 'https://login.example.com' },
    });
    expect(retried.requests).toEqual(['POST retry']);
  });

  test('of a known proxy is final at once', async () => {
    const ofProxy = answer('<html></html>', { http: 403, headers: { 'x-squid-error': 'ERR_ACCESS_DENIED 0' } });
    const retried = retry({ retry: [ofProxy] });
    expect(await errorOf(() => retried.outcome)).toMatchObject({ code: 'not-delivered', leavesDoubt: false });
    expect([retried.requests, retried.events]).toEqual([['POST retry'], ['send', 'send failed']]);
  });

  test('leaves doubt, without a read, when there is no baseline', async () => {
    const retried = retry({ retry: [page(403)] }, WITHOUT_BASELINE);
    expect(await errorOf(() => retried.outcome)).toMatchObject({ code: 'unexpected-answer', leavesDoubt: true });
    expect(retried.requests).toEqual(['POST retry']);
  });

  test('leaves doubt when the build can’t be read afterwards', async () => {
    const retried = retry({ retry: [page(200)], status: () => lost() });
    expect(await errorOf(() => retried.outcome)).toMatchObject({ code: 'unexpected-answer', leavesDoubt: true });
  });
});
