/**
 * How a request ended: accepted, refused, not delivered, or answer lost. One table, read from the top; the last row
 * catches whatever nobody thought of, on the safe side.
 *
 * Sources: bk-ci common-web handler/*ExceptionMapper.kt, src/gateway/core/error/error.json.conf, lua/util/router_srv.lua;
 * blueking-apigateway-apisix plugins/bk-core/errorx.lua.
 */

import type { HttpAnswer } from '../http/http.js';
import { isCertificateProblem, type WireError } from '../http/network-error.js';
import { MAX_SENDS } from '../retry/backoff.js';
import { readAnswer, type Said } from './response.js';

export type Ending =
  /** The server did it and says so. `data` is still undecoded. */
  | { readonly kind: 'accepted'; readonly data: unknown; readonly said: Said }
  /** The server, or something before it, said no. Final. */
  | { readonly kind: 'refused'; readonly said: Said }
  /** The server did not get it: safe to send again, at most `sends` times in all. */
  | { readonly kind: 'not-delivered'; readonly reason: string; readonly sends: number; readonly said?: Said }
  /** The server may have acted. `answered` when a whole answer came that says nothing: then nothing is under way. */
  | { readonly kind: 'answer-lost'; readonly reason: string; readonly answered: boolean; readonly said?: Said };

export type Exchange = { readonly answer: HttpAnswer } | { readonly failure: WireError };

interface FailureRow {
  readonly name: string;
  readonly when: (failure: WireError) => boolean;
  /** How often the request may be sent in all; 0 when it may have arrived. */
  readonly sends: number;
}

/** Sorted by phase, not by error code: a proxy's refusal of CONNECT reports ECONNRESET like a lost answer does. */
const FAILURES: readonly FailureRow[] = [
  { name: 'reached a connection', when: ({ phase }) => phase === 'sent', sends: 0 },
  { name: 'bad certificate: does not heal', when: ({ code }) => isCertificateProblem(code), sends: 1 },
  { name: 'unknown host: heals rarely', when: ({ code }) => code === 'ENOTFOUND', sends: 2 },
  { name: 'no connection', when: () => true, sends: MAX_SENDS },
];

interface AnswerRow {
  readonly name: string;
  readonly when: (said: Said) => boolean;
  readonly ends: 'accepted' | 'refused' | 'not-delivered' | 'answer-lost' | 'answered-nothing';
}

const http =
  (low: number, high = low) =>
  (said: Said) =>
    said.http >= low && said.http <= high;
const gateway =
  (low: number, high = low) =>
  (said: Said) =>
    said.gatewayCode !== undefined && said.gatewayCode >= low && said.gatewayCode <= high;

const ANSWERS: readonly AnswerRow[] = [
  { name: 'API gateway: rate or concurrency limit', when: gateway(1642901, 1642999), ends: 'not-delivered' },
  { name: 'too many requests', when: http(429), ends: 'not-delivered' },
  { name: "BK-CI's gateway: service not discovered, being deployed", when: isDeployment, ends: 'not-delivered' },
  { name: 'BK-CI: no service provider', when: isWithoutProvider, ends: 'not-delivered' },
  { name: 'API gateway: trouble behind it', when: gateway(1650000, 1659999), ends: 'answer-lost' },
  { name: 'BK-CI: inner answer unreadable', when: ({ status }) => status === 2100110, ends: 'answer-lost' },
  { name: 'BK-CI: inner timeout', when: http(408), ends: 'answer-lost' },
  { name: 'redirect', when: http(300, 399), ends: 'refused' },
  { name: 'said no', when: http(400, 499), ends: 'refused' },
  { name: 'not implemented, now or later', when: http(501), ends: 'refused' },
  { name: 'server trouble', when: http(500, 599), ends: 'answer-lost' },
  { name: 'a page instead of an answer', when: ({ form }) => form === 'html', ends: 'refused' },
  { name: 'API gateway: no, in a 200', when: (said) => resultIsFalse(said) || !!said.gatewayCode, ends: 'refused' },
  { name: 'BK-CI: no, in a 200', when: ({ status }) => status !== undefined && status !== 0, ends: 'refused' },
  { name: 'yes', when: (said) => http(200, 299)(said) && saysYes(said), ends: 'accepted' },
  { name: 'JSON that was cut where only the end of the connection ends it', when: isBrokenJson, ends: 'answer-lost' },
  { name: 'a whole answer that says nothing', when: http(200, 299), ends: 'answered-nothing' },
  { name: 'anything else', when: () => true, ends: 'answer-lost' },
];

/** Sorts the end of a request. Pure. */
export function sortEnding(exchange: Exchange, secrets: readonly string[] = []): Ending {
  return 'failure' in exchange ? ofFailure(exchange.failure) : ofAnswer(readAnswer(exchange.answer, secrets));
}

function ofFailure(failure: WireError): Ending {
  const { sends = 0 } = FAILURES.find((row) => row.when(failure)) ?? {};
  const reason = failure.message;
  return sends > 0 ? { kind: 'not-delivered', reason, sends } : { kind: 'answer-lost', reason, answered: false };
}

function ofAnswer(said: Said): Ending {
  const { ends } = ANSWERS.find((row) => row.when(said)) ?? { ends: 'answer-lost' };
  switch (ends) {
    case 'accepted':
      return { kind: 'accepted', data: (said.json as { data?: unknown }).data, said };
    case 'refused':
      return { kind: 'refused', said };
    case 'not-delivered':
      return { kind: 'not-delivered', reason: `HTTP ${said.http}`, sends: MAX_SENDS, said };
    case 'answer-lost':
      return { kind: 'answer-lost', reason: `HTTP ${said.http}`, answered: false, said };
    case 'answered-nothing':
      return { kind: 'answer-lost', reason: `HTTP ${said.http} without a status`, answered: true, said };
  }
}

function resultIsFalse({ json }: Said): boolean {
  return (json as { result?: unknown } | null | undefined)?.result === false;
}

/** A number: only BK-CI's gateway writes its status as text, and only about failures. */
function saysYes({ json }: Said): boolean {
  return (json as { status?: unknown } | null | undefined)?.status === 0;
}

function isBrokenJson({ form, message = '' }: Said): boolean {
  return form === 'text' && /^[{[]/.test(message);
}

/** `result: true` even here, and only this gateway writes it so; nginx's own 503 is HTML. */
function isDeployment(said: Said): boolean {
  return said.http === 503 && said.status === 503 && (said.json as { result?: unknown }).result === true;
}

/** 2100111 stands in `data`; the message is that of 2100059. */
function isWithoutProvider(said: Said): boolean {
  return said.http === 500 && /\b2100111\b/.test(said.dataText ?? '');
}
