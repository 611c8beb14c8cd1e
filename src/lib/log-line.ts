/** Formats a line of the log: a word or a time in a column of ten characters, then sanitised text. Pure. */

import { stopwatch } from './format.js';

const COLUMN = 10;
/** Width of the longest state, `succeeded`. */
const STATE = 9;

/** `Build     #42 in project demo: …` */
export function logLine(word: string, text: string): string {
  return `${word.padEnd(COLUMN)}${text}`;
}

/** A further line of a `logLine`, indented to its text. */
export function continuation(text: string): string {
  return `${' '.repeat(COLUMN)}${text}`;
}

/** `    4:02  succeeded  Test, 3 min 48 s`; `elapsedMs` since the start. */
export function timedLine(elapsedMs: number, state: string, text: string): string {
  return `${stopwatch(elapsedMs).padStart(COLUMN - 2)}  ${state.padEnd(STATE)}  ${text}`.trimEnd();
}
