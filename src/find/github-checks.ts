/**
 * Check runs of a commit, read with Octokit over our own HTTP: the same proxy, deadline and size cap as everything else.
 * Octokit is large and rarely needed, hence loaded here and only when it is.
 */

import { type RequestDescription, TransientError } from '../bkci/transient-error.js';
import type { CommitRef } from '../github/event.js';
import type { Runner } from '../github/runner.js';
import type { Http } from '../http/http.js';
import { NetworkError } from '../http/network-error.js';
import { ActionError, NOTHING_SENT } from '../lib/errors.js';
import { oneLine } from '../lib/sanitize.js';

const DEADLINE_MS = 20_000;

/** What of a check run says whose it is and how it went. Written by anyone with `checks: write`. */
export interface CheckRun {
  readonly id: number;
  readonly name: string;
  /** Slug of the app that wrote it. */
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
  /** What was asked for: a commit, branch or tag. */
  readonly ref: string;
  readonly checks: readonly CheckRun[];
}

export interface ChecksRequest {
  readonly http: Http;
  readonly token: string;
  readonly commit: CommitRef;
  readonly cancelled: AbortSignal;
}

/** All check runs of a commit, of every page. Throws PassingFailure for what may be read again. */
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
    return { ref, checks: runs.map(checkRun) };
  } catch (error) {
    if (cancelled.aborted) throw cancelled.reason;
    throw explainError(error, {
      baseUrl,
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

/** As much of `fetch` as Octokit uses of it. */
function fetchOver(http: Http, signal: AbortSignal) {
  return async (
    address: string,
    options: { method?: string | undefined; headers?: Record<string, string> | undefined },
  ): Promise<Response> => {
    const answer = await http.send({
      method: 'GET',
      url: new URL(address),
      headers: options.headers ?? {},
      deadlineMs: DEADLINE_MS,
      ownConnection: false,
      signal,
    });
    const headers = Object.entries(answer.headers).flatMap(([name, value]): [string, string][] =>
      typeof value === 'string' ? [[name, value]] : [],
    );
    const bodiless = answer.status === 204 || answer.status === 304;
    const response = new Response(bodiless ? null : answer.body, { status: answer.status, headers });
    // Octokit's paging reads the address from the response, and a Response of our own making has none.
    return Object.defineProperty(response, 'url', { value: address });
  };
}

/** Octokit's error with its number → ours. Its own message may quote any text of the server. */
function explainError(error: unknown, { baseUrl, permission }: { baseUrl: string; permission: string }): Error {
  const { status, message = '' } = error as { status?: number | undefined; message?: string | undefined };
  const passing = (reason: string) =>
    new TransientError({ kind: 'answer-lost', reason: `GitHub: ${reason}`, answered: false }, describeSearch(baseUrl));
  const wire = networkErrorIn(error);
  if (wire) return passing(wire.message);
  // Octokit adds the address of the documentation.
  const words = `(HTTP ${status ?? '?'} “${oneLine(message.replace(/ - https:\S+$/, ''), 200)}”)`;
  if (status === 401) {
    return new ActionError(
      'unauthorized',
      {
        problem: `GitHub does not accept githubToken ${words}`,
        consequence: NOTHING_SENT,
        remedy: `Leave githubToken out to use the token of the job.`,
      },
      { cause: error },
    );
  }
  if (isRateLimited(error)) return passing(`rate limit, HTTP ${status}`);
  if (status === 403 || status === 404) {
    return new ActionError(
      'forbidden',
      {
        problem: `GitHub does not let this job read the checks of the commit ${words}`,
        consequence: NOTHING_SENT,
        remedy: `Add ${permission} to the permissions of the job, and check ref.`,
      },
      { cause: error },
    );
  }
  if (status === 422) {
    return new ActionError(
      'not-found',
      {
        problem: `GitHub knows no such commit, branch or tag ${words}`,
        consequence: NOTHING_SENT,
        remedy: `Check ref.`,
      },
      { cause: error },
    );
  }
  if (status !== undefined && (status >= 500 || status === 429)) return passing(`HTTP ${status}`);
  return new ActionError(
    'unexpected-answer',
    {
      problem: `GitHub's answer to the search for checks was not understood ${words}`,
      consequence: NOTHING_SENT,
      remedy: `Give buildUrl or buildId instead.`,
    },
    { cause: error },
  );
}

function describeSearch(baseUrl: string): RequestDescription {
  return {
    request: `The search for checks at ${baseUrl}`,
    consequence: 'nothing was retried',
    remedy: "Check that this runner reaches GitHub's API, or give buildUrl or buildId; then run this step again later.",
  };
}

/** GitHub answers 403 or 429 to whoever has used up the hour's requests. */
function isRateLimited(error: unknown): boolean {
  const { response } = error as { response?: { headers?: Record<string, unknown> | undefined } | undefined };
  return response?.headers?.['x-ratelimit-remaining'] === '0';
}

/** Octokit wraps what its fetch throws, and says 500 for it. */
function networkErrorIn(error: unknown): NetworkError | undefined {
  if (error instanceof NetworkError) return error;
  const cause = (error as { cause?: unknown })?.cause;
  return cause === undefined || cause === error ? undefined : networkErrorIn(cause);
}
