import { describe, expect, test } from '@jest/globals';
import { preflight } from '../../../src/plan/preflight.js';
import { ResendBudget, resending } from '../../../src/retry/resend-budget.js';
import { answer, lost, no, unreached, wireDetail, wireStatus } from '../../support/bkci.js';
import { BUILD } from '../../support/builds.js';
import { errorOf } from '../../support/errors.js';
import { type FakeRun, fakeRun } from '../../support/harness.js';

const LINK = 'https://devops.example.com/console/pipeline/demo/p-1/detail/b-1';
const runPreflight = ({ context, step }: FakeRun) =>
  preflight(step, { ...context, build: BUILD, reader: resending(context.client, new ResendBudget(step)) });

describe('a look', () => {
  test('is shown before anything is decided, and tells the outputs', async () => {
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

  test('reads the detail only where deciding needs it, and keeps its names', async () => {
    const fake = fakeRun({ status: [wireStatus()], detail: [wireDetail()] }, { taskId: 'tests' });
    expect(await runPreflight(fake)).toMatchObject({ kind: 'plan', parameters: { taskId: 'e-1' } });
    expect(fake.bkci.requests).toEqual(['GET status', 'GET detail']);
    expect(fake.context.state.record.pipelineName).toBe('Nightly tests');
  });

  test('that fails in passing is sent again, within one budget', async () => {
    const fake = fakeRun({ status: [lost(), answer('', { http: 502 }), wireStatus()] });
    await runPreflight(fake);
    expect(fake.log().slice(0, 2)).toEqual([
      'Resend    in 2 s, the read was not answered: connection reset',
      'Resend    in 5 s, the read was not answered: HTTP 502',
    ]);
  });

  test('that never comes through ends the run, and nothing was sent', async () => {
    const error = await errorOf(() => runPreflight(fakeRun({ status: () => unreached() })));
    expect([error.code, error.message]).toEqual([
      'not-delivered',
      expect.stringMatching(/^GET https:\S+\/status failed 5 times in 49 s: connection refused; nothing was retried\./),
    ]);
  });
});

describe('a look whose detail', () => {
  test('never comes through names the request that failed', async () => {
    const script = { status: [wireStatus()], detail: () => lost() };
    const error = await errorOf(() => runPreflight(fakeRun(script, { taskId: 'tests' })));
    expect(error.message).toMatch(
      /^GET https:\S+\/detail failed 5 times in \d+ s: connection reset; nothing was retried/,
    );
  });
});

describe('a look that ends the run, before anything was sent and without a warning', () => {
  const rows = [
    { name: 'no such build', reply: no(2101163, '', 404), code: 'not-found' },
    { name: 'a build of another pipeline', reply: no(2101058), code: 'not-found' },
    {
      name: 'a token that expired',
      reply: answer('Verification failed : Access token expired in: 1', { http: 400 }),
      code: 'unauthorized',
    },
    { name: 'a login that is asked for', reply: answer('', { http: 401 }), code: 'unauthorized' },
    {
      name: 'credentials the API gateway refuses',
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
    { name: 'a page that asks for a login', reply: answer('<html>', { http: 401 }), code: 'unauthorized' },
    { name: 'a page of a guard', reply: answer('<html>', { http: 403 }), code: 'unexpected-answer' },
  ];
  test.each(rows)('$name', async ({ reply, code }) => {
    const fake = fakeRun({ status: [reply] });
    expect((await errorOf(() => runPreflight(fake))).code).toBe(code);
    expect([fake.log(), fake.bkci.requests]).toEqual([[], ['GET status']]);
  });
});
