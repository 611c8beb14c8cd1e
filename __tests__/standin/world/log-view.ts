import type { Build } from './build.js';
import { dropNulls, type Json } from './status-view.js';

export interface LogQuery {
  readonly tag: string | null;
  readonly executeCount: number | null;
  readonly start: number;
  readonly end: number;
  readonly num: number;
  readonly fromStart: boolean;
}

interface LogLine {
  readonly timestamp: number;
  readonly message: string;
  readonly tag: string;
  readonly executeCount: number;
}

/** bk-ci: QueryLogs; with `fromStart` false the last `num` lines of the range (LogServiceESImpl.queryLogsBetweenLines). */
export function logView(build: Build, query: LogQuery, now: number): Json {
  const written = writtenLines(build, query, now);
  const range = written.filter((line) => line.lineNo >= query.start && line.lineNo <= query.end);
  const logs = query.fromStart ? range.slice(0, query.num) : range.slice(-query.num);
  return {
    buildId: build.id,
    finished: build.executions.every((execution) => execution.timeline.end <= now),
    hasMore: logs.length < range.length,
    logs,
    timeUsed: 3,
    status: logs.length > 0 ? 0 : 1,
    subTags: [],
  };
}

function writtenLines(build: Build, query: LogQuery, now: number): readonly (Json & { readonly lineNo: number })[] {
  const count = query.executeCount ?? build.executions.length;
  const execution = build.executions[count - 1];
  const written: LogLine[] = [];
  for (const [tag, span] of execution?.timeline.plugins ?? []) {
    if (query.tag !== null && tag !== query.tag) continue;
    if (!execution || span.start === null || span.executeCount !== count) continue;
    const log = execution.script.plugins?.[tag]?.log ?? ['done'];
    const step = Number.isFinite(span.end) ? (span.end - span.start) / (log.length + 1) : 1000;
    const began = span.start;
    written.push(
      ...log.map((message, index) => ({
        timestamp: Math.round(began + step * (index + 1)),
        message,
        tag,
        executeCount: count,
      })),
    );
  }
  return written
    .filter((line) => line.timestamp <= now)
    .sort((a, b) => a.timestamp - b.timestamp)
    .map((line, index) => ({ lineNo: index, ...dropNulls({ ...line, priority: 0, subTag: '', jobId: '' }) }));
}
