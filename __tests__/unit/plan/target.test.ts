import { describe, expect, test } from '@jest/globals';
import type { RetryParameters } from '../../../src/bkci/endpoints.js';
import type { BuildDetail } from '../../../src/model/detail.js';
import { buildDetail, job, plugin, stage } from '../../support/builds.js';
import { detailWithIds, plan } from '../../support/decide.js';
import { errorOf } from '../../support/errors.js';

const children = [
  job({ id: '2001', name: 'Node 20', status: 'SUCCEED', plugins: [plugin({ id: 'e-20', status: 'SUCCEED' })] }),
  job({ id: '2002', name: 'Node 24', plugins: [plugin({ id: 'e-24' })] }),
];
const matrix = buildDetail({ stages: [stage({ jobs: [job({ id: '2', name: 'Matrix', plugins: [], children })] })] });

describe('a plan has parameters and a description for', () => {
  const rows: readonly {
    name: string;
    retry: RetryParameters;
    detail?: BuildDetail;
    description: string;
    parameters: RetryParameters;
  }[] = [
    { name: 'the whole build', retry: {}, description: 'Retry the whole build, from its first stage', parameters: {} },
    {
      name: 'a stage',
      retry: { taskId: 'stage-3' },
      description: 'Retry stage Test (stage-3) and what follows',
      parameters: { taskId: 'stage-3', failedContainer: false, skip: false },
    },
    {
      name: 'the failed jobs of a stage',
      retry: { taskId: 'stage-3', failedContainer: true },
      description: 'Retry the failed jobs of stage Test (stage-3) and what follows',
      parameters: { taskId: 'stage-3', failedContainer: true, skip: false },
    },
    {
      name: 'the failed jobs of the stage that failed',
      retry: { failedContainer: true },
      description: 'Retry the failed jobs of stage Test (stage-3, the one that failed) and what follows',
      parameters: { taskId: 'stage-3', failedContainer: true, skip: false },
    },
    {
      name: 'a job',
      retry: { taskId: '1' },
      description: 'Retry job Linux (1) of stage Test, from its first plug-in',
      parameters: { taskId: '1', failedContainer: false, skip: false },
    },
    {
      name: 'the failed jobs of a matrix',
      retry: { taskId: '2', failedContainer: true },
      detail: matrix,
      description: 'Retry the failed jobs of matrix Matrix (2) of stage Test',
      parameters: { taskId: '2', failedContainer: true, skip: false },
    },
    {
      name: 'a plug-in',
      retry: { taskId: 'e-1' },
      description: 'Retry plug-in Run tests (e-1) in Test › Linux and what follows',
      parameters: { taskId: 'e-1', failedContainer: false, skip: false },
    },
    {
      name: 'a step id, which is sent as the id of its plug-in',
      retry: { taskId: 'tests' },
      detail: detailWithIds,
      description: 'Retry plug-in Run tests (e-1) in Test › Linux and what follows',
      parameters: { taskId: 'e-1', failedContainer: false, skip: false },
    },
    {
      name: 'a plug-in to skip',
      retry: { taskId: 'e-1', skip: true },
      description: 'Skip plug-in Run tests (e-1) in Test › Linux and go on',
      parameters: { taskId: 'e-1', failedContainer: false, skip: true },
    },
    {
      name: 'the failed plug-ins of a stage to skip',
      retry: { taskId: 'stage-3', skip: true },
      description: 'Skip the failed plug-ins of stage Test (stage-3) and go on',
      parameters: { taskId: 'stage-3', failedContainer: false, skip: true },
    },
  ];
  test.each(rows)('$name', ({ retry, detail, description, parameters }) => {
    const decision = plan(retry, detail);
    if (decision.kind !== 'plan') throw new Error(`it was ${decision.kind}`);
    expect({
      description: `${decision.verb} ${decision.description}`,
      parameters: decision.parameters,
      warnings: decision.warnings,
    }).toEqual({
      description,
      parameters,
      warnings: [],
    });
  });
});

describe('the warnings of a plan', () => {
  const noEffect = (kind: string, path: string) =>
    `failedContainer has no effect on a ${kind}; ${path} is retried as it is.`;
  const rows = [
    {
      name: 'failedContainer on a job',
      retry: { taskId: '1', failedContainer: true },
      warnings: [noEffect('job', 'Test › Linux')],
    },
    {
      name: 'failedContainer on a plug-in',
      retry: { taskId: 'e-1', failedContainer: true },
      warnings: [noEffect('plug-in', 'Test › Linux › Run tests')],
    },
    {
      name: 'a green build that is run again from a plug-in on',
      retry: { taskId: 'e-0' },
      green: true,
      warnings: [
        'Build #42 has succeeded and is run again from Build › Compile › Compile on. Set onlyIfFailed: true to leave green builds alone.',
      ],
    },
    { name: 'none for the failed plug-in of a green build', retry: { taskId: 'e-1' }, green: true, warnings: [] },
  ];
  test.each(rows)('$name', ({ retry, warnings, green = false }) => {
    expect(plan(retry, buildDetail(), { green })).toMatchObject({ kind: 'plan', warnings });
  });

  test('a plan does not send failedContainer where it has no effect', () => {
    expect(plan({ taskId: 'e-1', failedContainer: true })).toMatchObject({
      parameters: { taskId: 'e-1', failedContainer: false },
    });
  });
});

describe('a further attempt', () => {
  test('does not retry a part that no longer fails', async () => {
    const error = await errorOf(() => plan({ taskId: 'e-0' }, buildDetail(), { again: true }));
    expect([error.code, error.message]).toEqual([
      'task-unknown',
      'Build › Compile › Compile does not fail any more, so there is nothing left to retry with taskId “e-0”.',
    ]);
  });

  test.each(['stage-3', '1', 'e-1'])('retries %s while it fails', (taskId) => {
    expect(plan({ taskId }, buildDetail(), { again: true })).toMatchObject({ kind: 'plan', parameters: { taskId } });
  });

  test('retries the whole build, whatever failed in it', () => {
    expect(plan({}, buildDetail(), { again: true })).toMatchObject({ kind: 'plan', parameters: {} });
  });
});
