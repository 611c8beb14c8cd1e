/** A failed plug-in in words: its name, place, path and kind of error. Sanitised, pure. */

import { oneLine } from '../../lib/sanitize.js';
import type { FailedTask } from '../../model/failure.js';
import type { RunRecord } from '../record.js';

const ERROR_KINDS: ReadonlyMap<string, string> = new Map([
  ['SYSTEM', 'system error'],
  ['USER', 'user error'],
  ['THIRD_PARTY', 'third-party error'],
  ['PLUGIN', 'plug-in error'],
]);

export function kindOf(errorType: string): string {
  return ERROR_KINDS.get(errorType) ?? '';
}

/** Falls back to the id: old servers list errors without a name, and a name may consist of invisible characters. */
export function taskName({ taskName: name, taskId }: FailedTask): string {
  return oneLine(name, 80) || oneLine(taskId, 60) || 'a plug-in';
}

/** The names of stage and job, as far as they are known. */
export function taskPlace({ stageName, containerName }: FailedTask): string[] {
  return [stageName, containerName].map((name) => oneLine(name, 80)).filter(Boolean);
}

/** `Test › Linux › Run tests` */
export function taskPath(task: FailedTask): string {
  return [...taskPlace(task), taskName(task)].join(' › ');
}

/** `Run tests in Test › Linux`; with a verb between the two: `Run tests failed in Test › Linux`. */
export function taskSentence(task: FailedTask, verb = ''): string {
  const place = taskPlace(task);
  return [taskName(task), verb, place.length > 0 ? `in ${place.join(' › ')}` : ''].filter(Boolean).join(' ');
}

/** The number of failed plug-ins whose logs were not requested; 0 if no logs are wanted. */
export function unreadLogs({ logs, failedTasks }: Pick<RunRecord, 'logs' | 'failedTasks'>): number {
  return logs.length === 0 ? 0 : Math.max(0, failedTasks.length - logs.length);
}
