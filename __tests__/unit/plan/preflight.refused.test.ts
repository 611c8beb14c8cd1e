import { describe, expect, test } from '@jest/globals';
import type { HttpResponse } from '../../../src/http/http.js';
import { NetworkError } from '../../../src/http/network-error.js';
import { ActionError } from '../../../src/lib/errors.js';
import { preflight } from '../../../src/plan/preflight.js';
import { ResendBudget, resending } from '../../../src/retry/resend-budget.js';
import { answer, lost, no, type Script, wireRunning, wireStatus } from '../../support/bkci.js';
import { BUILD } from '../../support/builds.js';
import { codeOf, errorOf } from '../../support/errors.js';
import { type FakeRun, fakeRun } from '../../support/harness.js';

const runPreflight = ({ context, step }: FakeRun) =>
  preflight(step, { ...context, build: BUILD, reader: resending(context.client, new ResendBudget(step)) });
const FORBIDDEN = no(2101174, 'no right', 403);

describe('preflight, when a read is refused', () => {
  test.each(['1', 'tests'])('does not skip taskId %s, since BK-CI would rerun a job instead', async (taskId) => {
    const fake = fakeRun({ status: [FORBIDDEN] }, { taskId, skip: 'true' });
    const error = await errorOf(() => runPreflight(fake));
    expect([error.code, error.message]).toEqual([
      'forbidden',
      expect.stringMatching(
        /^Without a look at the build, taskId must be a plug-in \(e-…\) or a stage \(stage-N\), and the look was refused: /,
      ),
    ]);
  });

  test.each(['参数校验失败:{0} 请求的参数内容为空', '参数校验失败:{0} PipelineId is invalid '])(
    'v4, which does not find the build, says no more than “%s”; that is no reason to go on',
    async (words) => {
      expect(await codeOf(() => runPreflight(fakeRun({ status: [no(400, words)] })))).toBe('not-found');
      expect(
        await codeOf(() =>
          runPreflight(fakeRun({ status: [wireStatus()], detail: [no(400, words)] }, { taskId: 'e-1' })),
        ),
      ).toBe('not-found');
    },
  );

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
          /^The status of the build could not be read before the retry \(HTTP 403\), so a lost answer could not have been verified\./,
        ),
      });
      expect(fake.log()).toEqual([expect.stringMatching(/^Look {6}refused \(HTTP 403\), so its status is not known$/)]);
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
        'The status of the build could not be read before the retry (HTTP 403), so a lost answer could not have been verified. taskId “1” could not be checked, and BK-CI reruns the whole build for an unknown one. Of a job it reruns the first plug-in; one that failed after it stays failed. Give the user the permission VIEW on the pipeline.',
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

  const uncertain = [
    'tests',
    'tests-1',
    'x-e-1',
    'my-stage-2',
    'stage-x',
    'stage-1x',
    '1x',
    'e-',
    'e-1 test',
    'e-1\u00a0x',
    'Run tests',
  ];
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
    { inputs: { retryOn: 'SYSTEM' }, names: 'retryOn' },
    { inputs: { maxExecuteCount: '3' }, names: 'maxExecuteCount' },
    { inputs: { failedContainer: 'true' }, names: 'failedContainer without taskId' },
    { inputs: { dryRun: 'true' }, names: 'dryRun' },
    { inputs: { wait: 'true', onlyIfFailed: 'true' }, names: 'wait and onlyIfFailed' },
  ];
  test.each(needed)('is an error with $names', async ({ inputs, names }) => {
    const error = await errorOf(() => runPreflight(fakeRun({ status: [FORBIDDEN] }, inputs as Record<string, string>)));
    expect([error.code, error.message]).toEqual([
      'forbidden',
      `${names} ${names.includes(' and ') ? 'need' : 'needs'} a look at the build, which was refused: ci-bot may not view this pipeline (2101174 “no right”); nothing was sent. In BK-CI, give ci-bot the permission VIEW on the pipeline.`,
    ]);
  });
});

describe('preflight passes over a status that the API itself refuses for want of a permission', () => {
  const gatewayError = (code: number, http: number) => answer({ code, result: false, data: null }, { http });
  const rows: readonly [string, HttpResponse, string][] = [
    ...[2101008, 2100006, 2101174, 2100122, 2100124].map((status): [string, HttpResponse, string] => [
      `number ${status}`,
      no(status),
      'HTTP 400',
    ]),
    ['any number with 403', no(2109999, 'x', 403), 'HTTP 403'],
    ["the gateway's 403", answer({ status: '403', data: '', result: true }, { http: 403 }), 'HTTP 403'],
    ["the API gateway's 403", gatewayError(1640301, 403), 'HTTP 403'],
    ["the API gateway's 403, rewritten to 200", gatewayError(1640302, 200), 'status 1640302'],
    ["the filter's bare text with 403", answer('no access for this user', { http: 403 }), 'HTTP 403'],
  ];
  test.each(rows)('%s', async (_, reply, reason) => {
    expect(await runPreflight(fakeRun({ status: [reply] }))).toMatchObject({
      kind: 'plan',
      warningAfter: expect.stringContaining(`(${reason})`),
    });
  });
});

const TEXT = { 'content-type': 'text/plain' };

describe('preflight sends nothing after a status that was not understood', () => {
  const rows: readonly [string, HttpResponse][] = [
    ['a page with 403', answer('<html>', { http: 403 })],
    ['a text with 403 of something in between', answer('RBAC: access denied', { http: 403, headers: TEXT })],
    ['JSON with 403 of something in between', answer({ error: 'denied' }, { http: 403 })],
    ['an empty answer with 403', answer('', { http: 403 })],
    ['success with 403', answer({ status: 0, data: {} }, { http: 403 })],
    ['404', no(404, 'requested resource does not exist', 404)],
    ['a page with 404', answer('<html>', { http: 404 })],
    ['a permission with 404', no(2101008, '', 404)],
    ['405', answer('', { http: 405 })],
    ['501', no(501, '', 501)],
    ['418', answer('teapot', { http: 418 })],
    ['an API that the gateway does not know', answer({ code: 1640401, result: false }, { http: 404 })],
    ['an empty object', answer({})],
    ['ok', answer('ok')],
    ['a list', answer([])],
    ['a number as status of the build', answer({ status: 0, data: { status: 1 } })],
    ['no data', answer({ status: 0 })],
    ['an unknown number', no(2109999)],
    ['a number of something else', no(2101047)],
  ];
  test.each(rows)('%s', async (_, reply) => {
    for (const inputs of [{}, { taskId: 'e-1' }]) {
      const error = await errorOf(() => runPreflight(fakeRun({ status: [reply] }, inputs)));
      expect(error.code).toMatch(/^(?:unexpected-answer|refused)$/);
      expect(error.text.consequence).toBe('nothing was sent');
    }
  });
});

describe('preflight, when only the detail can not be had', () => {
  const rows: readonly [string, (index: number) => HttpResponse | NetworkError, RegExp][] = [
    ['refused', () => FORBIDDEN, /^Look {6}at the plug-ins was refused \(HTTP 403\)/],
    ['refused with an unknown number', () => no(2109999), /was refused \(HTTP 400\)/],
    ['answered with 500 at every try', () => no(2100013, 'NPE', 500), /failed \(HTTP 500\)/],
    ['lost at every try', () => lost(), /failed \(no answer\)/],
  ];
  const certain = [{ taskId: 'e-1' }, { taskId: 'stage-2', failedContainer: 'true' }, { taskId: '1', wait: 'true' }];
  test.each(rows)('as it is %s: a certain taskId goes on with a warning', async (_, detail, line) => {
    for (const inputs of certain) {
      const fake = fakeRun({ status: [wireStatus()], detail }, inputs);
      expect(await runPreflight(fake)).toMatchObject({
        kind: 'plan',
        parameters: { taskId: inputs.taskId },
        baseline: { executeCount: 1 },
        warningAfter: expect.stringContaining('could not be checked, and BK-CI reruns the whole build'),
      });
      expect(fake.log().at(-1)).toMatch(line);
    }
  });

  test.each(rows)('as it is %s: anything else is an error', async (_, detail) => {
    const others = [{ taskId: 'tests' }, { failedContainer: 'true' }, { taskId: '1', skip: 'true' }];
    for (const inputs of others) {
      const fake = fakeRun({ status: [wireStatus()], detail }, inputs as Record<string, string>);
      expect(await codeOf(() => runPreflight(fake))).toMatch(/^(?:forbidden|refused|not-delivered)$/);
    }
  });

  test('as it is too large: a certain taskId goes on with a warning', async () => {
    const fake = fakeRun({ status: [wireStatus()] }, { taskId: 'e-1' });
    const cause = new NetworkError('sent', 'BODY_TOO_LARGE', 'the answer is larger than 64 MiB');
    const buildDetail = async () => {
      throw new ActionError('unexpected-answer', { problem: 'too large' }, { cause });
    };
    const reader = { ...resending(fake.context.client, new ResendBudget(fake.step)), buildDetail };
    expect(await preflight(fake.step, { ...fake.context, build: BUILD, reader })).toMatchObject({
      kind: 'plan',
      warningAfter: expect.stringContaining('(the answer is larger than 64 MiB)'),
    });
  });

  const ends: readonly [string, HttpResponse, string][] = [
    ['to wrong credentials', answer('', { http: 401 }), 'unauthorized'],
    ['of another build', no(2101058), 'not-found'],
    ['of no API', answer('<html>', { http: 404 }), 'unexpected-answer'],
    ['that is a page', answer('<html>'), 'unexpected-answer'],
    ['of another kind', answer({ status: 0, data: { model: {} } }), 'unexpected-answer'],
    ['without a status', answer({}), 'unexpected-answer'],
    ['that asks to stay away', answer('', { http: 429, headers: { 'retry-after': '600' } }), 'not-delivered'],
  ];
  test.each(ends)('an answer %s is an error', async (_, detail, code) => {
    const fake = fakeRun({ status: [wireStatus()], detail: [detail] }, { taskId: 'e-1' });
    expect(await codeOf(() => runPreflight(fake))).toBe(code);
  });
});
