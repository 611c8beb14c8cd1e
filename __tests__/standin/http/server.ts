import { hex } from '../world/ids.js';
import type { World } from '../world/world.js';
import { type Answer, apiGatewayError, bareText, gatewayJson } from './answer.js';
import { type Face, type Listener, type ListenerOptions, listen } from './listener.js';
import { languageOf, noRoute, operate } from './operations.js';
import { parameter, type RecordedRequest } from './recorded.js';
import { type Route, routeOf, type Unrouted } from './routes.js';
import { signIn } from './sign-in.js';
import { problemsOf } from './strict.js';

export interface Standin extends Listener {
  readonly world: World;
}

export interface StandinOptions extends ListenerOptions {
  readonly world: World;
}

/** A BK-CI on a port of this machine: its own gateway and the BlueKing API gateway at once. */
export async function startStandin({ world, ...options }: StandinOptions): Promise<Standin> {
  const listener = await listen(faceOf(world), options);
  return { ...listener, world };
}

function faceOf(world: World): Face {
  const act = (request: RecordedRequest) => answerOf(world, request);
  return {
    now: () => world.now(),
    retriedAt: () => retriedAt(world),
    operationOf: ({ path }) => routed(path)?.operation ?? 'other',
    problemsOf: (request) => problemsOf(request, routed(request.path), world.access),
    act,
    isBlocked: (request) => {
      const buildId = buildIdOf(request);
      return routed(request.path)?.operation === 'retry' && buildId !== null && world.isLocked(buildId);
    },
    actLater: (request, ms) => {
      const buildId = buildIdOf(request);
      if (buildId !== null) world.lock(buildId, ms);
      world.later(ms, () => act(request));
    },
    stamp: (request, index) => {
      const id = hex(`request ${index}`);
      const outer = routed(request.path)?.gateway === 'api' || request.path.startsWith('/api/');
      return outer ? { 'X-Bkapi-Request-ID': id, 'X-Request-ID': id } : { 'X-DEVOPS-RID': id };
    },
  };
}

function retriedAt(world: World): number | null {
  const times = world.builds.flatMap((build) => build.truth.retries.map((retry) => retry.at));
  return times.length > 0 ? Math.min(...times) : null;
}

function routed(path: string): Route | null {
  const route = routeOf(path);
  return typeof route === 'string' ? null : route;
}

function buildIdOf(request: RecordedRequest): string | null {
  return routed(request.path)?.buildId ?? parameter(request, 'buildId');
}

function answerOf(world: World, request: RecordedRequest): Answer {
  const route = routeOf(request.path);
  const language = languageOf(request);
  if (typeof route === 'string') return unrouted(route, request);
  const signedIn = signIn(request, route, world.access);
  if ('answer' in signedIn) return signedIn.answer;
  return operate({ world, route, request, user: signedIn.user, language });
}

function unrouted(why: Unrouted, request: RecordedRequest): Answer {
  switch (why) {
    case 'illegal':
      return bareText(400, `Devops OpenAPI Auth fail: path(${request.path}) illegal!`);
    case 'no-route':
      return noRoute(languageOf(request));
    case 'api-not-found': {
      const message = `API not found [method="${request.method}" path="${request.path}"]`;
      return apiGatewayError(404, 1640401, { name: 'API_NOT_FOUND', message });
    }
    case 'unknown-path':
      return gatewayJson(404, '请求资源不存在。');
  }
}
