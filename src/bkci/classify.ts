/**
 * How a request ended: accepted, refused, not delivered, or answer lost. One table, read from the top; the last row
 * catches whatever nobody thought of, on the safe side.
 *
 * Sources: bk-ci common-web handler/*ExceptionMapper.kt, src/gateway/core/error/error.json.conf, lua/util/router_srv.lua;
 * blueking-apigateway-apisix plugins/bk-core/errorx.lua.
 */

import type { HttpResponse } from '../http/http.js';
import { isCertificateProblem, type NetworkError } from '../http/network-error.js';
import { type ApiResponse, parseResponse } from './response.js';

export type RequestOutcome =
  /** The server did it and says so. `data` is still undecoded. */
  | { readonly kind: 'accepted'; readonly data: unknown; readonly response: ApiResponse }
  /** The server, or something before it, said no. Final. */
  | { readonly kind: 'refused'; readonly response: ApiResponse }
  /** The server did not get it: safe to send again, within the budget, and at most `sends` times in all. */
  | {
      readonly kind: 'not-delivered';
      readonly reason: string;
      readonly sends: number;
      readonly response?: ApiResponse | undefined;
    }
  /** The server may have acted. `answered` when a whole answer came that says nothing: then nothing is under way. */
  | {
      readonly kind: 'answer-lost';
      readonly reason: string;
      readonly answered: boolean;
      readonly response?: ApiResponse | undefined;
    };

export type Exchange = { readonly response: HttpResponse } | { readonly failure: NetworkError };

/** Sends that only the budget limits (src/retry/backoff.ts). */
const UNLIMITED = Number.POSITIVE_INFINITY;

interface FailureRule {
  readonly name: string;
  readonly when: (failure: NetworkError) => boolean;
  /** How often the request may be sent in all; 0 when it may have arrived. */
  readonly sends: number;
}

/** Sorted by phase, not by error code: a proxy's refusal of CONNECT reports ECONNRESET like a lost answer does. */
const FAILURES: readonly FailureRule[] = [
  { name: 'reached a connection', when: ({ phase }) => phase === 'sent', sends: 0 },
  { name: 'bad certificate: does not heal', when: ({ code }) => isCertificateProblem(code), sends: 1 },
  { name: 'unknown host: heals rarely', when: ({ code }) => code === 'ENOTFOUND', sends: 2 },
  { name: 'no connection', when: () => true, sends: UNLIMITED },
];

interface ResponseRule {
  readonly name: string;
  readonly when: (response: ApiResponse) => boolean;
  readonly outcome: 'accepted' | 'refused' | 'not-delivered' | 'answer-lost' | 'answered-nothing';
}

const httpStatus =
  (low: number, high = low) =>
  (response: ApiResponse) =>
    response.http >= low && response.http <= high;
const gatewayCode =
  (low: number, high = low) =>
  (response: ApiResponse) =>
    response.gatewayCode !== undefined && response.gatewayCode >= low && response.gatewayCode <= high;

const RESPONSES: readonly ResponseRule[] = [
  { name: 'API gateway: rate or concurrency limit', when: gatewayCode(1642901, 1642999), outcome: 'not-delivered' },
  { name: 'too many requests', when: httpStatus(429), outcome: 'not-delivered' },
  { name: "BK-CI's gateway: service not discovered, being deployed", when: isDeployment, outcome: 'not-delivered' },
  { name: 'BK-CI: no service provider', when: isWithoutProvider, outcome: 'not-delivered' },
  { name: 'API gateway: trouble behind it', when: gatewayCode(1650000, 1659999), outcome: 'answer-lost' },
  { name: 'BK-CI: inner answer unreadable', when: ({ status }) => status === 2100110, outcome: 'answer-lost' },
  { name: 'BK-CI: inner timeout', when: httpStatus(408), outcome: 'answer-lost' },
  { name: 'redirect', when: httpStatus(300, 399), outcome: 'refused' },
  { name: 'said no', when: httpStatus(400, 499), outcome: 'refused' },
  { name: 'not implemented, now or later', when: httpStatus(501), outcome: 'refused' },
  { name: 'server trouble', when: httpStatus(500, 599), outcome: 'answer-lost' },
  { name: 'a page instead of an answer', when: ({ form }) => form === 'html', outcome: 'refused' },
  {
    name: 'API gateway: no, in a 200',
    when: (response) => resultIsFalse(response) || !!response.gatewayCode,
    outcome: 'refused',
  },
  { name: 'BK-CI: no, in a 200', when: ({ status }) => status !== undefined && status !== 0, outcome: 'refused' },
  { name: 'yes', when: (response) => httpStatus(200, 299)(response) && saysYes(response), outcome: 'accepted' },
  {
    name: 'JSON that was cut where only the end of the connection ends it',
    when: isBrokenJson,
    outcome: 'answer-lost',
  },
  { name: 'a whole answer that says nothing', when: httpStatus(200, 299), outcome: 'answered-nothing' },
  { name: 'anything else', when: () => true, outcome: 'answer-lost' },
];

/** Sorts the end of a request. Pure. */
export function classify(exchange: Exchange, secrets: readonly string[] = []): RequestOutcome {
  return 'failure' in exchange
    ? classifyFailure(exchange.failure)
    : classifyResponse(parseResponse(exchange.response, secrets));
}

function classifyFailure(failure: NetworkError): RequestOutcome {
  const { sends = 0 } = FAILURES.find((row) => row.when(failure)) ?? {};
  const reason = failure.message;
  return sends > 0 ? { kind: 'not-delivered', reason, sends } : { kind: 'answer-lost', reason, answered: false };
}

function classifyResponse(response: ApiResponse): RequestOutcome {
  const { outcome: ends } = RESPONSES.find((row) => row.when(response)) ?? { outcome: 'answer-lost' };
  switch (ends) {
    case 'accepted':
      return { kind: 'accepted', data: (response.json as { data?: unknown }).data, response };
    case 'refused':
      return { kind: 'refused', response };
    case 'not-delivered':
      return { kind: 'not-delivered', reason: `HTTP ${response.http}`, sends: UNLIMITED, response };
    case 'answer-lost':
      return { kind: 'answer-lost', reason: `HTTP ${response.http}`, answered: false, response };
    case 'answered-nothing':
      return {
        kind: 'answer-lost',
        reason: `HTTP ${response.http} without a status`,
        answered: true,
        response,
      };
  }
}

function resultIsFalse({ json }: ApiResponse): boolean {
  return (json as { result?: unknown } | null | undefined)?.result === false;
}

/** A number: only BK-CI's gateway writes its status as text, and only about failures. */
function saysYes({ json }: ApiResponse): boolean {
  return (json as { status?: unknown } | null | undefined)?.status === 0;
}

function isBrokenJson({ form, message = '' }: ApiResponse): boolean {
  return form === 'text' && /^[{[]/.test(message);
}

/** `result: true` even here, and only this gateway writes it so; nginx's own 503 is HTML. */
function isDeployment(response: ApiResponse): boolean {
  return response.http === 503 && response.status === 503 && (response.json as { result?: unknown }).result === true;
}

/** 2100111 stands in `data`; the message is that of 2100059. */
function isWithoutProvider(response: ApiResponse): boolean {
  return response.http === 500 && /\b2100111\b/.test(response.dataText ?? '');
}
