/** A verdict as a person reads it. */
import { verdictOf } from '../../src/report/annotations.js';
import type { Facts, Outcome } from '../../src/report/outcome.js';
import { facts } from './facts.js';

/** The line, or the errors as `title: message`. */
export function said(outcome: Outcome, told: Facts = facts()): string | string[] {
  const verdict = verdictOf(outcome, told);
  return 'line' in verdict ? verdict.line : verdict.errors.map(({ title, message }) => `${title} | ${message}`);
}
