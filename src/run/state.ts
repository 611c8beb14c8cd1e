/** What the step has learned so far and how far its retry is: the outputs and post are told, every report is made of it. */

import type { StepContext } from '../github/step.js';
import { given } from '../lib/given.js';
import type { BuildDetail } from '../model/detail.js';
import type { BuildStatus } from '../model/snapshot.js';
import type { Attempt, RetryPhase, RunRecord } from '../report/outcome.js';
import { Outputs, outputsOf } from '../report/outputs.js';
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
import { saveRetry } from './saved-state.js';

/** What the lifecycle means to the reports. */
const PHASES: Readonly<Record<Lifecycle['kind'], RetryPhase>> = {
  idle: 'idle',
  sending: 'sending',
  running: 'running',
  ended: 'ended',
  'stop-undelivered': 'ended',
};

export class RunState {
  readonly outputs: Outputs;
  #lifecycle: Lifecycle = IDLE;
  /** Root of the API; undefined while nothing is saved for post. */
  #api: string | undefined;
  #left: LeftRetry | undefined;
  #since: number | undefined;
  /** When the end was known. */
  #until: number | undefined;
  readonly #step: StepContext;
  #record: Omit<RunRecord, 'phase' | 'elapsedMs'> = {
    acceptedCount: 0,
    maxAttempts: 1,
    attempts: [],
    failedTasks: [],
    logs: [],
    stages: [],
  };

  constructor(step: StepContext) {
    this.#step = step;
    this.outputs = new Outputs(step.runner);
  }

  get lifecycle(): Lifecycle {
    return this.#lifecycle;
  }

  /** All facts, with the time that has passed since waiting began. */
  get record(): RunRecord {
    const took = this.#since === undefined ? undefined : (this.#until ?? this.#step.clock.now()) - this.#since;
    return { ...this.#record, phase: PHASES[this.#lifecycle.kind], ...given({ elapsedMs: took }) };
  }

  /** When waiting began, on the step's clock: with the first acceptance, or now, with the build that runs already. */
  startTimer(): number {
    this.#since ??= this.#step.clock.now();
    return this.#since;
  }

  /** The end of the waiting; whatever is still done then does not count. */
  stopTimer(): void {
    this.#until = this.#step.clock.now();
  }

  /** From here on post learns what is left for it to do. Without `stopOnAbort` that is nothing. */
  saveForPost(api: string): void {
    this.#api = api;
  }

  advance(event: LifecycleEvent): void {
    this.#moveTo(next(this.#lifecycle, event));
  }

  exit(): void {
    this.#moveTo(atExit(this.#lifecycle, this.#step.cancelled.aborted));
  }

  /** The state is on disk before this returns, so it is there when the request that follows kills nothing but us. */
  #moveTo(lifecycle: Lifecycle): void {
    this.#lifecycle = lifecycle;
    const left = leftForPost(lifecycle);
    if (this.#api === undefined || (left === undefined && this.#left === undefined)) return;
    this.#left = left;
    saveRetry(this.#step.runner, left && { ...left, api: this.#api });
  }

  /** Adds to the facts, and writes the outputs that these change. */
  update(more: Partial<Omit<RunRecord, 'phase' | 'elapsedMs'>>): void {
    this.#record = { ...this.#record, ...more };
    this.outputs.update(outputsOf(this.record));
  }

  /** A look at the build; the first one tells how it stood before the retry. */
  recordStatus(status: BuildStatus): void {
    const { buildNumber, executeCount } = status;
    this.update({
      lastStatus: status,
      statusBefore: this.#record.statusBefore ?? status,
      ...given({ buildNumber, executeCount }),
    });
  }

  /** The names that only the detail tells. */
  recordNames({ pipelineName, firstStartedBy }: BuildDetail): void {
    this.update(given({ pipelineName, firstStartedBy }));
  }

  recordAccepted({ accepted, baseline }: Running): void {
    const { build, executeCount, buildNumber, response, at } = accepted;
    this.advance({ kind: 'accept', accepted, baseline });
    if (this.#record.acceptedCount === 0) this.#since = at;
    this.#until = undefined;
    // What was seen so far is the execution before, and what was answered is the answer to an earlier retry.
    const { lastStatus, retryResponse, ...kept } = this.#record;
    this.#record = kept;
    this.update({
      build,
      acceptedCount: this.#record.acceptedCount + 1,
      execution: { startedByOther: accepted.startedByOther ?? false, ...given({ executeCount }) },
      failedTasks: [],
      logs: [],
      stages: [],
      ...given({ executeCount, buildNumber, retryResponse: response }),
    });
  }

  recordAttempt(attempt: Attempt): void {
    this.update({ attempts: [...this.#record.attempts, attempt] });
  }
}
