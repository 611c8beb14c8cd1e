import { hex } from '../world/ids.js';
import type { Answer } from './answer.js';
import { appId, type Check, checkRunView, latestChecks } from './github-checks.js';
import { type Listener, type ListenerOptions, listen, type RequestHandler } from './listener.js';
import { header, parameter, type RecordedRequest } from './recorded-request.js';

export interface GithubData {
  /** `owner/name`. */
  readonly repository: string;
  readonly token: string;
  /** Permissions of the token, as in the workflow's `permissions:`; everything else is refused. */
  readonly scopes: readonly ('checks' | 'pull-requests' | 'metadata')[];
  readonly pulls: Readonly<Record<number, { readonly sha: string; readonly ref: string; readonly fork: boolean }>>;
  /** Branches and tags; a full SHA needs no entry. */
  readonly refs: Readonly<Record<string, string>>;
  readonly checks: readonly Check[];
  readonly permissions: Readonly<Record<string, 'admin' | 'write' | 'read' | 'none'>>;
}

interface Call {
  readonly data: GithubData;
  readonly request: RecordedRequest;
  readonly rest: string;
}

interface Endpoint {
  readonly operation: 'checks' | 'pull' | 'permission';
  readonly pattern: RegExp;
  readonly scope: GithubData['scopes'][number];
  readonly parameters: readonly string[];
  readonly handle: (call: Call, key: string) => Answer;
}

const ENDPOINTS: readonly Endpoint[] = [
  {
    operation: 'checks',
    pattern: /^commits\/([^/]+)\/check-runs$/,
    scope: 'checks',
    parameters: ['check_name', 'status', 'filter', 'per_page', 'page', 'app_id'],
    handle: checkRuns,
  },
  { operation: 'pull', pattern: /^pulls\/(\d+)$/, scope: 'pull-requests', parameters: [], handle: pull },
  {
    operation: 'permission',
    pattern: /^collaborators\/([^/]+)\/permission$/,
    scope: 'metadata',
    parameters: [],
    handle: permission,
  },
];

/** Serves the endpoints of GitHub's REST API that lead from a commit to a build, also under `/api/v3` as on GHES. */
export function startGithub(data: GithubData, options: ListenerOptions = {}): Promise<Listener> {
  return listen(handlerOf(data), options);
}

function handlerOf(data: GithubData): RequestHandler {
  return {
    now: Date.now,
    firstRetryAt: () => null,
    operationOf: ({ path }) => endpointOf(path)?.endpoint.operation ?? 'other',
    problemsOf: (request) => problemsOf(request),
    handle: (request) => handle(data, request),
    isBlocked: () => false,
    handleLater: () => undefined,
    requestIdHeaders: (_, index) => ({ 'x-github-request-id': hex(`github ${index}`).slice(0, 16) }),
  };
}

const REPOSITORY = /^(?:\/api\/v3)?\/repos\/([^/]+\/[^/]+)\/(.+)$/;

function endpointOf(path: string) {
  const [, repository = '', rest = ''] = REPOSITORY.exec(path) ?? [];
  for (const endpoint of ENDPOINTS) {
    const key = endpoint.pattern.exec(rest)?.[1];
    if (key !== undefined) return { endpoint, repository, rest, key: decodeURIComponent(key) };
  }
  return null;
}

function problemsOf(request: RecordedRequest): readonly string[] {
  const known = new Set(endpointOf(request.path)?.endpoint.parameters ?? []);
  const unknown = request.query.filter(([name]) => !known.has(name)).map(([name]) => `unknown query parameter ${name}`);
  const agent = header(request, 'user-agent') === null ? ['no user-agent'] : [];
  const foreign = ['x-devops-uid', 'x-bkapi-authorization'].filter((name) => header(request, name) !== null);
  return [...unknown, ...agent, ...foreign.map((name) => `${name} of BK-CI sent to GitHub`)];
}

function handle(data: GithubData, request: RecordedRequest): Answer {
  const [, token] = /^(?:bearer|token) (.+)$/i.exec(header(request, 'authorization') ?? '') ?? [];
  if (token !== data.token) return refused(401, 'Bad credentials');
  const found = endpointOf(request.path);
  if (!found || request.method !== 'GET' || found.repository !== data.repository) return refused(404, 'Not Found');
  if (!data.scopes.includes(found.endpoint.scope)) return refused(403, 'Resource not accessible by integration');
  return found.endpoint.handle({ data, request, rest: found.rest }, found.key);
}

/** github/docs: "List check runs for a Git reference"; 30 a page unless asked, 100 at most. */
function checkRuns({ data, request }: Call, ref: string): Answer {
  const sha = data.refs[ref] ?? ref;
  if (!/^[0-9a-f]{40}$/.test(sha)) return refused(422, `No commit found for SHA: ${ref}`);
  const all = data.checks.filter((check) => check.sha === sha);
  const wanted = (name: string, value: string) => [null, value].includes(parameter(request, name));
  const chosen = (parameter(request, 'filter') === 'all' ? all : latestChecks(all)).filter(
    (check) =>
      wanted('check_name', check.name) && wanted('status', check.status) && wanted('app_id', String(appId(check))),
  );
  const size = Math.min(100, Number(parameter(request, 'per_page') ?? 30));
  const page = Math.max(1, Number(parameter(request, 'page') ?? 1));
  const pages = Math.max(1, Math.ceil(chosen.length / size));
  const runs = chosen.slice((page - 1) * size, page * size).map(checkRunView);
  const link = (rel: string, to: number) => {
    const query = new URLSearchParams(Object.fromEntries(request.query));
    query.set('page', String(to));
    return `<http://${header(request, 'host')}${request.path}?${query}>; rel="${rel}"`;
  };
  const links = page < pages ? { link: [link('next', page + 1), link('last', pages)].join(', ') } : {};
  return json(200, { total_count: chosen.length, check_runs: runs }, links);
}

function pull({ data }: Call, key: string): Answer {
  const found = data.pulls[Number(key)];
  if (!found) return refused(404, 'Not Found');
  const { sha, ref, fork } = found;
  const full_name = fork ? 'somebody/shop' : data.repository;
  return json(200, { number: Number(key), state: 'open', head: { sha, ref, repo: { full_name, fork } } });
}

function permission({ data }: Call, user: string): Answer {
  const level = data.permissions[user] ?? 'none';
  return json(200, { permission: level, role_name: level, user: { login: user } });
}

function json(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: JSON.stringify(body),
  };
}

function refused(status: number, message: string): Answer {
  return json(status, { message, documentation_url: 'https://docs.github.com/rest', status: String(status) });
}
