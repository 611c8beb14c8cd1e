import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readFileCommand } from '../../standin/runner/files.js';

/** Why a file can't be written, although nobody has to be another user than root for it. */
export const REASONS = [
  ['on a full disk', 'ENOSPC'],
  ['a directory', 'EISDIR'],
  ['gone', 'Missing file'],
] as const;

export type Reason = (typeof REASONS)[number][0];

export interface BreakableFile {
  readonly path: string;
  /** From now on, nobody can write the file. */
  breakAs(reason: Reason): void;
  /** What the runner would read: everything that was written before. */
  read(): Readonly<Record<string, string>>;
}

/** A file of the runner that can be broken while the step runs: a link, which is then pointed elsewhere. */
export async function withBreakableFile<T>(use: (file: BreakableFile) => Promise<T>): Promise<T> {
  const root = mkdtempSync(join(tmpdir(), 'breakable-'));
  const at = (name: string) => join(root, name);
  const targets: Readonly<Record<Reason, string>> = {
    'on a full disk': '/dev/full',
    'a directory': at('directory'),
    gone: at('none'),
  };
  mkdirSync(at('directory'));
  writeFileSync(at('file'), '');
  symlinkSync(at('file'), at('link'));
  try {
    return await use({
      path: at('link'),
      breakAs: (reason) => {
        rmSync(at('link'));
        symlinkSync(targets[reason], at('link'));
      },
      read: () => readFileCommand(at('file')),
    });
  } finally {
    rmSync(root, { recursive: true });
  }
}
