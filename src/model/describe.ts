/**
 * The lines of the log: a word or a time in a column of ten, then our words, then the server's. Pure; every text of a
 * server that comes in here is sanitised here.
 */

import { ago, duration } from '../lib/format.js';
import { oneLine } from '../lib/sanitize.js';
import { refusedGate } from './gate.js';
import type { Look } from './snapshot.js';
import { isFinished, isQueued, isRefusedGate, meaningOfPart } from './status.js';

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
