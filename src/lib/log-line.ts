/** The columns of the log: a word or a time in a column of ten, then a sentence. Pure; the text is sanitised already. */
import { stopwatch } from './format.js';

const COLUMN = 10;
/** As wide as the longest state, `succeeded`. */
const STATE = 9;

/** `Build     #42 in project demo: …` */
export function logLine(word: string, text: string): string {
  return `${word.padEnd(COLUMN)}${text}`;
}

/** Stands below a fact, in its column. */
export function continuation(text: string): string {
  return `${' '.repeat(COLUMN)}${text}`;
}

/** `    4:02  succeeded  Test, 3 min 48 s`; `elapsed` in milliseconds. */
export function timedLine(elapsed: number, state: string, text: string): string {
  return `${stopwatch(elapsed).padStart(COLUMN - 2)}  ${state.padEnd(STATE)}  ${text}`.trimEnd();
}
