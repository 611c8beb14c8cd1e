import { ACCESS, type Access, hasPermission, type Permission } from './access.js';
import {
  type Build,
  type BuildOptions,
  type Effects,
  makeBuild,
  newestExecution,
  planTimeline,
  startExecution,
} from './build.js';
import { scaledClock, type WorldClock } from './clock.js';
import type { GateScript, TaskError } from './execution-script.js';
import { type Refusal, refusal } from './messages.js';
import type { Pipeline } from './pipeline.js';
import { BK_CI_4_2, type Release } from './release.js';
import { decideRetry, type RetryRequest, resolveTask } from './retry-rules.js';
import { buildStatusAt, isFinished, phaseOf } from './status-at.js';

/** bk-ci: pipeline.build.retry.limit_days. */
const RETRY_LIMIT_DAYS = 28;
/**
 * Seconds after a stop, observed on v4.1.0: a second one is accepted without effect, is refused, or forces the end. The
 * server's key for this is one of the build and outlives an execution that was stopped in the queue.
 */
const REPEATED_STOP_SECONDS = 1;
const REFUSED_STOP_SECONDS = 60;
/** Seconds until a plug-in that is retried inside a running build runs, observed on v4.1.0. */
const JOIN_SECONDS = 6.5;
/** Of a plug-in that a stop has reached while it was about to start, observed on v4.1.0. */
const KILLED: TaskError = { type: 'SYSTEM', code: 2199502, message: 'Process was terminated' };
/** Seconds from a stop to the end of the build, observed on v4.1.0. */
const STOP_SECONDS = { queued: 5, started: 10, 'plug-in runs': 25 } as const;

export interface WorldOptions {
  readonly clock?: WorldClock;
  readonly release?: Release;
  readonly access?: Access;
  readonly builds: readonly BuildOptions[];
  /** Time from an accepted stop to the end of the build, instead of what was observed. */
  readonly stopSeconds?: number;
  /** How a stopped build ends; FAILED if it was about to start a plug-in. CANCELED by default. */
  readonly stopStatus?: 'CANCELED' | 'FAILED';
  /** `status` inside the answers about logs: 0 found, 2 expired, 3 closed, 999 failed (bk-ci: QueryLogs). */
  readonly logStatus?: number;
}

export type Result<T> = { readonly value: T } | { readonly refusal: Refusal };

export interface StopRequest {
  readonly user: string;
  readonly pipelineId: string;
  readonly buildId: string;
  readonly projectId: string;
}

/** The state of one BK-CI server: projects, pipelines and builds. Time comes from its clock; no method waits. */
export class World {
  readonly clock: WorldClock;
  readonly release: Release;
  readonly access: Access;
  readonly logStatus: number;
  readonly builds: readonly Build[];
  readonly #stopSeconds: number | undefined;
  readonly #stopStatus: string;
  /** By build, the time of the stop that may refuse the next ones. */
  readonly #stopKeys = new Map<string, number>();
  readonly #timers: { readonly at: number; readonly callback: () => void }[] = [];
  readonly #locks = new Map<string, number>();
  #timerTime: number | null = null;

  constructor(options: WorldOptions) {
    this.clock = options.clock ?? scaledClock();
    this.release = options.release ?? BK_CI_4_2;
    this.access = options.access ?? ACCESS;
    this.logStatus = options.logStatus ?? 0;
    this.#stopSeconds = options.stopSeconds;
    this.#stopStatus = options.stopStatus ?? 'CANCELED';
    this.builds = options.builds.map((build) => makeBuild(build, this.clock.now()));
  }

  /** The current time. First runs every timer that is due, each at its own time. */
  now(): number {
    if (this.#timerTime !== null) return this.#timerTime;
    const now = this.clock.now();
    for (let next = this.#nextDue(now); next; next = this.#nextDue(now)) {
      this.#timerTime = next.at;
      try {
        next.callback();
      } finally {
        this.#timerTime = null;
      }
    }
    return now;
  }

  #nextDue(now: number): { readonly at: number; readonly callback: () => void } | undefined {
    this.#timers.sort((a, b) => a.at - b.at);
    const first = this.#timers[0];
    return first && first.at <= now ? this.#timers.shift() : undefined;
  }

  /** Runs `callback` after `ms` of real time. */
  schedule(ms: number, callback: () => void): void {
    this.#timers.push({ at: this.now() + ms * this.clock.scale, callback });
  }

  /** bk-ci: BuildIdLock; other requests for this build wait until it is released. */
  lock(buildId: string, ms: number): void {
    this.#locks.set(buildId, this.now() + ms * this.clock.scale);
  }

  isLocked(buildId: string): boolean {
    return (this.#locks.get(buildId) ?? 0) > this.now();
  }

  find(projectId: string, buildId: string): Build | undefined {
    return this.builds.find((build) => build.id === buildId && build.pipeline.projectId === projectId);
  }

  build(buildId: string): Build {
    const found = this.builds.find((build) => build.id === buildId);
    if (!found) throw new Error(`stand-in: no build ${buildId}`);
    return found;
  }

  /** What really happened on the server, for tests to compare with what the client reports. */
  effects(buildId: string): Effects & { readonly executeCount: number; readonly status: string } {
    const now = this.now();
    const build = this.build(buildId);
    const { count } = newestExecution(build);
    return { ...build.effects, executeCount: count, status: buildStatusAt(newestExecution(build), now) };
  }

  checkPermission(user: string, permission: Permission): { readonly refusal: Refusal } | null {
    if (hasPermission(this.access, user, permission)) return null;
    // 403 instead of an error code is the `status` in the body of the generic refusal (bk-ci: PermissionForbiddenException).
    return this.access.edition === 'code' ? refusal(2101008, permission) : refusal(403);
  }

  retry(request: RetryRequest): Result<Build> {
    const now = this.now();
    const { release } = this;
    const forbidden = this.checkPermission(request.user, 'EXECUTE');
    if (forbidden) return forbidden;
    const build = this.find(request.projectId, request.buildId);
    if (!build) return refusal(release.errorCodes.buildNotFound, request.buildId);
    const early = this.#refuseEarly(build, request, now);
    if (early) return early;
    const target = resolveTask(build.pipeline, request.taskId, release);
    const wipes = build.pipeline.cleanVariablesWhenRetry && request.taskId === '';
    if (wipes && release.wipesVariablesFirst) build.variables = {};
    const mayOperate = hasPermission(this.access, request.user, 'OPERATE');
    const decision = decideRetry({ build, request, target, release, mayOperate, now });
    if ('refusal' in decision || build.pipeline.startRefusal !== null) {
      if (wipes && release.wipesVariablesFirst) build.effects.wipes.push(now);
      return 'refusal' in decision ? decision : this.#refuseStart(build.pipeline);
    }
    const { plan: chosen } = decision;
    if (chosen.joinsRunning) this.#joinRunning(build, chosen.pluginActions, now);
    else
      startExecution(build, {
        user: request.user,
        at: now,
        pluginActions: chosen.pluginActions,
        gatesPassed: chosen.gatesPassed,
      });
    if (target.kind === 'whole') {
      build.startTime = now;
      build.variables = { ...(wipes ? {} : build.variables), ...build.startParameters };
    }
    build.effects.retries.push({ at: now, user: request.user, description: chosen.description });
    return { value: build };
  }

  #refuseEarly(build: Build, request: RetryRequest, now: number): { readonly refusal: Refusal } | null {
    if (build.pipeline.id !== request.pipelineId) return refusal(2101058);
    const age = build.startTime === null ? 0 : now - build.startTime;
    if (this.release.hasRetryLimit && age > RETRY_LIMIT_DAYS * 86_400_000) {
      return refusal(2101258, String(RETRY_LIMIT_DAYS));
    }
    return build.pipeline.locked ? refusal(2101047) : null;
  }

  #refuseStart({ startRefusal, projectId, id, version }: Pipeline): { readonly refusal: Refusal } {
    return refusal(startRefusal ?? 0, `projectId:${projectId},pipelineId:${id},version:${version}`);
  }

  #joinRunning(build: Build, pluginActions: PluginActions, now: number): void {
    const execution = newestExecution(build);
    Object.assign(execution, { pluginActions, previous: execution.timeline, notBefore: now + JOIN_SECONDS * 1000 });
    execution.timeline = planTimeline(build, execution);
  }

  /** bk-ci: who may not stop is told so before the build is looked for. */
  stop(request: StopRequest): Result<true> {
    const now = this.now();
    const build = this.find(request.projectId, request.buildId);
    if (!hasPermission(this.access, request.user, 'EXECUTE') || !build) {
      return refusal(2101340, request.user, request.buildId);
    }
    const execution = newestExecution(build);
    if (isFinished(execution, now)) return refusal(2101182);
    if (build.pipeline.id !== request.pipelineId) return refusal(2101058);
    const key = this.#stopKeys.get(build.id);
    const age = key === undefined ? null : (now - key) / 1000;
    const refused = age !== null && age > REPEATED_STOP_SECONDS && age < REFUSED_STOP_SECONDS;
    if (refused) {
      const last = build.effects.stops.at(-1)?.user ?? '';
      return refusal(2101019, last, String(Math.ceil(REFUSED_STOP_SECONDS - age)));
    }
    const forced = age !== null && age >= REFUSED_STOP_SECONDS;
    build.effects.stops.push({ at: now, user: request.user, forced });
    if (age === null || forced) this.#endSoon(build, now, forced);
    return { value: true };
  }

  #endSoon(build: Build, now: number, forced: boolean): void {
    const execution = newestExecution(build);
    const phase = phaseOf(execution, now);
    const seconds = this.#stopSeconds ?? STOP_SECONDS[phase];
    const error = this.#stopStatus === 'FAILED' ? { error: KILLED } : {};
    execution.stop = forced
      ? { at: now, status: 'TERMINATE' }
      : { at: now + seconds * 1000, status: this.#stopStatus, ...error };
    execution.timeline = planTimeline(build, execution);
    this.#stopKeys.set(build.id, now);
    if (phase !== 'queued')
      this.#timers.push({ at: execution.stop.at, callback: () => this.#stopKeys.delete(build.id) });
  }

  /** Another user retries the build: the whole build unless `taskId` is given. */
  retryAs(user: string, buildId: string, taskId = ''): Result<Build> {
    const { id: pipelineId, projectId } = this.build(buildId).pipeline;
    return this.retry({ user, projectId, pipelineId, buildId, taskId, failedContainer: false, skip: false });
  }

  /** A reviewer approves or refuses a stage gate. */
  answerGate(buildId: string, stageId: string, answer: GateScript['answer']): void {
    const at = this.now();
    const build = this.build(buildId);
    newestExecution(build).gateAnswers.set(stageId, { answer, at });
    newestExecution(build).timeline = planTimeline(build, newestExecution(build));
  }
}

type PluginActions = Parameters<typeof startExecution>[1]['pluginActions'] & {};
