/** What a row of the table of refusals is made of: when it fits, our code, our sentence. */

import type { ErrorCode } from '../../lib/errors.js';
import { quote } from '../../lib/sanitize.js';
import type { ApiResponse } from '../response.js';

/** The request that was refused, as far as a sentence needs it. Holds no credential. */
export interface RequestInfo {
  /** `METHOD address` without query. */
  readonly request: string;
  /** Origin the request went to. */
  readonly address: string;
  readonly projectId: string;
  readonly pipelineId: string;
  readonly buildId: string;
  /** Who asks, for a sentence: a user name, or what stands for one. */
  readonly who: string;
  /** Names of the inputs that carry the credentials in use. */
  readonly credentials: readonly string[];
  /** Characters of accessToken, when one is used. */
  readonly tokenLength?: number | undefined;
  /** Permission that the request needs in BK-CI. */
  readonly permission: 'EXECUTE' | 'VIEW';
  /** What the refusal means for the run: `nothing was sent`, `nothing was retried`, … */
  readonly consequence: string;
}

/** A part of an error's text; the consequence is that of the request. */
export type Phrase = string | ((info: RequestInfo, response: ApiResponse) => string);

/** One meaning of a refusal. */
export interface RefusalRule {
  readonly when: (response: ApiResponse) => boolean;
  readonly code: ErrorCode;
  readonly problem: Phrase;
  readonly remedy: Phrase;
}

/** The server's number is one of these. */
export const hasStatus =
  (...numbers: number[]) =>
  (response: ApiResponse) =>
    response.status !== undefined && numbers.includes(response.status);
/** The server's words match. */
export const hasMessage = (pattern: RegExp) => (response: ApiResponse) => pattern.test(response.message ?? '');
/** The API gateway's code lies in this range. */
export const hasGatewayCode = (low: number, high: number) => (response: ApiResponse) =>
  (response.gatewayCode ?? 0) >= low && (response.gatewayCode ?? 0) <= high;

/** `(2101047 “…”)`: the server's number and words, whichever there are. */
export function serverWords(response: ApiResponse): string {
  const parts = [response.status ?? `HTTP ${response.http}`, response.message ? quote(response.message) : ''];
  return `(${parts.filter((part) => part !== '').join(' ')})`;
}
