/** The outcome of a request as text, for tables. */

import type { RequestOutcome } from '../../src/bkci/classify.js';

/** The kind, with the number of sends if it is limited, or `answered`. */
export function outcomeText(outcome: RequestOutcome): string {
  if (outcome.kind === 'not-delivered') {
    return Number.isFinite(outcome.sends) ? `not delivered ×${outcome.sends}` : 'not delivered';
  }
  if (outcome.kind === 'answer-lost') return outcome.answered ? 'answer lost, answered' : 'answer lost';
  return outcome.kind;
}
