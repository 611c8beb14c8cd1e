/** The outputs: written as soon as they are known, each again only when it changed, all of them at the end. */

import type { Candidate } from '../find/by-checks.js';
import type { FailedTask } from '../follow/failures.js';
import type { Runner } from '../github/runner.js';
import type { ErrorCode, Result } from '../lib/errors.js';
import { given } from '../lib/given.js';
import { cap, oneLine } from '../lib/sanitize.js';
import type { RunRecord } from './outcome.js';
import { linkOf } from './wording/headline.js';

/** What is known is told; an output that is absent here keeps what it had, one that is undefined loses it. */
export function outputsOf(record: RunRecord): OutputValues {
  const { build, buildNumber, executeCount, acceptedCount, lastStatus, candidates, retryResponse } = record;
  // With a new acceptance, what the one before was answered and how its build stood do not hold any more.
  const retried =
    acceptedCount > 0
      ? {
          retried: true,
          attempts: acceptedCount,
          buildStatus: undefined,
          status: retryResponse?.status,
          message: retryResponse?.message,
        }
      : {};
  const buildStatus = lastStatus?.status;
  return {
    ...retried,
    ...build,
    ...given({ buildNumber, executeCount, buildUrl: linkOf(record), buildStatus, candidates }),
  };
}

/** What the step knows; absent is "not known", undefined "not known any more". */
export interface OutputValues {
  readonly buildId?: string;
  readonly projectId?: string;
  readonly pipelineId?: string;
  readonly buildNumber?: number;
  readonly buildUrl?: string;
  readonly retried?: boolean;
  readonly executeCount?: number;
  readonly attempts?: number;
  readonly result?: Result;
  readonly reason?: ErrorCode;
  readonly buildStatus?: string | undefined;
  readonly failedTasks?: readonly FailedTask[];
  readonly candidates?: readonly Candidate[];
  readonly durationSeconds?: number;
  readonly status?: number | undefined;
  readonly message?: string | undefined;
}

/** Every output with its value while nothing is known. */
const EMPTY: Readonly<Record<keyof OutputValues, string>> = {
  buildId: '',
  projectId: '',
  pipelineId: '',
  buildNumber: '',
  buildUrl: '',
  retried: 'false',
  executeCount: '',
  attempts: '0',
  result: '',
  reason: '',
  buildStatus: '',
  failedTasks: '[]',
  candidates: '[]',
  durationSeconds: '',
  status: '',
  message: '',
};

/** Outputs of a job are limited to 1 MiB together; no value of ours comes near. */
const TEXT_CAP = 1000;
const JSON_CAP = 60_000;

export class Outputs {
  readonly #runner: Runner;
  readonly #written = new Map<string, string>();

  constructor(runner: Runner) {
    this.#runner = runner;
  }

  /** Writes what changed. */
  update(more: OutputValues): void {
    for (const [name, value] of Object.entries(more)) this.#write(name, serialize(value));
  }

  /** Writes every output that has no value yet, so that a later step never meets a missing one. */
  complete(): void {
    for (const [name, value] of Object.entries(EMPTY)) if (!this.#written.has(name)) this.#write(name, value);
  }

  #write(name: string, value: string): void {
    if (this.#written.get(name) === value) return;
    this.#written.set(name, value);
    this.#runner.output(name, value);
  }
}

/** One line each. JSON that is too long loses entries at its end, never a bracket. */
function serialize(value: unknown): string {
  if (Array.isArray(value)) return cappedJson(value);
  return typeof value === 'string' ? cap(oneLine(value, TEXT_CAP), TEXT_CAP) : String(value ?? '');
}

function cappedJson(entries: readonly unknown[]): string {
  const json = JSON.stringify(entries);
  return json.length <= JSON_CAP ? json : cappedJson(entries.slice(0, Math.floor(entries.length / 2)));
}
