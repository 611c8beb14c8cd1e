/** What the step has learned so far and how far its retry is: the outputs and post are told, every report is made of it. */

import type { Step } from '../github/step.js';
import { given } from '../lib/given.js';
import type { Detail } from '../model/detail.js';
import type { BuildRef } from '../model/link.js';
import type { Baseline, Look } from '../model/snapshot.js';
import type { Attempt, Facts, Phase } from '../report/outcome.js';
import { findingsOf, Outputs } from '../report/outputs.js';
import type { Accepted } from '../retry/reconcile.js';
import type { Handover } from './saved-state.js';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** How far the retry is; `Phase` in the report says what each means. */
type Progress = { readonly phase: Exclude<Phase, 'running'> } | ({ readonly phase: 'running' } & Running);

/** What was accepted, and what an end of it must have moved from. */
export interface Running {
  readonly ours: Accepted;
  readonly baseline?: Baseline;
}

export class Story {
  readonly outputs: Outputs;
  /** What post is told; undefined where it has nothing to do, since stopOnAbort is off. */
  handover: Handover | undefined;
  #progress: Progress = { phase: 'before' };
  /** Where a send began, and goes back to when it did not arrive. */
  #rest: Progress = this.#progress;
  #since: number | undefined;
  /** When the end was known. */
  #until: number | undefined;
  readonly #step: Step;
  readonly #facts: Mutable<Omit<Facts, 'phase' | 'took'>> = {
    accepted: 0,
    maxAttempts: 1,
    attempts: [],
    failedTasks: [],
    logs: [],
    stages: [],
  };

  constructor(step: Step) {
    this.#step = step;
    this.outputs = new Outputs(step.runner);
  }

  get progress(): Progress {
    return this.#progress;
  }

  /** All facts, with the time that has passed since waiting began. */
  get facts(): Facts {
    const took = this.#since === undefined ? undefined : (this.#until ?? this.#step.clock.now()) - this.#since;
    return { ...this.#facts, phase: this.#progress.phase, ...given({ took }) };
  }

  /** When waiting began, on the step's clock: with the first acceptance, or now, with the build that runs already. */
  waitingSince(): number {
    this.#since ??= this.#step.clock.now();
    return this.#since;
  }

  /** The end of the waiting; whatever is still done then does not count. */
  waited(): void {
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
  know(more: Partial<Omit<Facts, 'phase' | 'took'>>): void {
    Object.assign(this.#facts, more);
    this.outputs.know(findingsOf(this.facts));
  }

  /** A look at the build; the first one tells how it stood before the retry. */
  looked(look: Look): void {
    const { buildNumber, executeCount } = look;
    this.know({ look, before: this.#facts.before ?? look, ...given({ buildNumber, executeCount }) });
  }

  /** The names that only the detail tells. */
  named({ pipelineName, firstStartedBy }: Detail): void {
    this.know(given({ pipelineName, firstStartedBy }));
  }

  accepted(running: Running): void {
    const { ours, baseline } = running;
    const { build, executeCount, buildNumber, answer, at } = ours;
    this.#progress = { phase: 'running', ...running };
    // Post must not stop what somebody else may have started.
    if (ours.foreign) this.handover?.over();
    else this.handover?.save({ phase: 'running', build, ...given({ baseline, executeCount }) });
    if (this.#facts.accepted === 0) this.#since = at;
    this.#until = undefined;
    // What was seen so far is the execution before, and what was answered is the answer to an earlier retry.
    delete this.#facts.look;
    delete this.#facts.answer;
    this.know({
      build,
      accepted: this.#facts.accepted + 1,
      ours: { foreign: ours.foreign ?? false, ...given({ executeCount }) },
      failedTasks: [],
      logs: [],
      stages: [],
      ...given({ executeCount, buildNumber, answer }),
    });
  }

  attemptEnded(attempt: Attempt): void {
    this.know({ attempts: [...this.#facts.attempts, attempt] });
  }
}
