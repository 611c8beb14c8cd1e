import { describe, expect, test } from '@jest/globals';
import type { BuildDetail, Job, Plugin } from '../../../src/model/detail.js';
import { type FailedTask, failedTasksOf } from '../../../src/model/failure.js';
import type { TaskError } from '../../../src/model/snapshot.js';
import { buildDetail, buildStatus, failedTask, job, plugin, stage, taskError } from '../../support/builds.js';

const ofJobs = (...jobs: Job[]) => buildDetail({ stages: [stage({ jobs })] });
const ofPlugins = (...plugins: Plugin[]) => ofJobs(job({ plugins }));
const ended = buildStatus({ executeCount: 2 });

/** The failures of the second execution, which was seen running. */
function failures(detail: BuildDetail | undefined, errors: readonly TaskError[] = [], hasRun = true): FailedTask[] {
  return failedTasksOf(detail, { ...ended, errors }, hasRun);
}

/** Each with its job and task as far as it is about one, a tolerated one in brackets, and its message. */
function told(...args: Parameters<typeof failures>): string[] {
  return failures(...args).map(({ stageId, containerId, taskId, errorMessage, tolerated }) => {
    const id = taskId || (containerId && `job ${containerId}`) || stageId;
    return `${tolerated ? `(${id})` : id} ${errorMessage}`.trim();
  });
}

describe('failed plug-ins', () => {
  test('have their place, name and error', () => {
    const failed = plugin({ executeCount: 2, errorType: 'USER', errorCode: 2199001, errorMessage: 'exit status 1' });
    expect(failures(ofPlugins(failed))).toEqual([failedTask()]);
  });

  test('have the error of the list if the detail has none', () => {
    const listed = [taskError({ errorType: 'PLUGIN', errorCode: 7, errorMessage: 'listed' })];
    const expected = [failedTask({ errorType: 'PLUGIN', errorCode: 7, errorMessage: 'listed' })];
    expect(failures({ ...ofPlugins(plugin()), errors: listed })).toEqual(expected);
    expect(failures(ofPlugins(plugin()), listed)).toEqual(expected);
  });

  test('have empty fields if nothing is known', () => {
    expect(failures(ofPlugins(plugin()))).toEqual([failedTask({ errorType: '', errorCode: null, errorMessage: '' })]);
  });

  test.each([
    [
      'of an older execution are left out',
      [plugin({ executeCount: 1 }), plugin({ id: 'e-2', executeCount: 2 })],
      ['e-2'],
    ],
    ['without a count are included', [plugin(), plugin({ id: 'e-2', executeCount: 1 })], ['e-1']],
    [
      'that were cancelled or skipped are left out',
      [plugin({ status: 'CANCELED' }), plugin({ id: 'e-2', status: 'SKIP' })],
      ['job 1'],
    ],
  ])('%s', (_, plugins, expected) => {
    expect(told(ofPlugins(...plugins))).toEqual(expected);
  });

  test('are all included if the execution is not known', () => {
    const { executeCount: _, ...uncounted } = buildStatus();
    const { executeCount: __, ...detail } = ofPlugins(
      plugin({ executeCount: 1 }),
      plugin({ id: 'e-2', executeCount: 2 }),
    );
    expect(failedTasksOf(detail, uncounted, true).map(({ taskId }) => taskId)).toEqual(['e-1', 'e-2']);
  });

  test('are those in the jobs of a matrix, not those of its template', () => {
    const children = [job({ id: '2002', plugins: [plugin({ id: 'e-24' })] })];
    const detail = ofJobs(job({ plugins: [plugin({ id: 'e-pattern' })], children }));
    expect(told(detail)).toEqual(['e-24']);
    expect(failures(detail)).toMatchObject([{ isInMatrix: true }]);
  });

  test('come with what broke the build first, and say what was tolerated', () => {
    const tolerated = plugin({ id: 'e-0', continuesOnFailure: true });
    expect(told(ofPlugins(tolerated, plugin()))).toEqual(['e-1', '(e-0)']);
  });

  test('come before those that BK-CI ended because of them', () => {
    const killed = plugin({ id: 'e-0', errorType: 'USER', errorCode: 2199010 });
    const tolerated = plugin({ id: 'e-3', continuesOnFailure: true });
    expect(told(ofPlugins(tolerated, killed, plugin()))).toEqual(['e-1', 'e-0', '(e-3)']);
  });
});

describe('the list of errors', () => {
  const older = plugin({ executeCount: 1, errorMessage: 'exit status 1' });

  test('adds a plug-in that failed before and was not rerun, once the engine has started the execution', () => {
    expect(told(ofPlugins(older), [taskError()])).toEqual(['e-1 exit status 1']);
    // Until then it is the list of the execution before.
    expect(told(ofPlugins(older), [taskError()], false)).toEqual([]);
    expect(told(undefined, [taskError()], false)).toEqual([]);
  });

  test('adds failures of other jobs and stages, whatever plug-ins failed', () => {
    const errors = [
      taskError({ errorMessage: 'exit status 1' }),
      taskError({ containerId: '2', taskId: 'startVM-2', taskName: 'Prepare_Job#2', errorType: 'BUILD_MACHINE' }),
      taskError({ containerId: '3', taskId: undefined, taskName: undefined, errorMessage: 'job timeout' }),
      { stageId: 'stage-4', errorMessage: 'quality gate' },
    ];
    expect(told(ofPlugins(plugin()), errors)).toEqual([
      'e-1 exit status 1',
      'job 2 no build machine',
      'job 3 job timeout',
      'stage-4 quality gate',
    ]);
  });

  test('is about the same failure as a failed job, not a second one', () => {
    const windows = job({ id: '2', name: 'Windows', plugins: [], machineStatus: 'FAILED' });
    const listed = taskError({
      containerId: '2',
      taskId: 'startVM-2',
      errorType: 'BUILD_MACHINE',
      errorMessage: 'offline',
    });
    expect(failures(ofJobs(job(), windows), [listed]).slice(1)).toEqual([
      failedTask({
        containerId: '2',
        containerName: 'Windows',
        taskId: '',
        taskName: '',
        errorType: 'BUILD_MACHINE',
        errorCode: null,
        errorMessage: 'offline',
      }),
    ]);
  });

  test('explains a job, and a stage, by what was cancelled in it', () => {
    const killed = job({ id: '2', plugins: [plugin({ id: 'e-2', status: 'CANCELED' })] });
    const listed = taskError({ containerId: '2', taskId: 'e-2', errorMessage: 'fast kill' });
    expect(told(ofJobs(job(), killed), [listed])).toEqual(['e-1', 'e-2 fast kill']);
    expect(told(ofJobs({ ...killed, status: 'CANCELED' }), [listed])).toEqual(['e-2 fast kill']);
    expect(told(ofJobs(job(), killed), [{ ...listed, containerId: '3' }])).toEqual(['e-1', 'job 2', 'e-2 fast kill']);
  });

  test('without ids of plug-ins is joined by stage and job, unless it says something else', () => {
    const listed = taskError({ taskId: undefined, errorMessage: 'exit status 1' });
    expect(told(ofPlugins(plugin()), [listed])).toEqual(['e-1 exit status 1']);
    expect(told(ofPlugins(plugin({ errorMessage: 'exit status 1' })), [listed])).toEqual(['e-1 exit status 1']);
    expect(told(ofPlugins(plugin({ errorMessage: 'killed' })), [{ ...listed, errorMessage: 'job timeout' }])).toEqual([
      'e-1 killed',
      'job 1 job timeout',
    ]);
    const two = ofPlugins(plugin(), plugin({ id: 'e-2' }));
    expect(told(two, [listed])).toEqual(['e-1 exit status 1', 'e-2']);
  });

  test('is all that is known if the detail can’t be read', () => {
    const machine = taskError({ taskId: 'startVM-1', taskName: 'Prepare_Job#1' });
    expect(failures(undefined, [taskError(), machine])).toMatchObject([
      { taskId: 'e-1', taskName: 'Run tests' },
      { taskId: '', taskName: '', containerId: '1', errorMessage: 'no build machine' },
    ]);
  });

  test('has names from the detail, and empty fields where nothing is known', () => {
    const passed = job({ status: 'SUCCEED', plugins: [plugin({ status: 'SUCCEED' })] });
    const detail = buildDetail({ stages: [stage({ status: 'SUCCEED', jobs: [passed] })] });
    const empty = { stageId: '', stageName: '', containerId: '', containerName: '', taskId: '', taskName: '' };
    const unknown = { errorType: '', errorCode: null, errorMessage: '' };
    expect(failures(detail, [taskError({ errorMessage: 'listed' }), {}])).toEqual([
      failedTask({ ...unknown, errorMessage: 'listed' }),
      { ...empty, ...unknown },
    ]);
  });
});

describe('failures without a plug-in', () => {
  // bk-ci: BuildEndControl; the stage itself says that it has succeeded, or has not run.
  test.each(['SUCCEED', ''])('a quality gate that was not passed is told as one (stage: “%s”)', (status) => {
    const detail = buildDetail({ stages: [stage({ id: 'stage-4', name: 'Deploy', status, jobs: [] })] });
    const gate = {
      stageId: 'stage-4',
      errorType: 'USER',
      errorCode: 2199007,
      errorMessage: 'Stage quality check failed',
    };
    expect(failures(detail, [gate])).toMatchObject([
      { stageName: 'Deploy', containerId: '', errorCode: 2199007, errorMessage: 'the quality gate was not passed' },
    ]);
    const ofPlugin = taskError({ errorCode: 2199007, errorMessage: 'quality check fail' });
    expect(failures(undefined, [ofPlugin])).toMatchObject([{ taskId: 'e-1', errorMessage: 'quality check fail' }]);
  });

  test('are told as what they are, if BK-CI lists none', () => {
    const noMachine = job({ id: '2', name: 'Windows', plugins: [plugin({ status: '' })], machineStatus: 'FAILED' });
    const gate = stage({ id: 'stage-4', name: 'Deploy', status: 'QUALITY_CHECK_FAIL', jobs: [] });
    expect(told(buildDetail({ stages: [stage({ jobs: [noMachine] }), gate] }))).toEqual([
      'job 2 no build machine',
      'stage-4 the quality gate was not passed',
    ]);
  });
});
