import { describe, expect, test } from '@jest/globals';
import { preflight } from '../../../src/plan/preflight.js';
import { ResendBudget, resending } from '../../../src/retry/resend-budget.js';
import { answer, no, type Script, wireRunning, wireStatus } from '../../support/bkci.js';
import { BUILD } from '../../support/builds.js';
import { errorOf } from '../../support/errors.js';
import { type FakeRun, fakeRun } from '../../support/harness.js';

const runPreflight = ({ context, step }: FakeRun) =>
  preflight(step, { ...context, build: BUILD, reader: resending(context.client, new ResendBudget(step)) });
const CLOSED = no(2101174, 'no right', 403);
const NO_ROUTE = no(404, 'requested resource does not exist', 404);

describe('a look that is refused', () => {
  test.each(['1', 'tests'])('leaves nothing to skip by taskId %s: a job would be rerun instead', async (taskId) => {
    const fake = fakeRun({ status: [CLOSED] }, { taskId, skip: 'true' });
    const error = await errorOf(() => runPreflight(fake));
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
      name: 'for a reason that nobody knows is passed over',
      script: { status: [no(2109999, 'x')] },
      given: {},
      parameters: {},
    },
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
    const fake = fakeRun(script, given);
    expect(await runPreflight(fake)).toMatchObject({
      kind: 'plan',
      parameters,
      warnings: [],
      warningAfter: expect.stringMatching(
        /^The status of the build could not be read before the retry \(HTTP 40[034]\), so a lost answer could not have been verified\./,
      ),
    });
    expect(fake.log()).toEqual([
      expect.stringMatching(/^Look {6}refused \(HTTP 40[034]\), so its status is not known$/),
    ]);
  });

  test('leaves no baseline, and the plan says what could not be checked', async () => {
    const plan = await runPreflight(fakeRun({ status: [CLOSED] }, { taskId: '1' }));
    expect(plan).toEqual({
      kind: 'plan',
      verb: 'Retry',
      description: '1, which could not be checked',
      target: 'a part that could not be checked',
      warnings: [],
      parameters: { taskId: '1', failedContainer: false, skip: false },
      warningAfter:
        'The status of the build could not be read before the retry (HTTP 403), so a lost answer could not have been verified. taskId “1” could not be checked, and BK-CI reruns the whole build for an unknown one. Give the user the permission VIEW on the pipeline.',
    });
  });

  test('at the detail alone warns of a green build all the same', async () => {
    const status = wireStatus({ status: 'SUCCEED', stageStatus: [] });
    const fake = fakeRun({ status: [status], detail: [CLOSED] }, { taskId: 'e-1' });
    expect(await runPreflight(fake)).toMatchObject({
      warnings: [expect.stringMatching(/^Build #42 has succeeded and is run again from e-1 on\./)],
      warningAfter:
        'The plug-ins of build #42 could not be read (HTTP 403). taskId “e-1” could not be checked, and BK-CI reruns the whole build for an unknown one. Give the user the permission VIEW on the pipeline.',
    });
  });

  test('since it answers something else names that, not HTTP 200, and what to check', async () => {
    expect(await runPreflight(fakeRun({ status: [answer({ status: 0, data: { status: 1 } })] }))).toMatchObject({
      warningAfter: expect.stringMatching(
        /\(an answer that is not the API's\).* Check that apiUrl is the address of the OpenAPI\.$/,
      ),
    });
  });

  test('at the detail alone still keeps the baseline', async () => {
    const fake = fakeRun({ status: [wireStatus()], detail: [CLOSED] }, { taskId: 'e-1' });
    expect(await runPreflight(fake)).toMatchObject({
      kind: 'plan',
      parameters: { taskId: 'e-1' },
      baseline: { executeCount: 1 },
    });
  });

  test('at the detail of a running build sends nothing', async () => {
    const fake = fakeRun({ status: [wireRunning()], detail: [CLOSED] }, { taskId: 'e-1' });
    expect((await errorOf(() => runPreflight(fake))).code).toBe('already-running');
  });

  test.each(['e-0123abc', 'stage-12', '12'])(
    'is passed over by taskId %s, which every server knows',
    async (taskId) => {
      const fake = fakeRun({ status: [CLOSED] }, { taskId });
      expect(await runPreflight(fake)).toMatchObject({ kind: 'plan', parameters: { taskId } });
    },
  );

  const uncertain = ['tests', 'tests-1', 'x-e-1', 'my-stage-2', 'stage-x', 'stage-1x', '1x', 'e-'];
  test.each(uncertain)('is an error for taskId %s: a step id, which an old server would not know', async (taskId) => {
    const error = await errorOf(() => runPreflight(fakeRun({ status: [CLOSED] }, { taskId })));
    expect([error.code, error.message]).toEqual([
      'forbidden',
      expect.stringMatching(/taskId must be a plug-in \(e-…\), a stage \(stage-N\) or a job number, and the look/),
    ]);
  });

  test('as an error still has its answer and its request', async () => {
    const { response, request } = await errorOf(() => runPreflight(fakeRun({ status: [CLOSED] }, { wait: 'true' })));
    expect([response?.status, request]).toEqual([2101174, expect.stringMatching(/^GET https:.*\/status$/)]);
  });

  const needed = [
    { given: { wait: 'true' }, needs: 'wait' },
    { given: { onlyIfFailed: 'true' }, needs: 'onlyIfFailed' },
    { given: { maxExecuteCount: '3' }, needs: 'maxExecuteCount' },
    { given: { failedContainer: 'true' }, needs: 'failedContainer without taskId' },
    { given: { wait: 'true', onlyIfFailed: 'true' }, needs: 'wait and onlyIfFailed' },
  ];
  test.each(needed)('is an error for $needs', async ({ given, needs }) => {
    const error = await errorOf(() => runPreflight(fakeRun({ status: [CLOSED] }, given as Record<string, string>)));
    expect([error.code, error.message]).toEqual([
      'forbidden',
      `${needs} ${needs.includes(' and ') ? 'need' : 'needs'} a look at the build, which is refused: ci-bot may not view this pipeline (2101174 “no right”); nothing was sent. In BK-CI, give ci-bot the permission VIEW on the pipeline.`,
    ]);
  });
});
