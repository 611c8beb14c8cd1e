/**
 * `data` of BK-CI's answers → values of ours. What a decision hangs on is checked and a wrong one is an error that names
 * the field, never its value; what is only shown may be missing (bk-ci: BuildHistoryWithVars.kt, BuildId.kt, QueryLogs.kt).
 */
import { given } from '../given.js';
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
import type { Baseline } from './moved.js';

/** One failed plug-in as BK-CI lists it beside a build; ids may be missing on old servers. */
export interface ListedError {
  readonly stageId?: string;
  readonly containerId?: string;
  readonly taskId?: string;
  readonly taskName?: string;
  readonly errorType?: string;
  readonly errorCode?: number;
  readonly errorMessage?: string;
}

export interface StageLook {
  readonly stageId: string;
  readonly name: string;
  readonly status?: string;
  /** Milliseconds. */
  readonly took?: number;
  /** Milliseconds since 1970. */
  readonly startEpoch?: number;
  /** Names who may approve a gate (bk-ci: PipelineStageService.pauseStage). */
  readonly showMsg?: string;
}

/** One read of a build's status. Times are the server's, in milliseconds since 1970. */
export interface Look extends Baseline {
  readonly buildNumber?: number;
  readonly startedBy?: string;
  /** The server's clock at this read. */
  readonly serverTime?: number;
  readonly queuePosition?: number;
  readonly stages: readonly StageLook[];
  readonly errors: readonly ListedError[];
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
