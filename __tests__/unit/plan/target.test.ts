import { describe, expect, test } from '@jest/globals';
import type { RetryParameters } from '../../../src/bkci/endpoints.js';
import type { BuildDetail } from '../../../src/model/detail.js';
import { buildDetail, job, plugin, stage } from '../../support/builds.js';
import { plan, detailWithIds } from '../../support/decide.js';
import { errorOf } from '../../support/errors.js';

const children = [
  job({ id: '2001', name: 'Node 20', status: 'SUCCEED', plugins: [plugin({ id: 'e-20', status: 'SUCCEED' })] }),
  job({ id: '2002', name: 'Node 24', plugins: [plugin({ id: 'e-24' })] }),
];
const matrix = buildDetail({ stages: [stage({ jobs: [job({ id: '2', name: 'Matrix', plugins: [], children })] })] });

describe('every kind of retry says what is sent and what it does', () => {
  const rows: readonly {
    name: string;
    retry: RetryParameters;
    model?: BuildDetail;
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
      model: detailWithIds,
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
      says: `${decision.verb} ${decision.description}`,
      sends: decision.parameters,
      warnings: decision.warnings,
    }).toEqual({
      says,
      sends,
      warnings: [],
    });
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
    expect(plan(retry, buildDetail(), { green })).toMatchObject({ kind: 'plan', warnings });
  });

  test('failedContainer is not sent where it has no effect', () => {
    expect(plan({ taskId: 'e-1', failedContainer: true })).toMatchObject({
      parameters: { taskId: 'e-1', failedContainer: false },
    });
  });
});

describe('a later attempt', () => {
  test('leaves alone what does not fail any more', async () => {
    const error = await errorOf(() => plan({ taskId: 'e-0' }, buildDetail(), { again: true }));
    expect([error.code, error.message]).toEqual([
      'task-unknown',
      'Build › Compile › Compile does not fail any more, so there is nothing left to retry with taskId “e-0”.',
    ]);
  });

  test.each(['stage-3', '1', 'e-1'])('retries %s as long as it fails', (taskId) => {
    expect(plan({ taskId }, buildDetail(), { again: true })).toMatchObject({ kind: 'plan', parameters: { taskId } });
  });

  test('retries the whole build whatever failed in it', () => {
    expect(plan({}, buildDetail(), { again: true })).toMatchObject({ kind: 'plan', parameters: {} });
  });
});
