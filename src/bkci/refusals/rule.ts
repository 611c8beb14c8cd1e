/** Building blocks of the rules for refusals: types, conditions, and the server's part of the message. */

import type { ErrorCode } from '../../lib/errors.js';
import { quote } from '../../lib/sanitize.js';
import type { Operation } from '../endpoints.js';
import type { ApiResponse } from '../response.js';

/** What one kind of refusal means. */
export interface RefusalRule {
  readonly when: (response: ApiResponse, info: RequestInfo) => boolean;
  readonly code: ErrorCode;
  readonly problem: Phrase;
  readonly remedy: Phrase;
}

/** A part of the error text: fixed, or made from the request and its response. */
export type Phrase = string | ((info: RequestInfo, response: ApiResponse) => string);

/** The refused request, for the error text. Contains no credential. */
export interface RequestInfo {
  /** `METHOD address` without query. */
  readonly request: string;
  /** Origin of the API. */
  readonly address: string;
  readonly projectId: string;
  readonly pipelineId: string;
  readonly buildId: string;
  /** A user name, or a phrase such as `the user of accessToken`. */
  readonly caller: string;
  /** Names of the inputs with the credentials in use. */
  readonly credentials: readonly string[];
  /** Length of accessToken in characters, if one is used. */
  readonly tokenLength?: number | undefined;
  readonly operation: Operation;
  /** What the refusal means for the run: `nothing was sent`, `nothing was retried`, … */
  readonly consequence: string;
}

/** Matches `status` of the response. */
export const hasStatus =
  (...numbers: number[]) =>
  (response: ApiResponse) =>
    response.status !== undefined && numbers.includes(response.status);

/** Matches the message of the server, which has 2,000 characters at most (response.ts). No repetition may be unbounded. */
export const hasMessage = (pattern: RegExp) => (response: ApiResponse) => pattern.test(response.message ?? '');

/** Matches a range of codes of the API gateway, both ends included. */
export const hasGatewayCode = (low: number, high: number) => (response: ApiResponse) =>
  (response.gatewayCode ?? 0) >= low && (response.gatewayCode ?? 0) <= high;

/** `(2101047 “…”)`: status, or else HTTP status, and message of the server, if there is one. */
export function serverWords(response: ApiResponse): string {
  const parts = [response.status ?? `HTTP ${response.http}`, response.message ? quote(response.message) : ''];
  return `(${parts.filter((part) => part !== '').join(' ')})`;
}
