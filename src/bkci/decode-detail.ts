/** `data` of a build's detail → the model with the state of each part (bk-ci: ModelRecord.kt, ModelDetail.kt). */
import { given } from '../given.js';
import { errorType, type ListedError, listedErrors, timeCost } from './decode.js';
import { checkedNumber, DecodeError, fields, list, looseFields, number, requiredText, text } from './fields.js';

export interface Plugin {
  /** `e-…`, what every server takes as taskId. */
  readonly id: string;
  /** The user's own name of the step. */
  readonly stepId?: string;
  readonly name: string;
  readonly status?: string;
  readonly executeCount?: number;
  /** Milliseconds since 1970. */
  readonly startEpoch?: number;
  readonly errorType?: string;
  readonly errorCode?: number;
  readonly errorMessage?: string;
}

export interface Job {
  /** Sequence number as text, what the API takes as taskId. */
  readonly id: string;
  /** `c-…`, which only logs take. */
  readonly hashId?: string;
  readonly name: string;
  readonly status?: string;
  readonly plugins: readonly Plugin[];
  /** Jobs of a matrix; the group itself runs no plug-in. */
  readonly children: readonly Job[];
}

export interface Stage {
  readonly id: string;
  readonly name: string;
  readonly status?: string;
  /** Runs last, whatever happened before. */
  readonly isFinally: boolean;
  readonly executeCount?: number;
  /** Milliseconds. */
  readonly took?: number;
  readonly jobs: readonly Job[];
}

/** One read of a build's detail: the model with the state of each part. */
export interface Detail {
  readonly pipelineName?: string;
  readonly executeCount?: number;
  /** Who started the first execution, and who the newest. */
  readonly firstStartedBy?: string;
  readonly stages: readonly Stage[];
  readonly errors: readonly ListedError[];
}

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
