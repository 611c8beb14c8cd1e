import type { Execution } from './build.js';
import type { TaskError } from './execution-script.js';
import type { PluginSpan, Span, StageSpan, Timeline } from './timeline.js';

/** Status of a job or plug-in at a time; null before it starts. */
export function statusAt(span: Span, timeline: Timeline, now: number): string | null {
  if (span.start === null) return span.status === 'UNEXEC' && now < timeline.end ? null : span.status;
  if (now < span.start) return null;
  return now < span.end ? 'RUNNING' : span.status;
}

export function pluginStatusAt(span: PluginSpan, timeline: Timeline, now: number): string | null {
  const status = statusAt(span, timeline, now);
  return status === 'RUNNING' && span.pause !== null && now < span.pause.until ? span.pause.status : status;
}

export function gateOpenAt(span: StageSpan, now: number): boolean {
  return span.gate !== null && span.gate.from <= now && now < span.gate.until;
}

/** A stage at its gate is PAUSE, and STAGE_SUCCESS after a refusal (bk-ci: observed on v4.1.0). */
export function stageStatusAt(span: StageSpan, timeline: Timeline, now: number): string | null {
  if (gateOpenAt(span, now)) return 'PAUSE';
  if (span.gate?.refused && now >= span.gate.until) return 'STAGE_SUCCESS';
  return statusAt(span, timeline, now);
}

/** When the stage, or the wait at its gate, began; null before. */
export function stageStartAt({ gate, start }: StageSpan, now: number): number | null {
  const began = gate?.refused ? gate.until : gate && now < gate.until ? gate.from : start;
  return began !== null && began <= now ? began : null;
}

/** bk-ci: BuildStatusSwitcher; these are the only states a build itself has. */
export function buildStatusAt(execution: Execution, now: number): string {
  const { timeline, script } = execution;
  if (now >= timeline.end) return timeline.status;
  if (now < execution.queueEnd) return 'QUEUE';
  if (now < timeline.engineStart) return 'QUEUE_CACHE';
  const gated = [...timeline.stages.values()].some((span) => gateOpenAt(span, now));
  return gated ? 'STAGE_SUCCESS' : (script.runningStatus ?? 'RUNNING');
}

export function endTimeAt(execution: Execution, now: number): number | null {
  return now >= execution.timeline.end ? execution.timeline.end : null;
}

/** bk-ci: BuildInfo.isFinish; STAGE_SUCCESS is final with an end time only. */
export function isFinished(execution: Execution, now: number): boolean {
  return endTimeAt(execution, now) !== null;
}

/** How far an execution is, which decides how long a stop takes. */
export function phaseOf({ timeline }: Execution, now: number): 'queued' | 'started' | 'plug-in runs' {
  if (now < timeline.engineStart) return 'queued';
  const runs = [...timeline.plugins.values()].some(({ start, end }) => start !== null && start <= now && now < end);
  return runs ? 'plug-in runs' : 'started';
}

export interface OutsideEnd {
  readonly at: number;
  readonly status: string;
  /** Of the plug-ins that ran. */
  readonly error?: TaskError;
}

/** The timeline of an execution that is stopped or ended from outside. */
export function truncateTimeline(timeline: Timeline, { at, status, error }: OutsideEnd): Timeline {
  if (at >= timeline.end) return timeline;
  const inner = status === 'CANCELED' ? 'CANCELED' : 'TERMINATE';
  const shorten = <T extends Span>(span: T): T => {
    if (span.start === null || span.end <= at) return { ...span, end: Math.min(span.end, at) };
    if (span.start >= at) return { ...span, status: 'UNEXEC', start: null, end: at };
    return { ...span, status: inner, end: at, error: error ?? null };
  };
  const shortenStage = (span: StageSpan): StageSpan => {
    const gate = span.gate === null || span.gate.from >= at ? null : span.gate;
    return shorten({ ...span, gate: gate && { ...gate, until: Math.min(gate.until, at) } });
  };
  return {
    engineStart: timeline.engineStart,
    plugins: mapValues(timeline.plugins, shorten),
    jobs: mapValues(timeline.jobs, shorten),
    stages: mapValues(timeline.stages, shortenStage),
    end: at,
    status,
  };
}

function mapValues<T>(map: ReadonlyMap<string, T>, change: (value: T) => T): ReadonlyMap<string, T> {
  return new Map([...map].map(([key, value]) => [key, change(value)]));
}
