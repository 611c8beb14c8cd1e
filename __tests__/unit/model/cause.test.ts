import { describe, expect, test } from '@jest/globals';
import { failuresOf } from '../../../src/model/cause.js';
import type { Job, Plugin, Stage } from '../../../src/model/detail.js';
import { idOf } from '../../../src/model/parts.js';
import { buildDetail, job, plugin, stage } from '../../support/builds.js';

/** Ids of the failures, those that the build went on after in brackets. */
function failures(...stages: Stage[]): string[] {
  return failuresOf(buildDetail({ stages })).map(({ part, isTolerated }) =>
    isTolerated ? `(${idOf(part)})` : idOf(part),
  );
}

const ofJob = (overrides: Partial<Job>) => failures(stage({ jobs: [job(overrides)] }));
const ofPlugin = (overrides: Partial<Plugin>, ofIts: Partial<Job> = {}) =>
  ofJob({ plugins: [plugin(overrides)], ...ofIts });
const SUCCEEDED = { status: 'SUCCEED' } as const;

describe('failuresOf', () => {
  test.each(['FAILED', 'EXEC_TIMEOUT', 'QUALITY_CHECK_FAIL', 'REVIEW_ABORT', 'TERMINATE', 'HEARTBEAT_TIMEOUT'])(
    'a plug-in that is %s broke the build, which says it for job and stage',
    (status) => expect(ofPlugin({ status })).toEqual(['e-1']),
  );

  test.each(['FAILED', 'EXEC_TIMEOUT', 'QUALITY_CHECK_FAIL'])(
    'a plug-in that is %s and continues on failure is tolerated',
    (status) => {
      const jobs = [
        job({ ...SUCCEEDED, plugins: [plugin({ status, continuesOnFailure: true }), plugin({ id: 'e-2' })] }),
      ];
      expect(failures(stage({ jobs }))).toEqual(['(e-1)', 'e-2']);
    },
  );

  test.each([
    ['it was terminated', { status: 'TERMINATE' }, {}],
    ['the machine of its job did not start', {}, { machineStatus: 'FAILED' }],
  ])('a plug-in that continues on failure is not tolerated if %s', (_, overrides, ofIts) => {
    expect(ofPlugin({ ...overrides, continuesOnFailure: true }, ofIts)).toEqual(['e-1']);
  });

  test('whatever fails in a job that continues on failure is tolerated, a machine that did not start included', () => {
    const tolerated = { continuesOnFailure: true } as const;
    const jobs = [job(tolerated), job({ ...tolerated, id: '2', plugins: [], machineStatus: 'FAILED' })];
    expect(failures(stage({ ...SUCCEEDED, jobs }))).toEqual(['(e-1)', '(2)']);
  });

  test.each([
    ['without a plug-in that ran', [plugin({ status: '' }), plugin({ id: 'e-2', status: 'UNEXEC' })], []],
    ['after plug-ins that succeeded', [plugin(SUCCEEDED)], []],
    ['after a tolerated failure', [plugin({ continuesOnFailure: true })], ['(e-1)']],
    ['of which the plug-ins are not known', [], []],
  ])('a job that failed %s is a failure itself', (_, plugins, before) => {
    expect(ofJob({ plugins })).toEqual([...before, '1']);
  });

  test('a stage that failed without a job that broke it is a failure itself', () => {
    const tolerated = job({ ...SUCCEEDED, plugins: [plugin({ continuesOnFailure: true })] });
    expect(failures(stage({ status: 'QUALITY_CHECK_FAIL', jobs: [] }))).toEqual(['stage-3']);
    expect(failures(stage({ jobs: [tolerated] }))).toEqual(['(e-1)', 'stage-3']);
  });

  test('of a matrix, its jobs say what failed; the group does only if none of them does', () => {
    const child = (id: string, status: string) => job({ id, status, plugins: [plugin({ id: `e-${id}`, status })] });
    const group = (...children: Job[]) => job({ id: '2', plugins: [plugin({ id: 'template' })], children });
    expect(failures(stage({ jobs: [group(child('2001', 'SUCCEED'), child('2002', 'FAILED'))] }))).toEqual(['e-2002']);
    expect(failures(stage({ jobs: [group(child('2001', 'SUCCEED'))] }))).toEqual(['2']);
  });

  test.each(['CANCELED', 'SUCCEED', 'SKIP', 'UNEXEC', 'RUNNING', 'PAUSE', ''])(
    'a part that is %j is no failure',
    (status) => {
      expect(failures(stage({ status, jobs: [job({ status, plugins: [plugin({ status })] })] }))).toEqual([]);
    },
  );
});
