import { describe, expect, test } from '@jest/globals';
import { buildDetail, job, plugin, stage } from '../../support/builds.js';
import { detailWithIds, plan } from '../../support/decide.js';
import { errorOf } from '../../support/errors.js';

describe('resolveTarget rejects', () => {
  const failedParts = 'stage-3 (Test), 1 (Test › Linux), e-1 (Test › Linux › Run tests)';
  const twoFailed = buildDetail({ stages: [stage({ id: 'stage-2', name: 'Build' }), stage()] });
  const noneFailed = buildDetail({ stages: [stage({ status: 'SUCCEED', jobs: [] })] });
  const twins = (status: string) => {
    const plugins = ['e-1', 'e-2'].map((id) => plugin({ id, stepId: 'tests', status }));
    return buildDetail({ stages: [stage({ status, jobs: [job({ status, plugins })] })] });
  };
  const rows = [
    {
      name: 'an unknown id',
      retry: { taskId: 'e-9' },
      code: 'task-unknown',
      message: `taskId “e-9” is not in build #42; nothing was sent, since BK-CI would rerun the whole build. What failed here: ${failedParts}.`,
    },
    {
      name: 'a job’s hash',
      retry: { taskId: 'c-1' },
      detail: detailWithIds,
      code: 'task-unknown',
      message: `taskId “c-1” is not in build #42; nothing was sent, since BK-CI would rerun the whole build. It is the hash of job Linux; the API wants the job's number, “1”. What failed here: ${failedParts}.`,
    },
    {
      name: 'an unknown id if nothing failed',
      retry: { taskId: 'e-9' },
      detail: noneFailed,
      code: 'task-unknown',
      message:
        'taskId “e-9” is not in build #42; nothing was sent, since BK-CI would rerun the whole build. What failed here: nothing.',
    },
    {
      name: 'the name of a plug-in',
      retry: { taskId: ' run\u3000Tests' },
      code: 'task-unknown',
      message:
        'taskId “run Tests” is the name of the plug-in Test › Linux › Run tests of build #42, not an id; nothing was sent. Give its id, e-1.',
    },
    {
      name: 'the name of a job',
      retry: { taskId: 'Linux' },
      code: 'task-unknown',
      message:
        'taskId “Linux” is the name of the job Test › Linux of build #42, not an id; nothing was sent. Give its id, 1.',
    },
    {
      name: 'the name of a stage to skip',
      retry: { taskId: 'TEST', skip: true },
      code: 'task-unknown',
      message:
        'taskId “TEST” is the name of the stage Test of build #42, not an id; nothing was sent. Give its id, stage-3.',
    },
    {
      name: 'the path of a job, as reports show it',
      retry: { taskId: 'test › linux' },
      code: 'task-unknown',
      message:
        'taskId “test › linux” is the name of the job Test › Linux of build #42, not an id; nothing was sent. Give its id, 1.',
    },
    {
      name: 'the name of two parts',
      retry: { taskId: 'compile' },
      code: 'task-unknown',
      message:
        'taskId “compile” is the name of 2 parts of build #42, not an id; nothing was sent. Give the id of one: 0 (Build › Compile), e-0 (Build › Compile › Compile).',
    },
    {
      name: 'a step id of two plug-ins',
      retry: { taskId: 'tests' },
      detail: twins('FAILED'),
      code: 'ambiguous',
      message:
        'taskId “tests” names 2 plug-ins of build #42; nothing was sent. Give the id of one: e-1 (Test › Linux › Run tests), e-2 (Test › Linux › Run tests).',
    },
    {
      name: 'a step id of two plug-ins, none of which failed',
      retry: { taskId: 'tests' },
      detail: twins('SUCCEED'),
      code: 'ambiguous',
      message:
        'taskId “tests” names 2 plug-ins of build #42; nothing was sent. Give the id of one: e-1 (Test › Linux › Run tests), e-2 (Test › Linux › Run tests).',
    },
    {
      name: 'a job to skip, since BK-CI would rerun it',
      retry: { taskId: '1', skip: true },
      code: 'task-unknown',
      message:
        'taskId “1” is the job Test › Linux, and BK-CI would rerun it instead of skipping it; nothing was sent. Give a plug-in or a stage to skip: e-1 (Test › Linux › Run tests).',
    },
    {
      name: 'failedContainer without a failed stage',
      retry: { failedContainer: true },
      detail: noneFailed,
      code: 'task-unknown',
      message:
        'Build #42 has no stage that failed, so failedContainer has nothing to retry; nothing was sent. Leave failedContainer out to retry the whole build.',
    },
    {
      name: 'failedContainer with two failed stages',
      retry: { failedContainer: true },
      detail: twoFailed,
      code: 'ambiguous',
      message:
        'Build #42 has 2 stages that failed, and failedContainer retries one; nothing was sent. Give one as taskId: stage-2 (Build) or stage-3 (Test).',
    },
  ] as const;
  test.each(rows)('$name', async ({ retry, code, message, ...row }) => {
    const error = await errorOf(() => plan(retry, 'detail' in row ? row.detail : undefined));
    expect([error.code, error.message]).toEqual([code, message]);
  });

  test('and lists ten parts at most', async () => {
    const plugins = Array.from({ length: 12 }, (_, index) => plugin({ id: `e-${index}`, name: `T${index}` }));
    const error = await errorOf(() =>
      plan({ taskId: 'x' }, buildDetail({ stages: [stage({ jobs: [job({ plugins })] })] })),
    );
    expect([error.code, error.message]).toEqual([
      'task-unknown',
      expect.stringMatching(/e-7 \(Test › Linux › T7\), 4 more\.$/),
    ]);
  });

  test('and keeps hostile names on one line', async () => {
    const detail = buildDetail({ stages: [stage({ name: 'Test\n::error::x', jobs: [] })] });
    const error = await errorOf(() => plan({ taskId: 'x\n##[error]' }, detail));
    expect([error.code, error.message]).toEqual(['task-unknown', expect.not.stringMatching(/\n|##\[/)]);
  });
});
