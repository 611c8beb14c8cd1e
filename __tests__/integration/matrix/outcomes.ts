import type { Answer } from '../../standin/http/answer.js';
import type { Acts, Mischief } from '../../standin/http/faults.js';
import * as faults from '../../standin/http/faults.js';

/** One way in which the answer of a retry can get lost while the server may or may not act. */
export interface LostOutcome {
  readonly name: string;
  readonly mischief: (acts: Acts) => Mischief;
  /** A whole answer came, so nothing is under way any more and acting late makes no sense. */
  readonly answered?: true;
  /** Only a deadline ends it. */
  readonly silent?: true;
}

const answer = (given: Partial<Answer>) => (acts: Acts) => faults.answer(given, acts);
const said = (body: unknown) => (acts: Acts) => faults.json(body, 200, acts);
const cut = (atByte: number, framing: 'length' | 'chunked' | 'close') => (acts: Acts) =>
  ({ kind: 'cut', acts, atByte, framing }) as const;

/** What leaves it open whether the server acted (bk-ci: *ExceptionMapper.kt, nginx; apisix: errorx.lua). */
export const LOST: readonly LostOutcome[] = [
  { name: 'a reset', mischief: (acts) => faults.reset(acts) },
  { name: 'an end without an answer', mischief: cut(0, 'length') },
  { name: 'an answer cut in its headers', mischief: cut(60, 'length') },
  { name: 'an answer cut in its body', mischief: cut(290, 'length') },
  { name: 'a chunked answer cut in its body', mischief: cut(290, 'chunked') },
  { name: 'an answer without length, cut in its body', mischief: cut(290, 'close') },
  { name: 'silence until the deadline', mischief: (acts) => faults.stallAt(0, acts), silent: true },
  { name: 'a body that stalls', mischief: (acts) => faults.stallAt(290, acts), silent: true },
  { name: '408 of an inner timeout', mischief: faults.innerTimeout },
  { name: '500 of an inner service', mischief: faults.dependencyFailed },
  { name: '502 in HTML', mischief: faults.badGateway },
  { name: '504 in HTML', mischief: faults.gatewayTimeout },
  { name: '503 in HTML, of any proxy', mischief: answer({ status: 503, body: '<html><body>busy</body></html>' }) },
  { name: '500 in HTML', mischief: answer({ status: 500, body: '<html><body>oops</body></html>' }) },
  { name: '2100110, an inner answer that is not JSON', mischief: faults.notParsable },
  { name: '1650200 of the API gateway', mischief: faults.apiGatewayBad },
  { name: '1650401 of the API gateway', mischief: faults.apiGatewayTimeout },
  { name: 'half an object', mischief: answer({ body: '{"status":0,"data":{"id":"b-1"}' }) },
  { name: '100 KiB of brackets', mischief: answer({ body: '['.repeat(100 * 1024) }) },
  { name: 'a flood', mischief: (acts) => faults.flood(12, acts) },
];

/** Whole answers that say nothing: BK-CI, or something before it, has ended with the request. */
export const SAYS_NOTHING: readonly LostOutcome[] = [
  { name: '204', mischief: answer({ status: 204, headers: {} }), answered: true },
  { name: 'an empty 200', mischief: answer({ body: '' }), answered: true },
  { name: 'white space', mischief: answer({ body: ' \r\n' }), answered: true },
  { name: 'null', mischief: said(null), answered: true },
  { name: 'a list', mischief: said([]), answered: true },
  { name: 'a number', mischief: said(0), answered: true },
  { name: 'an empty object', mischief: said({}), answered: true },
  { name: 'plain text', mischief: answer({ body: 'ok', headers: {} }), answered: true },
  { name: 'no status', mischief: said({ data: { id: 'b-1' }, message: null }), answered: true },
  { name: 'status null', mischief: said({ status: null, data: { id: 'b-1' } }), answered: true },
  { name: 'status 0 alone', mischief: said({ status: 0 }), answered: true },
  { name: 'status 0 and data null', mischief: said({ status: 0, data: null }), answered: true },
  { name: 'data without id', mischief: said({ status: 0, data: {} }), answered: true },
  { name: 'an empty id', mischief: said({ status: 0, data: { id: '' } }), answered: true },
  { name: 'an id that is a number', mischief: said({ status: 0, data: { id: 7 } }), answered: true },
  { name: 'data that is true', mischief: said({ status: 0, data: true }), answered: true },
];

/** What the server has not processed (bk-ci: error.json.conf, access_control_util.lua; apisix: errorx.lua). */
export const NOT_DELIVERED: readonly { readonly name: string; readonly mischief: Mischief }[] = [
  { name: '429 in HTML', mischief: faults.tooManyRequests() },
  { name: '429 with Retry-After', mischief: faults.tooManyRequests('3') },
  { name: '1642901 of the API gateway', mischief: faults.rateLimited() },
  { name: '1642901 with Retry-After', mischief: faults.rateLimited('7') },
  { name: "503 of BK-CI's gateway, being deployed", mischief: faults.deploying() },
  { name: '500 with 2100111, no provider', mischief: faults.providerMissing() },
];
