/**
 * `data` of BK-CI's answers → values of ours. What a decision hangs on is checked and a wrong one is an error that names
 * the field, never its value; what is only shown may be missing (bk-ci: BuildHistoryWithVars.kt, BuildId.kt, QueryLogs.kt).
 */

import { given } from '../../lib/given.js';
import type { Detail, Job, Plugin, Stage } from '../../model/detail.js';
import type { ListedError, Look, StageLook } from '../../model/snapshot.js';
import {
  checkedNumber,
  DecodeError,
  type Fields,
  fields,
  list,
  looseFields,
  number,
  requiredId,
  requiredText,
  text,
} from './fields.js';

export function decodeDetail(data: unknown): Detail {
  const from = fields(data, 'data');
  const model = fields(from.model, 'data.model');
  if (!Array.isArray(model.stages)) throw new DecodeError('data.model.stages is not a list');
  return given({
    pipelineName: text(from.pipelineName) ?? text(model.name),
    executeCount: checkedNumber(from, 'executeCount', 'data'),
    firstStartedBy: text(looseFields(list(from.recordList)[0]).startUser) ?? text(from.triggerUser),
    stages: model.stages.map((stage, index) => decodeStage(stage, `data.model.stages[${index}]`)),
    errors: listedErrors(from.errorInfoList),
  });
}

function decodeStage(value: unknown, where: string): Stage {
  const from = fields(value, where);
  const id = requiredText(from, 'id', where);
  return given({
    id,
    name: text(from.name) ?? id,
    status: text(from.status),
    isFinally: from.finally === true,
    executeCount: number(from.executeCount),
    took: timeCost(from),
    jobs: list(from.containers).map((job, index) => decodeJob(job, `${where}.containers[${index}]`)),
  });
}

function decodeJob(value: unknown, where: string): Job {
  const from = fields(value, where);
  const id = text(from.id) ?? text(from.containerId) ?? String(number(from.id) ?? '');
  return given({
    id,
    hashId: text(from.containerHashId),
    name: text(from.name) ?? `job ${id}`,
    status: text(from.status),
    plugins: list(from.elements).map((plugin, index) => decodePlugin(plugin, `${where}.elements[${index}]`)),
    children: list(from.groupContainers).map((job, index) => decodeJob(job, `${where}.groupContainers[${index}]`)),
  });
}

function decodePlugin(value: unknown, where: string): Plugin {
  const from = fields(value, where);
  const id = text(from.id) ?? '';
  return given({
    id,
    stepId: text(from.stepId),
    name: text(from.name) ?? id,
    status: text(from.status),
    executeCount: number(from.executeCount),
    startEpoch: number(from.startEpoch),
    errorType: errorType(from.errorType),
    errorCode: number(from.errorCode),
    errorMessage: text(from.errorMsg),
  });
}

export function decodeStatus(data: unknown): Look {
  const from = fields(data, 'data');
  return given({
    status: requiredText(from, 'status', 'data'),
    startTime: checkedNumber(from, 'startTime', 'data'),
    endTime: checkedNumber(from, 'endTime', 'data'),
    queueTime: checkedNumber(from, 'queueTime', 'data'),
    executeCount: executeCountOf(from),
    buildNumber: number(from.buildNum),
    startedBy: text(from.userId),
    serverTime: number(from.currentTimestamp),
    queuePosition: number(from.currentQueuePosition),
    stages: list(from.stageStatus).flatMap(stageLook),
    errors: listedErrors(from.errorInfoList),
  });
}

/**
 * The status has no execution count of its own; the build parameter BK_CI_RETRY_COUNT is one less. Without it a build
 * that was never retried is at 1, and of any other nothing is known.
 */
function executeCountOf(from: Fields): number | undefined {
  const parameter = list(from.buildParameters)
    .map(looseFields)
    .find(({ key }) => key === 'BK_CI_RETRY_COUNT');
  const retries = String(parameter?.value ?? '');
  if (/^\d{1,6}$/.test(retries)) return Number(retries) + 1;
  return from.retry === true ? undefined : 1;
}

function stageLook(value: unknown): StageLook[] {
  const from = looseFields(value);
  const stageId = text(from.stageId);
  if (!stageId) return [];
  const look = {
    stageId,
    name: text(from.name) ?? stageId,
    status: text(from.status),
    took: timeCost(from),
    startEpoch: number(from.startEpoch),
    showMsg: text(from.showMsg),
  };
  return [given(look)];
}

export function timeCost(from: Fields): number | undefined {
  return number(looseFields(from.timeCost).totalCost) ?? number(from.elapsed);
}

/** A number in errorInfoList, a name in the model (bk-ci: ErrorType.kt). */
const ERROR_TYPES: readonly string[] = ['SYSTEM', 'USER', 'THIRD_PARTY', 'PLUGIN'];

export function errorType(value: unknown): string | undefined {
  return typeof value === 'number' ? ERROR_TYPES[value] : text(value);
}

export function listedErrors(value: unknown): ListedError[] {
  return list(value).map((entry) => {
    const from = looseFields(entry);
    return given({
      stageId: text(from.stageId),
      containerId: text(from.containerId),
      taskId: text(from.taskId),
      taskName: text(from.taskName),
      errorType: errorType(from.errorType),
      errorCode: number(from.errorCode),
      errorMessage: text(from.errorMsg),
    });
  });
}

/** What BK-CI answers to an accepted retry; servers up to v1.8 send the id alone. */
export interface RetryAnswer {
  readonly id: string;
  readonly executeCount?: number;
  readonly buildNumber?: number;
}

/** A positive integer; anything else is not known. */
function count(value: unknown): number | undefined {
  const given = number(value);
  return given !== undefined && Number.isInteger(given) && given > 0 ? given : undefined;
}

export function decodeRetry(data: unknown): RetryAnswer {
  const from = fields(data, 'data');
  return given({
    id: requiredId(from, 'id', 'data'),
    executeCount: count(from.executeCount),
    buildNumber: count(from.num),
  });
}

export interface LogTail {
  readonly state: 'found' | 'empty' | 'expired' | 'closed' | 'failed';
  readonly lines: readonly string[];
}

const LOG_STATES: Readonly<Record<number, LogTail['state']>> = { 0: 'found', 1: 'empty', 2: 'expired', 3: 'closed' };

export function decodeLog(data: unknown): LogTail {
  const from = fields(data, 'data');
  const lines = list(from.logs).map((line) => text(looseFields(line).message) ?? '');
  return { state: LOG_STATES[number(from.status) ?? 0] ?? 'failed', lines };
}

/** One build of a pipeline's history. */
export interface PastBuild {
  readonly buildId: string;
  readonly buildNumber: number;
}

/** One page of a history, newest first. */
export function decodeHistory(data: unknown): readonly PastBuild[] {
  const from = fields(data, 'data');
  if (!Array.isArray(from.records)) throw new DecodeError('data.records is not a list');
  return from.records.map((record, index) => {
    const build = fields(record, `data.records[${index}]`);
    return {
      buildId: requiredId(build, 'id', `data.records[${index}]`),
      buildNumber: checkedNumber(build, 'buildNum', `data.records[${index}]`) ?? 0,
    };
  });
}
