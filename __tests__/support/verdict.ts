/** The verdict as text, and its links. */

import { verdictOf } from '../../src/report/annotations.js';
import type { Outcome } from '../../src/report/outcome.js';
import type { RunRecord } from '../../src/report/record.js';
import { record } from './record.js';

/** The link to the build of `record()`. */
export const BUILD_LINK = 'https://devops.example.com/console/pipeline/demo/p-1/detail/b-1';
/** The link to its second execution. */
export const LINK = `${BUILD_LINK}/executeDetail/2`;

/** The line, or the errors as `title: message`. */
export function verdictText(outcome: Outcome, runRecord: RunRecord = record()): string | string[] {
  const verdict = verdictOf(outcome, runRecord);
  return 'line' in verdict ? verdict.line : verdict.errors.map(({ title, message }) => `${title} | ${message}`);
}
