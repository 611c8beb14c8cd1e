import type { ExecutionScript, GateScript } from './execution-script.js';
import { hexId } from './ids.js';
import type { Pipeline } from './pipeline.js';
import { type OutsideEnd, truncateTimeline } from './status-at.js';
import { type PluginAction, simulate, type Timeline } from './timeline.js';

export interface Execution {
  readonly count: number;
  readonly user: string;
  readonly script: ExecutionScript;
  readonly queueTime: number;
  readonly queueEnd: number;
  pluginActions: ReadonlyMap<string, PluginAction>;
  /** The timeline from which the kept plug-ins are taken. */
  previous: Timeline | null;
  notBefore: number;
  readonly gatesPassed: ReadonlySet<string>;
  readonly gateAnswers: Map<string, { readonly answer: GateScript['answer']; readonly at: number }>;
  stop: OutsideEnd | null;
  timeline: Timeline;
}

export interface Build {
  readonly id: string;
  readonly num: number;
  readonly pipeline: Pipeline;
  readonly scripts: readonly ExecutionScript[];
  readonly executions: Execution[];
  /** Null for a build that never started. */
  startTime: number | null;
  readonly startParameters: Readonly<Record<string, string>>;
  variables: Record<string, string>;
  /** True if the database rows that a retry by `taskId` needs are deleted (bk-ci: 2101081). */
  readonly taskRecordsDeleted: boolean;
  readonly effects: Effects;
}

/** What really happened to a build on the server, whatever answers a client received. */
export interface Effects {
  /** Retries that took effect. */
  readonly retries: { readonly at: number; readonly user: string; readonly description: string }[];
  readonly stops: { readonly at: number; readonly user: string; readonly forced: boolean }[];
  /** Times at which variables were deleted by a retry that was refused afterwards. */
  readonly wipes: number[];
}

export interface BuildOptions {
  readonly pipeline: Pipeline;
  /** Made from the pipeline's name and the number if it is not given. */
  readonly id?: string;
  readonly num?: number;
  readonly user?: string;
  /** One for each execution; the last one is used for all further executions. */
  readonly scripts: readonly ExecutionScript[];
  /** Number of executions that already exist. */
  readonly executions?: number;
  /** How long ago the last existing execution ended. */
  readonly endedSecondsAgo?: number;
  /** How long the last existing execution has been running, if it has not ended. */
  readonly runningSeconds?: number;
  readonly neverStarted?: boolean;
  readonly taskRecordsDeleted?: boolean;
  readonly variables?: Readonly<Record<string, string>>;
}

export function makeBuild(options: BuildOptions, now: number): Build {
  const num = options.num ?? 42;
  const variables = { branch: 'main', ...options.variables };
  const build: Build = {
    id: options.id ?? hexId('b', `${options.pipeline.name} ${num}`),
    num,
    pipeline: options.pipeline,
    scripts: options.scripts,
    executions: [],
    startTime: null,
    startParameters: variables,
    variables: { ...variables },
    taskRecordsDeleted: options.taskRecordsDeleted ?? false,
    effects: { retries: [], stops: [], wipes: [] },
  };
  const count = options.executions ?? 1;
  for (let index = 1; index <= count; index++) {
    const age = secondsSinceQueued(build, options, index === count ? 0 : (count - index) * 24 * 3600);
    startExecution(build, { user: options.user ?? 'ci-bot', at: now - age * 1000 });
  }
  build.startTime = options.neverStarted ? null : (build.executions.at(-1)?.timeline.engineStart ?? null);
  return build;
}

/** Seconds since the next execution was queued. */
function secondsSinceQueued(build: Build, options: BuildOptions, extraSeconds: number): number {
  const script = scriptOf(build, build.executions.length + 1);
  if (options.runningSeconds !== undefined && extraSeconds === 0)
    return options.runningSeconds + waitingSeconds(script).start;
  const sample = makeExecution(build, { user: '', at: 0 });
  return sample.timeline.end / 1000 + (options.endedSecondsAgo ?? 7200) + extraSeconds;
}

export interface ExecutionStart {
  readonly user: string;
  readonly at: number;
  readonly pluginActions?: ReadonlyMap<string, PluginAction>;
  readonly gatesPassed?: ReadonlySet<string>;
}

export function startExecution(build: Build, start: ExecutionStart): Execution {
  const next = makeExecution(build, start);
  build.executions.push(next);
  return next;
}

function makeExecution(build: Build, start: ExecutionStart): Execution {
  const count = build.executions.length + 1;
  const script = scriptOf(build, count);
  const wait = waitingSeconds(script);
  const input = {
    count,
    user: start.user,
    script,
    queueTime: start.at,
    queueEnd: start.at + wait.queue * 1000,
    pluginActions: start.pluginActions ?? new Map(),
    previous: build.executions.at(-1)?.timeline ?? null,
    notBefore: 0,
    gatesPassed: start.gatesPassed ?? new Set<string>(),
    gateAnswers: new Map(),
    stop: null,
  };
  return { ...input, timeline: planTimeline(build, input) };
}

type ExecutionInput = Omit<Execution, 'timeline'>;

/** Computes the timeline of an execution from its current state. */
export function planTimeline(build: Build, execution: ExecutionInput): Timeline {
  const { script, count, pluginActions, previous, notBefore, gatesPassed, gateAnswers } = execution;
  const engineStart = execution.queueTime + waitingSeconds(script).start * 1000;
  const simulated = simulate({
    pipeline: build.pipeline,
    script,
    count,
    pluginActions,
    previous,
    notBefore,
    gatesPassed,
    gateAnswers,
    engineStart,
  });
  const { forcedEnd } = script;
  const ended = forcedEnd
    ? truncateTimeline(simulated, {
        at: execution.queueTime + forcedEnd.afterSeconds * 1000,
        status: forcedEnd.status,
      })
    : simulated;
  return execution.stop ? truncateTimeline(ended, execution.stop) : ended;
}

function scriptOf(build: Build, count: number): ExecutionScript {
  return build.scripts[Math.min(count, build.scripts.length) - 1] ?? {};
}

function waitingSeconds(script: ExecutionScript): { readonly queue: number; readonly start: number } {
  const queue = (script.queue ?? [{ position: 1, seconds: 2 }]).reduce((sum, step) => sum + step.seconds, 0);
  return { queue, start: queue + (script.startingSeconds ?? 1) };
}

/** The newest execution; a build has at least one. */
export function newestExecution(build: Build): Execution {
  const last = build.executions.at(-1);
  if (!last) throw new Error(`stand-in: build ${build.id} has no execution`);
  return last;
}
