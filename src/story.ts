/** What the step has learned so far: the outputs as they become known, and the facts every report is made of. */

import type { Look } from './bkci/decode.js';
import type { Detail } from './bkci/decode-detail.js';
import { type BuildRef, buildLink } from './bkci/link.js';
import { given } from './given.js';
import type { Attempt, Facts, Phase } from './report/outcome.js';
import { Outputs } from './report/outputs.js';
import type { Accepted } from './settle.js';
import type { Step } from './step.js';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export class Story {
  readonly outputs: Outputs;
  phase: Phase = 'before';
  /** A stop did not get through, and post tries once more. */
  isLeftToPost = false;
  /** The retry that was accepted last. */
  ours: Accepted | undefined;
  /** When waiting began, on the step's clock: with the first acceptance, or with the build that ran already. */
  since: number | undefined;
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

  /** All facts, with the time that has passed since waiting began. */
  get facts(): Facts {
    const took = this.since === undefined ? undefined : (this.#until ?? this.#step.clock.now()) - this.since;
    return { ...this.#facts, phase: this.phase, ...given({ took }) };
  }

  /** The end of the waiting; whatever is still done then does not count. */
  ended(): void {
    this.#until = this.#step.clock.now();
  }

  know(more: Partial<Omit<Facts, 'phase' | 'took'>>): void {
    Object.assign(this.#facts, more);
  }

  found(build: BuildRef): void {
    this.know({ build });
    this.outputs.know({ ...build, ...this.#buildUrl() });
  }

  /** A look at the build; the first one tells how it stood before the retry. */
  looked(look: Look): void {
    const { buildNumber, executeCount, status } = look;
    this.know({
      look,
      before: this.#facts.before ?? look,
      ...given({ buildNumber, executeCount }),
    });
    this.outputs.know({
      buildStatus: status,
      ...given({ buildNumber, executeCount }),
      ...this.#buildUrl(),
    });
  }

  /** The names that only the detail tells. */
  named({ pipelineName, firstStartedBy }: Detail): void {
    this.know(given({ pipelineName, firstStartedBy }));
  }

  accepted(ours: Accepted): void {
    const { build, executeCount, buildNumber, answer, at } = ours;
    this.phase = 'running';
    this.ours = ours;
    if (this.#facts.accepted === 0) this.since = at;
    this.#until = undefined;
    // What was seen so far is the execution before.
    delete this.#facts.look;
    this.know({
      build,
      accepted: this.#facts.accepted + 1,
      failedTasks: [],
      logs: [],
      stages: [],
      ...given({ executeCount, buildNumber }),
    });
    this.outputs.know({
      buildId: build.buildId,
      ...this.#buildUrl(),
      retried: true,
      buildStatus: '',
      attempts: this.#facts.accepted,
      ...given({ executeCount, buildNumber }),
      ...(answer ?? {}),
    });
  }

  attemptEnded(attempt: Attempt): void {
    this.know({ attempts: [...this.#facts.attempts, attempt] });
  }

  /** To the execution, once its count is known. */
  #buildUrl(): { buildUrl?: string } {
    const { consoleUrl, build, executeCount } = this.#facts;
    return consoleUrl === undefined || !build ? {} : { buildUrl: buildLink(consoleUrl, build, executeCount) };
  }
}
