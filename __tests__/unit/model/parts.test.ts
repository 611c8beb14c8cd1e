import { describe, expect, test } from '@jest/globals';
import {
  findParts,
  idOf,
  jobByHash,
  pathOf,
  stagesToRetry,
  stoppedParts,
  waitingPart,
} from '../../../src/model/parts.js';
import { buildDetail, job, plugin, stage } from '../../support/builds.js';

/** A matrix of two jobs, one of which failed, and a finally stage that failed too. */
const children = [
  job({
    id: '2001',
    name: 'Node 20',
    status: 'SUCCEED',
    plugins: [plugin({ id: 'e-20', stepId: 'step-20', status: 'SUCCEED' })],
  }),
  job({
    id: '2002',
    name: 'Node 24',
    hashId: 'c-24',
    plugins: [plugin({ id: 'e-24', stepId: 'step-24', name: 'Tests' })],
  }),
];
const matrix = buildDetail({
  stages: [
    stage({ id: 'stage-1', name: 'Trigger', status: 'SUCCEED', jobs: [] }),
    stage({
      jobs: [
        job({ id: '2', name: 'Matrix', plugins: [], children }),
        job({ id: '3', name: 'Docs', status: 'CANCELED', plugins: [plugin({ id: 'e-3', status: 'CANCELED' })] }),
      ],
    }),
    stage({ id: 'stage-4', name: 'Clean up', isFinally: true, jobs: [] }),
  ],
});

describe('findParts', () => {
  const rows = [
    { name: 'a stage', taskId: 'stage-3', id: 'stage-3', path: 'Test' },
    { name: 'a job by its number', taskId: '3', id: '3', path: 'Test › Docs' },
    { name: 'a matrix group', taskId: '2', id: '2', path: 'Test › Matrix' },
    { name: 'a job of a matrix', taskId: '2002', id: '2002', path: 'Test › Node 24' },
    { name: 'a plug-in', taskId: 'e-3', id: 'e-3', path: 'Test › Docs › Run tests' },
    { name: 'a plug-in of a matrix', taskId: 'e-24', id: 'e-24', path: 'Test › Node 24 › Tests' },
    { name: 'a step id, sent as its plug-in', taskId: 'step-24', id: 'e-24', path: 'Test › Node 24 › Tests' },
  ];
  test.each(rows)('finds $name', ({ taskId, id, path }) => {
    expect(findParts(matrix, taskId).map((part) => ({ id: idOf(part), path: pathOf(part) }))).toEqual([{ id, path }]);
  });

  test.each(['c-24', 'e-9', 'stage-9', '9', 'Test', 'E-24', ''])('finds nothing by “%s”', (taskId) => {
    expect(findParts(matrix, taskId)).toEqual([]);
  });

  test('prefers an id to the same text as a step id', () => {
    const plugins = [
      plugin({ id: 'e-1', stepId: 'e-2', name: 'one' }),
      plugin({ id: 'e-2', stepId: '1', name: 'two' }),
    ];
    const detail = buildDetail({ stages: [stage({ jobs: [job({ plugins })] })] });
    const paths = ['e-2', '1'].flatMap((id) => findParts(detail, id).map(pathOf));
    expect(paths).toEqual(['Test › Linux › two', 'Test › Linux']);
  });

  test('finds the failed and cancelled plug-ins with a step id, or all if none is', () => {
    const found = (first: string, second: string) => {
      const of = (id: string, status: string) =>
        job({ id, plugins: [plugin({ id: `e-${id}`, stepId: 'tests', status })] });
      return findParts(buildDetail({ stages: [stage({ jobs: [of('1', first), of('2', second)] })] }), 'tests').map(
        idOf,
      );
    };
    expect([found('SUCCEED', 'FAILED'), found('FAILED', 'CANCELED'), found('SUCCEED', 'SUCCEED')]).toEqual([
      ['e-2'],
      ['e-1', 'e-2'],
      ['e-1', 'e-2'],
    ]);
  });

  test('never finds a part without an id', () => {
    expect(findParts(buildDetail({ stages: [stage({ jobs: [job({ id: '' })] })] }), '')).toEqual([]);
  });
});

describe('jobByHash', () => {
  test('finds a job by its hash id', () => {
    expect([jobByHash(matrix, 'c-24')?.id, jobByHash(matrix, 'c-0')]).toEqual(['2002', undefined]);
  });
});

describe('failed and waiting parts', () => {
  test('stoppedParts are those that failed or were cancelled, in the order in which they ran', () => {
    expect(stoppedParts(matrix).map(idOf)).toEqual(['stage-3', '2', '2002', 'e-24', '3', 'e-3', 'stage-4']);
  });

  const retryable = [
    { name: 'not the finally stage if another one failed', stages: matrix.stages, ids: ['stage-3'] },
    {
      name: 'the finally stage if only it failed',
      stages: [stage({ status: 'SUCCEED' }), stage({ id: 'stage-4', isFinally: true })],
      ids: ['stage-4'],
    },
    { name: 'a cancelled stage', stages: [stage({ status: 'CANCELED' })], ids: ['stage-3'] },
    { name: 'two stages', stages: [stage({ id: 'stage-2' }), stage()], ids: ['stage-2', 'stage-3'] },
    { name: 'none', stages: [stage({ status: 'SUCCEED', jobs: [] })], ids: [] },
  ];
  test.each(retryable)('stagesToRetry: $name', ({ stages, ids }) => {
    expect(stagesToRetry(buildDetail({ stages })).map(({ id }) => id)).toEqual(ids);
  });

  test('waitingPart is the innermost part that waits for a person', () => {
    const jobs = [
      job({
        status: 'RUNNING',
        plugins: [plugin({ status: 'SUCCEED' }), plugin({ id: 'e-2', name: 'Review', status: 'REVIEWING' })],
      }),
    ];
    const waiting = waitingPart(buildDetail({ stages: [stage({ status: 'PAUSE', jobs })] }));
    expect(waiting && pathOf(waiting)).toBe('Test › Linux › Review');
    expect(waitingPart(matrix)).toBeUndefined();
  });
});
