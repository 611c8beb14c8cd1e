import { describe, expect, test } from '@jest/globals';
import { preflight } from '../../../src/plan/preflight.js';
import { ResendBudget, resending } from '../../../src/retry/resend-budget.js';
import { answer, no, type Script, wireRunning, wireStatus } from '../../support/bkci.js';
import { BUILD } from '../../support/builds.js';
import { errorOf } from '../../support/errors.js';
import { type FakeRun, fakeRun } from '../../support/harness.js';

const runPreflight = ({ context, step }: FakeRun) =>
  preflight(step, { ...context, build: BUILD, reader: resending(context.client, new ResendBudget(step)) });
const FORBIDDEN = no(2101174, 'no right', 403);
const NO_ROUTE = no(404, 'requested resource does not exist', 404);

describe('preflight, when a read is refused', () => {
  test.each(['1', 'tests'])('does not skip taskId %s, since BK-CI would rerun a job instead', async (taskId) => {
    const fake = fakeRun({ status: [FORBIDDEN] }, { taskId, skip: 'true' });
    const error = await errorOf(() => runPreflight(fake));
    expect([error.code, error.message]).toEqual([
      'forbidden',
      expect.stringMatching(
        /^Without a look at the build, taskId must be a plug-in \(e-…\) or a stage \(stage-N\), and the look is refused: /,
      ),
    ]);
  });

  const tolerated: readonly {
    name: string;
    script: Script;
    inputs: Readonly<Record<string, string>>;
    parameters: unknown;
  }[] = [
    {
      name: 'without the permission VIEW: plans a retry of the whole build',
      script: { status: [FORBIDDEN] },
      inputs: {},
      parameters: {},
    },
    {
      name: 'without the route: plans a retry of the whole build',
      script: { status: [NO_ROUTE] },
      inputs: {},
      parameters: {},
    },
    {
      name: 'for an unknown reason: plans a retry of the whole build',
      script: { status: [no(2109999, 'x')] },
      inputs: {},
      parameters: {},
    },
    {
      name: 'without the permission VIEW: plans a retry of a plug-in',
      script: { status: [FORBIDDEN] },
      inputs: { taskId: 'e-1' },
      parameters: { taskId: 'e-1', failedContainer: false, skip: false },
    },
    {
      name: 'without the permission VIEW: plans a retry of the failed jobs of a stage',
      script: { status: [FORBIDDEN] },
      inputs: { taskId: 'stage-2', failedContainer: 'true' },
      parameters: { taskId: 'stage-2', failedContainer: true, skip: false },
    },
  ];
  test.each(tolerated)(
    '$name, with a log line and a warning for after the retry',
    async ({ script, inputs, parameters }) => {
      const fake = fakeRun(script, inputs);
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
    },
  );

  test('the plan has no baseline, and says what could not be checked', async () => {
    const plan = await runPreflight(fakeRun({ status: [FORBIDDEN] }, { taskId: '1' }));
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

  test('for the detail only: still warns of a green build', async () => {
    const status = wireStatus({ status: 'SUCCEED', stageStatus: [] });
    const fake = fakeRun({ status: [status], detail: [FORBIDDEN] }, { taskId: 'e-1' });
    expect(await runPreflight(fake)).toMatchObject({
      warnings: [expect.stringMatching(/^Build #42 has succeeded and is run again from e-1 on\./)],
      warningAfter:
        'The plug-ins of build #42 could not be read (HTTP 403). taskId “e-1” could not be checked, and BK-CI reruns the whole build for an unknown one. Give the user the permission VIEW on the pipeline.',
    });
  });

  test('as the answer has another form: the warning says so, and what to check', async () => {
    expect(await runPreflight(fakeRun({ status: [answer({ status: 0, data: { status: 1 } })] }))).toMatchObject({
      warningAfter: expect.stringMatching(
        /\(an answer that is not the API's\).* Check that apiUrl is the address of the OpenAPI\.$/,
      ),
    });
  });

  test('for the detail only: keeps the baseline', async () => {
    const fake = fakeRun({ status: [wireStatus()], detail: [FORBIDDEN] }, { taskId: 'e-1' });
    expect(await runPreflight(fake)).toMatchObject({
      kind: 'plan',
      parameters: { taskId: 'e-1' },
      baseline: { executeCount: 1 },
    });
  });

  test('for the detail of a running build: ends with already-running', async () => {
    const fake = fakeRun({ status: [wireRunning()], detail: [FORBIDDEN] }, { taskId: 'e-1' });
    expect((await errorOf(() => runPreflight(fake))).code).toBe('already-running');
  });

  test.each(['e-0123abc', 'stage-12', '12'])('accepts taskId %s, which every server version knows', async (taskId) => {
    const fake = fakeRun({ status: [FORBIDDEN] }, { taskId });
    expect(await runPreflight(fake)).toMatchObject({ kind: 'plan', parameters: { taskId } });
  });

  const uncertain = ['tests', 'tests-1', 'x-e-1', 'my-stage-2', 'stage-x', 'stage-1x', '1x', 'e-'];
  test.each(uncertain)('rejects taskId %s, since old servers do not know step ids', async (taskId) => {
    const error = await errorOf(() => runPreflight(fakeRun({ status: [FORBIDDEN] }, { taskId })));
    expect([error.code, error.message]).toEqual([
      'forbidden',
      expect.stringMatching(/taskId must be a plug-in \(e-…\), a stage \(stage-N\) or a job number, and the look/),
    ]);
  });

  test('the error contains the response and the request', async () => {
    const { response, request } = await errorOf(() => runPreflight(fakeRun({ status: [FORBIDDEN] }, { wait: 'true' })));
    expect([response?.status, request]).toEqual([2101174, expect.stringMatching(/^GET https:.*\/status$/)]);
  });

  const needed = [
    { inputs: { wait: 'true' }, names: 'wait' },
    { inputs: { onlyIfFailed: 'true' }, names: 'onlyIfFailed' },
    { inputs: { maxExecuteCount: '3' }, names: 'maxExecuteCount' },
    { inputs: { failedContainer: 'true' }, names: 'failedContainer without taskId' },
    { inputs: { wait: 'true', onlyIfFailed: 'true' }, names: 'wait and onlyIfFailed' },
  ];
  test.each(needed)('is an error with $names', async ({ inputs, names }) => {
    const error = await errorOf(() => runPreflight(fakeRun({ status: [FORBIDDEN] }, inputs as Record<string, string>)));
    expect([error.code, error.message]).toEqual([
      'forbidden',
      `${names} ${names.includes(' and ') ? 'need' : 'needs'} a look at the build, which is refused: ci-bot may not view this pipeline (2101174 “no right”); nothing was sent. In BK-CI, give ci-bot the permission VIEW on the pipeline.`,
    ]);
  });
});
