import { type ExecutionScript, failedOrCancelled, type GateScript, type TaskError } from './execution-script.js';
import { type Job, leafPlugins, type Pipeline, type Stage } from './pipeline.js';

/** When something runs and what it becomes; `start` is null for what never runs. */
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

/** One execution from end to end, known in advance; what is seen at a moment is `statusAt`. */
export interface Timeline {
  readonly engineStart: number;
  readonly plugins: ReadonlyMap<string, PluginSpan>;
  readonly jobs: ReadonlyMap<string, Span>;
  readonly stages: ReadonlyMap<string, StageSpan>;
  readonly end: number;
  readonly status: string;
}

/** What a retry does with a plug-in. */
export type Fate = 'run' | 'keep' | 'skip';

export interface Run {
  readonly pipeline: Pipeline;
  readonly script: ExecutionScript;
  readonly count: number;
  readonly engineStart: number;
  /** By plug-in id; absent means run. */
  readonly fates: ReadonlyMap<string, Fate>;
  readonly previous: Timeline | null;
  /** Nothing that runs starts earlier: a plug-in retry joins an execution that is under way. */
  readonly notBefore: number;
  readonly gatesPassed: ReadonlySet<string>;
  readonly gateAnswers: ReadonlyMap<string, { readonly answer: GateScript['answer']; readonly at: number }>;
}

interface Draft {
  readonly plugins: Map<string, PluginSpan>;
  readonly jobs: Map<string, Span>;
  readonly stages: Map<string, StageSpan>;
}

export function simulate(run: Run): Timeline {
  const draft: Draft = { plugins: new Map(), jobs: new Map(), stages: new Map() };
  const state = { cursor: run.engineStart, status: 'SUCCEED', blocked: false };
  for (const stage of run.pipeline.stages) {
    if (state.blocked && !stage.finally) {
      neverRun(run, stage, draft);
      continue;
    }
    const span = runStage(run, { stage, from: state.cursor, draft });
    draft.stages.set(stage.id, span);
    state.cursor = Math.max(state.cursor, span.end);
    if (span.gate !== null && (span.gate.refused || span.gate.until === Infinity)) {
      Object.assign(state, { blocked: true, status: 'STAGE_SUCCESS' });
    } else if (failedOrCancelled(span.status)) {
      Object.assign(state, { blocked: true, status: 'FAILED' });
    }
  }
  return { engineStart: run.engineStart, ...draft, end: state.cursor, status: state.status };
}

function neverRun(run: Run, stage: Stage, draft: Draft): void {
  const never = { status: 'UNEXEC', start: null, end: run.engineStart, executeCount: run.count };
  for (const job of stage.jobs.flatMap((group) => [group, ...group.children])) {
    draft.jobs.set(job.id, never);
    for (const plugin of job.plugins) draft.plugins.set(plugin.id, { ...never, pause: null, error: null });
  }
  draft.stages.set(stage.id, { ...never, gate: null });
}

interface StageTurn {
  readonly stage: Stage;
  readonly from: number;
  readonly draft: Draft;
}

function runStage(run: Run, { stage, from, draft }: StageTurn): StageSpan {
  const kept = run.previous?.stages.get(stage.id);
  const gate = gateOf(run, stage, from);
  if (gate !== null && (gate.refused || gate.until === Infinity)) {
    neverRun(run, stage, draft);
    return { status: 'UNEXEC', start: null, end: gate.until, executeCount: run.count, gate };
  }
  const start = gate?.until ?? from;
  const spans = stage.jobs.map((job) => runGroup(run, job, { from: start, draft }));
  if (kept && leafPlugins(stage).every((plugin) => run.fates.get(plugin.id) === 'keep')) return kept;
  const joined = kept?.executeCount === run.count ? kept : null;
  return { ...union(run, spans), start: joined?.start ?? start, gate: joined?.gate ?? gate };
}

function gateOf(run: Run, stage: Stage, from: number): StageSpan['gate'] {
  const runs = leafPlugins(stage).every((plugin) => (run.fates.get(plugin.id) ?? 'run') === 'run');
  if (stage.reviewers === null || run.gatesPassed.has(stage.id) || !runs) return null;
  const given = run.gateAnswers.get(stage.id);
  if (given) return { from, until: Math.max(from, given.at), refused: given.answer === 'refuse' };
  const scripted = run.script.gates?.[stage.id];
  if (!scripted) return { from, until: Infinity, refused: false };
  return { from, until: from + scripted.afterSeconds * 1000, refused: scripted.answer === 'refuse' };
}

interface JobTurn {
  readonly from: number;
  readonly draft: Draft;
}

function runGroup(run: Run, job: Job, turn: JobTurn): Span {
  if (job.children.length === 0) return runJob(run, job, turn);
  const span = union(
    run,
    job.children.map((child) => runJob(run, child, turn)),
  );
  turn.draft.jobs.set(job.id, span);
  for (const plugin of job.plugins) turn.draft.plugins.set(plugin.id, { ...span, pause: null, error: null });
  return span;
}

function runJob(run: Run, job: Job, { from, draft }: JobTurn): Span {
  const state = { time: from, failed: false };
  for (const plugin of job.plugins) {
    const span = runPlugin(run, plugin, state);
    draft.plugins.set(plugin.id, span);
    if (span.start !== null) state.time = Math.max(state.time, span.end);
    state.failed ||= failedOrCancelled(span.status);
  }
  const spans = job.plugins.map((plugin) => draft.plugins.get(plugin.id)).filter((span) => span !== undefined);
  const kept = run.previous?.jobs.get(job.id);
  const result = kept && job.plugins.every((plugin) => run.fates.get(plugin.id) === 'keep') ? kept : union(run, spans);
  draft.jobs.set(job.id, result);
  return result;
}

function runPlugin(run: Run, plugin: Job['plugins'][number], state: { time: number; failed: boolean }): PluginSpan {
  const fate = run.fates.get(plugin.id) ?? 'run';
  const before = run.previous?.plugins.get(plugin.id);
  if (fate === 'keep' && before) return before;
  const none = { start: null, end: state.time, executeCount: run.count, pause: null, error: null };
  if (fate === 'skip') return { ...none, status: 'SKIP' };
  if (state.failed) return { ...none, status: 'UNEXEC' };
  const script = run.script.plugins?.[plugin.id];
  const start = Math.max(state.time, run.notBefore);
  const until = start + (script?.pause?.seconds ?? 0) * 1000;
  return {
    status: script?.status ?? (script?.error ? 'FAILED' : 'SUCCEED'),
    start,
    end: until + (script?.seconds ?? plugin.seconds) * 1000,
    executeCount: run.count,
    pause: script?.pause ? { status: script.pause.status, until } : null,
    error: script?.error ?? null,
  };
}

/** A job out of its plug-ins, a stage out of its jobs. */
function union(run: Run, spans: readonly Span[]): Span {
  const started = spans.filter((span) => span.start !== null);
  const fresh = started.filter((span) => span.executeCount === run.count);
  const bad = spans.find((span) => failedOrCancelled(span.status));
  const ran = started.length > 0 || spans.some((span) => span.status === 'SKIP');
  return {
    status: bad ? (bad.status === 'CANCELED' ? 'CANCELED' : 'FAILED') : ran ? 'SUCCEED' : 'UNEXEC',
    start: started.length > 0 ? Math.min(...(fresh.length > 0 ? fresh : started).map((span) => span.start ?? 0)) : null,
    end: Math.max(run.engineStart, ...started.map((span) => span.end)),
    executeCount: run.count,
  };
}
