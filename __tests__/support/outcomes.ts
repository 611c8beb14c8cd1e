import type { Ending } from '../../src/bkci/classify.js';

/** The kind, and what else decides. */
export function sorted(ending: Ending): string {
  if (ending.kind === 'not-delivered') return `not delivered ×${ending.sends}`;
  if (ending.kind === 'answer-lost') return ending.answered ? 'answer lost, answered' : 'answer lost';
  return ending.kind;
}
