import { describe, expect, test } from '@jest/globals';
import type { Job, Plugin, Stage } from '../../../src/model/detail.js';
import { buildDetail, job, plugin, stage } from '../../support/builds.js';
import { plan } from '../../support/decide.js';
import { errorOf } from '../../support/errors.js';

const OK = { status: 'SUCCEED' } as const;
const compile = (overrides: Partial<Plugin> = {}) => plugin({ id: 'e-0', name: 'Compile', ...OK, ...overrides });
const tests = (overrides: Partial<Plugin> = {}) => plugin({ id: 'e-1', name: 'Run tests', ...overrides });
const report = (overrides: Partial<Plugin> = {}) => plugin({ id: 'e-2', name: 'Report', status: '', ...overrides });

const detailOf = (...jobs: Job[]) => buildDetail({ stages: [stage({ jobs })] });
const planFor = (taskId: string, ...jobs: Job[]) => plan({ taskId }, detailOf(...jobs));
const lint = job({ id: '2', name: 'Lint', plugins: [plugin({ id: 'e-9', name: 'Lint' })] });

describe('a job by its number', () => {
  const WHOLE_JOB = 'job Linux (1) of stage Test, from its first plug-in';
  const TESTS = 'plug-in Run tests (e-1) in Test › Linux and what follows, since it is what failed in job 1';
  const rows: [name: string, of: Partial<Job>, sent: string, description: string][] = [
    ['its first plug-in failed', { plugins: [tests(), report()] }, '1', WHOLE_JOB],
    [
      'its first one is disabled, and the next failed',
      { plugins: [compile({ status: 'SKIP' }), tests()] },
      'e-1',
      TESTS,
    ],
    ['a later one failed', { plugins: [compile(), tests(), report()] }, 'e-1', TESTS],
    ['a later one timed out', { plugins: [compile(), tests({ status: 'EXEC_TIMEOUT' })] }, 'e-1', TESTS],
    [
      'one failed after a tolerated failure',
      { plugins: [compile({ status: 'FAILED', continuesOnFailure: true }), tests()] },
      'e-1',
      TESTS,
    ],
    [
      'its machine did not start',
      { plugins: [compile({ status: '' }), tests({ status: '' })], machineStatus: 'FAILED' },
      '1',
      WHOLE_JOB,
    ],
    [
      'its machine was lost at the next try',
      { plugins: [compile(), tests()], machineStatus: 'FAILED' },
      '1',
      WHOLE_JOB,
    ],
    ['none of its plug-ins ran', { plugins: [compile({ status: 'UNEXEC' }), tests({ status: '' })] }, '1', WHOLE_JOB],
    [
      'none of its plug-ins failed',
      { ...OK, plugins: [compile(), tests(OK)] },
      '1',
      'job Linux (1) of stage Test; of its plug-ins only the first reruns, and those that did not run or were cancelled',
    ],
  ];
  test.each(rows)('%s', (_, of, sent, description) => {
    expect(planFor('1', job(of))).toMatchObject({ parameters: { taskId: sent }, description });
  });

  test('several of its plug-ins failed: it is not clear which one is meant', async () => {
    const error = await errorOf(() =>
      planFor('1', job({ plugins: [compile(), tests(), report({ status: 'FAILED' })] })),
    );
    expect([error.code, error.message]).toEqual([
      'ambiguous',
      '2 plug-ins failed in job “Test › Linux” of build #42, and a retry of the job reruns its first plug-in only; nothing was sent. Give one as taskId: e-1 (Test › Linux › Run tests), e-2 (Test › Linux › Report); or stage-3 with failedContainer: true, which reruns the failed jobs of the stage.',
    ]);
  });

  test('a post action that failed with its plug-in is rerun with it', () => {
    const post = report({ status: 'FAILED', postActionOf: 'e-1' });
    expect(planFor('1', job({ plugins: [compile(), tests(), post] }))).toMatchObject({
      parameters: { taskId: 'e-1' },
      warnings: [],
    });
    expect(planFor('1', job({ plugins: [tests(), post] }))).toMatchObject({
      parameters: { taskId: '1' },
      warnings: [],
    });
  });

  test('the group of a matrix is sent as it is', () => {
    const child = job({ id: '1001', plugins: [compile(), tests()] });
    expect(planFor('1', job({ plugins: [compile()], children: [child] }))).toMatchObject({
      parameters: { taskId: '1' },
    });
  });

  test('while the build runs, a job is not replaced by a plug-in of it', async () => {
    const error = await errorOf(() =>
      plan({ taskId: '1' }, detailOf(job({ plugins: [compile(), tests()] })), { runs: true }),
    );
    expect(error.code).toBe('already-running');
  });
});

describe('a plug-in that is not what failed', () => {
  test.each([
    ['succeeded', OK],
    ['was skipped', { status: 'SKIP' }],
    ['did not run', { status: 'UNEXEC' }],
    ['was cancelled', { status: 'CANCELED' }],
    ['failed and was tolerated', { status: 'FAILED', continuesOnFailure: true }],
  ])('and %s is refused, since the failure would stay', async (_, overrides) => {
    for (const jobs of [
      [job({ plugins: [compile(overrides), tests()] })],
      [job({ plugins: [compile(overrides)], ...OK }), lint],
    ]) {
      for (const skip of [false, true]) {
        const error = await errorOf(() => plan({ taskId: 'e-0', skip }, detailOf(...jobs)));
        expect(error.code).toBe('task-unknown');
        expect(error.message).toContain('nothing was sent. Give what failed: e-');
        expect(error.message).not.toContain('(Test › Linux › Compile)');
      }
    }
  });

  test('is refused to be skipped in words about skipping', async () => {
    const error = await errorOf(() =>
      plan({ taskId: 'e-0', skip: true }, detailOf(job({ plugins: [compile(), tests()] }))),
    );
    expect(error.message).toContain('and skipping it leaves the failure as it is;');
  });

  test('is named with its state, and so is what failed', async () => {
    const error = await errorOf(() => planFor('e-0', job({ plugins: [compile(), tests()] })));
    expect(error.message).toBe(
      'Test › Linux › Compile (SUCCEED) is not what failed in stage Test of build #42, and retrying it leaves the failure as it is; nothing was sent. Give what failed: e-1 (Test › Linux › Run tests).',
    );
  });

  test('is sent if its post action is what failed, which is rerun with it', () => {
    const post = report({ status: 'FAILED', postActionOf: 'e-0' });
    expect(planFor('e-0', job({ plugins: [compile(), post] }))).toMatchObject({ parameters: { taskId: 'e-0' } });
    expect(planFor('e-2', job({ plugins: [compile(), post] }))).toMatchObject({ parameters: { taskId: 'e-2' } });
  });

  test('is sent if what failed is in another stage, which runs again after it', () => {
    const first: Stage = stage({ id: 'stage-2', name: 'Build', ...OK, jobs: [job({ ...OK, plugins: [compile()] })] });
    expect(plan({ taskId: 'e-0' }, buildDetail({ stages: [first, stage()] }))).toMatchObject({
      parameters: { taskId: 'e-0' },
    });
  });

  test('is sent if its job failed without a plug-in, or only tolerated failures are known', () => {
    expect(planFor('e-1', job({ plugins: [tests({ status: '' })], machineStatus: 'FAILED' }))).toMatchObject({
      kind: 'plan',
    });
    const jobs = [job({ ...OK, plugins: [compile(), tests({ continuesOnFailure: true })] })];
    expect(plan({ taskId: 'e-0' }, buildDetail({ stages: [stage({ ...OK, jobs })] }))).toMatchObject({ kind: 'plan' });
  });
});

describe('what failed beside the part', () => {
  const warning =
    'Test › Lint › Lint failed as well and is not rerun, so the build fails again. To rerun all failed jobs of the stage, set taskId: stage-3 and failedContainer: true.';
  test.each(['1', 'e-1'])('is warned about for taskId %s', (taskId) => {
    expect(planFor(taskId, job(), lint)).toMatchObject({ warnings: [warning] });
  });

  test('is no warning if it is the post action of the plug-in, and one if it is the plug-in of a post action', () => {
    const of = job({ plugins: [tests(), report({ status: 'FAILED', postActionOf: 'e-1' })] });
    expect(planFor('e-1', of)).toMatchObject({ warnings: [] });
    expect(planFor('e-2', of)).toMatchObject({ warnings: [expect.stringContaining('Run tests failed as well')] });
  });

  test('is warned about for a job in which nothing failed, which is sent all the same', () => {
    const green = job({ ...OK, plugins: [compile(), tests(OK)] });
    expect(planFor('1', green, lint)).toMatchObject({ parameters: { taskId: '1' }, warnings: [warning] });
  });

  test('is named up to three times, and counted', () => {
    const others = ['3', '4', '5', '6'].map((id) =>
      job({ id, name: `Job ${id}`, plugins: [plugin({ id: `e-${id}0` })] }),
    );
    const { warnings } = planFor('e-1', job(), ...others) as { warnings: readonly string[] };
    expect(warnings).toEqual([
      expect.stringMatching(
        /^Test › Job 3 › Run tests, Test › Job 4 › Run tests, Test › Job 5 › Run tests and 1 more failed as well /,
      ),
    ]);
  });

  test.each(['stage-3', undefined])('is rerun with taskId %s', (taskId) => {
    expect(plan({ taskId }, detailOf(job(), lint))).toMatchObject({ warnings: [] });
  });

  test('is not skipped with the part either, but with its stage, which takes no failedContainer', () => {
    expect(plan({ taskId: 'e-1', skip: true }, detailOf(job(), lint))).toMatchObject({
      warnings: [
        'Test › Lint › Lint failed as well and is not skipped, so the build fails again. To skip all failed plug-ins of the stage, set taskId: stage-3.',
      ],
    });
  });

  test('does not matter if it is tolerated', () => {
    expect(planFor('e-1', job(), { ...lint, continuesOnFailure: true })).toMatchObject({ warnings: [] });
  });
});

test.each(['1', '2', 'e-0', 'e-1', 'e-9'])('all of a finally stage is rerun with taskId %s', (taskId) => {
  const jobs = [job({ plugins: [compile(), tests(), report({ status: 'FAILED' })] }), lint];
  const decision = plan({ taskId }, buildDetail({ stages: [stage({ isFinally: true, jobs })] }));
  expect(decision).toMatchObject({ parameters: { taskId }, warnings: [] });
});

describe('a part of a matrix', () => {
  const child = job({ id: '1001', name: 'Node 20', plugins: [tests()] });
  const matrix = job({ plugins: [compile()], children: [child] });
  const warning = (path: string) =>
    `${path} is part of a matrix: BK-CI before v4.2 does not know its id, and reruns the whole build. On an older one, set taskId: stage-3 and failedContainer: true.`;

  test.each([
    ['1001', 'Test › Node 20', 'job Node 20 (1001) of stage Test, from its first plug-in'],
    ['e-1', 'Test › Node 20 › Run tests', 'plug-in Run tests (e-1) in Test › Node 20 and what follows'],
  ])('is retried with a warning for taskId %s', (taskId, path, description) => {
    expect(planFor(taskId, matrix)).toMatchObject({ parameters: { taskId }, description, warnings: [warning(path)] });
  });

  test('is skipped with a warning that a skip can follow', () => {
    expect(plan({ taskId: 'e-1', skip: true }, detailOf(matrix))).toMatchObject({
      warnings: [expect.stringMatching(/On an older one, set taskId: stage-3\.$/)],
    });
  });

  test.each(['1', 'stage-3', undefined])('is not warned about for taskId %s', (taskId) => {
    expect(plan({ taskId, failedContainer: true }, detailOf(matrix))).toMatchObject({ warnings: [] });
  });
});

describe('a stage by its id', () => {
  const other = stage({ id: 'stage-4', name: 'Deploy', status: 'CANCELED', jobs: [] });
  const detailWith = (status: string | undefined) => buildDetail({ stages: [stage({ status, jobs: [] }), other] });

  test.each(['FAILED', 'CANCELED', 'TERMINATE', 'HEARTBEAT_TIMEOUT', 'REVIEW_ABORT', 'PONDERING', undefined])(
    'is retried in the state %s, or BK-CI decides',
    (status) => {
      expect(plan({ taskId: 'stage-3' }, detailWith(status))).toMatchObject({ parameters: { taskId: 'stage-3' } });
    },
  );

  test.each([
    { status: 'SUCCEED', shown: 'SUCCEED' },
    { status: 'SKIP', shown: 'SKIP' },
    { status: 'UNEXEC', shown: 'UNEXEC' },
    { status: '', shown: 'not run' },
    { status: 'RUNNING', shown: 'RUNNING' },
    { status: 'PAUSE', shown: 'PAUSE' },
  ])('is refused in the state “$status”, with what can be retried', async ({ status, shown }) => {
    for (const retry of [{}, { failedContainer: true }, { skip: true }]) {
      const error = await errorOf(() => plan({ taskId: 'stage-3', ...retry }, detailWith(status)));
      expect([error.code, error.message]).toEqual([
        'task-unknown',
        `Stage Test (stage-3) of build #42 has not failed (${shown}), and BK-CI retries only failed stages; nothing was sent. What can be retried: stage-4 (Deploy).`,
      ]);
    }
  });

  test('is refused where nothing can be retried', async () => {
    const error = await errorOf(() =>
      plan({ taskId: 'stage-3' }, buildDetail({ stages: [stage({ ...OK, jobs: [] })] }), { green: true }),
    );
    expect(error.message).toMatch(/nothing was sent\. Leave taskId out to retry the whole build\.$/);
  });
});
