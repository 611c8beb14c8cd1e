import type { Access } from '../world/access.js';
import { header, type RecordedRequest } from './recorded-request.js';
import type { Route } from './routes.js';

/** Mistakes in a request that a lenient server would accept. */
export function problemsOf(request: RecordedRequest, route: Route | null, access: Access): readonly string[] {
  if (route === null) return [];
  return [
    ...headerProblems(request, route),
    ...queryProblems(request, route),
    ...(doublyEncoded(request, access) ? ['access_token is encoded twice'] : []),
    ...(request.body === '' ? [] : ['a body where none belongs']),
  ];
}

function headerProblems(request: RecordedRequest, route: Route): readonly string[] {
  const names = request.rawHeaders.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase());
  const twice = [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
  const problems = twice.map((name) => `header ${name} is sent twice`);
  if (header(request, 'accept') !== 'application/json') problems.push('accept is not application/json');
  if (request.method === 'POST' && header(request, 'content-type') !== 'application/json') {
    problems.push('content-type is not application/json');
  }
  const authorization = header(request, 'x-bkapi-authorization') !== null;
  if (route.gateway === 'own' && authorization) problems.push('X-Bkapi-Authorization on the own gateway');
  const token = request.query.some(([name]) => name === 'access_token');
  if (route.gateway === 'own' && !token && header(request, 'x-devops-uid') === null) {
    problems.push('neither X-DEVOPS-UID nor access_token');
  }
  return problems;
}

function queryProblems(request: RecordedRequest, route: Route): readonly string[] {
  const names = request.query.map(([name]) => name);
  const twice = [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
  const known = (name: string) => route.parameters.has(name) || (name === 'access_token' && route.gateway === 'own');
  const empty = request.query.filter(([name, value]) => value === '' && name !== 'access_token').map(([name]) => name);
  return [
    ...names.filter((name) => !known(name)).map((name) => `unknown query parameter ${name}`),
    ...twice.map((name) => `query parameter ${name} is sent twice`),
    ...empty.map((name) => `query parameter ${name} is empty`),
  ];
}

/** After decoding once, the value must be the token itself. */
function doublyEncoded(request: RecordedRequest, access: Access): boolean {
  const value = request.query.find(([name]) => name === 'access_token')?.[1] ?? '';
  return Object.keys(access.tokens).some((token) => token !== value && encodeURIComponent(token) === value);
}
