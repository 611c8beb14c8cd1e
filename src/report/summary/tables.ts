/** The tables of the job summary: failed plug-ins, attempts, stages. Pure Markdown; empty without rows. */

import { stopwatch } from '../../lib/format.js';
import { isQualityGate, kindOf, taskName, taskPlace } from '../../model/describe-failure.js';
import type { StageSummary } from '../../model/detail.js';
import type { FailedTask } from '../../model/failure.js';
import { refusedGate } from '../../model/gate.js';
import { TRIGGER_STAGE } from '../../model/snapshot.js';
import { meaningOfPart } from '../../model/status.js';
import type { RunRecord } from '../record.js';
import { code, plain, table } from './markdown.js';

const MAX_TASKS = 20;

/** @param title of the first column. */
export function failedTable(failedTasks: readonly FailedTask[], title: 'Failed' | 'Failed too'): string[] {
  if (failedTasks.length === 0) return [];
  const columns = [
    { title, align: 'l' },
    { title: 'Reason', align: 'l' },
    { title: 'Kind', align: 'l' },
    { title: 'Code', align: 'r' },
    { title: '`taskId`', align: 'l' },
  ] as const;
  const rows = failedTasks
    .slice(0, MAX_TASKS)
    .map((task) => [
      [...taskPlace(task).map((name) => plain(name)), `**${plain(taskName(task))}**`].join(' › '),
      plain(task.errorMessage, 200),
      plain([kindOf(task.errorType), task.tolerated ? 'tolerated' : ''].filter(Boolean).join(', ')),
      String(task.errorCode ?? ''),
      code(task.taskId),
    ]);
  const more = failedTasks.length - rows.length;
  return [table(columns, rows), ...(more > 0 ? [`… and ${more} more`] : [])];
}

export function attemptTable({ attempts }: RunRecord): string[] {
  if (attempts.length < 2) return [];
  const columns = [
    { title: 'Attempt', align: 'r' },
    { title: 'Execution', align: 'r' },
    { title: 'Failed in', align: 'l' },
    { title: 'Time', align: 'r' },
  ] as const;
  const rows = attempts.map(({ executeCount, failedIn, durationMs }, index) => [
    String(index + 1),
    String(executeCount ?? ''),
    plain(failedIn, 200),
    stopwatch(durationMs),
  ]);
  return [table(columns, rows)];
}

interface StageRow {
  readonly name: string;
  readonly state: string;
  /** Milliseconds, in this execution and in the one before the retry. */
  readonly time?: number | undefined;
  readonly before?: number | undefined;
}

/** The stages with their times, compared with those of the execution before the retry where both are known. */
export function stageTable(record: RunRecord): string[] {
  const shown = record.stages.filter(({ id }) => id !== TRIGGER_STAGE).slice(0, 50);
  if (shown.length === 0) return [];
  const rows = shown.map((stage) => stageRow(stage, record));
  const longest = Math.max(...rows.map(({ time = 0 }) => time));
  const hasBefore = rows.some(({ before }) => before !== undefined);
  const columns = [
    { title: 'Stage', align: 'l' },
    { title: 'State', align: 'l' },
    { title: 'Time', align: 'r' },
    { title: '', align: 'l' },
    ...(hasBefore ? [{ title: 'Before', align: 'r' } as const] : []),
  ] as const;
  const cells = rows.map(({ name, state, time, before }) => [
    name,
    state,
    time === undefined ? '' : stopwatch(time),
    time === undefined ? '' : bar(time, longest),
    ...(hasBefore ? [before === undefined ? '' : stopwatch(before)] : []),
  ]);
  return [table(columns, cells)];
}

const BAR_LENGTH = 8;

function bar(time: number, longest: number): string {
  // A server's times may be negative, or anything else.
  const filled = Math.min(BAR_LENGTH, Math.max(1, Math.round((BAR_LENGTH * time) / longest)));
  return '▇'.repeat(filled) + '▁'.repeat(BAR_LENGTH - filled);
}

function stageRow(stage: StageSummary, record: RunRecord): StageRow {
  const { executeCount, lastStatus, statusBefore, accepted, failedTasks } = record;
  const name = plain(stage.name, 80);
  const meaning = meaningOfPart(stage.status);
  if (lastStatus && refusedGate(lastStatus)?.stageId === stage.id) return { name, state: 'gate refused' };
  if (failedTasks.some((task) => isQualityGate(task) && task.stageId === stage.id)) {
    return { name, state: '**quality gate not passed**' };
  }
  if (meaning === 'not run') return { name, state: 'not reached' };
  if (stage.executeCount !== undefined && executeCount !== undefined && stage.executeCount < executeCount) {
    return { name, state: `kept from execution ${stage.executeCount}` };
  }
  if (meaning === 'waits for a person') return { name, state: waitingState(stage) };
  const state = meaning === 'unknown' ? plain(stage.status ?? '', 40) : meaning === 'failed' ? '**failed**' : meaning;
  const time = stage.durationMs || undefined;
  const before = accepted && statusBefore?.stages.find(({ stageId }) => stageId === stage.id)?.durationMs;
  return { name, state, time, before: time === undefined ? undefined : before || undefined };
}

function waitingState({ reviewers }: StageSummary): string {
  const names = reviewers.slice(0, 5).map((reviewer) => plain(reviewer, 80));
  const more = reviewers.length > names.length ? [`${reviewers.length - names.length} more`] : [];
  return names.length === 0 ? 'waits for approval' : `waits for approval (${[...names, ...more].join(', ')})`;
}
