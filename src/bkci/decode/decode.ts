/**
 * Decodes `data` of BK-CI's answers. Fields that decisions depend on are checked, and a wrong one is an error that names
 * the field, never its value; fields that are only shown may be missing (bk-ci: BuildHistoryWithVars.kt, BuildId.kt,
 * QueryLogs.kt).
 */

import type { BuildDetail, Job, Plugin, Stage } from '../../model/detail.js';
import { ERROR_TYPES } from '../../model/error-type.js';
import type { BuildStatus, StageStatus, TaskError } from '../../model/snapshot.js';
import type { RequestTarget } from '../endpoints.js';
import {
  checkedNumber,
  checkId,
  DecodeError,
  type JsonObject,
  optionalId,
  optionalList,
  optionalNumber,
  optionalObject,
  optionalText,
  requiredId,
  requiredObject,
  requiredText,
  shownList,
} from './fields.js';

/** @param build the build that was asked for; an answer about another one is a DecodeError. */
export function decodeStatus(data: unknown, build: RequestTarget): BuildStatus {
  const from = requiredObject(data, 'data');
  checkId(from, 'id', build.buildId);
  return {
    status: requiredText(from, 'status', 'data'),
    startTime: checkedNumber(from, 'startTime', 'data'),
    endTime: checkedNumber(from, 'endTime', 'data'),
    queueTime: checkedNumber(from, 'queueTime', 'data'),
    executeCount: executeCountOf(from),
    buildNumber: optionalNumber(from.buildNum),
    startedBy: optionalText(from.userId),
    serverTime: optionalNumber(from.currentTimestamp),
    queuePosition: optionalNumber(from.currentQueuePosition),
    stages: shownList(from.stageStatus).flatMap(decodeStageStatus),
    errors: decodeErrors(from.errorInfoList),
  };
}

/**
 * The status has no execution count, but the build parameter BK_CI_RETRY_COUNT is one less (never the variable of that
 * name, which changes before the state does). Without it the count is 1 if the build says that it was not retried, and
 * unknown otherwise (bk-ci: observed on v4.1.0).
 */
function executeCountOf(from: JsonObject): number | undefined {
  const parameter = optionalList(from.buildParameters)
    .map(optionalObject)
    .find(({ key }) => key === 'BK_CI_RETRY_COUNT');
  const retries = String(parameter?.value ?? '');
  if (/^\d{1,6}$/.test(retries)) return Number(retries) + 1;
  return from.retry === false ? 1 : undefined;
}

function decodeStageStatus(value: unknown): StageStatus[] {
  const from = optionalObject(value);
  const stageId = optionalText(from.stageId);
  if (!stageId) return [];
  const status = {
    stageId,
    name: optionalText(from.name) ?? stageId,
    status: optionalText(from.status),
    durationMs: durationOf(from),
    startEpoch: optionalNumber(from.startEpoch),
    showMsg: optionalText(from.showMsg),
  };
  return [status];
}

/** @param build as in `decodeStatus`. */
export function decodeDetail(data: unknown, build: RequestTarget): BuildDetail {
  const from = requiredObject(data, 'data');
  checkId(from, 'id', build.buildId);
  checkId(from, 'pipelineId', build.pipelineId);
  const model = requiredObject(from.model, 'data.model');
  if (!Array.isArray(model.stages)) throw new DecodeError('data.model.stages is not a list');
  return {
    pipelineName: optionalText(from.pipelineName) ?? optionalText(model.name),
    executeCount: checkedNumber(from, 'executeCount', 'data'),
    // The newest execution is the first of the list (bk-ci: observed on v4.1.0).
    firstStartedBy:
      optionalText(optionalObject(optionalList(from.recordList).at(-1)).startUser) ?? optionalText(from.triggerUser),
    stages: model.stages.map((stage, index) => decodeStage(stage, `data.model.stages[${index}]`)),
    errors: decodeErrors(from.errorInfoList),
  };
}

function decodeStage(value: unknown, path: string): Stage {
  const from = requiredObject(value, path);
  const id = optionalId(from, 'id', path) ?? requiredText(from, 'id', path);
  return {
    id,
    name: optionalText(from.name) ?? id,
    // Empty of a stage that has not run, which BK-CI refuses to retry (bk-ci: observed on v4.1.0).
    status: from.status === '' ? '' : optionalText(from.status),
    isFinally: from.finally === true,
    executeCount: optionalNumber(from.executeCount),
    durationMs: durationOf(from),
    reviewers: reviewersOf(from),
    jobs: optionalList(from.containers).map((job, index) => decodeJob(job, `${path}.containers[${index}]`)),
  };
}

/** The groups of reviewers decide one after the other: the first without a status is next (bk-ci: StagePauseCheck.kt). */
function reviewersOf({ checkIn }: JsonObject): string[] {
  const groups = shownList(optionalObject(checkIn).reviewGroups).map(optionalObject);
  const next = groups.find(({ status }) => optionalText(status) === undefined);
  return shownList(next?.reviewers).flatMap((name) => optionalText(name) ?? []);
}

function decodeJob(value: unknown, path: string): Job {
  const from = requiredObject(value, path);
  return {
    ...decodeSingleJob(from, path),
    children: optionalList(from.groupContainers).map((job, index) => {
      const at = `${path}.groupContainers[${index}]`;
      return { ...decodeSingleJob(requiredObject(job, at), at), children: [] };
    }),
  };
}

/** Without the jobs of a matrix group, which have none themselves: nesting that has no end is not followed. */
function decodeSingleJob(from: JsonObject, path: string): Omit<Job, 'children'> {
  const number = String(optionalNumber(from.id) ?? '');
  const id = optionalId(from, 'id', path) ?? optionalId(from, 'containerId', path) ?? number;
  return {
    id,
    hashId: optionalText(from.containerHashId),
    name: optionalText(from.name) ?? `job ${id}`,
    status: optionalText(from.status),
    executeCount: optionalNumber(from.executeCount),
    continuesOnFailure: optionalObject(from.jobControlOption).continueWhenFailed === true,
    machineStatus: optionalText(from.startVMStatus),
    plugins: optionalList(from.elements).map((plugin, index) => decodePlugin(plugin, `${path}.elements[${index}]`)),
  };
}

function decodePlugin(value: unknown, path: string): Plugin {
  const from = requiredObject(value, path);
  const id = optionalId(from, 'id', path) ?? '';
  const { continueWhenFailed, manualSkip, elementPostInfo } = optionalObject(from.additionalOptions);
  const parentId = optionalText(optionalObject(elementPostInfo).parentElementId);
  return {
    id,
    stepId: optionalText(from.stepId),
    name: optionalText(from.name) ?? id,
    status: optionalText(from.status),
    // A plug-in that waits for a manual skip does not let the job go on (bk-ci: ControlUtils.continueWhenFailure).
    continuesOnFailure: continueWhenFailed === true && manualSkip !== true,
    canBeSkipped: manualSkip === true,
    ...(parentId === undefined || parentId === id ? {} : { postActionOf: parentId }),
    executeCount: optionalNumber(from.executeCount),
    startEpoch: optionalNumber(from.startEpoch),
    errorType: errorType(from.errorType),
    errorCode: optionalNumber(from.errorCode),
    errorMessage: optionalText(from.errorMsg),
  };
}

/** Answer to an accepted retry. Servers up to v1.8 send the id alone. */
export interface RetryAnswer {
  readonly id: string;
  readonly executeCount?: number | undefined;
  readonly buildNumber?: number | undefined;
}

export function decodeRetry(data: unknown, build: RequestTarget): RetryAnswer {
  const from = requiredObject(data, 'data');
  checkId(from, 'projectId', build.projectId);
  checkId(from, 'pipelineId', build.pipelineId);
  return {
    id: requiredId(from, 'id', 'data'),
    executeCount: positiveInteger(from.executeCount),
    buildNumber: positiveInteger(from.num),
  };
}

/** Undefined for anything but a positive integer. */
function positiveInteger(value: unknown): number | undefined {
  const number = optionalNumber(value);
  return number !== undefined && Number.isInteger(number) && number > 0 ? number : undefined;
}

export interface LogTail {
  readonly state: 'found' | 'empty' | 'expired' | 'closed' | 'failed';
  readonly lines: readonly string[];
}

const LOG_STATES: Readonly<Record<number, LogTail['state']>> = { 0: 'found', 1: 'empty', 2: 'expired', 3: 'closed' };

/** The most that the input logLines asks for. */
const LOG_LINES_CAP = 1_000;

export function decodeLog(data: unknown): LogTail {
  const from = requiredObject(data, 'data');
  const last = optionalList(from.logs).slice(-LOG_LINES_CAP);
  const lines = last.map((line) => optionalText(optionalObject(line).message) ?? '');
  return { state: LOG_STATES[optionalNumber(from.status) ?? 0] ?? 'failed', lines };
}

/** One build of a pipeline's history. */
export interface PastBuild {
  readonly buildId: string;
  readonly buildNumber: number;
}

/** One page of a history, newest first. */
export function decodeHistory(data: unknown, { pipelineId }: RequestTarget): readonly PastBuild[] {
  const from = requiredObject(data, 'data');
  if (!Array.isArray(from.records)) throw new DecodeError('data.records is not a list');
  return from.records.map((record, index) => {
    const build = requiredObject(record, `data.records[${index}]`);
    checkId(build, 'pipelineId', pipelineId);
    return {
      buildId: requiredId(build, 'id', `data.records[${index}]`),
      buildNumber: checkedNumber(build, 'buildNum', `data.records[${index}]`) ?? 0,
    };
  });
}

function durationOf(from: JsonObject): number | undefined {
  return optionalNumber(optionalObject(from.timeCost).totalCost) ?? optionalNumber(from.elapsed);
}

function decodeErrors(value: unknown): TaskError[] {
  return shownList(value).map((entry) => {
    const from = optionalObject(entry);
    return {
      stageId: optionalText(from.stageId),
      containerId: optionalText(from.containerId),
      taskId: optionalText(from.taskId),
      taskName: optionalText(from.taskName),
      errorType: errorType(from.errorType),
      errorCode: optionalNumber(from.errorCode),
      errorMessage: optionalText(from.errorMsg),
    };
  });
}

/** A name, or its number: errorInfoList has numbers, the model has names. A number that is not known stays one. */
function errorType(value: unknown): string | undefined {
  const number = optionalNumber(value);
  return number === undefined ? optionalText(value) : (ERROR_TYPES[number] ?? String(number));
}
