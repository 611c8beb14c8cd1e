/** Tables of the measurements, as Markdown that is read well in a terminal too. */

import { readFileSync, writeFileSync } from 'node:fs';
import { fill } from '../docs/tables.js';

const PAGE = new URL('../../docs/performance.md', import.meta.url);

/** @param rows the first one is the head. All columns but the first are numbers. */
export function markdownTable(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const padded = rows.map((row) =>
    line(row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))),
  );
  const rule = line(
    widths.map((width, column) => (column === 0 ? ':' : '').padEnd(width - 1, '-') + (column ? ':' : '-')),
  );
  return [padded[0], rule, ...padded.slice(1)].join('\n');
}

/** Prints a table and, with the argument `--write`, puts it into docs/performance.md, between `<!-- name -->` marks. */
export function showTable(name: string, rows: readonly (readonly string[])[]): void {
  const table = markdownTable(rows);
  console.log(`\n${table}`);
  if (process.argv.includes('--write')) writeFileSync(PAGE, fill(readFileSync(PAGE, 'utf8'), name, table));
}

export function median(numbers: readonly number[]): number {
  return quantile(numbers, 0.5);
}

export function quantile(numbers: readonly number[], fraction: number): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * fraction))] ?? Number.NaN;
}
