import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { makeStepFiles, readFileCommand, removeStepFiles, type StepFiles } from './files.js';
import { type LogReader, logReader, type ParsedLog } from './log.js';
import { runnerVariables } from './variables.js';

export interface StepOptions {
  /** Absolute path of the script to run. */
  readonly entry: string;
  /** As in `with:`; what action.yml gives as a default must be in it (see `withDefaults`). */
  readonly inputs: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly event?: { readonly name: string; readonly payload: unknown };
  /** State saved by the main step, for the post step. */
  readonly state?: Readonly<Record<string, string>>;
  /** Values the runner masks from the start, as it does with `secrets.*`. */
  readonly secrets?: readonly string[];
  readonly nodeArguments?: readonly string[];
  /** Called with each line of the log as it appears. */
  readonly onLine?: (line: string) => void;
  /** After this time the step is killed and `exitCode` is null. */
  readonly timeoutMs?: number;
}

export interface StepResult extends ParsedLog {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Exit code 0, and no command for which the runner fails the step. */
  readonly green: boolean;
  readonly stdout: string;
  readonly stderr: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly state: Readonly<Record<string, string>>;
  readonly summary: string;
  readonly durationMs: number;
}

export interface Step {
  readonly done: Promise<StepResult>;
  signal(name: NodeJS.Signals): void;
  /** Closes stdout and stderr, as when the runner dies and nobody reads the output any more. */
  closeOutput(): void;
  /** Resolves as soon as the output of the step matches. */
  waitForOutput(pattern: RegExp): Promise<void>;
}

/** Runs a script of the action as the runner does: in its own process, with inputs and files passed in the environment. */
export function startStep(options: StepOptions): Step {
  const files = makeStepFiles(options.event?.payload);
  const startedAt = Date.now();
  const child = spawn(process.execPath, [...(options.nodeArguments ?? []), options.entry], {
    cwd: files.workspace,
    env: environment(options, files),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const reader = logReader(options.secrets);
  const onText = (text: string) => {
    for (const line of reader.read(text)) options.onLine?.(line);
  };
  const printed = collectOutput(child.stdout, child.stderr, onText);
  const timeout = setTimeout(() => child.kill('SIGKILL'), options.timeoutMs ?? 120_000);
  const done = waitForExit(child).then(({ code, signal }) => {
    clearTimeout(timeout);
    printed.flush();
    const { stdout, stderr } = printed.text;
    const end = { exitCode: code, signal, durationMs: Date.now() - startedAt, stdout, stderr };
    return stepResult(end, reader, files);
  });
  const hangUp = () => {
    child.stdout.destroy();
    child.stderr.destroy();
  };
  return { done, signal: (name) => void child.kill(name), closeOutput: hangUp, waitForOutput: printed.matched };
}

export function runStep(options: StepOptions): Promise<StepResult> {
  return startStep(options).done;
}

function waitForExit(
  child: ChildProcess,
): Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
}

/** Both streams in the order of their lines: the runner reads each line by line, and commands act on either. */
function collectOutput(stdout: Readable, stderr: Readable, onText: (text: string) => void) {
  const text = { stdout: '', stderr: '', both: '' };
  const rest = { stdout: '', stderr: '' };
  const watchers = new Set<() => void>();
  const listen = (name: 'stdout' | 'stderr', stream: Readable) =>
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      text[name] += chunk;
      const ready = rest[name] + chunk;
      const end = ready.lastIndexOf('\n') + 1;
      onText(ready.slice(0, end));
      text.both += ready.slice(0, end);
      rest[name] = ready.slice(end);
      for (const check of [...watchers]) check();
    });
  listen('stdout', stdout);
  listen('stderr', stderr);
  const flush = () => {
    for (const part of [rest.stdout, rest.stderr].filter((one) => one !== '')) onText(part);
  };
  const matched = (pattern: RegExp) =>
    new Promise<void>((resolve) => {
      const check = () => {
        if (!pattern.test(text.both)) return;
        watchers.delete(check);
        resolve();
      };
      watchers.add(check);
      check();
    });
  return { text, flush, matched };
}

interface ProcessResult {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly durationMs: number;
  readonly stdout: string;
  readonly stderr: string;
}

function stepResult(end: ProcessResult, reader: LogReader, files: StepFiles): StepResult {
  try {
    const read = reader.result();
    const outputs = { ...read.setByCommand.outputs, ...readFileCommand(files.output) };
    const state = { ...read.setByCommand.state, ...readFileCommand(files.state) };
    const green = end.exitCode === 0 && !read.failedByCommand;
    return { ...end, ...read, green, outputs, state, summary: readFileSync(files.summary, 'utf8') };
  } finally {
    removeStepFiles(files);
  }
}

/** Environment of a runner machine, without variables of a step that may be running these tests. */
function environment(options: StepOptions, files: StepFiles): NodeJS.ProcessEnv {
  const foreign = /^(?:INPUT_|STATE_|GITHUB_|ACTIONS_|RUNNER_|NODE_OPTIONS$|(?:https?|no|all)_proxy$)/i;
  const inherited = Object.entries(process.env).filter(([name]) => !foreign.test(name));
  return {
    ...Object.fromEntries(inherited),
    ...runnerVariables(options),
    CI: 'true',
    GITHUB_ACTIONS: 'true',
    GITHUB_API_URL: 'https://api.github.com',
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_REPOSITORY: 'acme/shop',
    GITHUB_ACTOR: 'octocat',
    GITHUB_JOB: 'retry',
    GITHUB_WORKFLOW: 'Retry BK-CI build',
    GITHUB_RUN_ID: '7012345678',
    GITHUB_RUN_NUMBER: '17',
    GITHUB_RUN_ATTEMPT: '1',
    GITHUB_SHA: '1'.repeat(40),
    GITHUB_REF: 'refs/heads/main',
    GITHUB_EVENT_NAME: options.event?.name ?? 'workflow_dispatch',
    GITHUB_EVENT_PATH: files.event,
    GITHUB_OUTPUT: files.output,
    GITHUB_STATE: files.state,
    GITHUB_STEP_SUMMARY: files.summary,
    GITHUB_WORKSPACE: files.workspace,
    RUNNER_TEMP: files.root,
    RUNNER_OS: { win32: 'Windows', darwin: 'macOS' }[process.platform as string] ?? 'Linux',
    ...options.env,
  };
}
