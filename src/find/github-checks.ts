/**
 * Reads the check runs of a commit with Octokit, over `src/http`: with the same proxy, deadline and size limit as every
 * other request. Octokit is large and rarely needed, so it is imported only when checks are read.
 */

import { DecodeError, optionalObject, optionalText, requiredObject, requiredText } from '../bkci/decode/fields.js';
import type { CommitRef } from '../github/event.js';
import type { Runner } from '../github/runner.js';
import type { Http, HttpResponse } from '../http/http.js';
import { ActionError, NOTHING_SENT } from '../lib/errors.js';
import { mapTexts, oneLine } from '../lib/sanitize.js';
import { explainError, UNEXPECTED } from './github-errors.js';
import { githubServer } from './github-server.js';

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
  const { baseUrl, owner, repo } = githubServer(runner);
  const { getOctokit } = await import('@actions/github');
  const octokit = getOctokit(token, {
    baseUrl,
    // Octokit prints what headers of the server say (`Deprecation`), through the log of its request.
    request: { fetch: fetchOver(http, { origin: new URL(baseUrl).origin, signal: cancelled }), log: SILENT },
    log: SILENT,
  });
  try {
    const ref = 'ref' in commit ? commit.ref : await headOf(octokit, { owner, repo, pull_number: commit.pullRequest });
    const readPage = async (page: number) =>
      decodePage(await octokit.rest.checks.listForRef({ owner, repo, ref, filter: 'all', per_page: PAGE_SIZE, page }));
    // The name is cut when it is shown. The other texts are compared.
    const redacted = (text: string, name: string) => (name === 'name' ? runner.redact(text) : text);
    return { ref, checks: mapTexts(await allChecks(readPage), redacted) };
  } catch (error) {
    if (cancelled.aborted) throw cancelled.reason;
    throw explainError(error, {
      baseUrl,
      redact: runner.redact,
      isRefGiven: runner.input('ref') !== '',
      permission: 'ref' in commit ? 'checks: read' : 'checks: read and pull-requests: read',
    });
  }
}

const SILENT = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

type Octokit = ReturnType<typeof import('@actions/github')['getOctokit']>;

/** What Octokit returns for every status below 400. Its types describe what GitHub documents, not what came. */
interface OctokitResponse {
  readonly status: number;
  readonly data: unknown;
}

function okData({ status, data }: OctokitResponse) {
  if (status !== 200) throw new DecodeError(`HTTP ${status}`);
  return requiredObject(data, 'the answer');
}

async function headOf(octokit: Octokit, pull: { owner: string; repo: string; pull_number: number }): Promise<string> {
  const head = requiredObject(okData(await octokit.rest.pulls.get(pull)).head, 'head');
  const sha = requiredText(head, 'sha', 'head');
  if (!/^[0-9a-f]{40,64}$/.test(sha)) throw new DecodeError('head.sha is not a commit');
  return sha;
}

/** The most that GitHub allows. */
const PAGE_SIZE = 100;
/** Limits the search to 2000 check runs; a build with more is found by its id. */
const MAX_PAGES = 20;

interface Page {
  readonly total: number;
  readonly runs: readonly CheckRun[];
}

/** All check runs, each once. If they changed while they were read, they are read once more. */
async function allChecks(readPage: (page: number) => Promise<Page>): Promise<readonly CheckRun[]> {
  const first = await readPages(readPage);
  if (first.runs.length === first.total) return first.runs;
  const second = await readPages(readPage);
  if (second.runs.length === second.total) return second.runs;
  throw new ActionError('unexpected-answer', {
    problem: `GitHub says that the commit has ${second.total} check runs, and lists ${second.runs.length}, twice`,
    consequence: NOTHING_SENT,
    remedy: UNEXPECTED.remedy,
  });
}

/** Pages are asked for by number: an address in the answer (`Link`) could lead the token elsewhere. */
async function readPages(readPage: (page: number) => Promise<Page>): Promise<Page> {
  const runs = new Map<number, CheckRun>();
  for (let page = 1; ; page += 1) {
    const { total, runs: more } = await readPage(page);
    if (total > MAX_PAGES * PAGE_SIZE) throw tooManyChecks(total);
    for (const run of more) runs.set(run.id, run);
    if (page * PAGE_SIZE >= total) return { total, runs: [...runs.values()] };
  }
}

function tooManyChecks(total: number): ActionError {
  return new ActionError('not-found', {
    problem: `The commit has ${total} check runs, and this step reads ${MAX_PAGES * PAGE_SIZE} at most`,
    consequence: NOTHING_SENT,
    remedy: 'Give buildUrl or buildId instead.',
  });
}

function decodePage(response: OctokitResponse): Page {
  const { total_count: total, check_runs: runs } = okData(response);
  if (!isCount(total)) throw new DecodeError('total_count is not a count');
  if (!Array.isArray(runs)) throw new DecodeError('check_runs is not a list');
  return { total, runs: runs.map((run, index) => decodeRun(run, `check_runs[${index}]`)) };
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function decodeRun(value: unknown, path: string): CheckRun {
  const from = requiredObject(value, path);
  if (!isCount(from.id)) throw new DecodeError(`${path}.id is not an id`);
  const isRunning = from.conclusion === null || from.conclusion === undefined;
  return {
    id: from.id,
    name: optionalText(from.name) ?? '',
    app: optionalText(optionalObject(from.app).slug) ?? '',
    detailsUrl: optionalText(from.details_url) ?? '',
    externalId: optionalText(from.external_id) ?? '',
    startedAt: optionalText(from.started_at) ?? '',
    status: requiredText(from, 'status', path),
    conclusion: isRunning ? '' : requiredText(from, 'conclusion', path),
  };
}

/** Milliseconds. */
const DEADLINE_MS = 20_000;
/** A page of checks. */
const MAX_BYTES = 2 * 1024 * 1024;
const MAX_REDIRECTS = 3;

/** The subset of `fetch` that Octokit uses. The token goes to one origin only, within which redirects are followed. */
function fetchOver(http: Http, { origin, signal }: { origin: string; signal: AbortSignal }) {
  return async (
    address: string,
    options: { method?: string | undefined; headers?: Record<string, string> | undefined },
  ): Promise<Response> => {
    const send = (url: URL) => {
      if (url.origin !== origin) throw foreignAddress(url.origin);
      return http.send({
        method: 'GET',
        url,
        headers: options.headers ?? {},
        deadlineMs: DEADLINE_MS,
        maxBytes: MAX_BYTES,
        ownConnection: false,
        signal,
      });
    };
    let url = new URL(address);
    let response = await send(url);
    for (let left = MAX_REDIRECTS; left > 0 && isRedirect(response, url); left -= 1) {
      url = new URL(response.headers.location ?? '', url);
      response = await send(url);
    }
    return asFetchResponse(response);
  };
}

/** Of a repository that was renamed or moved (github/docs: "Follow redirects"). */
function isRedirect({ status, headers }: HttpResponse, url: URL): boolean {
  return [301, 302, 307, 308].includes(status) && URL.canParse(headers.location ?? '', url.href) && !!headers.location;
}

function asFetchResponse({ status, headers, body }: HttpResponse): Response {
  // The constructor of Response takes no other status, and no body with these.
  if (status < 200 || status > 599) throw new DecodeError(`HTTP ${status}`);
  const isBodiless = status === 204 || status === 205 || status === 304;
  const textHeaders = Object.entries(headers).flatMap(([name, value]): [string, string][] =>
    typeof value === 'string' ? [[name, value]] : [],
  );
  return new Response(isBodiless ? null : body, { status, headers: textHeaders });
}

function foreignAddress(origin: string): ActionError {
  return new ActionError('unexpected-answer', {
    problem: `GitHub redirects the search for checks to another address, ${oneLine(origin, 200)}`,
    consequence: `${NOTHING_SENT}, since githubToken goes to GITHUB_API_URL only`,
    remedy: 'If the repository has moved, run the workflow there; or give buildUrl or buildId.',
  });
}
