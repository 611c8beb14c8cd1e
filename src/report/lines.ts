/**
 * The lines of the log: a word or a time in a column of ten, then our words, then the server's. Pure; every text of a
 * server that comes in here is sanitised here.
 */
import type { Look } from '../bkci/decode.js';
import { isFinished, isRefusedGate, meaningOfPart } from '../bkci/status.js';
import type { AnswerFacts } from '../errors.js';
import { duration, oneLine, quoteLines, stopwatch } from '../text.js';
import { isQueued, refusedGate } from './progress.js';

const COLUMN = 10;
/** As wide as the longest state, `succeeded`. */
const STATE = 9;

/** `Build     #42 in project demo: …` */
export function fact(word: string, text: string): string {
  return `${word.padEnd(COLUMN)}${text}`;
}

/** Stands below a fact, in its column. */
export function below(text: string): string {
  return `${' '.repeat(COLUMN)}${text}`;
}

/** `    4:02  succeeded  Test, 3 min 48 s`; `elapsed` in milliseconds. */
export function change(elapsed: number, state: string, text: string): string {
  return `${stopwatch(elapsed).padStart(COLUMN - 2)}  ${state.padEnd(STATE)}  ${text}`.trimEnd();
}

/** `#42`, or the id where no number is known. */
export function buildName(buildNumber: number | undefined, buildId: string): string {
  return buildNumber === undefined ? buildId : `#${buildNumber}`;
}

/** The stage in which a build stands or ended; a queued one stands in none yet. */
function currentStage(look: Look): string | undefined {
  if (look.status === 'SUCCEED' || isQueued(look)) return undefined;
  if (isRefusedGate(look)) return refusedGate(look)?.name;
  const telling = look.stages.filter(({ status }) => {
    const meaning = meaningOfPart(status);
    return meaning !== 'not run' && meaning !== 'succeeded';
  });
  return telling.at(-1)?.name;
}

/** `FAILED in stage Test`; a status that does not say that people are waited for gets our words beside it. */
export function stateOf(look: Look): string {
  const stage = currentStage(look);
  const status = oneLine(look.status, 40);
  const where = stage === undefined ? '' : `in stage ${oneLine(stage, 80)}`;
  if (look.status !== 'STAGE_SUCCESS') return [status, where].filter(Boolean).join(' ');
  const gate = isRefusedGate(look) ? 'its gate was refused' : 'waiting for approval';
  return [status, gate, where].filter(Boolean).join(', ');
}

/** `FAILED in stage Test, execution 1, started by ci-bot, ended 2 h ago`, as far as each is known. */
export function describeLook(look: Look): string {
  const parts = [
    stateOf(look),
    look.executeCount === undefined ? '' : `execution ${look.executeCount}`,
    look.startedBy === undefined ? '' : `started by ${oneLine(look.startedBy, 80)}`,
    age(look),
  ];
  return parts.filter((part) => part !== '').join(', ');
}

/** By the server's clock on both sides. */
function age({ serverTime, ...look }: Look): string {
  if (serverTime === undefined) return '';
  if (isFinished(look)) return look.endTime ? `ended ${ago(serverTime - look.endTime)}` : '';
  return look.startTime ? `for ${duration(serverTime - look.startTime)}` : '';
}

/** Two hours ago is told as hours, not as hours and minutes. */
export function ago(ms: number): string {
  const [amount = '0', unit = 's'] = duration(ms).split(' ');
  return `${amount} ${unit} ago`;
}

/** What came back when a request was refused: the request, the numbers, the server's words on lines of their own. */
export function refusedAnswer(
  [asked, verdict]: readonly [string, string],
  request: string,
  answer: AnswerFacts,
): string[] {
  const id = answer.requestId === undefined ? '' : `, request id ${oneLine(answer.requestId, 100)}`;
  const words = quoteLines(answer.message ?? '', 8).map(below);
  return [fact(asked, request), fact(verdict, `HTTP ${answer.http}${id}`), ...words];
}
