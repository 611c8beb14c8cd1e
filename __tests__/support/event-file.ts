/** Writes event files as the runner does, in a directory that is deleted after the tests. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';

export const eventFolder = mkdtempSync(join(tmpdir(), 'runner-'));
let files = 0;
afterAll(() => rmSync(eventFolder, { recursive: true }));

/** Writes an event file with this text, and returns its path. */
export function eventFile(text: string): string {
  files += 1;
  const path = join(eventFolder, `event-${files}.json`);
  writeFileSync(path, text);
  return path;
}
