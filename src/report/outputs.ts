/** Writes the outputs: each as soon as it is known and again when it changes, the empty ones at the end. */

import type { Candidate } from '../find/candidate.js';
import type { Runner } from '../github/runner.js';
import { type ActionError, asActionError, type ErrorCode, type Result } from '../lib/errors.js';
import { inertLine, mapTexts } from '../lib/sanitize.js';
import type { FailedTask } from '../model/failure.js';
import { linkOf, type RunRecord } from './record.js';

/** An undefined output is written as its value in `EMPTY`; an absent one keeps its value. */
export interface OutputValues {
  readonly buildId?: string | undefined;
  readonly projectId?: string | undefined;
  readonly pipelineId?: string | undefined;
  readonly buildNumber?: number | undefined;
  readonly buildUrl?: string | undefined;
  readonly retried?: boolean | undefined;
  readonly executeCount?: number | undefined;
  readonly attempts?: number | undefined;
  readonly result?: Result | undefined;
  readonly reason?: ErrorCode | undefined;
  readonly buildStatus?: string | undefined;
  readonly failedTasks?: readonly FailedTask[] | undefined;
  readonly candidates?: readonly Candidate[] | undefined;
  readonly durationSeconds?: number | undefined;
  readonly status?: number | undefined;
  readonly message?: string | undefined;
}

/** All outputs with their values while nothing is known. */
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

export class Outputs {
  readonly #runner: Runner;
  readonly #written = new Map<string, string>();
  /** Outputs that later steps don't get, in the order in which they were to be written. */
  readonly #lost = new Set<string>();
  #problem: ActionError | undefined;

  constructor(runner: Runner) {
    this.#runner = runner;
  }

  /** Why outputs can't be written; undefined while they can. */
  get problem(): ActionError | undefined {
    return this.#problem;
  }

  get lost(): readonly string[] {
    return [...this.#lost];
  }

  /** Writes one output again, so that a file that can't be written any more shows now. Returns `problem`. */
  probe(): ActionError | undefined {
    const [first] = this.#written;
    if (first) this.#tryWrite(...first);
    return this.#problem;
  }

  /** Writes the values that changed. Never throws: a build that runs must still be followed and stopped. */
  update(values: OutputValues): void {
    for (const [name, value] of Object.entries(values) as [keyof OutputValues, unknown][]) {
      const text = value === undefined ? EMPTY[name] : serialize(value);
      if (text !== (this.#written.get(name) ?? EMPTY[name])) this.#write(name, text);
    }
  }

  /** Writes every output that has no value yet, so that later steps find all of them. */
  complete(): void {
    for (const [name, value] of Object.entries(EMPTY)) if (!this.#written.has(name)) this.#write(name, value);
  }

  #write(name: string, value: string): void {
    this.#written.set(name, value);
    if (!this.#tryWrite(name, value)) this.#lost.add(name);
  }

  #tryWrite(name: string, value: string): boolean {
    try {
      this.#runner.output(name, value);
      return true;
    } catch (error) {
      this.#problem = asActionError(error);
      return false;
    }
  }
}

/** The outputs that follow from the record; undefined where nothing is known. */
export function outputsOf(record: RunRecord): OutputValues {
  const { build, buildNumber, executeCount, accepted, lastStatus, candidates } = record;
  return {
    ...build,
    buildNumber,
    buildUrl: linkOf(record),
    executeCount,
    candidates,
    buildStatus: lastStatus?.status,
    retried: accepted && true,
    attempts: accepted?.count,
    status: accepted?.response?.status,
    message: accepted?.response?.message,
  };
}

/** In characters. All outputs of a job together may have 1 MiB; these stay far below. */
const TEXT_CAP = 1000;
const JSON_CAP = 60_000;

/**
 * One line, without a command of the runner in any text, also inside JSON: a later step may print it, or `jq -r` of it.
 * JSON that is too long loses its last entries and stays valid.
 */
function serialize(value: unknown): string {
  if (Array.isArray(value)) return cappedJson(mapTexts(value, (text) => inertLine(text, TEXT_CAP)));
  return typeof value === 'string' ? inertLine(value, TEXT_CAP) : String(value);
}

function cappedJson(entries: readonly unknown[]): string {
  const json = JSON.stringify(entries);
  return json.length <= JSON_CAP ? json : cappedJson(entries.slice(0, Math.floor(entries.length / 2)));
}
