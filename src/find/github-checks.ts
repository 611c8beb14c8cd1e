/**
 * Reads the check runs of a commit with Octokit, over `src/http`: with the same proxy, deadline and size limit as every
 * other request. Octokit is large and rarely needed, so it is imported only when checks are read.
 */

import { type RequestDescription, TransientError } from '../bkci/transient-error.js';
import type { CommitRef } from '../github/event.js';
import type { Runner } from '../github/runner.js';
import type { Http } from '../http/http.js';
import { NetworkError } from '../http/network-error.js';
import { ActionError, type ErrorCode, NOTHING_SENT } from '../lib/errors.js';
import { cap, mapTexts, quote, type Redact } from '../lib/sanitize.js';

/** A check run. Untrusted: anyone with `checks: write` can write one. */
export interface CheckRun {
  readonly id: number;
  readonly name: string;
  /** Slug of the app that wrote it; empty if unknown. */
  readonly app: string;
  readonly detailsUrl: string;
  readonly externalId: string;
  readonly startedAt: string;
  /** `queued`, `in_progress`, `completed`, … */
  readonly status: string;
  /** `success`, `failure`, …; empty while it runs. */
  readonly conclusion: string;
}

export interface CommitChecks {
  /** The commit, branch or tag that was requested. */
  readonly ref: string;
  readonly checks: readonly CheckRun[];
}

export interface ChecksRequest {
  readonly http: Http;
  readonly token: string;
  readonly commit: CommitRef;
  readonly cancelled: AbortSignal;
}

/** Reads all pages of check runs of a commit. Throws a TransientError when the read may be repeated. */
export async function readChecks(
  runner: Runner,
  { http, token, commit, cancelled }: ChecksRequest,
): Promise<CommitChecks> {
  const [owner = '', repo = ''] = runner.environment('GITHUB_REPOSITORY').split('/');
  const { getOctokit } = await import('@actions/github');
  const baseUrl = runner.environment('GITHUB_API_URL') || 'https://api.github.com';
  const octokit = getOctokit(token, {
    baseUrl,
    request: { fetch: fetchOver(http, cancelled) },
    log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
  });
  try {
    const ref = 'ref' in commit ? commit.ref : await headOf(octokit, { owner, repo, pull_number: commit.pullRequest });
    const runs = await octokit.paginate(octokit.rest.checks.listForRef, {
      owner,
      repo,
      ref,
      filter: 'all',
      per_page: 100,
    });
    // The name is cut when it is shown. The other texts are compared.
    const redacted = (text: string, name: string) => (name === 'name' ? runner.redact(text) : text);
    return { ref, checks: mapTexts(runs.map(checkRun), redacted) };
  } catch (error) {
    if (cancelled.aborted) throw cancelled.reason;
    throw explainError(error, {
      baseUrl,
      redact: runner.redact,
      permission: 'ref' in commit ? 'checks: read' : 'checks: read and pull-requests: read',
    });
  }
}

type Octokit = ReturnType<typeof import('@actions/github')['getOctokit']>;

async function headOf(octokit: Octokit, pull: { owner: string; repo: string; pull_number: number }): Promise<string> {
  const { data } = await octokit.rest.pulls.get(pull);
  return data.head.sha;
}

type ApiCheckRun = Awaited<ReturnType<Octokit['rest']['checks']['listForRef']>>['data']['check_runs'][number];

function checkRun(run: ApiCheckRun): CheckRun {
  return {
    id: run.id,
    name: run.name,
    app: run.app?.slug ?? '',
    detailsUrl: run.details_url ?? '',
    externalId: run.external_id ?? '',
    startedAt: run.started_at ?? '',
    status: run.status,
    conclusion: run.conclusion ?? '',
  };
}

/** Milliseconds. */
const DEADLINE_MS = 20_000;

/** The subset of `fetch` that Octokit uses. */
function fetchOver(http: Http, signal: AbortSignal) {
  return async (
    address: string,
    options: { method?: string | undefined; headers?: Record<string, string> | undefined },
  ): Promise<Response> => {
    const { status, headers, body } = await http.send({
      method: 'GET',
      url: new URL(address),
      headers: options.headers ?? {},
      deadlineMs: DEADLINE_MS,
      ownConnection: false,
      signal,
    });
    const textHeaders = Object.entries(headers).flatMap(([name, value]): [string, string][] =>
      typeof value === 'string' ? [[name, value]] : [],
    );
    const isBodiless = status === 204 || status === 304;
    const response = new Response(isBodiless ? null : body, { status, headers: textHeaders });
    // Octokit's paging reads the address from the response; the constructor of Response can't set it.
    return Object.defineProperty(response, 'url', { value: address });
  };
}

/** Maps an error of Octokit to an ActionError, or to a TransientError when the read may be repeated. */
function explainError(
  error: unknown,
  { baseUrl, permission, redact }: { baseUrl: string; permission: string; redact: Redact },
): Error {
  const { status, message = '' } = error as { status?: number | undefined; message?: string | undefined };
  const transient = (reason: string) =>
    new TransientError({ kind: 'answer-lost', reason: `GitHub: ${reason}`, answered: false }, describeSearch(baseUrl));
  const networkError = networkErrorOf(error);
  if (networkError) return transient(networkError.message);
  if (status !== 401 && isRateLimited(error)) return transient(`rate limit, HTTP ${status}`);
  if (status !== undefined && (status >= 500 || status === 429)) return transient(`HTTP ${status}`);
  const { code, problem, remedy } = refusalOf(status, permission);
  // The message may quote any text of the server, and Octokit appends the address of its documentation.
  const answer = `(HTTP ${status ?? '?'} ${quote(cap(redact(message), 2_000).replace(/ - https:\S+$/, ''), 200)})`;
  const text = { problem: `${problem} ${answer}`, consequence: NOTHING_SENT, remedy };
  return new ActionError(code, text, { cause: error });
}

function refusalOf(
  status: number | undefined,
  permission: string,
): { code: ErrorCode; problem: string; remedy: string } {
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
        remedy: `Add ${permission} to the permissions of the job, and check ref.`,
      };
    case 422:
      return {
        code: 'not-found',
        problem: 'GitHub knows no such commit, branch or tag',
        remedy: 'Check ref.',
      };
    default:
      return {
        code: 'unexpected-answer',
        problem: "GitHub's answer to the search for checks was not understood",
        remedy: 'Give buildUrl or buildId instead.',
      };
  }
}

function describeSearch(baseUrl: string): RequestDescription {
  return {
    request: `The search for checks at ${baseUrl}`,
    consequence: 'nothing was retried',
    remedy: "Check that this runner reaches GitHub's API, or give buildUrl or buildId; then run this step again later.",
  };
}

/** GitHub answers 403 or 429 once the requests of the hour are used up. */
function isRateLimited(error: unknown): boolean {
  const { response } = error as { response?: { headers?: Record<string, unknown> | undefined } | undefined };
  return response?.headers?.['x-ratelimit-remaining'] === '0';
}

/** Octokit wraps what its fetch throws in an error with status 500. */
function networkErrorOf(error: unknown): NetworkError | undefined {
  if (error instanceof NetworkError) return error;
  const cause = (error as { cause?: unknown })?.cause;
  return cause === undefined || cause === error ? undefined : networkErrorOf(cause);
}
