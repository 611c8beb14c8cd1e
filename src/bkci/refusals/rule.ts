/** What a row of the table of refusals is made of: when it fits, our code, our sentence. */

import type { ErrorCode } from '../../lib/errors.js';
import { quote } from '../../lib/sanitize.js';
import type { Said } from '../response.js';

/** The request that was refused, as far as a sentence needs it. Holds no credential. */
export interface Asked {
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
  readonly tokenLength?: number;
  /** Permission that the request needs in BK-CI. */
  readonly permission: 'EXECUTE' | 'VIEW';
  /** What the refusal means for the run: `nothing was sent`, `nothing was retried`, … */
  readonly consequence: string;
}

/** One meaning of a refusal. */
export interface Row {
  readonly when: (said: Said) => boolean;
  readonly code: ErrorCode;
  readonly say: (asked: Asked, said: Said) => string;
}

/** The server's number is one of these. */
export const number =
  (...numbers: number[]) =>
  (said: Said) =>
    said.status !== undefined && numbers.includes(said.status);
/** The server's words match. */
export const text = (pattern: RegExp) => (said: Said) => pattern.test(said.message ?? '');
/** The API gateway's code lies in this range. */
export const between = (low: number, high: number) => (said: Said) =>
  (said.gatewayCode ?? 0) >= low && (said.gatewayCode ?? 0) <= high;

/** `(2101047 “…”)`: the server's number and words, whichever there are. */
export function words(said: Said): string {
  const parts = [said.status ?? `HTTP ${said.http}`, said.message ? quote(said.message) : ''];
  return `(${parts.filter((part) => part !== '').join(' ')})`;
}
