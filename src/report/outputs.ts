/** The outputs: written as soon as they are known, each again only when it changed, all of them at the end. */
import type { ErrorCode, Result } from '../errors.js';
import type { Runner } from '../github/runner.js';
import { cap, oneLine } from '../text.js';

/** One failed plug-in, as the output `failedTasks` and the reports show it. Texts are the server's. */
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
}

/** One build that may have been meant. */
export interface Candidate {
  readonly projectId: string;
  readonly pipelineId: string;
  readonly buildId: string;
  readonly buildUrl: string;
  readonly name: string;
}

/** What the step knows; absent is "not known", undefined "not known any more". */
export interface Findings {
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
const UNKNOWN: Readonly<Record<keyof Findings, string>> = {
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
  know(more: Findings): void {
    for (const [name, value] of Object.entries(more)) this.#write(name, shown(value));
  }

  /** Writes every output that has no value yet, so that a later step never meets a missing one. */
  complete(): void {
    for (const [name, value] of Object.entries(UNKNOWN)) if (!this.#written.has(name)) this.#write(name, value);
  }

  #write(name: string, value: string): void {
    if (this.#written.get(name) === value) return;
    this.#written.set(name, value);
    this.#runner.output(name, value);
  }
}

/** One line each. JSON that is too long loses entries at its end, never a bracket. */
function shown(value: unknown): string {
  if (Array.isArray(value)) return cappedJson(value);
  return typeof value === 'string' ? cap(oneLine(value, TEXT_CAP), TEXT_CAP) : String(value ?? '');
}

function cappedJson(entries: readonly unknown[]): string {
  const json = JSON.stringify(entries);
  return json.length <= JSON_CAP ? json : cappedJson(entries.slice(0, Math.floor(entries.length / 2)));
}
