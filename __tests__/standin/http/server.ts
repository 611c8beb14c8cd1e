import { hex } from '../world/ids.js';
import type { World } from '../world/world.js';
import { type Answer, apiGatewayError, gatewayJson, html, plainText, springError } from './answer.js';
import { authenticate } from './authenticate.js';
import { type Listener, type ListenerOptions, listen, type RequestHandler } from './listener.js';
import { languageOf, noRoute, runOperation } from './operations.js';
import { parameter, type RecordedRequest } from './recorded-request.js';
import { problemsOf } from './request-problems.js';
import { type Route, type RoutingError, routeOf } from './routes.js';

export interface Standin extends Listener {
  readonly world: World;
}

export interface StandinOptions extends ListenerOptions {
  readonly world: World;
}

/** Starts a BK-CI on a local port, reachable both through its own gateway and the BlueKing API gateway. */
export async function startStandin({ world, ...options }: StandinOptions): Promise<Standin> {
  const listener = await listen(handlerOf(world), options);
  return { ...listener, world };
}

function handlerOf(world: World): RequestHandler {
  const handleRequest = (request: RecordedRequest) => answerRequest(world, request);
  return {
    now: () => world.now(),
    firstRetryAt: () => firstRetryAt(world),
    operationOf: ({ path }) => routeOrNull(path)?.operation ?? 'other',
    problemsOf: (request) => problemsOf(request, routeOrNull(request.path), world.access),
    handle: handleRequest,
    isBlocked: (request) => {
      const buildId = buildIdOf(request);
      return routeOrNull(request.path)?.operation === 'retry' && buildId !== null && world.isLocked(buildId);
    },
    handleLater: (request, ms) => {
      const buildId = buildIdOf(request);
      if (buildId !== null) world.lock(buildId, ms);
      world.schedule(ms, () => handleRequest(request));
    },
    requestIdHeaders: (request, index) => {
      const id = hex(`request ${index}`);
      const isApiGateway = routeOrNull(request.path)?.gateway === 'api' || request.path.startsWith('/api/');
      return isApiGateway ? { 'X-Bkapi-Request-ID': id, 'X-Request-ID': id } : { 'X-DEVOPS-RID': id };
    },
  };
}

function firstRetryAt(world: World): number | null {
  const times = world.builds.flatMap((build) => build.effects.retries.map((retry) => retry.at));
  return times.length > 0 ? Math.min(...times) : null;
}

function routeOrNull(path: string): Route | null {
  const route = routeOf(path);
  return typeof route === 'string' ? null : route;
}

function buildIdOf(request: RecordedRequest): string | null {
  return routeOrNull(request.path)?.buildId ?? parameter(request, 'buildId');
}

/** The answer of the server to one request, without any fault. */
export function answerRequest(world: World, request: RecordedRequest): Answer {
  const route = routeOf(request.path);
  const language = languageOf(request);
  if (typeof route === 'string') return routingErrorAnswer(route, request);
  const authentication = authenticate(request, route, world.access);
  if ('answer' in authentication) return authentication.answer;
  return runOperation({ world, route, request, user: authentication.user, language });
}

function routingErrorAnswer(error: RoutingError, request: RecordedRequest): Answer {
  switch (error) {
    case 'illegal':
      return plainText(400, `Devops OpenAPI Auth fail: path(${request.path}) illegal!`);
    case 'no-route':
      return noRoute(languageOf(request));
    case 'api-not-found': {
      const message = `API not found [method="${request.method}" path="${request.path}"]`;
      return apiGatewayError(404, 1640401, { name: 'API_NOT_FOUND', message });
    }
    case 'unknown-path':
      return gatewayJson(404, '请求资源不存在。');
    case 'unknown-service':
      return html(502, '502 Bad Gateway');
    case 'not-logged-in':
      return gatewayJson(500, '服务器错误。');
    case 'outside-api':
      return springError(404, request.path.replace(/^(?:\/ms)?\/openapi/, ''), request.at);
  }
}
