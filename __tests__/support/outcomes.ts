import type { RequestOutcome } from '../../src/bkci/classify.js';

/** The kind, and what else decides. */
export function sorted(outcome: RequestOutcome): string {
  if (outcome.kind === 'not-delivered') return `not delivered ×${outcome.sends}`;
  if (outcome.kind === 'answer-lost') return outcome.answered ? 'answer lost, answered' : 'answer lost';
  return outcome.kind;
}
