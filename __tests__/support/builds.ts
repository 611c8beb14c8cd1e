/** Values of ours, each complete, with what a test is about on top. */

import type { BuildDetail, Job, Plugin, Stage } from '../../src/model/detail.js';
import type { FailedTask } from '../../src/model/failure.js';
import type { BuildRef } from '../../src/model/link.js';
import type { BuildStatus, StageStatus, TaskError } from '../../src/model/snapshot.js';

/** Noon, on the server's clock. */
export const NOON = 1_767_268_800_000;
const HOUR = 3_600_000;

export const BUILD: BuildRef = { projectId: 'demo', pipelineId: 'p-1', buildId: 'b-1' };

/** A build that failed in stage Test two hours ago, for the first time. */
export function buildStatus(more: Partial<BuildStatus> = {}): BuildStatus {
  return {
    status: 'FAILED',
    startTime: NOON - 3 * HOUR,
    endTime: NOON - 2 * HOUR,
    queueTime: NOON - 3 * HOUR - 1000,
    executeCount: 1,
    buildNumber: 42,
    startedBy: 'ci-bot',
    serverTime: NOON,
    stages: [stageStatus({ stageId: 'stage-2', name: 'Build', status: 'SUCCEED' }), stageStatus()],
    errors: [],
    ...more,
  };
}

/** The same build, retried: nothing has ended yet. */
export function running(more: Partial<BuildStatus> = {}): BuildStatus {
  const { endTime: _, ...begun } = buildStatus();
  const stages = [
    stageStatus({ stageId: 'stage-2', name: 'Build', status: 'SUCCEED' }),
    stageStatus({ status: 'RUNNING' }),
  ];
  return { ...begun, status: 'RUNNING', executeCount: 2, queueTime: NOON, startTime: NOON + 1000, stages, ...more };
}

export function stageStatus(more: Partial<StageStatus> = {}): StageStatus {
  return { stageId: 'stage-3', name: 'Test', status: 'FAILED', ...more };
}

export function taskError(more: Partial<TaskError> = {}): TaskError {
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
export function buildDetail(more: Partial<BuildDetail> = {}): BuildDetail {
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
