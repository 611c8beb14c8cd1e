/** The tables of the job summary: failed plug-ins, attempts, stages. Pure Markdown; empty without rows. */

import { stopwatch } from '../../lib/format.js';
import { kindOf, taskName, taskPlace } from '../../model/describe-failure.js';
import type { StageSummary } from '../../model/detail.js';
import { refusedGate } from '../../model/gate.js';
import { TRIGGER_STAGE } from '../../model/snapshot.js';
import { meaningOfPart } from '../../model/status.js';
import type { RunRecord } from '../record.js';
import { code, plain, table } from './markdown.js';

const MAX_TASKS = 20;

export function failedTable({ failedTasks }: RunRecord): string[] {
  if (failedTasks.length === 0) return [];
  const columns = [
    { title: 'Failed', align: 'l' },
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

export function stageTable(record: RunRecord): string[] {
  const { stages, lastStatus } = record;
  const gate = lastStatus && refusedGate(lastStatus);
  const shown = stages.filter(({ id }) => id !== TRIGGER_STAGE).slice(0, 50);
  if (shown.length === 0) return [];
  const columns = [
    { title: 'Stage', align: 'l' },
    { title: 'State', align: 'l' },
    { title: 'Time', align: 'r' },
  ] as const;
  return [
    table(
      columns,
      shown.map((stage) => (stage.id === gate?.stageId ? gateRow(stage) : stageRow(stage, record))),
    ),
  ];
}

function gateRow({ name }: StageSummary): string[] {
  return [plain(name, 80), 'gate refused', ''];
}

function stageRow(stage: StageSummary, { executeCount }: RunRecord): string[] {
  const name = plain(stage.name, 80);
  const meaning = meaningOfPart(stage.status);
  const time = stage.durationMs ? stopwatch(stage.durationMs) : '';
  if (meaning === 'not run') return [name, 'not reached', ''];
  if (stage.executeCount !== undefined && executeCount !== undefined && stage.executeCount < executeCount) {
    return [name, `kept from execution ${stage.executeCount}`, ''];
  }
  if (meaning === 'unknown') return [name, plain(stage.status ?? '', 40), time];
  return [name, meaning === 'failed' ? '**failed**' : meaning, time];
}
