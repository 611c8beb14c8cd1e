import { type ExecutionScript, failedOrCancelled, type GateScript, type TaskError } from './execution-script.js';
import { type Job, leafPlugins, type Pipeline, type Stage } from './pipeline.js';

/** When something runs and with which status it ends; `start` is null if it never runs. */
export interface Span {
  readonly status: string;
  readonly start: number | null;
  readonly end: number;
  readonly executeCount: number;
}

export interface PluginSpan extends Span {
  readonly pause: { readonly status: string; readonly until: number } | null;
  readonly error: TaskError | null;
}

export interface StageSpan extends Span {
  readonly gate: { readonly from: number; readonly until: number; readonly refused: boolean } | null;
}

/** One whole execution, computed in advance; `statusAt` gives the status at a time. */
export interface Timeline {
  readonly engineStart: number;
  readonly plugins: ReadonlyMap<string, PluginSpan>;
  readonly jobs: ReadonlyMap<string, Span>;
  readonly stages: ReadonlyMap<string, StageSpan>;
  readonly end: number;
  readonly status: string;
}

/** What a retry does with a plug-in. */
export type PluginAction = 'run' | 'keep' | 'skip';

export interface SimulationInput {
  readonly pipeline: Pipeline;
  readonly script: ExecutionScript;
  readonly count: number;
  readonly engineStart: number;
  /** By plug-in id; a plug-in that is absent runs. */
  readonly pluginActions: ReadonlyMap<string, PluginAction>;
  readonly previous: Timeline | null;
  /** Nothing starts earlier than this: a plug-in retry joins an execution that is already running. */
  readonly notBefore: number;
  readonly gatesPassed: ReadonlySet<string>;
  readonly gateAnswers: ReadonlyMap<string, { readonly answer: GateScript['answer']; readonly at: number }>;
}

interface TimelineBuilder {
  readonly plugins: Map<string, PluginSpan>;
  readonly jobs: Map<string, Span>;
  readonly stages: Map<string, StageSpan>;
}

export function simulate(input: SimulationInput): Timeline {
  const builder: TimelineBuilder = { plugins: new Map(), jobs: new Map(), stages: new Map() };
  const state = { cursor: input.engineStart, status: 'SUCCEED', blocked: false };
  for (const stage of input.pipeline.stages) {
    if (state.blocked && !stage.finally) {
      markUnexecuted(input, stage, builder);
      continue;
    }
    const span = simulateStage(input, { stage, from: state.cursor, builder });
    builder.stages.set(stage.id, span);
    state.cursor = Math.max(state.cursor, span.end);
    if (span.gate !== null && (span.gate.refused || span.gate.until === Infinity)) {
      Object.assign(state, { blocked: true, status: 'STAGE_SUCCESS' });
    } else if (failedOrCancelled(span.status)) {
      Object.assign(state, { blocked: true, status: 'FAILED' });
    }
  }
  return { engineStart: input.engineStart, ...builder, end: state.cursor, status: state.status };
}

function markUnexecuted(input: SimulationInput, stage: Stage, builder: TimelineBuilder): void {
  const never = { status: 'UNEXEC', start: null, end: input.engineStart, executeCount: input.count };
  for (const job of stage.jobs.flatMap((group) => [group, ...group.children])) {
    builder.jobs.set(job.id, never);
    for (const plugin of job.plugins) builder.plugins.set(plugin.id, { ...never, pause: null, error: null });
  }
  builder.stages.set(stage.id, { ...never, gate: null });
}

interface StageArguments {
  readonly stage: Stage;
  readonly from: number;
  readonly builder: TimelineBuilder;
}

function simulateStage(input: SimulationInput, { stage, from, builder }: StageArguments): StageSpan {
  const kept = input.previous?.stages.get(stage.id);
  const gate = gateOf(input, stage, from);
  if (gate !== null && (gate.refused || gate.until === Infinity)) {
    markUnexecuted(input, stage, builder);
    return { status: 'UNEXEC', start: null, end: gate.until, executeCount: input.count, gate };
  }
  const start = gate?.until ?? from;
  const spans = stage.jobs.map((job) => simulateJob(input, job, { from: start, builder }));
  if (kept && leafPlugins(stage).every((plugin) => input.pluginActions.get(plugin.id) === 'keep')) return kept;
  const joined = kept?.executeCount === input.count ? kept : null;
  return { ...mergeSpans(input, spans), start: joined?.start ?? start, gate: joined?.gate ?? gate };
}

function gateOf(input: SimulationInput, stage: Stage, from: number): StageSpan['gate'] {
  const runs = leafPlugins(stage).every((plugin) => (input.pluginActions.get(plugin.id) ?? 'run') === 'run');
  if (stage.reviewers === null || input.gatesPassed.has(stage.id) || !runs) return null;
  const answered = input.gateAnswers.get(stage.id);
  if (answered) return { from, until: Math.max(from, answered.at), refused: answered.answer === 'refuse' };
  const scripted = input.script.gates?.[stage.id];
  if (!scripted) return { from, until: Infinity, refused: false };
  return { from, until: from + scripted.afterSeconds * 1000, refused: scripted.answer === 'refuse' };
}

interface JobArguments {
  readonly from: number;
  readonly builder: TimelineBuilder;
}

function simulateJob(input: SimulationInput, job: Job, options: JobArguments): Span {
  if (job.children.length === 0) return simulateLeafJob(input, job, options);
  const span = mergeSpans(
    input,
    job.children.map((child) => simulateLeafJob(input, child, options)),
  );
  options.builder.jobs.set(job.id, span);
  for (const plugin of job.plugins) options.builder.plugins.set(plugin.id, { ...span, pause: null, error: null });
  return span;
}

function simulateLeafJob(input: SimulationInput, job: Job, { from, builder }: JobArguments): Span {
  const state = { time: from, failed: false };
  for (const plugin of job.plugins) {
    const span = simulatePlugin(input, plugin, state);
    builder.plugins.set(plugin.id, span);
    if (span.start !== null) state.time = Math.max(state.time, span.end);
    state.failed ||= failedOrCancelled(span.status);
  }
  const spans = job.plugins.map((plugin) => builder.plugins.get(plugin.id)).filter((span) => span !== undefined);
  const kept = input.previous?.jobs.get(job.id);
  const result =
    kept && job.plugins.every((plugin) => input.pluginActions.get(plugin.id) === 'keep')
      ? kept
      : mergeSpans(input, spans);
  builder.jobs.set(job.id, result);
  return result;
}

function simulatePlugin(
  input: SimulationInput,
  plugin: Job['plugins'][number],
  state: { time: number; failed: boolean },
): PluginSpan {
  const pluginAction = input.pluginActions.get(plugin.id) ?? 'run';
  const previous = input.previous?.plugins.get(plugin.id);
  if (pluginAction === 'keep' && previous) return previous;
  const none = { start: null, end: state.time, executeCount: input.count, pause: null, error: null };
  if (pluginAction === 'skip') return { ...none, status: 'SKIP', error: previous?.error ?? null };
  if (state.failed) return { ...none, status: 'UNEXEC' };
  const script = input.script.plugins?.[plugin.id];
  const start = Math.max(state.time, input.notBefore) + (script?.startsAfter ?? 0) * 1000;
  const until = start + (script?.pause?.seconds ?? 0) * 1000;
  return {
    status: script?.status ?? (script?.error ? 'FAILED' : 'SUCCEED'),
    start,
    end: until + (script?.seconds ?? plugin.seconds) * 1000,
    executeCount: input.count,
    pause: script?.pause ? { status: script.pause.status, until } : null,
    error: script?.error ?? null,
  };
}

/** The span of a job from those of its plug-ins, or of a stage from those of its jobs. */
function mergeSpans(input: SimulationInput, spans: readonly Span[]): Span {
  const started = spans.filter((span) => span.start !== null);
  const fresh = started.filter((span) => span.executeCount === input.count);
  const bad = spans.find((span) => failedOrCancelled(span.status));
  const ran = started.length > 0 || spans.some((span) => span.status === 'SKIP');
  return {
    status: bad ? (bad.status === 'CANCELED' ? 'CANCELED' : 'FAILED') : ran ? 'SUCCEED' : 'UNEXEC',
    start: started.length > 0 ? Math.min(...(fresh.length > 0 ? fresh : started).map((span) => span.start ?? 0)) : null,
    end: Math.max(input.engineStart, ...started.map((span) => span.end)),
    executeCount: input.count,
  };
}
