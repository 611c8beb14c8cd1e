/** A failure in words: its name, place, path and kind of error. Sanitised, pure. */

import { oneLine, quote } from '../lib/sanitize.js';
import type { ErrorType } from './error-type.js';
import { type FailedTask, GATE_NOT_PASSED, NO_MACHINE } from './failure.js';

const ERROR_KINDS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    SYSTEM: 'system error',
    USER: 'user error',
    THIRD_PARTY: 'third-party error',
    PLUGIN: 'plug-in error',
    BUILD_MACHINE: 'build machine error',
  } satisfies Record<ErrorType, string>),
);

/** A type that is not known is shown as it is. */
export function kindOf(errorType: string): string {
  return ERROR_KINDS.get(errorType) ?? oneLine(errorType, 40);
}

/**
 * `Run tests`, `job Windows`, `stage Deploy`. Falls back to the id: old servers list errors without a name, and a name
 * may consist of invisible characters.
 */
export function taskName(task: FailedTask): string {
  if (isOfPlugin(task)) return oneLine(task.taskName, 80) || oneLine(task.taskId, 60);
  const job = shown(task.containerName, task.containerId);
  if (job !== '') return `job ${job}`;
  const stage = shown(task.stageName, task.stageId);
  return stage === '' ? 'a part of the build' : `stage ${stage}`;
}

/** The names of what is around the failure, as far as they are known: stage and job of a plug-in, stage of a job. */
export function taskPlace(task: FailedTask): string[] {
  const { stageName, containerName, containerId } = task;
  const around = isOfPlugin(task) ? [stageName, containerName] : containerName || containerId ? [stageName] : [];
  return around.map((name) => oneLine(name, 80)).filter(Boolean);
}

/** `Test › Linux › Run tests`, `Test › job Windows` */
export function taskPath(task: FailedTask): string {
  return [...taskPlace(task), taskName(task)].join(' › ');
}

/** What failed without a plug-in, and what was wrong with it, is told in one: `job Windows in Test: no build machine`. */
export function taskSentence(task: FailedTask, verb = ''): string {
  if (isQualityGate(task)) return `the quality gate of ${taskName(task)} was not passed`;
  const isMachine = isOfMachine(task);
  const place = taskPlace(task);
  const where = place.length > 0 ? `in ${place.join(' › ')}` : '';
  const sentence = [taskName(task), isMachine ? '' : verb, where].filter(Boolean).join(' ');
  return isMachine ? `${sentence}: ${NO_MACHINE}` : sentence;
}

/** The server's words about a failure, quoted; empty without any. `max` in characters. */
export function taskReason({ errorMessage }: FailedTask, max?: number): string {
  return errorMessage === '' || errorMessage === NO_MACHINE || errorMessage === GATE_NOT_PASSED
    ? ''
    : quote(errorMessage, max);
}

export function isQualityGate(task: FailedTask): boolean {
  return task.errorMessage === GATE_NOT_PASSED && task.containerId === '' && !isOfPlugin(task);
}

/** Numbers of the services that give jobs their machines (bk-ci: ErrorCodeEnum of three of them, DispatchSdkErrorCode). */
const OF_DISPATCH = /^21(?:(?:03|26|31)\d{3}|0010[3-7])$/;

/** Whether a job got no build machine. */
export function isOfMachine(task: FailedTask): boolean {
  const { errorType, errorCode, errorMessage } = task;
  if (isOfPlugin(task)) return false;
  return errorType === 'BUILD_MACHINE' || errorMessage === NO_MACHINE || OF_DISPATCH.test(String(errorCode));
}

function isOfPlugin({ taskId, taskName: name }: FailedTask): boolean {
  return taskId !== '' || name !== '';
}

function shown(name: string, id: string): string {
  return oneLine(name, 80) || oneLine(id, 60);
}
