import type { Answer } from '../../standin/http/answer.js';
import type { FaultAction, Handling } from '../../standin/http/faults.js';
import * as faults from '../../standin/http/faults.js';

/** One way in which the answer to a retry can get lost while the server may or may not have handled it. */
export interface LostOutcome {
  readonly name: string;
  readonly action: (handled: Handling) => FaultAction;
  /** A complete answer arrived, so the server cannot handle the request later. */
  readonly answered?: true;
  /** Only a deadline ends the request. */
  readonly silent?: true;
}

const answer = (fields: Partial<Answer>) => (handled: Handling) => faults.answer(fields, handled);
const jsonBody = (body: unknown) => (handled: Handling) => faults.json(body, 200, handled);
const cut = (atByte: number, framing: 'length' | 'chunked' | 'close') => (handled: Handling) =>
  ({ kind: 'cut', handled, atByte, framing }) as const;

/** Outcomes after which it is unknown whether the server handled the request (bk-ci: *ExceptionMapper.kt, nginx; apisix: errorx.lua). */
export const LOST: readonly LostOutcome[] = [
  { name: 'a reset', action: (handled) => faults.reset(handled) },
  { name: 'an end without an answer', action: cut(0, 'length') },
  { name: 'an answer cut in its headers', action: cut(60, 'length') },
  { name: 'an answer cut in its body', action: cut(290, 'length') },
  { name: 'a chunked answer cut in its body', action: cut(290, 'chunked') },
  { name: 'an answer without length, cut in its body', action: cut(290, 'close') },
  { name: 'silence until the deadline', action: (handled) => faults.stallAt(0, handled), silent: true },
  { name: 'a body that stalls', action: (handled) => faults.stallAt(290, handled), silent: true },
  { name: '408 of an inner timeout', action: faults.innerTimeout },
  { name: '500 of an inner service', action: faults.dependencyFailed },
  { name: '502 in HTML', action: faults.badGateway },
  { name: '504 in HTML', action: faults.gatewayTimeout },
  { name: '503 in HTML, of any proxy', action: answer({ status: 503, body: '<html><body>busy</body></html>' }) },
  { name: '500 in HTML', action: answer({ status: 500, body: '<html><body>oops</body></html>' }) },
  { name: '2100110, an inner answer that is not JSON', action: faults.notParsable },
  { name: '1650200 of the API gateway', action: faults.apiGatewayBad },
  { name: '1650401 of the API gateway', action: faults.apiGatewayTimeout },
  { name: 'half an object', action: answer({ body: '{"status":0,"data":{"id":"b-1"}' }) },
  { name: '100 KiB of brackets', action: answer({ body: '['.repeat(100 * 1024) }) },
  { name: 'a flood', action: (handled) => faults.flood(12, handled) },
];

/** Complete answers without information; BK-CI or a proxy has finished with the request. */
export const NO_INFORMATION: readonly LostOutcome[] = [
  { name: '204', action: answer({ status: 204, headers: {} }), answered: true },
  { name: 'an empty 200', action: answer({ body: '' }), answered: true },
  { name: 'white space', action: answer({ body: ' \r\n' }), answered: true },
  { name: 'null', action: jsonBody(null), answered: true },
  { name: 'a list', action: jsonBody([]), answered: true },
  { name: 'a number', action: jsonBody(0), answered: true },
  { name: 'an empty object', action: jsonBody({}), answered: true },
  { name: 'plain text', action: answer({ body: 'ok', headers: {} }), answered: true },
  { name: 'no status', action: jsonBody({ data: { id: 'b-1' }, message: null }), answered: true },
  { name: 'status null', action: jsonBody({ status: null, data: { id: 'b-1' } }), answered: true },
  { name: 'status 0 alone', action: jsonBody({ status: 0 }), answered: true },
  { name: 'status 0 and data null', action: jsonBody({ status: 0, data: null }), answered: true },
  { name: 'data without id', action: jsonBody({ status: 0, data: {} }), answered: true },
  { name: 'an empty id', action: jsonBody({ status: 0, data: { id: '' } }), answered: true },
  { name: 'an id that is a number', action: jsonBody({ status: 0, data: { id: 7 } }), answered: true },
  { name: 'data that is true', action: jsonBody({ status: 0, data: true }), answered: true },
];

/** Answers to requests that the server has not handled (bk-ci: error.json.conf, access_control_util.lua; apisix: errorx.lua). */
export const NOT_DELIVERED: readonly { readonly name: string; readonly action: FaultAction }[] = [
  { name: '429 in HTML', action: faults.tooManyRequests() },
  { name: '429 with Retry-After', action: faults.tooManyRequests('3') },
  { name: '1642901 of the API gateway', action: faults.rateLimited() },
  { name: '1642901 with Retry-After', action: faults.rateLimited('7') },
  { name: "503 of BK-CI's gateway, being deployed", action: faults.deploying() },
  { name: '500 with 2100111, no provider', action: faults.providerMissing() },
];
