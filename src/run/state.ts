/** What the step has learned so far and how far its retry is: the outputs and post are told, every report is made of it. */

import type { StepContext } from '../github/step.js';
import { given } from '../lib/given.js';
import type { BuildDetail } from '../model/detail.js';
import type { BuildRef } from '../model/link.js';
import type { Baseline, BuildStatus } from '../model/snapshot.js';
import type { Attempt, RetryPhase, RunRecord } from '../report/outcome.js';
import { Outputs, outputsOf } from '../report/outputs.js';
import type { AcceptedRetry } from '../retry/reconcile.js';
import type { Handover } from './saved-state.js';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** How far the retry is; `Phase` in the report says what each means. */
type Progress = { readonly phase: Exclude<RetryPhase, 'running'> } | ({ readonly phase: 'running' } & Running);

/** What was accepted, and what an end of it must have moved from. */
export interface Running {
  readonly accepted: AcceptedRetry;
  readonly baseline?: Baseline;
}

export class RunState {
  readonly outputs: Outputs;
  /** What post is told; undefined where it has nothing to do, since stopOnAbort is off. */
  handover: Handover | undefined;
  #progress: Progress = { phase: 'before' };
  /** Where a send began, and goes back to when it did not arrive. */
  #rest: Progress = this.#progress;
  #since: number | undefined;
  /** When the end was known. */
  #until: number | undefined;
  readonly #step: StepContext;
  readonly #record: Mutable<Omit<RunRecord, 'phase' | 'elapsedMs'>> = {
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

  get progress(): Progress {
    return this.#progress;
  }

  /** All facts, with the time that has passed since waiting began. */
  get record(): RunRecord {
    const took = this.#since === undefined ? undefined : (this.#until ?? this.#step.clock.now()) - this.#since;
    return { ...this.#record, phase: this.#progress.phase, ...given({ elapsedMs: took }) };
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

  /** Right before a send: from here on it may take effect, and only post could tell if this process died. */
  sending(build: BuildRef, baseline: Baseline | undefined): void {
    this.#rest = this.#progress;
    this.#progress = { phase: 'maybe' };
    this.handover?.save({ phase: 'maybe', build, ...given({ baseline }) });
  }

  /** That send is known to have had no effect. */
  unsent(): void {
    this.#progress = this.#rest;
    this.handover?.over();
  }

  /** The build has ended, or is sent a stop: nothing is left for post. */
  buildEnded(): void {
    this.#progress = { phase: 'ended' };
  }

  /** Adds to the facts, and writes the outputs that these change. */
  update(more: Partial<Omit<RunRecord, 'phase' | 'elapsedMs'>>): void {
    Object.assign(this.#record, more);
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

  recordAccepted(running: Running): void {
    const { accepted, baseline } = running;
    const { build, executeCount, buildNumber, response, at } = accepted;
    this.#progress = { phase: 'running', ...running };
    // Post must not stop what somebody else may have started.
    if (accepted.startedByOther) this.handover?.over();
    else this.handover?.save({ phase: 'running', build, ...given({ baseline, executeCount }) });
    if (this.#record.acceptedCount === 0) this.#since = at;
    this.#until = undefined;
    // What was seen so far is the execution before, and what was answered is the answer to an earlier retry.
    delete this.#record.lastStatus;
    delete this.#record.retryResponse;
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
