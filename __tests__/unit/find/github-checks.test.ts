import { describe, expect, test } from '@jest/globals';
import { TransientError } from '../../../src/bkci/transient-error.js';
import { readChecks } from '../../../src/find/github-checks.js';
import type { CommitRef } from '../../../src/github/event.js';
import type { HttpRequest, HttpResponse } from '../../../src/http/http.js';
import { NetworkError } from '../../../src/http/network-error.js';
import { ActionError } from '../../../src/lib/errors.js';
import { SHA } from '../../support/checks.js';
import { errorOf } from '../../support/errors.js';
import { fakeStep } from '../../support/harness.js';

const API = 'https://api.github.com';
const DATE = 'Thu, 26 Nov 2026 12:00:00 GMT';
/** 12:00:40 on that day. */
const RESET = '1795694440';

type Reply = HttpResponse | NetworkError;

const json = (body: unknown, status = 200, headers: HttpResponse['headers'] = {}): HttpResponse => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8', date: DATE, ...headers },
  body: typeof body === 'string' ? body : JSON.stringify(body),
});
const run = (id: number, more: object = {}) => ({
  id,
  name: `check ${id}`,
  status: 'completed',
  conclusion: 'success',
  app: { slug: 'bk-ci' },
  ...more,
});
const runs = (from: number, count: number) => Array.from({ length: count }, (_, index) => run(from + index));
const page = (total: number, list: readonly unknown[], headers = {}) =>
  json({ total_count: total, check_runs: list }, 200, headers);
const refused = (status: number, message: string, headers = {}) =>
  json({ message, documentation_url: 'https://docs.github.com/rest' }, status, headers);

function read(
  replies: readonly Reply[] | ((request: HttpRequest) => Reply),
  commit: CommitRef = { ref: SHA },
  api = API,
  environment: Readonly<Record<string, string>> = {},
) {
  const { step } = fakeStep({ GITHUB_REPOSITORY: 'acme/shop', GITHUB_API_URL: api, ...environment });
  const requests: string[] = [];
  const http = {
    send: async (request: HttpRequest) => {
      requests.push(request.url.href);
      const reply = typeof replies === 'function' ? replies(request) : replies[requests.length - 1];
      if (reply === undefined) throw new Error(`an unplanned request: ${request.url}`);
      if (reply instanceof NetworkError) throw reply;
      return reply;
    },
  };
  const request = { http, token: 'ghs_x', commit, cancelled: step.cancelled };
  return { result: readChecks(step.runner, request), requests };
}

const pagesOf = (requests: readonly string[]) => requests.map((url) => new URL(url).searchParams.get('page'));
const idsOf = async (result: ReturnType<typeof readChecks>) => (await result).checks.map(({ id }) => id);

/** The TransientError that a read ends with. */
async function transientOf(result: Promise<unknown>): Promise<TransientError> {
  const error = await result.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof TransientError) return error;
  throw error ?? new Error('it was read');
}

describe('readChecks reads page by page', () => {
  test('by numbers, whatever address the answer names', async () => {
    const link = { link: '<https://evil.example/next>; rel="next", <https://evil.example/last>; rel="last"' };
    const { result, requests } = read([
      page(201, runs(1, 100), link),
      page(201, runs(101, 100), link),
      page(201, runs(201, 1), link),
    ]);
    expect(await idsOf(result)).toHaveLength(201);
    expect(pagesOf(requests)).toEqual(['1', '2', '3']);
    expect(requests.every((url) => url.startsWith(`${API}/repos/acme/shop/commits/${SHA}/check-runs?`))).toBe(true);
  });

  test('one page if there is no check', async () => {
    const { result, requests } = read([page(0, [])]);
    expect([await idsOf(result), pagesOf(requests)]).toEqual([[], ['1']]);
  });

  test('once more if a check was added meanwhile, so that one came twice', async () => {
    const { result, requests } = read([
      page(101, runs(1, 100)),
      page(102, [run(100), run(101)]),
      page(102, [run(0), ...runs(1, 99)]),
      page(102, [run(100), run(101)]),
    ]);
    expect(await idsOf(result)).toHaveLength(102);
    expect(pagesOf(requests)).toEqual(['1', '2', '1', '2']);
  });

  test('and takes the last total', async () => {
    const { result, requests } = read([page(101, runs(1, 100)), page(102, runs(101, 2))]);
    expect([(await idsOf(result)).length, pagesOf(requests)]).toEqual([102, ['1', '2']]);
  });

  test('twice at most', async () => {
    const { result, requests } = read(() => page(3, runs(1, 2)));
    const error = await errorOf(() => result);
    expect([error.code, error.message, pagesOf(requests)]).toEqual([
      'unexpected-answer',
      'GitHub says that the commit has 3 check runs, and lists 2, twice; nothing was sent. Give buildUrl or buildId instead.',
      ['1', '1'],
    ]);
  });

  test('up to a bound', async () => {
    const { result, requests } = read(() => page(2001, runs(1, 100)));
    const error = await errorOf(() => result);
    expect([error.code, error.message, requests.length]).toEqual([
      'not-found',
      'The commit has 2001 check runs, and this step reads 2000 at most; nothing was sent. Give buildUrl or buildId instead.',
      1,
    ]);
  });
});

describe('readChecks follows redirects', () => {
  const MOVED = `/repositories/12/commits/${SHA}/check-runs?filter=all&per_page=100&page=1`;

  test.each([301, 302, 307, 308])('of status %d within GitHub, with the token', async (status) => {
    for (const location of [`${API}${MOVED}`, MOVED]) {
      const { result, requests } = read([refused(status, 'Moved', { location }), page(1, runs(1, 1))]);
      expect([await idsOf(result), requests[1]]).toEqual([[1], `${API}${MOVED}`]);
    }
  });

  const elsewhere = [
    'https://evil.example/x',
    'http://api.github.com/x',
    `${API}:8443/x`,
    'https://api.github.com.evil.example/',
    '//evil.example/',
  ];
  test.each(elsewhere)('to no other origin: %s', async (location) => {
    const { result, requests } = read([refused(301, 'Moved', { location })]);
    const error = await errorOf(() => result);
    expect([error.code, error.text.problem, requests.length]).toEqual([
      'unexpected-answer',
      expect.stringMatching(/^GitHub redirects the search for checks to another address, https?:\/\/[\w.:]+$/),
      1,
    ]);
  });

  test('three times at most', async () => {
    const { result, requests } = read(() => refused(301, 'Moved', { location: MOVED }));
    const error = await errorOf(() => result);
    expect([error.code, error.message, requests.length]).toEqual([
      'unexpected-answer',
      expect.stringContaining('(HTTP 301)'),
      4,
    ]);
  });
});

describe('readChecks takes only 200, and checks what it reads', () => {
  const answers: readonly [string, HttpResponse][] = [
    ...[201, 202, 203, 204, 205, 206, 300, 301, 304, 999].map((status): [string, HttpResponse] => [
      `HTTP ${status}`,
      { ...page(1, runs(1, 1)), status },
    ]),
    ['a page', json('<html>', 200, { 'content-type': 'text/html' })],
    ['no JSON', json('{"total_count":')],
    ['another type of content', json('x', 200, { 'content-type': ';;;' })],
    ['a list', json([])],
    ['null', json('null')],
    ['an empty object', json({})],
    ['a total that is text', json({ total_count: '1', check_runs: [] })],
    ['a total below zero', json({ total_count: -1, check_runs: [] })],
    ['a broken total', json({ total_count: 1.5, check_runs: [] })],
    ['checks that are no list', json({ total_count: 1, check_runs: {} })],
    ['a check that is null', page(1, [null])],
    ['a check that is text', page(1, ['x'])],
    ['an id that is text', page(1, [run(1, { id: '1' })])],
    ['no id', page(1, [run(1, { id: undefined })])],
    ['a status that is a number', page(1, [run(1, { status: 1 })])],
    ['a conclusion that is an object', page(1, [run(1, { conclusion: {} })])],
  ];
  test.each(answers)('%s is not understood', async (_, reply) => {
    const { result, requests } = read([reply]);
    const error = await errorOf(() => result);
    expect([error.code, error.message]).toEqual([
      'unexpected-answer',
      expect.stringMatching(/^GitHub's answer to the search for checks was not understood \(.*\); nothing was sent\./),
    ]);
    expect(requests).toHaveLength(1);
  });

  test('wrong types of what is compared are absent', async () => {
    const odd = run(1, { name: 1, app: 'bk-ci', details_url: {}, external_id: 5, started_at: [], conclusion: null });
    expect((await read([page(1, [odd])]).result).checks).toEqual([
      { id: 1, name: '', app: '', detailsUrl: '', externalId: '', startedAt: '', status: 'completed', conclusion: '' },
    ]);
  });

  test.each([[null], [{}], [{ head: {} }], [{ head: { sha: 7 } }], [{ head: { sha: '../x' } }]])(
    'a pull request %j has no head',
    async (pull) => {
      const error = await errorOf(() => read([json(pull)], { pullRequest: 7 }).result);
      expect(error.code).toBe('unexpected-answer');
    },
  );

  test.each([
    [
      'the tunnel, 403',
      new NetworkError('connecting', 'UNKNOWN', 'x', { tunnelRefusal: { proxy: 'p:1', status: 403 } }),
    ],
    [
      'the tunnel, 407',
      new NetworkError('connecting', 'UNKNOWN', 'x', { tunnelRefusal: { proxy: 'p:1', status: 407 } }),
    ],
    ['the request, 403', refused(403, 'x', { 'x-squid-error': 'ERR_ACCESS_DENIED 0' })],
    ['the request, 407', refused(407, 'x')],
  ] satisfies [string, Reply][])('a proxy that refuses %s is not asked again', async (_, reply) => {
    const { result } = read([reply]);
    const error = await errorOf(() => result);
    expect([error.code, error.message]).toEqual(['not-delivered', expect.stringContaining('The proxy of this runner')]);
  });

  test('an answer that is too large is not asked for again', async () => {
    const { result } = read([new NetworkError('sent', 'BODY_TOO_LARGE', 'the answer is larger than 2 MiB')]);
    const error = await errorOf(() => result);
    expect([error.code, error.message]).toEqual([
      'unexpected-answer',
      expect.stringContaining('(the answer is larger than 2 MiB)'),
    ]);
  });
});

describe('readChecks tells a rate limit', () => {
  const limits: readonly [string, HttpResponse, number][] = [
    ['by Retry-After', refused(403, 'Forbidden', { 'retry-after': '30' }), 30_000],
    ['by Retry-After of 429', refused(429, 'Too many', { 'retry-after': '30' }), 30_000],
    [
      'by what remains, until its reset',
      refused(403, 'x', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': RESET }),
      40_000,
    ],
    [
      'by what remains, with a reset that has passed',
      refused(429, 'x', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1' }),
      0,
    ],
    ['by what remains, without a reset', refused(403, 'x', { 'x-ratelimit-remaining': '0' }), 60_000],
    [
      'by what remains, with a broken reset',
      refused(403, 'x', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': 'soon' }),
      60_000,
    ],
    ['by its message', refused(403, 'You have exceeded a secondary rate limit.'), 60_000],
    [
      'by its message about requests',
      refused(403, 'API rate limit exceeded for installation ID 1.', { 'x-ratelimit-remaining': '7' }),
      60_000,
    ],
    ['by 429', refused(429, 'Slow down'), 60_000],
  ];
  test.each(limits)('%s', async (_, reply, retryAfterMs) => {
    const { outcome } = await transientOf(read([reply]).result);
    expect(outcome).toMatchObject({ reason: `GitHub: rate limit, HTTP ${reply.status}`, response: { retryAfterMs } });
  });

  const others: readonly [string, HttpResponse, string][] = [
    [
      '403 without a word of it',
      refused(403, 'Resource not accessible by integration', { 'x-ratelimit-remaining': '10' }),
      'forbidden',
    ],
    ['404 as the last request of the hour', refused(404, 'Not Found', { 'x-ratelimit-remaining': '0' }), 'forbidden'],
    ['401 with Retry-After', refused(401, 'Bad credentials', { 'retry-after': '5' }), 'unauthorized'],
    ['422 about a branch called so', refused(422, 'No commit found for SHA: rate limit'), 'not-found'],
  ];
  test.each(others)('not in %s', async (_, reply, code) => {
    const error = await errorOf(() => read([reply]).result);
    expect(error).toBeInstanceOf(ActionError);
    expect(error.code).toBe(code);
  });

  test('and 503 with Retry-After is waited for as well', async () => {
    const { outcome } = await transientOf(read([refused(503, 'down', { 'retry-after': '7' })]).result);
    expect(outcome).toMatchObject({ reason: 'GitHub: HTTP 503', response: { retryAfterMs: 7000 } });
    expect((await transientOf(read([refused(502, 'down')]).result)).outcome.response).toBeUndefined();
  });
});

describe('readChecks names ref', () => {
  const rows = [
    { name: '403', reply: refused(403, 'x'), given: /, and check ref\.$/, without: /permissions of the job\.$/ },
    { name: '404', reply: refused(404, 'x'), given: /, and check ref\.$/, without: /permissions of the job\.$/ },
    { name: '422', reply: refused(422, 'x'), given: / Check ref\.$/, without: / Give buildUrl or buildId instead\.$/ },
  ];
  test.each(rows)('only where it was given: $name', async ({ reply, given, without }) => {
    const messageOf = async (environment: Readonly<Record<string, string>>) =>
      (await errorOf(() => read([reply], { ref: SHA }, API, environment).result)).message;
    expect(await messageOf({ INPUT_REF: 'main' })).toMatch(given);
    expect(await messageOf({})).toMatch(without);
  });
});

describe('a server without check runs', () => {
  const NO_CHECK_RUNS =
    /^This server has no check runs to find the build by \(.+\); nothing was sent\. Give buildUrl or buildId\.$/;

  test.each(['GITEA_ACTIONS', 'FORGEJO_ACTIONS'])('is recognised by %s, and not asked', async (name) => {
    const { result, requests } = read([], { ref: SHA }, 'https://git.example.com/api/v1', { [name]: 'true' });
    const error = await errorOf(() => result);
    expect([error.code, error.message, requests]).toEqual(['input-invalid', expect.stringMatching(NO_CHECK_RUNS), []]);
  });

  const replies = [
    ['JSON without the address of a documentation', json({ message: 'Not found.', url: 'https://h/api/swagger' }, 404)],
    ['a text', { status: 404, headers: { 'content-type': 'text/plain' }, body: '404 page not found' }],
    ['a web page', { status: 404, headers: { 'content-type': 'text/html' }, body: '<html></html>' }],
    ['null', json('null', 404)],
    ['nothing', { status: 404, headers: {}, body: '' }],
  ] satisfies [string, HttpResponse][];
  test.each(replies)('is recognised by a 404 that is not of GitHub: %s', async (_, reply) => {
    const error = await errorOf(() => read([reply]).result);
    expect([error.code, error.message]).toEqual(['input-invalid', expect.stringMatching(NO_CHECK_RUNS)]);
  });

  test('is not told by a 404 that has the request id of GitHub', async () => {
    const reply = { status: 404, headers: { 'x-github-request-id': 'A:1' }, body: '' };
    expect((await errorOf(() => read([reply]).result)).code).toBe('forbidden');
  });
});

describe('variables of the runner that are not valid', () => {
  const API_PROBLEM = 'is not an http(s) address such as https://api.github.com';
  const rows = [
    {
      name: 'no address',
      environment: { GITHUB_API_URL: 'api.github.com' },
      lines: [`GITHUB_API_URL: “api.github.com” ${API_PROBLEM}`],
    },
    {
      name: 'another scheme',
      environment: { GITHUB_API_URL: 'ftp://h' },
      lines: [`GITHUB_API_URL: “ftp://h” ${API_PROBLEM}`],
    },
    {
      name: 'user info',
      environment: { GITHUB_API_URL: 'https://u:hunter2@h' },
      lines: [`GITHUB_API_URL: “https://h” ${API_PROBLEM}`],
    },
    {
      name: 'a query',
      environment: { GITHUB_API_URL: 'https://h/?a=hunter2' },
      lines: [`GITHUB_API_URL: “https://h/” ${API_PROBLEM}`],
    },
    {
      name: 'no repository',
      environment: { GITHUB_REPOSITORY: '' },
      lines: ['GITHUB_REPOSITORY: “” is not of the form OWNER/NAME'],
    },
    {
      name: 'a repository with a path, and no address',
      environment: { GITHUB_REPOSITORY: 'a/b/../c', GITHUB_API_URL: 'x' },
      lines: [`GITHUB_API_URL: “x” ${API_PROBLEM}`, 'GITHUB_REPOSITORY: “a/b/../c” is not of the form OWNER/NAME'],
    },
  ];
  test.each(rows)('are all named, and nothing is sent: $name', async ({ environment, lines }) => {
    const { result, requests } = read([], { ref: SHA }, API, environment);
    const error = await errorOf(() => result);
    expect([error.code, error.text.list, requests]).toEqual(['input-invalid', lines, []]);
    expect(error.message).not.toContain('hunter2');
  });

  test('an empty GITHUB_API_URL is that of github.com', async () => {
    const { result, requests } = read([page(0, [])], { ref: SHA }, '');
    expect(await idsOf(result)).toEqual([]);
    expect(requests[0]).toMatch(/^https:\/\/api\.github\.com\/repos\//);
  });
});
