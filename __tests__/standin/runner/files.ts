import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The directory that the runner makes for one step. */
export interface StepFiles {
  readonly root: string;
  readonly workspace: string;
  readonly output: string;
  readonly state: string;
  readonly summary: string;
  readonly event: string;
}

export function makeStepFiles(event: unknown): StepFiles {
  const root = mkdtempSync(join(tmpdir(), 'step-'));
  const at = (name: string) => join(root, name);
  const files = { output: at('output'), state: at('state'), summary: at('summary'), event: at('event.json') };
  mkdirSync(at('workspace'));
  for (const file of [files.output, files.state, files.summary]) writeFileSync(file, '');
  writeFileSync(files.event, typeof event === 'string' ? event : JSON.stringify(event ?? {}));
  return { root, workspace: at('workspace'), ...files };
}

export function removeStepFiles(files: StepFiles): void {
  rmSync(files.root, { recursive: true, force: true });
}

/** `NAME=value` or `NAME<<DELIMITER` … `DELIMITER`; anything else fails the step (actions/runner: FileCommandManager.cs). */
export function readFileCommand(path: string): Readonly<Record<string, string>> {
  // Only Windows runners take \r\n for a line end; elsewhere \r is data.
  const lines = readFileSync(path, 'utf8').split(process.platform === 'win32' ? /\r?\n/ : '\n');
  const values: Record<string, string> = {};
  while (lines.length > 0) {
    const line = lines.shift() ?? '';
    if (line === '') continue;
    const [equals, heredoc] = [line.indexOf('='), line.indexOf('<<')];
    if (heredoc > 0 && (equals < 0 || heredoc < equals)) {
      const delimiter = line.slice(heredoc + 2);
      const end = lines.indexOf(delimiter);
      if (delimiter === '' || end < 0) throw new Error(`Invalid file command: no end of ${line}`);
      values[line.slice(0, heredoc)] = lines
        .splice(0, end + 1)
        .slice(0, -1)
        .join('\n');
    } else if (equals > 0) {
      values[line.slice(0, equals)] = line.slice(equals + 1);
    } else {
      throw new Error(`Invalid file command: ${line}`);
    }
  }
  return values;
}
