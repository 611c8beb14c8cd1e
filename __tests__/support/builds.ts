/** Complete values of the model's types; a test overrides the members it is about. */

import type { BuildDetail, Job, Plugin, Stage } from '../../src/model/detail.js';
import type { FailedTask } from '../../src/model/failure.js';
import type { BuildRef } from '../../src/model/link.js';
import type { BuildStatus, StageStatus, TaskError } from '../../src/model/snapshot.js';

/** The server's time: noon, in milliseconds since 1970. */
export const NOON = 1_767_268_800_000;
const HOUR = 3_600_000;

export const BUILD: BuildRef = { projectId: 'demo', pipelineId: 'p-1', buildId: 'b-1' };

/** The first execution of a build, which failed in stage Test two hours ago. */
export function buildStatus(overrides: Partial<BuildStatus> = {}): BuildStatus {
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
    ...overrides,
  };
}

/** The same build while its second execution runs. */
export function running(overrides: Partial<BuildStatus> = {}): BuildStatus {
  const { endTime: _, ...unended } = buildStatus();
  const stages = [
    stageStatus({ stageId: 'stage-2', name: 'Build', status: 'SUCCEED' }),
    stageStatus({ status: 'RUNNING' }),
  ];
  return {
    ...unended,
    status: 'RUNNING',
    executeCount: 2,
    queueTime: NOON,
    startTime: NOON + 1000,
    stages,
    ...overrides,
  };
}

export function stageStatus(overrides: Partial<StageStatus> = {}): StageStatus {
  return { stageId: 'stage-3', name: 'Test', status: 'FAILED', ...overrides };
}

export function taskError(overrides: Partial<TaskError> = {}): TaskError {
  return { stageId: 'stage-3', containerId: '1', taskId: 'e-1', taskName: 'Run tests', ...overrides };
}

export function plugin(overrides: Partial<Plugin> = {}): Plugin {
  return {
    id: 'e-1',
    name: 'Run tests',
    status: 'FAILED',
    continuesOnFailure: false,
    canBeSkipped: false,
    ...overrides,
  };
}

export function job(overrides: Partial<Job> = {}): Job {
  return {
    id: '1',
    name: 'Linux',
    status: 'FAILED',
    continuesOnFailure: false,
    plugins: [plugin()],
    children: [],
    ...overrides,
  };
}

export function stage(overrides: Partial<Stage> = {}): Stage {
  return {
    id: 'stage-3',
    name: 'Test',
    status: 'FAILED',
    isFinally: false,
    reviewers: [],
    jobs: [job()],
    ...overrides,
  };
}

const SUCCEEDED = { status: 'SUCCEED' } as const;

/** The stages Trigger, Build and Test; the plug-in Run tests of Test › Linux failed. */
export function buildDetail(overrides: Partial<BuildDetail> = {}): BuildDetail {
  const compile = plugin({ id: 'e-0', name: 'Compile', ...SUCCEEDED });
  const stages = [
    stage({ id: 'stage-1', name: 'Trigger', ...SUCCEEDED, jobs: [] }),
    stage({
      id: 'stage-2',
      name: 'Build',
      ...SUCCEEDED,
      jobs: [job({ id: '0', name: 'Compile', ...SUCCEEDED, plugins: [compile] })],
    }),
    stage(),
  ];
  return { pipelineName: 'Nightly tests', executeCount: 1, stages, errors: [], ...overrides };
}

export function failedTask(overrides: Partial<FailedTask> = {}): FailedTask {
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
    ...overrides,
  };
}
