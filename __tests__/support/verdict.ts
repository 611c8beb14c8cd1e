/** A verdict as a person reads it. */

import { verdictOf } from '../../src/report/annotations.js';
import type { Outcome } from '../../src/report/outcome.js';
import type { RunRecord } from '../../src/report/record.js';
import { record } from './record.js';

/** Of the build that the facts are about, and of the execution that was retried. */
export const BUILD_LINK = 'https://devops.example.com/console/pipeline/demo/p-1/detail/b-1';
export const LINK = `${BUILD_LINK}/executeDetail/2`;

/** The line, or the errors as `title: message`. */
export function verdictText(outcome: Outcome, runRecord: RunRecord = record()): string | string[] {
  const verdict = verdictOf(outcome, runRecord);
  return 'line' in verdict ? verdict.line : verdict.errors.map(({ title, message }) => `${title} | ${message}`);
}
