/**
 * What the run has learned so far, and how far its retry is. Outputs and saved state follow from the two, and are
 * written whenever they change.
 */

import type { FailureReport } from '../follow/failures.js';
import type { StepContext } from '../github/step.js';
import { type ActionError, asActionError } from '../lib/errors.js';
import type { BuildDetail } from '../model/detail.js';
import type { BuildRef } from '../model/link.js';
import type { Baseline, BuildStatus } from '../model/snapshot.js';
import { Outputs, outputsOf } from '../report/outputs.js';
import type { Attempt, RunRecord } from '../report/record.js';
import {
  atExit,
  IDLE,
  type LeftRetry,
  type Lifecycle,
  type LifecycleEvent,
  leftForPost,
  next,
  type Running,
} from './lifecycle.js';
import { type SavedAccess, saveRetry } from './saved-state.js';

const NO_FAILURES = { failedTasks: [], logs: [], stages: [] } as const;

export class RunState {
  readonly outputs: Outputs;
  #lifecycle: Lifecycle = IDLE;
  /** Whom the retry is sent to; undefined while nothing is saved for post. */
  #access: SavedAccess | undefined;
  #left: LeftRetry | undefined;
  /** When waiting began and ended, on the step's clock. */
  #since: number | undefined;
  #until: number | undefined;
  readonly #step: StepContext;
  #record: Omit<RunRecord, 'phase' | 'elapsedMs'> = {
    maxAttempts: 1,
    attempts: [],
    ...NO_FAILURES,
  };

  constructor(step: StepContext) {
    this.#step = step;
    this.outputs = new Outputs(step.runner);
  }

  get lifecycle(): Lifecycle {
    return this.#lifecycle;
  }

  /** What is known now, with the time since waiting began. */
  get record(): RunRecord {
    const elapsedMs = this.#since === undefined ? undefined : (this.#until ?? this.#step.clock.now()) - this.#since;
    const { kind } = this.#lifecycle;
    return { ...this.#record, phase: kind === 'stop-undelivered' ? 'ended' : kind, elapsedMs };
  }

  /**
   * When waiting began, on the step's clock: at the first acceptance, or now if the build was running already.
   */
  startTimer(): number {
    this.#since ??= this.#step.clock.now();
    return this.#since;
  }

  /** Time from here on is not counted as waiting. */
  stopTimer(): void {
    this.#until = this.#step.clock.now();
  }

  /** From now on, state is saved for post. Without `stopOnAbort` post has nothing to do. */
  saveForPost(access: SavedAccess): void {
    this.#access = access;
  }

  /** Returns why the new state is not on disk, if it is not: post then finds an older one. */
  advance(event: LifecycleEvent): ActionError | undefined {
    return this.#moveTo(next(this.#lifecycle, event));
  }

  /** Throws while nothing was sent, and nothing could be reported to later steps. */
  requireOutputs(): void {
    if (this.outputs.problem) throw this.outputs.problem;
  }

  /** Call it right before each send. Throws when no later step would learn of the retry, or post could not stop it. */
  beginSend(build: BuildRef, baseline: Baseline | undefined): void {
    const problem = this.outputs.probe() ?? this.advance({ kind: 'send', build, baseline });
    if (!problem) return;
    this.advance({ kind: 'send-failed' });
    // After an accepted retry, the warning that the build is not retried again says it.
    throw problem.with({ consequence: this.#record.accepted ? undefined : 'the build was not retried' });
  }

  exit(): void {
    this.#moveTo(atExit(this.#lifecycle, this.#step.cancelled.aborted));
  }

  /** The state is on disk when this returns undefined: main may be killed while its next request is under way. */
  #moveTo(lifecycle: Lifecycle): ActionError | undefined {
    this.#lifecycle = lifecycle;
    const left = leftForPost(lifecycle);
    if (this.#access === undefined || (left === undefined && this.#left === undefined)) return undefined;
    this.#left = left;
    try {
      saveRetry(this.#step.runner, left && { ...left, ...this.#access });
      return undefined;
    } catch (error) {
      return asActionError(error);
    }
  }

  /** Replaces members of the record, and writes the outputs that change with them. */
  update(more: Partial<Omit<RunRecord, 'phase' | 'elapsedMs'>>): void {
    this.#record = { ...this.#record, ...more };
    this.outputs.update(outputsOf(this.record));
  }

  /** Records one read of the build. The first one is the build before the retry. */
  recordStatus(status: BuildStatus): void {
    const { statusBefore = status, buildNumber, executeCount } = this.#record;
    this.update({
      lastStatus: status,
      statusBefore,
      buildNumber: status.buildNumber ?? buildNumber,
      executeCount: status.executeCount ?? executeCount,
    });
  }

  /** Records the names that only the detail has. */
  recordNames({ pipelineName, firstStartedBy }: Pick<BuildDetail, 'pipelineName' | 'firstStartedBy'>): void {
    this.update({
      pipelineName: pipelineName ?? this.#record.pipelineName,
      firstStartedBy: firstStartedBy ?? this.#record.firstStartedBy,
    });
  }

  recordAccepted({ accepted, baseline }: Running): void {
    const { build, executeCount, buildNumber, ownership, response, at } = accepted;
    const before = this.#record;
    this.advance({ kind: 'accept', accepted, baseline });
    if (!before.accepted) this.#since = at;
    this.#until = undefined;
    this.update({
      build,
      buildNumber: buildNumber ?? before.buildNumber,
      executeCount: executeCount ?? before.executeCount,
      accepted: {
        count: (before.accepted?.count ?? 0) + 1,
        executeCount,
        startedByOther: ownership !== 'ours',
        response,
      },
      // What was read so far belongs to the execution before.
      lastStatus: undefined,
      ...NO_FAILURES,
    });
  }

  recordFailures({ failedTasks, logs, stages, ...names }: FailureReport): void {
    this.update({ failedTasks, logs, stages });
    this.recordNames(names);
  }

  recordAttempt(attempt: Attempt): void {
    this.update({ attempts: [...this.#record.attempts, attempt] });
  }
}
