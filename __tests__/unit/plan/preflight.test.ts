import { describe, expect, test } from '@jest/globals';
import { preflight } from '../../../src/plan/preflight.js';
import { ResendBudget, resending } from '../../../src/retry/resend-budget.js';
import { answer, lost, no, unreached, wireDetail, wireRunning, wireStatus } from '../../support/bkci.js';
import { BUILD } from '../../support/builds.js';
import { errorOf } from '../../support/errors.js';
import { type FakeRun, fakeRun } from '../../support/harness.js';

const LINK = 'https://devops.example.com/console/pipeline/demo/p-1/detail/b-1';
const runPreflight = ({ context, step }: FakeRun) =>
  preflight(step, { ...context, build: BUILD, reader: resending(context.client, new ResendBudget(step)) });

describe('preflight', () => {
  test('logs the status before it decides, and sets outputs', async () => {
    const fake = fakeRun({ status: [wireStatus()] });
    expect(await runPreflight(fake)).toMatchObject({ kind: 'plan', parameters: {} });
    expect(fake.log()).toEqual([
      'Build     #42 in project demo: FAILED in stage Test, execution 1, started by ci-bot, ended 16 min ago',
      `          ${LINK}`,
    ]);
    expect(fake.recorder.recorded.outputs).toMatchObject({
      buildNumber: '42',
      executeCount: '1',
      buildStatus: 'FAILED',
      buildUrl: `${LINK}/executeDetail/1`,
    });
    expect(fake.bkci.requests).toEqual(['GET status']);
  });

  test('reads the detail only if the decision needs it, and records its names', async () => {
    const fake = fakeRun({ status: [wireStatus()], detail: [wireDetail()] }, { taskId: 'tests' });
    expect(await runPreflight(fake)).toMatchObject({ kind: 'plan', parameters: { taskId: 'e-1' } });
    expect(fake.bkci.requests).toEqual(['GET status', 'GET detail']);
    expect(fake.context.state.record.pipelineName).toBe('Nightly tests');
  });

  test.each<[string, Record<string, string>]>([
    ['SUCCEED', { retryOn: 'SYSTEM' }],
    ['SUCCEED', { failedContainer: 'true' }],
    ['CANCELED', { taskId: 'tests' }],
    ['RUNNING', { retryOn: 'SYSTEM', taskId: 'tests' }],
  ])('reads no detail of a build that onlyIfFailed leaves alone: %s with %j', async (status, inputs) => {
    const build = status === 'RUNNING' ? wireRunning() : wireStatus({ status });
    const fake = fakeRun(
      { status: [build], detail: [no(2101174, 'no right', 403)] },
      { onlyIfFailed: 'true', ...inputs },
    );
    expect((await runPreflight(fake)).kind).toBe(status === 'RUNNING' ? 'follow' : 'not-needed');
    expect(fake.bkci.requests).toEqual(['GET status']);
  });

  test('repeats a read after a transient error', async () => {
    const fake = fakeRun({ status: [lost(), answer('', { http: 502 }), wireStatus()] });
    await runPreflight(fake);
    expect(fake.log().slice(0, 2)).toEqual([
      'Resend    in 2 s, the read was not answered: connection reset',
      'Resend    in 5 s, the read was not answered: HTTP 502',
    ]);
  });

  test('ends with an error if the status can’t be read', async () => {
    const error = await errorOf(() => runPreflight(fakeRun({ status: () => unreached() })));
    expect([error.code, error.message]).toEqual([
      'not-delivered',
      expect.stringMatching(
        /^BK-CI could not be reached: connection refused \(5 tries in 49 s\); nothing was retried\. .* GET https:\S+\/status$/,
      ),
    ]);
  });
});

describe('preflight, with the detail', () => {
  test('names the failed request in the error', async () => {
    const script = { status: [wireStatus()], detail: () => lost() };
    const error = await errorOf(() => runPreflight(fakeRun(script, { taskId: 'tests' })));
    expect(error.message).toMatch(
      /^BK-CI could not be reached: connection reset \(5 tries in \d+ s\); nothing was retried\. .* GET https:\S+\/detail$/,
    );
  });

  test('that always fails, names the input that needs it, and what would do without', async () => {
    const detail = () => answer('boom', { http: 500 });
    const needed = async (inputs: Record<string, string>) =>
      (await errorOf(() => runPreflight(fakeRun({ status: [wireStatus()], detail }, inputs)))).message;
    expect(await needed({ taskId: 'tests' })).toMatch(
      /^Without a look at the build, taskId must be a plug-in .*, and the look failed: BK-CI could not answer: HTTP 500/,
    );
    expect(await needed({ retryOn: 'SYSTEM' })).toMatch(
      /^retryOn needs a look at the build, which failed: BK-CI could/,
    );
  });
});

describe('preflight ends with an error, without a further request or log line, for', () => {
  const rows = [
    { name: 'an unknown build', reply: no(2101163, '', 404), code: 'not-found' },
    { name: 'a build of another pipeline', reply: no(2101058), code: 'not-found' },
    {
      name: 'an expired token',
      reply: answer('Verification failed : Access token expired in: 1', { http: 400 }),
      code: 'unauthorized',
    },
    { name: 'a required login', reply: answer('', { http: 401 }), code: 'unauthorized' },
    {
      name: 'credentials that the API gateway refuses',
      reply: answer({ code: 1640001, result: false }, { http: 400 }),
      code: 'unauthorized',
    },
    {
      name: 'a redirect',
      reply: answer('', { http: 302, headers: { location: 'https://login' } }),
      code: 'unexpected-answer',
    },
    { name: 'a login page', reply: answer('<html>'), code: 'unexpected-answer' },
    { name: 'a login page without a head', reply: answer('<meta http-equiv="refresh">'), code: 'unexpected-answer' },
    { name: 'a login page with 401', reply: answer('<html>', { http: 401 }), code: 'unauthorized' },
    { name: 'an HTML page with 403', reply: answer('<html>', { http: 403 }), code: 'unexpected-answer' },
  ];
  test.each(rows)('$name', async ({ reply, code }) => {
    const fake = fakeRun({ status: [reply] });
    expect((await errorOf(() => runPreflight(fake))).code).toBe(code);
    expect([fake.log(), fake.bkci.requests]).toEqual([[], ['GET status']]);
  });
});
