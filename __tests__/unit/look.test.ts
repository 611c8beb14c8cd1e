import { describe, expect, test } from '@jest/globals';
import { lookAndDecide } from '../../src/look.js';
import { ResendBudget } from '../../src/resending.js';
import { answer, lost, no, type Script, unreached, wireDetail, wireRunning, wireStatus } from '../support/bkci.js';
import { BUILD } from '../support/builds.js';
import { errorOf } from '../support/errors.js';
import { type FakeScene, fakeScene } from '../support/scene.js';

const LINK = 'https://devops.example.com/console/pipeline/demo/p-1/detail/b-1';
const decideIn = ({ scene, step }: FakeScene) => lookAndDecide(scene, BUILD, new ResendBudget(step));
const CLOSED = no(2101174, 'no right', 403);
const NO_ROUTE = no(404, 'requested resource does not exist', 404);

describe('a look', () => {
  test('is shown before anything is decided, and tells the outputs', async () => {
    const fake = fakeScene({ status: [wireStatus()] });
    expect(await decideIn(fake)).toMatchObject({ kind: 'plan', parameters: {} });
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

  test('reads the detail only where deciding needs it', async () => {
    const fake = fakeScene({ status: [wireStatus()], detail: [wireDetail()] }, { taskId: 'tests' });
    expect(await decideIn(fake)).toMatchObject({ kind: 'plan', parameters: { taskId: 'e-1' } });
    expect(fake.bkci.requests).toEqual(['GET status', 'GET detail']);
  });

  test('that fails in passing is sent again, within one budget', async () => {
    const fake = fakeScene({ status: [lost(), answer('', { http: 502 }), wireStatus()] });
    await decideIn(fake);
    expect(fake.log().slice(0, 2)).toEqual([
      'Resend    in 2 s, the read was not answered: connection reset',
      'Resend    in 5 s, the read was not answered: HTTP 502',
    ]);
  });

  test('that never comes through ends the run, and nothing was sent', async () => {
    const error = await errorOf(() => decideIn(fakeScene({ status: () => unreached() })));
    expect([error.code, error.message]).toEqual([
      'not-delivered',
      expect.stringMatching(/^GET https:\S+\/status failed 5 times in 49 s: connection refused; nothing was retried\./),
    ]);
  });
});

describe('a look whose detail', () => {
  test('never comes through names the request that failed', async () => {
    const script = { status: [wireStatus()], detail: () => lost() };
    const error = await errorOf(() => decideIn(fakeScene(script, { taskId: 'tests' })));
    expect(error.message).toMatch(
      /^GET https:\S+\/detail failed 5 times in \d+ s: connection reset; nothing was retried/,
    );
  });
});

describe('a look that is refused', () => {
  test.each(['1', 'tests'])('leaves nothing to skip by taskId %s: a job would be rerun instead', async (taskId) => {
    const fake = fakeScene({ status: [CLOSED] }, { taskId, skip: 'true' });
    const error = await errorOf(() => decideIn(fake));
    expect([error.code, error.message]).toEqual([
      'forbidden',
      expect.stringMatching(
        /^Without a look at the build, taskId must be a plug-in \(e-…\) or a stage \(stage-N\), and the look is refused: /,
      ),
    ]);
  });

  const passed: readonly {
    name: string;
    script: Script;
    given: Readonly<Record<string, string>>;
    parameters: unknown;
  }[] = [
    {
      name: 'for want of VIEW is passed over by a plain retry',
      script: { status: [CLOSED] },
      given: {},
      parameters: {},
    },
    { name: 'since the route is not served is passed over', script: { status: [NO_ROUTE] }, given: {}, parameters: {} },
    {
      name: 'is passed over by a retry of a plug-in',
      script: { status: [CLOSED] },
      given: { taskId: 'e-1' },
      parameters: { taskId: 'e-1', failedContainer: false, skip: false },
    },
    {
      name: 'is passed over by a retry of a stage’s failed jobs',
      script: { status: [CLOSED] },
      given: { taskId: 'stage-2', failedContainer: 'true' },
      parameters: { taskId: 'stage-2', failedContainer: true, skip: false },
    },
  ];
  test.each(passed)('$name, with a line now and a caution for later', async ({ script, given, parameters }) => {
    const fake = fakeScene(script, given);
    expect(await decideIn(fake)).toMatchObject({
      kind: 'plan',
      parameters,
      warnings: [],
      caution: expect.stringMatching(/^The build could not be looked at before its retry \(HTTP 40[34]\): /),
    });
    expect(fake.log()).toEqual([
      expect.stringMatching(/^Look {6}refused \(HTTP 40[34]\), so nothing is known beforehand$/),
    ]);
  });

  test('leaves no baseline, and the plan says what could not be checked', async () => {
    const plan = await decideIn(fakeScene({ status: [CLOSED] }, { taskId: '1' }));
    expect(plan).toEqual({
      kind: 'plan',
      word: 'Retry',
      intent: '1, which could not be checked',
      what: 'a part that could not be checked',
      warnings: [],
      parameters: { taskId: '1', failedContainer: false, skip: false },
      caution:
        'The build could not be looked at before its retry (HTTP 403): had the answer got lost, nothing would tell whether it took effect. taskId “1” could not be checked: BK-CI reruns the whole build if it does not know it. Give the user the permission VIEW on the pipeline.',
    });
  });

  test('at the detail alone warns of a green build all the same', async () => {
    const status = wireStatus({ status: 'SUCCEED', stageStatus: [] });
    const fake = fakeScene({ status: [status], detail: [CLOSED] }, { taskId: 'e-1' });
    expect(await decideIn(fake)).toMatchObject({
      warnings: [expect.stringMatching(/^Build #42 has succeeded and is run again from e-1 on\./)],
      caution:
        'The plug-ins of build #42 could not be read (HTTP 403). taskId “e-1” could not be checked: BK-CI reruns the whole build if it does not know it. Give the user the permission VIEW on the pipeline.',
    });
  });

  test('since it answers something else names that, not HTTP 200', async () => {
    expect(await decideIn(fakeScene({ status: [answer({ status: 0, data: { status: 1 } })] }))).toMatchObject({
      caution: expect.stringContaining("(an answer that is not the API's)"),
    });
  });

  test('at the detail alone still keeps the baseline', async () => {
    const fake = fakeScene({ status: [wireStatus()], detail: [CLOSED] }, { taskId: 'e-1' });
    expect(await decideIn(fake)).toMatchObject({
      kind: 'plan',
      parameters: { taskId: 'e-1' },
      baseline: { executeCount: 1 },
    });
  });

  test('at the detail of a running build sends nothing', async () => {
    const fake = fakeScene({ status: [wireRunning()], detail: [CLOSED] }, { taskId: 'e-1' });
    expect((await errorOf(() => decideIn(fake))).code).toBe('already-running');
  });

  const needed = [
    { given: { wait: 'true' }, needs: 'wait' },
    { given: { onlyIfFailed: 'true' }, needs: 'onlyIfFailed' },
    { given: { maxExecuteCount: '3' }, needs: 'maxExecuteCount' },
    { given: { failedContainer: 'true' }, needs: 'failedContainer without taskId' },
    { given: { wait: 'true', onlyIfFailed: 'true' }, needs: 'wait and onlyIfFailed' },
  ];
  test.each(needed)('is an error for $needs', async ({ given, needs }) => {
    const error = await errorOf(() => decideIn(fakeScene({ status: [CLOSED] }, given as Record<string, string>)));
    expect([error.code, error.message]).toEqual([
      'forbidden',
      `${needs} ${needs.includes(' and ') ? 'need' : 'needs'} a look at the build, which is refused: ci-bot may not view this pipeline (2101174 “no right”); nothing was sent. In BK-CI, give ci-bot the permission VIEW on the pipeline.`,
    ]);
  });

  test('is an error for a step id, which an old server would not know', async () => {
    const error = await errorOf(() => decideIn(fakeScene({ status: [CLOSED] }, { taskId: 'tests' })));
    expect([error.code, error.message]).toEqual([
      'forbidden',
      expect.stringMatching(/taskId must be a plug-in \(e-…\), a stage \(stage-N\) or a job number, and the look/),
    ]);
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
    const fake = fakeScene({ status: [reply] });
    expect((await errorOf(() => decideIn(fake))).code).toBe(code);
    expect([fake.log(), fake.bkci.requests]).toEqual([[], ['GET status']]);
  });
});
