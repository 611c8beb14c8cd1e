/** Explains why the checks of a commit could not be read: an ActionError, or a TransientError if it may be repeated. */

import { isFinalForProxy, UNLIMITED } from '../bkci/classify.js';
import { DecodeError } from '../bkci/decode/fields.js';
import { msUntil, parseResponse } from '../bkci/response.js';
import { type RequestDescription, TransientError } from '../bkci/transient-error.js';
import { isPermanent, NetworkError } from '../http/network-error.js';
import { ActionError, type ErrorCode, NOTHING_SENT } from '../lib/errors.js';
import { cap, quote, type Redact } from '../lib/sanitize.js';
import { noCheckRuns } from './github-server.js';

/** The parts of Octokit's RequestError that are used. */
interface RequestError {
  readonly status?: number | undefined;
  readonly message?: string | undefined;
  readonly response?: { readonly headers?: Headers | undefined; readonly data?: unknown } | undefined;
}

type Headers = Readonly<Record<string, string>>;

interface Search {
  readonly baseUrl: string;
  /** The permissions that it needs. */
  readonly permission: string;
  /** Whether the input `ref` names the commit. */
  readonly isRefGiven: boolean;
  readonly redact: Redact;
}

export function explainError(error: unknown, search: Search): Error {
  const { baseUrl, redact } = search;
  const cause = knownCause(error);
  if (cause instanceof ActionError) return cause;
  if (cause instanceof DecodeError) return refusal(UNEXPECTED, `(${cause.message})`, error);
  const { status, message = '' } = error as RequestError;
  const sends = cause && isPermanent(cause.code) ? 1 : UNLIMITED;
  const transient = (reason: string, retryAfterMs?: number) => {
    const answer = retryAfterMs === undefined ? {} : { response: { ...answerOf(error), retryAfterMs } };
    return new TransientError(
      { kind: 'answer-lost', reason: `GitHub: ${reason}`, answered: false, sends, ...answer },
      describeSearch(baseUrl),
    );
  };
  const proxyStatus = cause ? cause.tunnelRefusal?.status : proxysStatus(error as RequestError);
  if (proxyStatus !== undefined && isFinalForProxy(proxyStatus)) {
    return refusal(OF_PROXY, `(HTTP ${proxyStatus})`, error);
  }
  if (cause?.code === 'BODY_TOO_LARGE') return refusal(UNEXPECTED, `(${cause.message})`, error);
  if (cause) return transient(cause.message);
  const waitMs = rateLimitWait(error as RequestError);
  if (waitMs !== undefined) return transient(`rate limit, HTTP ${status}`, waitMs);
  if (status !== undefined && status >= 500) return transient(`HTTP ${status}`, answerOf(error).retryAfterMs);
  if (status === 404 && !isGithubs(error as RequestError)) return noCheckRuns('HTTP 404', error);
  // The message may quote any text of the server, and Octokit appends the address of its documentation.
  const words = quote(cap(redact(message), 2_000).replace(/ - https:\S+$/, ''), 200);
  return refusal(refusalOf(status, search), `(HTTP ${status ?? '?'} ${words})`, error);
}

interface Refusal {
  readonly code: ErrorCode;
  readonly problem: string;
  readonly remedy: string;
}

function refusal({ code, problem, remedy }: Refusal, words: string, cause: unknown): ActionError {
  return new ActionError(code, { problem: `${problem} ${words}`, consequence: NOTHING_SENT, remedy }, { cause });
}

export const UNEXPECTED: Refusal = {
  code: 'unexpected-answer',
  problem: "GitHub's answer to the search for checks was not understood",
  remedy: 'Give buildUrl or buildId instead.',
};

const OF_PROXY: Refusal = {
  code: 'not-delivered',
  problem: "The proxy of this runner does not let it reach GitHub's API",
  remedy: 'Check the proxy and its user in https_proxy (http_proxy for a plain http API), or give buildUrl or buildId.',
};

function refusalOf(status: number | undefined, { permission, isRefGiven }: Search): Refusal {
  switch (status) {
    case 401:
      return {
        code: 'unauthorized',
        problem: 'GitHub does not accept githubToken',
        remedy: 'Leave githubToken out to use the token of the job.',
      };
    case 403:
    case 404:
      return {
        code: 'forbidden',
        problem: 'GitHub does not let this job read the checks of the commit',
        remedy: `Add ${permission} to the permissions of the job${isRefGiven ? ', and check ref' : ''}.`,
      };
    case 422:
      return {
        code: 'not-found',
        problem: 'GitHub knows no such commit, branch or tag',
        remedy: isRefGiven ? 'Check ref.' : UNEXPECTED.remedy,
      };
    default:
      return UNEXPECTED;
  }
}

function describeSearch(baseUrl: string): RequestDescription {
  return {
    request: baseUrl,
    subject: 'The search for checks',
    consequence: 'nothing was retried',
    remedy: "Check that this runner reaches GitHub's API, or give buildUrl or buildId; then run this step again later.",
  };
}

/** What GitHub asks for where it does not say how long a rate limit lasts. */
const DEFAULT_LIMIT_MS = 60_000;

/**
 * How long a rate limit lasts, in milliseconds; undefined if the answer is about something else. GitHub answers 403 as
 * well as 429 (github/docs: "Rate limits for the REST API").
 */
function rateLimitWait(error: RequestError): number | undefined {
  const { status, message = '' } = error;
  if (status !== 403 && status !== 429) return undefined;
  const headers = headersOf(error);
  const { retryAfterMs } = answerOf(error);
  if (retryAfterMs !== undefined) return retryAfterMs;
  if (headers['x-ratelimit-remaining'] === '0') {
    const reset = Number(headers['x-ratelimit-reset'] ?? Number.NaN);
    return msUntil(reset * 1000, headers) ?? DEFAULT_LIMIT_MS;
  }
  const isLimit = status === 429 || /rate limit|abuse detection/i.test(message.slice(0, 2000));
  return isLimit ? DEFAULT_LIMIT_MS : undefined;
}

function answerOf(error: unknown) {
  const { status = 0 } = error as RequestError;
  return parseResponse({ status, headers: headersOf(error as RequestError), body: '' });
}

/** Whether GitHub itself wrote an answer: other servers that know parts of its API answer 404 for check runs. */
function isGithubs(error: RequestError): boolean {
  const { data } = error.response ?? {};
  const hasDocumentation = typeof (data as { documentation_url?: unknown } | null)?.documentation_url === 'string';
  return hasDocumentation || headersOf(error)['x-github-request-id'] !== undefined;
}

/** The HTTP status of an answer that a proxy is known to have written. */
function proxysStatus(error: RequestError): number | undefined {
  return answerOf(error).proxy === undefined ? undefined : error.status;
}

function headersOf({ response }: RequestError): Headers {
  return response?.headers ?? {};
}

/** Octokit wraps what its fetch throws in an error with status 500. */
function knownCause(error: unknown): NetworkError | ActionError | DecodeError | undefined {
  if (error instanceof NetworkError || error instanceof ActionError || error instanceof DecodeError) return error;
  const cause = (error as { cause?: unknown } | undefined)?.cause;
  return cause === undefined || cause === error ? undefined : knownCause(cause);
}
