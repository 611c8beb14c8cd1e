import { describe, expect, test } from '@jest/globals';
import { lost, no, wireRunning, wireStatus, yes } from '../../support/bkci.js';
import type { FakeStep } from '../../support/harness.js';
import { POST_INPUTS, runPostWith, SAVED, SAVED_WITHOUT_BASELINE } from '../../support/post.js';

const LINK = 'https://devops.example.com/console/pipeline/demo/p-1/detail/b-1';
const STOPPED = wireRunning({ status: 'CANCELED', endTime: 4_000_000 });
const ENDED = wireRunning({ status: 'SUCCEED', endTime: 4_000_000 });

describe('post does nothing', () => {
  test('when main saved nothing', async () => {
    expect(await runPostWith({})).toMatchObject({ log: [], requests: [], elapsedMs: 0 });
  });
});

describe('post, after an accepted retry,', () => {
  test('reads the build once and stops it once', async () => {
    expect(await runPostWith({ status: [wireRunning(), STOPPED], stop: [yes(true)] }, SAVED)).toMatchObject({
      requests: ['GET status', 'POST stop', 'GET status'],
      elapsedMs: 2000,
      log: ['Stopped   build #42, since the step ended before it; it has ended'],
    });
  });

  test('stops the build although it was not read before the retry', async () => {
    expect(
      await runPostWith({ status: [wireRunning(), STOPPED], stop: [yes(true)] }, SAVED_WITHOUT_BASELINE),
    ).toMatchObject({
      requests: ['GET status', 'POST stop', 'GET status'],
      elapsedMs: 2000,
    });
  });

  const savedRetries = [
    { name: 'has a baseline', saved: SAVED },
    { name: 'has no baseline', saved: SAVED_WITHOUT_BASELINE },
  ];
  test.each(savedRetries)('does not stop a build that has ended when the saved state $name', async ({ saved }) => {
    expect(await runPostWith({ status: [ENDED] }, saved)).toMatchObject({
      requests: ['GET status'],
      elapsedMs: 0,
      log: ['Done      build #42 has ended already (SUCCEED)'],
    });
  });

  test('does not stop a build that can’t be read', async () => {
    const { requests, log, elapsedMs } = await runPostWith({ status: () => lost() }, SAVED);
    expect([requests.includes('POST stop'), log, elapsedMs]).toEqual([
      false,
      [`::warning::Build b-1 can't be read, so it was not stopped. Check it in BK-CI: ${LINK}`],
      42_000,
    ]);
  });

  test('reads a build only once when the user may not view it', async () => {
    const { requests, log } = await runPostWith({ status: [no(2101008, '', 403)] }, SAVED);
    expect([requests, log]).toEqual([
      ['GET status'],
      [
        expect.stringMatching(
          /^::warning::Build b-1 may still be running: .* may not view .*it was not stopped.* \[forbidden\]$/,
        ),
      ],
    ]);
  });

  test('reads again while the build still shows the execution before', async () => {
    const { requests } = await runPostWith(
      { status: [wireStatus(), wireStatus(), wireRunning(), STOPPED], stop: [yes(true)] },
      SAVED,
    );
    expect(requests).toEqual(['GET status', 'GET status', 'GET status', 'POST stop', 'GET status']);
  });

  test('stops the build after the first read that is answered', async () => {
    const { requests, elapsedMs } = await runPostWith(
      { status: [lost(), lost(), wireRunning(), STOPPED], stop: [yes(true)] },
      SAVED,
    );
    expect([requests.at(-2), elapsedMs]).toEqual(['POST stop', 7000]);
  });

  const stops = [
    {
      name: 'the build has ended meanwhile',
      reply: no(2101182),
      log: 'Done      build #42 was not stopped: it has ended already',
    },
    {
      name: 'BK-CI refuses a stop so soon after another one',
      reply: no(2101019, 'm'),
      log: expect.stringMatching(/^::warning::Build #42 could not be stopped: BK-CI refused: .* \(2101019 “m”\)/),
    },
    {
      name: 'the end is not seen',
      reply: yes(true),
      log: `::warning::Build #42 was asked to stop, but its end was not seen. Check it in BK-CI: ${LINK}`,
    },
    {
      name: 'the user may not stop the build',
      reply: no(2101008, 'm'),
      log: expect.stringMatching(/^::warning::Build #42 could not be stopped: ci-bot may not execute/),
    },
    {
      name: 'BK-CI does not answer',
      reply: lost(),
      log: `::warning::Build #42 was asked to stop, but BK-CI has not answered (connection reset). Check it in BK-CI: ${LINK}`,
    },
  ];
  test.each(stops)('logs that $name, and does not fail the job', async ({ reply, log }) => {
    const { log: logged, requests } = await runPostWith({ status: [wireRunning()], stop: [reply] }, SAVED);
    expect(logged).toEqual([log]);
    expect(requests.filter((request) => request === 'POST stop')).toHaveLength(1);
  });

  const ends = [
    { name: 'another stop ends it', reply: no(2101019), status: 'CANCELED', log: 'it has ended' },
    { name: 'a lost stop has arrived', reply: lost(), status: 'TERMINATE', log: 'it has ended' },
    { name: 'the stop fails it', reply: yes(true), status: 'FAILED', log: 'it ended: FAILED' },
  ];
  test.each(ends)('logs the end of the build if $name', async ({ reply, status, log }) => {
    const reads = [wireRunning(), lost(), wireRunning(), wireRunning({ status, endTime: 4_000_000 })];
    const { log: logged, elapsedMs } = await runPostWith({ status: reads, stop: [reply] }, SAVED);
    expect([logged, elapsedMs]).toEqual([[`Stopped   build #42, since the step ended before it; ${log}`], 10_000]);
  });

  test('looks for the end for 40 seconds, and does not take that of a newer execution for it', async () => {
    const newer = wireRunning({
      status: 'SUCCEED',
      endTime: 4_000_000,
      buildParameters: [{ key: 'BK_CI_RETRY_COUNT', value: 9 }],
    });
    const { log, elapsedMs } = await runPostWith({ status: [wireRunning(), newer], stop: [yes(true)] }, SAVED);
    expect([log, elapsedMs]).toEqual([[expect.stringContaining('its end was not seen')], 40_000]);
  });
});

describe('post, after a retry with unknown outcome,', () => {
  const DOUBT = `::warning::It is not known whether build b-1 was retried, so it was not stopped. Check it in BK-CI: ${LINK}`;

  test('reads until the retried execution shows, then stops it', async () => {
    const { requests, elapsedMs } = await runPostWith(
      { status: [wireStatus(), lost(), wireRunning(), STOPPED], stop: [yes(true)] },
      { ...SAVED, phase: 'sending' },
    );
    expect([requests, elapsedMs]).toEqual([
      ['GET status', 'GET status', 'GET status', 'POST stop', 'GET status'],
      7000,
    ]);
  });

  test('does not stop the build when no retried execution shows in time', async () => {
    const { requests, log, elapsedMs } = await runPostWith(
      { status: () => wireStatus() },
      { ...SAVED, phase: 'sending' },
    );
    expect([requests.includes('POST stop'), log, elapsedMs]).toEqual([false, [DOUBT], 42_000]);
  });

  test('does not stop the build when it was not read before the retry', async () => {
    const { requests, log } = await runPostWith(
      { status: () => wireRunning() },
      { ...SAVED_WITHOUT_BASELINE, phase: 'sending' },
    );
    expect([requests.includes('POST stop'), log]).toEqual([false, [DOUBT]]);
  });
});

describe('post takes what to do from the saved state', () => {
  const LOOKED_AND_STOPPED = ['GET status', 'POST stop', 'GET status'];
  const running = { status: [wireRunning(), STOPPED], stop: [yes(true)] };
  const others: readonly { name: string; inputs: Readonly<Record<string, string>> }[] = [
    { name: 'no input at all', inputs: {} },
    { name: 'wait and stopOnAbort off', inputs: { ...POST_INPUTS, wait: 'false', stopOnAbort: 'false' } },
    {
      name: 'wait and stopOnAbort that are neither true nor false',
      inputs: { ...POST_INPUTS, wait: '${{', stopOnAbort: 'x' },
    },
    { name: 'another build', inputs: { ...POST_INPUTS, projectId: 'x/y', buildId: 'b-9', buildUrl: 'no link' } },
    { name: 'another username', inputs: { ...POST_INPUTS, username: 'release-bot' } },
    { name: 'a username that no header can carry', inputs: { ...POST_INPUTS, username: '用户' } },
    { name: 'a misspelt name', inputs: { ...POST_INPUTS, 'stop-on-abort': 'true', 'Console-Url': 'x' } },
    {
      name: 'numbers out of range',
      inputs: { ...POST_INPUTS, pollSeconds: '0', timeoutMinutes: '-1', maxAttempts: 'x' },
    },
    {
      name: 'credentials that this gateway does not take',
      inputs: { ...POST_INPUTS, appCode: 'x', appSecret: 'yyyy' },
    },
    { name: 'headers that can’t be parsed', inputs: { ...POST_INPUTS, headers: 'no header\nX-A: 用户' } },
  ];
  test.each(others)('with $name it stops the build all the same', async ({ inputs }) => {
    const { requests, log, sent } = await runPostWith(running, SAVED, { inputs });
    expect([requests, log]).toEqual([
      LOOKED_AND_STOPPED,
      ['Stopped   build #42, since the step ended before it; it has ended'],
    ]);
    expect(sent[0]?.headers).toMatchObject({ 'X-DEVOPS-UID': 'ci-bot' });
  });

  test('with the username, the channel and the API of main', async () => {
    const api = 'https://bkapi.example.com/api/devops/prod/v4/apigw-user';
    const saved = { ...SAVED, api, channelCode: 'AM', credentials: ['accessToken'] } as const;
    const inputs = { accessToken: 'hunter2hunter2', channelCode: 'BS' };
    const { sent } = await runPostWith(running, saved, { inputs });
    expect(sent.map(({ url, headers }) => [url.href.split('?')[0], headers['X-DEVOPS-CHANNEL']])).toEqual([
      [`${api}/projects/demo/build_status`, 'AM'],
      [`${api}/projects/demo/build_stop`, 'AM'],
      [`${api}/projects/demo/build_status`, 'AM'],
    ]);
    expect(sent[0]?.headers).toMatchObject({
      'X-DEVOPS-UID': 'ci-bot',
      'X-Bkapi-Authorization': '{"access_token":"hunter2hunter2"}',
    });
  });

  test('and the valid lines of headers from the inputs, but none that the step sets itself', async () => {
    const headers = 'no header\nX-Site: one\nx-devops-uid: evil\nX-Site: two';
    const { sent } = await runPostWith(running, { ...SAVED, credentials: ['headers'] }, { inputs: { headers } });
    expect(sent[0]?.headers).toMatchObject({ 'X-Site': 'one', 'X-DEVOPS-UID': 'ci-bot' });
    expect(sent[0]?.headers).not.toHaveProperty('x-devops-uid');
  });

  test.each(['https://evil.example', 'https://devops.example.com/ms/openapi/api/apigw/v4', 'no address'])(
    'but sends no credential when apiUrl is another: %s',
    async (apiUrl) => {
      const { requests, log } = await runPostWith({}, SAVED, { inputs: { apiUrl, accessToken: 'hunter2hunter2' } });
      expect([requests, log]).toEqual([
        [],
        [
          `::warning::Build b-1 may still be running: apiUrl is not the one that the retry was sent to. Check it in BK-CI: ${LINK} [input-invalid]`,
        ],
      ]);
    },
  );
});

describe('when a credential that main had is empty in post', () => {
  const BKAPI = 'https://bkapi.example.com/api/devops/prod/v4/apigw-app';
  const running = { status: [wireRunning(), STOPPED], stop: [yes(true)] };
  const app = { appCode: 'app', appSecret: 'hunter2hunter2' };
  const rows = [
    { name: 'a token beside a username', saved: { credentials: ['accessToken'] }, inputs: {}, missing: 'accessToken' },
    { name: 'headers', saved: { credentials: ['headers'] }, inputs: { headers: 'no header' }, missing: 'headers' },
    {
      name: 'a token beside an app',
      saved: { api: BKAPI, credentials: ['accessToken', 'appCode', 'appSecret'] },
      inputs: app,
      missing: 'accessToken',
    },
    {
      name: 'an app beside a token',
      saved: { api: BKAPI, credentials: ['accessToken', 'appCode', 'appSecret'] },
      inputs: { accessToken: 'hunter2hunter2' },
      missing: 'appCode and appSecret',
    },
  ] as const;
  test.each(rows)('$name: it says so and tries to stop the build without', async ({ saved, inputs, missing }) => {
    const { requests, log } = await runPostWith(running, { ...SAVED, ...saved }, { inputs });
    expect(requests.map((request) => request.replace(/\?.*/, ''))).toEqual(['GET status', 'POST stop', 'GET status']);
    expect(log).toEqual([
      `::warning::The step had ${missing}, which its post step did not get. It tries to stop build b-1 without.`,
      'Stopped   build #42, since the step ended before it; it has ended',
    ]);
  });

  const none = [
    {
      name: 'the token',
      saved: { username: undefined, credentials: ['accessToken'] },
      inputs: {},
      missing: 'accessToken',
    },
    {
      name: 'the token, although headers are left',
      saved: { username: undefined, credentials: ['accessToken', 'headers'] },
      inputs: { headers: 'X-Site: one' },
      missing: 'accessToken',
    },
    {
      name: 'the secret of the app',
      saved: { api: BKAPI, credentials: ['appCode', 'appSecret'] },
      inputs: { appCode: 'app' },
      missing: 'appSecret',
    },
  ] as const;
  test.each(none)('and nothing else names the caller ($name): nothing is asked', async ({ saved, inputs, missing }) => {
    const { requests, log } = await runPostWith({}, { ...SAVED, ...saved }, { inputs });
    expect([requests, log]).toEqual([
      [],
      [
        `::warning::Build b-1 may still be running: the step had ${missing}, which its post step did not get, so BK-CI was not asked. Check it in BK-CI: ${LINK} [unauthorized]`,
      ],
    ]);
  });
});

describe('a post step that is cancelled itself', () => {
  const cancelAt =
    (ms: number) =>
    ({ clock, cancel }: FakeStep) =>
      void clock.timer(ms, cancel);

  test('has three more seconds, then says that the build may be running', async () => {
    const { requests, log, elapsedMs } = await runPostWith(
      { status: () => wireStatus() },
      { ...SAVED, phase: 'sending' },
      { onStart: cancelAt(10_500) },
    );
    expect([requests.includes('POST stop'), log, elapsedMs]).toEqual([
      false,
      [`::warning::Build b-1 may still be running: the workflow was cancelled. Check it in BK-CI: ${LINK}`],
      13_500,
    ]);
  });

  test('still stops the build when a read shows it in that time', async () => {
    const status = [wireStatus(), wireStatus(), wireRunning()];
    const { requests } = await runPostWith({ status, stop: [yes(true)] }, SAVED, { onStart: cancelAt(3000) });
    expect(requests).toEqual(['GET status', 'GET status', 'GET status', 'POST stop']);
  });
});

describe('the log of post', () => {
  test('contains no credential', async () => {
    const inputs = { ...POST_INPUTS, accessToken: 'hunter2hunter2' };
    const reply = no(2109999, 'bad token hunter2hunter2');
    const { log } = await runPostWith({ status: [wireRunning()], stop: [reply] }, SAVED, { inputs });
    expect(log).toEqual([expect.stringMatching(/^::warning::Build #42 could not be stopped: .*“bad token \*\*\*”/)]);
    expect(log.join()).not.toContain('hunter2');
  });
});
