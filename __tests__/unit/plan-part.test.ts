import { describe, expect, test } from '@jest/globals';
import type { RetryParameters } from '../../src/bkci/client.js';
import type { Detail } from '../../src/bkci/decode-detail.js';
import { decide } from '../../src/plan.js';
import { detail, job, look, plugin, stage } from '../support/builds.js';
import { errorOf } from '../support/errors.js';

const children = [
  job({ id: '2001', name: 'Node 20', status: 'SUCCEED', plugins: [plugin({ id: 'e-20', status: 'SUCCEED' })] }),
  job({ id: '2002', name: 'Node 24', plugins: [plugin({ id: 'e-24' })] }),
];
const matrix = detail({ stages: [stage({ jobs: [job({ id: '2', name: 'Matrix', plugins: [], children })] })] });
const stepped = detail({ stages: [stage({ jobs: [job({ hashId: 'c-1', plugins: [plugin({ stepId: 'tests' })] })] })] });

const plan = (retry: RetryParameters, model: Detail = detail(), more: { again?: boolean; green?: boolean } = {}) => {
  const seen = more.green ? look({ status: 'SUCCEED', stages: [] }) : look();
  return decide({ retry, onlyIfFailed: false, wait: false, again: more.again === true }, seen, model, 'b-1');
};

describe('every kind of retry says what is sent and what it does', () => {
  const rows: readonly {
    name: string;
    retry: RetryParameters;
    model?: Detail;
    says: string;
    sends: RetryParameters;
  }[] = [
    { name: 'the whole build', retry: {}, says: 'Retry the whole build, from its first stage', sends: {} },
    {
      name: 'a stage',
      retry: { taskId: 'stage-3' },
      says: 'Retry stage Test (stage-3) and what follows',
      sends: { taskId: 'stage-3', failedContainer: false, skip: false },
    },
    {
      name: 'the failed jobs of a stage',
      retry: { taskId: 'stage-3', failedContainer: true },
      says: 'Retry the failed jobs of stage Test (stage-3) and what follows',
      sends: { taskId: 'stage-3', failedContainer: true, skip: false },
    },
    {
      name: 'the failed jobs of the stage that failed',
      retry: { failedContainer: true },
      says: 'Retry the failed jobs of stage Test (stage-3, the one that failed) and what follows',
      sends: { taskId: 'stage-3', failedContainer: true, skip: false },
    },
    {
      name: 'a job',
      retry: { taskId: '1' },
      says: 'Retry job Linux (1) of stage Test, from its first plug-in',
      sends: { taskId: '1', failedContainer: false, skip: false },
    },
    {
      name: 'a job of a matrix',
      retry: { taskId: '2002' },
      model: matrix,
      says: 'Retry job Node 24 (2002) of stage Test, from its first plug-in',
      sends: { taskId: '2002', failedContainer: false, skip: false },
    },
    {
      name: 'the failed jobs of a matrix',
      retry: { taskId: '2', failedContainer: true },
      model: matrix,
      says: 'Retry the failed jobs of matrix Matrix (2) of stage Test',
      sends: { taskId: '2', failedContainer: true, skip: false },
    },
    {
      name: 'a plug-in',
      retry: { taskId: 'e-1' },
      says: 'Retry plug-in Run tests (e-1) in Test › Linux and what follows',
      sends: { taskId: 'e-1', failedContainer: false, skip: false },
    },
    {
      name: 'a step, sent as its plug-in',
      retry: { taskId: 'tests' },
      model: stepped,
      says: 'Retry plug-in Run tests (e-1) in Test › Linux and what follows',
      sends: { taskId: 'e-1', failedContainer: false, skip: false },
    },
    {
      name: 'skipping a plug-in',
      retry: { taskId: 'e-1', skip: true },
      says: 'Skip plug-in Run tests (e-1) in Test › Linux and go on',
      sends: { taskId: 'e-1', failedContainer: false, skip: true },
    },
    {
      name: 'skipping what failed in a stage',
      retry: { taskId: 'stage-3', skip: true },
      says: 'Skip the failed plug-ins of stage Test (stage-3) and go on',
      sends: { taskId: 'stage-3', failedContainer: false, skip: true },
    },
  ];
  test.each(rows)('$name', ({ retry, model, says, sends }) => {
    const decision = plan(retry, model);
    if (decision.kind !== 'plan') throw new Error(`it was ${decision.kind}`);
    expect({
      says: `${decision.word} ${decision.intent}`,
      sends: decision.parameters,
      warnings: decision.warnings,
    }).toEqual({
      says,
      sends,
      warnings: [],
    });
  });
});

describe('a part that can’t be meant', () => {
  const failed = 'stage-3 (Test), 1 (Test › Linux), e-1 (Test › Linux › Run tests)';
  const two = detail({ stages: [stage({ id: 'stage-2', name: 'Build' }), stage()] });
  const none = detail({ stages: [stage({ status: 'SUCCEED', jobs: [] })] });
  const rows = [
    {
      name: 'an unknown id',
      retry: { taskId: 'e-9' },
      code: 'task-unknown',
      message: `taskId “e-9” is not in build #42; nothing was sent, since BK-CI would rerun the whole build. What failed here: ${failed}.`,
    },
    {
      name: 'a job’s hash',
      retry: { taskId: 'c-1' },
      model: stepped,
      code: 'task-unknown',
      message: `taskId “c-1” is not in build #42; nothing was sent, since BK-CI would rerun the whole build. It is the hash of job Linux; the API wants the job's number, “1”. What failed here: ${failed}.`,
    },
    {
      name: 'an unknown id where nothing failed',
      retry: { taskId: 'e-9' },
      model: none,
      code: 'task-unknown',
      message:
        'taskId “e-9” is not in build #42; nothing was sent, since BK-CI would rerun the whole build. What failed here: nothing.',
    },
    {
      name: 'skipping a job, which would rerun it',
      retry: { taskId: '1', skip: true },
      code: 'task-unknown',
      message:
        'taskId “1” is the job Test › Linux, and BK-CI would rerun it instead of skipping it; nothing was sent. Give a plug-in or a stage to skip: e-1 (Test › Linux › Run tests).',
    },
    {
      name: 'failedContainer where no stage failed',
      retry: { failedContainer: true },
      model: none,
      code: 'task-unknown',
      message:
        'Build #42 has no stage that failed, so failedContainer has nothing to retry; nothing was sent. Leave failedContainer out to retry the whole build.',
    },
    {
      name: 'failedContainer where two stages failed',
      retry: { failedContainer: true },
      model: two,
      code: 'ambiguous',
      message:
        'Build #42 has 2 stages that failed, and failedContainer retries one; nothing was sent. Give one as taskId: stage-2 (Build) or stage-3 (Test).',
    },
  ] as const;
  test.each(rows)('$name', async ({ retry, code, message, ...row }) => {
    const error = await errorOf(() => plan(retry, 'model' in row ? row.model : undefined));
    expect([error.code, error.message]).toEqual([code, message]);
  });

  test('of many only ten are listed', async () => {
    const plugins = Array.from({ length: 12 }, (_, at) => plugin({ id: `e-${at}`, name: `T${at}` }));
    const error = await errorOf(() => plan({ taskId: 'x' }, detail({ stages: [stage({ jobs: [job({ plugins })] })] })));
    expect(error.message).toMatch(/e-7 \(Test › Linux › T7\), 4 more\.$/);
  });

  test('hostile names stay on one line', async () => {
    const model = detail({ stages: [stage({ name: 'Test\n::error::x', jobs: [] })] });
    expect((await errorOf(() => plan({ taskId: 'x\n##[error]' }, model))).message).not.toMatch(/\n|##\[/);
  });
});

describe('warnings', () => {
  const USELESS = (kind: string, path: string) =>
    `failedContainer has no effect on a ${kind}; ${path} is retried as it is.`;
  const rows = [
    {
      name: 'failedContainer on a job',
      retry: { taskId: '1', failedContainer: true },
      warnings: [USELESS('job', 'Test › Linux')],
    },
    {
      name: 'failedContainer on a plug-in',
      retry: { taskId: 'e-1', failedContainer: true },
      warnings: [USELESS('plug-in', 'Test › Linux › Run tests')],
    },
    {
      name: 'a green build from a stage on',
      retry: { taskId: 'stage-2' },
      green: true,
      warnings: [
        'Build #42 has succeeded and is run again from Build on. Set onlyIfFailed: true to leave green builds alone.',
      ],
    },
    { name: 'a green build’s failed plug-in needs none', retry: { taskId: 'e-1' }, green: true, warnings: [] },
  ];
  test.each(rows)('$name', ({ retry, warnings, green = false }) => {
    expect(plan(retry, detail(), { green })).toMatchObject({ kind: 'plan', warnings });
  });

  test('failedContainer is not sent where it has no effect', () => {
    expect(plan({ taskId: 'e-1', failedContainer: true })).toMatchObject({
      parameters: { taskId: 'e-1', failedContainer: false },
    });
  });
});

describe('a later attempt', () => {
  test('leaves alone what does not fail any more', async () => {
    const error = await errorOf(() => plan({ taskId: 'e-0' }, detail(), { again: true }));
    expect([error.code, error.message]).toEqual([
      'task-unknown',
      'Build › Compile › Compile does not fail any more, so there is nothing left to retry with taskId “e-0”',
    ]);
  });

  test.each(['stage-3', '1', 'e-1'])('retries %s as long as it fails', (taskId) => {
    expect(plan({ taskId }, detail(), { again: true })).toMatchObject({ kind: 'plan', parameters: { taskId } });
  });

  test('retries the whole build whatever failed in it', () => {
    expect(plan({}, detail(), { again: true })).toMatchObject({ kind: 'plan', parameters: {} });
  });
});
