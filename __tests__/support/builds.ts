/** Values of ours, each complete, with what a test is about on top. */

import type { FailedTask } from '../../src/follow/failures.js';
import type { Detail, Job, Plugin, Stage } from '../../src/model/detail.js';
import type { BuildRef } from '../../src/model/link.js';
import type { ListedError, Look, StageLook } from '../../src/model/snapshot.js';

/** Noon, on the server's clock. */
export const NOON = 1_767_268_800_000;
const HOUR = 3_600_000;

export const BUILD: BuildRef = { projectId: 'demo', pipelineId: 'p-1', buildId: 'b-1' };

/** A build that failed in stage Test two hours ago, for the first time. */
export function look(more: Partial<Look> = {}): Look {
  return {
    status: 'FAILED',
    startTime: NOON - 3 * HOUR,
    endTime: NOON - 2 * HOUR,
    queueTime: NOON - 3 * HOUR - 1000,
    executeCount: 1,
    buildNumber: 42,
    startedBy: 'ci-bot',
    serverTime: NOON,
    stages: [stageLook({ stageId: 'stage-2', name: 'Build', status: 'SUCCEED' }), stageLook()],
    errors: [],
    ...more,
  };
}

/** The same build, retried: nothing has ended yet. */
export function running(more: Partial<Look> = {}): Look {
  const { endTime: _, ...begun } = look();
  const stages = [
    stageLook({ stageId: 'stage-2', name: 'Build', status: 'SUCCEED' }),
    stageLook({ status: 'RUNNING' }),
  ];
  return { ...begun, status: 'RUNNING', executeCount: 2, queueTime: NOON, startTime: NOON + 1000, stages, ...more };
}

export function stageLook(more: Partial<StageLook> = {}): StageLook {
  return { stageId: 'stage-3', name: 'Test', status: 'FAILED', ...more };
}

export function listedError(more: Partial<ListedError> = {}): ListedError {
  return { stageId: 'stage-3', containerId: '1', taskId: 'e-1', taskName: 'Run tests', ...more };
}

export function plugin(more: Partial<Plugin> = {}): Plugin {
  return { id: 'e-1', name: 'Run tests', status: 'FAILED', ...more };
}

export function job(more: Partial<Job> = {}): Job {
  return { id: '1', name: 'Linux', status: 'FAILED', plugins: [plugin()], children: [], ...more };
}

export function stage(more: Partial<Stage> = {}): Stage {
  return { id: 'stage-3', name: 'Test', status: 'FAILED', isFinally: false, jobs: [job()], ...more };
}

const FINE = { status: 'SUCCEED' } as const;

/** Trigger, Build and Test; Run tests failed in Test › Linux. */
export function detail(more: Partial<Detail> = {}): Detail {
  const compile = plugin({ id: 'e-0', name: 'Compile', ...FINE });
  const stages = [
    stage({ id: 'stage-1', name: 'Trigger', ...FINE, jobs: [] }),
    stage({
      id: 'stage-2',
      name: 'Build',
      ...FINE,
      jobs: [job({ id: '0', name: 'Compile', ...FINE, plugins: [compile] })],
    }),
    stage(),
  ];
  return { pipelineName: 'Nightly tests', executeCount: 1, stages, errors: [], ...more };
}

export function failedTask(more: Partial<FailedTask> = {}): FailedTask {
  return {
    stageId: 'stage-3',
    stageName: 'Test',
    containerId: '1',
    containerName: 'Linux',
    taskId: 'e-1',
    taskName: 'Run tests',
    errorType: 'USER',
    errorCode: 2199001,
    errorMessage: 'exit status 1',
    ...more,
  };
}
