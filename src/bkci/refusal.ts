/** A refusal → the error it ends with: the first row of the table that fits. */
import { ActionError } from '../errors.js';
import type { Said } from './answer.js';
import { type Asked, words } from './refusal-row.js';
import { ROWS } from './refusal-rows.js';

/** The error a refusal ends with, unless the caller knows better what to do with it. */
export function explainRefusal(said: Said, asked: Asked): ActionError {
  const row = ROWS.find(({ when }) => when(said));
  const message =
    row?.say(asked, said) ??
    `${asked.address} refused the request ${words(said)}; ${asked.consequence}. The words are the server's own: ask who runs this BK-CI, with the request id if there is one.`;
  return new ActionError(row?.code ?? 'refused', message, { answer: said, request: asked.request });
}
