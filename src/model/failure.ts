/** What failed in a build, as it is reported. All texts come from the server: sanitise them before showing them. Pure. */

import { type Failure, failuresOf, isWithoutMachine } from './cause.js';
import type { BuildDetail } from './detail.js';
import { isInMatrix, type Part, partsOf } from './parts.js';
import type { BuildStatus, TaskError } from './snapshot.js';

/** One failure: an entry of the output `failedTasks`. Without a task it is one of a job, without a container of a stage. */
export interface FailedTask {
  readonly stageId: string;
  readonly stageName: string;
  readonly containerId: string;
  readonly containerName: string;
  readonly taskId: string;
  readonly taskName: string;
  readonly errorType: string;
  readonly errorCode: number | null;
  readonly errorMessage: string;
  /** Its settings let the build go on after it. */
  readonly tolerated?: true | undefined;
  /** Its settings let every user skip it. */
  readonly canBeSkipped?: true | undefined;
  /** BK-CI before v4.2 does not know its id. */
  readonly isInMatrix?: true | undefined;
}

/** The last lines of one failed plug-in's log, or why there are none. */
export interface TaskLog {
  readonly task: FailedTask;
  readonly lines: readonly string[];
  readonly missing?: string | undefined;
}

/** Messages of failures for which BK-CI has none, or, of a gate, one that says no more. */
export const NO_MACHINE = 'no build machine';
export const GATE_NOT_PASSED = 'the quality gate was not passed';

/**
 * What failed in the execution that a status shows, what broke the build first: the failed parts of the detail, and the
 * entries of the build's own list of errors, which also has failures without a plug-in, and plug-ins that failed before
 * and were not rerun (bk-ci: observed on v4.1.0).
 *
 * @param hasRun whether the engine has started this execution. Until then the list is the one of the execution before
 * (bk-ci: PipelineBuildDao.startBuild).
 */
export function failedTasksOf(detail: BuildDetail | undefined, status: BuildStatus, hasRun: boolean): FailedTask[] {
  const count = status.executeCount ?? detail?.executeCount;
  const listed = detail && detail.errors.length > 0 ? detail.errors : status.errors;
  const names = namesIn(detail);
  const errors = errorIndex(hasRun ? listed : [], names);
  const failures = (detail ? failuresOf(detail) : []).map((failure) => ({ failure, error: errors.take(failure.part) }));
  const rest = errors.rest();
  const parts = failures.flatMap(({ failure, error }) => {
    const isOwn = isOfExecution(failure.part, count) && !isExplainedBy(rest, failure.part);
    return error || isOwn ? [failedTaskOf(failure, error)] : [];
  });
  const tasks = [...parts, ...rest.map((error) => taskOfError(error, names))];
  return tasks.toSorted((a, b) => rankOf(a) - rankOf(b));
}

/** What broke the build first, what was ended because of that, what was tolerated. */
function rankOf(task: FailedTask): number {
  return task.tolerated ? 2 : wasFastKilled(task) ? 1 : 0;
}

/** With “fast kill”, BK-CI ends what runs in a stage when something in it fails (bk-ci: USER_STAGE_FASTKILL_TERMINATE). */
const FAST_KILLED = 2199010;

export function wasFastKilled({ errorCode }: Pick<FailedTask, 'errorCode'>): boolean {
  return errorCode === FAST_KILLED;
}

/** Whether errors are about something in a job or a stage, in which no plug-in is known to have broken it. */
function isExplainedBy(errors: readonly TaskError[], part: Part): boolean {
  if (part.kind === 'plug-in') return false;
  return errors.some(
    ({ stageId, containerId }) => stageId === part.stage.id && (part.kind === 'stage' || containerId === part.job.id),
  );
}

function isOfExecution(part: Part, count: number | undefined): boolean {
  // A stage does not count every execution (bk-ci: observed on v4.1.0).
  const own = part.kind === 'plug-in' ? part.plugin.executeCount : part.kind === 'job' ? part.job.executeCount : count;
  return count === undefined || (own ?? count) === count;
}

/** The errors by task, or by stage and job: old servers omit ids, and a machine is started by a task outside the model. */
function errorIndex(errors: readonly TaskError[], names: Names) {
  const rest = new Set(errors);
  const isOfPlugin = ({ taskId = '' }: TaskError) => isPlugin(taskId, names);
  const byTask = firstOfEach(errors.filter(isOfPlugin).map((error) => [error.taskId, error]));
  const byPlace = firstOfEach(
    errors.filter((error) => !isOfPlugin(error)).map((error) => [placeKey(error.stageId, error.containerId), error]),
  );
  const find = (part: Part): TaskError | undefined => {
    const place = byPlace.get(placeKey(part.stage.id, part.kind === 'stage' ? undefined : part.job.id));
    if (part.kind !== 'plug-in') return place;
    const { id, errorMessage } = part.plugin;
    const isSame = errorMessage === undefined || errorMessage === place?.errorMessage;
    return byTask.get(id) ?? (isSame && place && rest.has(place) ? place : undefined);
  };
  return {
    /** The error of a part, which is about no other part then. */
    take: (part: Part): TaskError | undefined => {
      const error = find(part);
      if (error) rest.delete(error);
      return error;
    },
    rest: () => [...rest],
  };
}

function firstOfEach<Key, Value>(entries: readonly (readonly [Key, Value])[]): ReadonlyMap<Key, Value> {
  return new Map(entries.toReversed());
}

function placeKey(stageId: string | undefined, jobId: string | undefined): string {
  return `${stageId} ${jobId}`;
}

/** @param error the entry of the build's list of errors that is about the same failure. */
export function failedTaskOf({ part, isTolerated }: Failure, error?: TaskError): FailedTask {
  const { errorType = '', errorCode = null, errorMessage = '' } = error ?? {};
  const plugin = part.kind === 'plug-in' ? part.plugin : undefined;
  const job = part.kind === 'stage' ? undefined : part.job;
  const isGate = part.kind === 'stage' && (part.stage.status === 'QUALITY_CHECK_FAIL' || (error && isOfGate(error)));
  const unexplained = part.kind === 'job' && isWithoutMachine(part.job) ? NO_MACHINE : '';
  return {
    stageId: part.stage.id,
    stageName: part.stage.name,
    containerId: job?.id ?? '',
    containerName: job?.name ?? '',
    taskId: plugin?.id ?? '',
    taskName: plugin?.name ?? '',
    errorType: plugin?.errorType ?? errorType,
    errorCode: plugin?.errorCode ?? errorCode,
    errorMessage: isGate ? GATE_NOT_PASSED : (plugin?.errorMessage ?? errorMessage) || unexplained,
    ...(isTolerated ? { tolerated: true } : {}),
    ...(plugin?.canBeSkipped ? { canBeSkipped: true } : {}),
    ...(isInMatrix(part) ? { isInMatrix: true } : {}),
  };
}

interface Names {
  readonly stages: ReadonlyMap<string, string>;
  readonly jobs: ReadonlyMap<string, string>;
  /** Ids of the plug-ins; undefined without a detail. */
  readonly plugins?: ReadonlySet<string> | undefined;
}

function namesIn(detail: BuildDetail | undefined): Names {
  if (!detail) return { stages: new Map(), jobs: new Map() };
  const parts = partsOf(detail);
  const jobs = parts.flatMap((part) => (part.kind === 'job' ? [part] : []));
  return {
    stages: firstOfEach(detail.stages.map(({ id, name }) => [id, name])),
    jobs: firstOfEach(jobs.map(({ stage, job }) => [placeKey(stage.id, job.id), job.name])),
    plugins: new Set(parts.flatMap((part) => (part.kind === 'plug-in' ? [part.plugin.id] : []))),
  };
}

/** The task that starts the machine of a job (bk-ci: VMUtils.genStartVMTaskId). */
const START_OF_MACHINE = /^startVM-/;

/** Of a quality gate, which leaves its stage as it was (bk-ci: BuildEndControl, ErrorCode.USER_QUALITY_CHECK_FAIL). */
function isOfGate({ containerId, taskId, errorCode }: TaskError): boolean {
  return errorCode === 2199007 && containerId === undefined && taskId === undefined;
}

function isPlugin(taskId: string, { plugins }: Names): boolean {
  return plugins ? plugins.has(taskId) : taskId !== '' && !START_OF_MACHINE.test(taskId);
}

function taskOfError(error: TaskError, names: Names): FailedTask {
  const { stageId = '', containerId = '', taskId = '', taskName, errorType = '', errorCode = null } = error;
  const hasPlugin = isPlugin(taskId, names);
  return {
    stageId,
    stageName: names.stages.get(stageId) ?? '',
    containerId,
    containerName: names.jobs.get(placeKey(stageId, containerId)) ?? '',
    taskId: hasPlugin ? taskId : '',
    taskName: hasPlugin ? (taskName ?? taskId) : '',
    errorType,
    errorCode,
    errorMessage: isOfGate(error)
      ? GATE_NOT_PASSED
      : (error.errorMessage ?? (START_OF_MACHINE.test(taskId) ? NO_MACHINE : '')),
  };
}
