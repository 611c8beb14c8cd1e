/**
 * Sends one HTTP request. Only proxies and agents come from `@actions/http-client`: its body reader never settles after
 * a cut connection, it follows redirects with our credentials, and it has no deadline for the whole request
 * (actions/toolkit: packages/http-client/src/index.ts).
 */

import http, { type ClientRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { urlToHttpOptions } from 'node:url';
import { getProxyUrl, HttpClient } from '@actions/http-client';
import { checkBypass } from '@actions/http-client/lib/proxy';
import type { Clock } from '../lib/clock.js';
import { duration } from '../lib/format.js';
import { readBody } from './body.js';
import { NetworkError, type RequestPhase, toNetworkError } from './network-error.js';
import { absoluteForm, hostAndPort, variableOf } from './proxy.js';

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** Milliseconds for connecting, headers and body together. */
  readonly deadlineMs: number;
  /** A body that is longer, as sent or decoded, is not read to its end: `BODY_TOO_LARGE`. */
  readonly maxBytes: number;
  /**
   * Uses a new connection. On a reused one, a reset before the request was read can't be distinguished from a lost
   * response, so a request that must not be sent twice needs a new one.
   */
  readonly ownConnection: boolean;
  readonly signal?: AbortSignal | undefined;
  /** Ends the request early, in the same way as its deadline. */
  readonly deadlineSignal?: AbortSignal | undefined;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** `host:port` of the proxy that answered, for itself or for the server. Absent for a tunnel, which ends at the server. */
  readonly proxy?: string | undefined;
}

export interface Http {
  /** Resolves with a complete response of any status. Rejects with a NetworkError, or with the reason of `signal`. */
  send(request: HttpRequest): Promise<HttpResponse>;
}

/** How requests reach one server. */
interface Route {
  readonly client: HttpClient;
  /** Of the library, with a tunnel if there is a proxy; for plain http through a proxy, a plain one to the proxy. */
  readonly agent: http.Agent;
  readonly proxy: URL | undefined;
  /** Plain http through a proxy, which gets the request itself instead of a tunnel. */
  readonly isForwarded: boolean;
  close(): void;
}

/** The value of an environment variable, or ''. */
type Environment = (name: string) => string;

/** @param environment tells a proxy variable that can't be read from one that is not set. */
export function createHttp(userAgent: string, clock: Clock, environment: Environment = () => ''): Http {
  // An agent of the library is for one scheme and one proxy only.
  const shared = new Map<string, Route>();
  const sharedRoute = (url: URL, proxy: URL | undefined) => {
    const key = `${url.origin} ${proxy?.href}`;
    const route = shared.get(key) ?? createRoute(userAgent, url, { proxy, keepAlive: true });
    shared.set(key, route);
    return route;
  };

  return {
    send: async (request) => {
      const { url, ownConnection } = request;
      const proxy = proxyOf(url, environment);
      if (!ownConnection) return sendRequest(sharedRoute(url, proxy), request, clock);
      const route = createRoute(userAgent, url, { proxy, keepAlive: false });
      return sendRequest(route, request, clock).finally(() => route.close());
    },
  };
}

/**
 * As the library decides, but for an address that it can't use: one with `http://` that can't be parsed, or without a host
 * (`proxy.test:3128`, whose scheme is `proxy.test:`), is none to it, and `socks5://` is http.
 */
function proxyOf(url: URL, environment: Environment): URL | undefined {
  if (checkBypass(url)) return undefined;
  const variable = variableOf(url);
  const proxy = addressOfProxy(url);
  if (proxy && /^https?:$/.test(proxy.protocol) && proxy.hostname !== '') return proxy;
  const isSet = [variable, variable.toUpperCase()].some((name) => environment(name) !== '');
  if (!proxy && !isSet) return undefined;
  // The value is not shown, since it may contain a password.
  throw new NetworkError('connecting', 'BAD_PROXY', `${variable} is not the address of an http or https proxy`, {
    remedy: `Write ${variable} as http://HOST:PORT, or add the host of apiUrl to no_proxy.`,
  });
}

function addressOfProxy(url: URL): URL | undefined {
  try {
    return new URL(getProxyUrl(url.href));
  } catch {
    return undefined;
  }
}

function createRoute(
  userAgent: string,
  url: URL,
  { proxy, keepAlive }: { proxy: URL | undefined; keepAlive: boolean },
): Route {
  // The library's idle timeout of three minutes is longer than every deadline of this action.
  const client = new HttpClient(userAgent, [], { allowRedirects: false, allowRetries: false, keepAlive });
  const isForwarded = proxy !== undefined && url.protocol === 'http:';
  if (!isForwarded) {
    return { client, agent: client.getAgent(url.href), proxy, isForwarded, close: () => client.dispose() };
  }
  const agent = proxy.protocol === 'https:' ? new https.Agent({ keepAlive }) : new http.Agent({ keepAlive });
  return { client, agent, proxy, isForwarded, close: () => agent.destroy() };
}

async function sendRequest(route: Route, request: HttpRequest, clock: Clock): Promise<HttpResponse> {
  request.signal?.throwIfAborted();
  const controller = new AbortController();
  // Until the opposite is proven, a request counts as sent.
  const connection = { phase: 'sent' as RequestPhase };
  const onAbort = () => controller.abort(request.signal?.reason);
  request.signal?.addEventListener('abort', onAbort, { once: true });
  const start = clock.now();
  const expire = (after: number) => {
    const through = route.proxy ? ` through the proxy ${hostAndPort(route.proxy)}` : '';
    const what = connection.phase === 'connecting' ? `no connection${through}` : 'no answer';
    controller.abort(new NetworkError(connection.phase, 'DEADLINE', `${what} within ${duration(after)}`));
  };
  const timer = clock.timer(request.deadlineMs, () => expire(request.deadlineMs));
  const onDeadline = () => expire(clock.now() - start);
  request.deadlineSignal?.addEventListener('abort', onDeadline, { once: true });
  try {
    return await Promise.race([
      rejectOnAbort(controller.signal),
      transfer(route, request, { abort: controller.signal, connection }),
    ]);
  } catch (error) {
    // Closes the connection of a failed request.
    controller.abort();
    if (request.signal?.aborted) throw request.signal.reason;
    if (error instanceof NetworkError) throw error;
    const { proxy, isForwarded } = route;
    throw toNetworkError(
      error,
      connection.phase,
      proxy && { name: hostAndPort(proxy), isForwarded, variable: variableOf(request.url) },
    );
  } finally {
    timer.dispose();
    request.signal?.removeEventListener('abort', onAbort);
    request.deadlineSignal?.removeEventListener('abort', onDeadline);
  }
}

/** Node reports an abort only after a socket was assigned, which may never happen if a proxy does not answer. */
function rejectOnAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

interface TransferState {
  readonly abort: AbortSignal;
  readonly connection: { phase: RequestPhase };
}

async function transfer(route: Route, request: HttpRequest, state: TransferState): Promise<HttpResponse> {
  const { url, method } = request;
  const { client, agent, proxy } = route;
  const forwarded = proxy && route.isForwarded ? absoluteForm(proxy, url) : undefined;
  const nodeHttp = (forwarded ?? url).protocol === 'http:' ? http : https;
  // Inherits from the module, because copying it would run its lazy getters, one of which loads undici.
  const observed: typeof http = Object.create(nodeHttp, {
    request: {
      value: (options: http.RequestOptions, onResponse: (message: IncomingMessage) => void) => {
        const sent = nodeHttp.request(options, onResponse);
        trackConnection(sent, state.connection);
        return sent;
      },
    },
  });
  const own = { 'user-agent': client.userAgent ?? '', 'accept-encoding': 'identity' };
  const options: http.RequestOptions = {
    ...urlToHttpOptions(url),
    ...forwarded,
    method,
    headers: { ...request.headers, ...own, ...forwarded?.headers },
    agent,
    signal: state.abort,
  };
  const { message } = await client.requestRaw({ options, parsedUrl: url, httpModule: observed }, '');
  const body = await readBody(message, request.maxBytes);
  const answeredBy = proxy && forwarded ? { proxy: hostAndPort(proxy) } : {};
  return { status: message.statusCode ?? 0, headers: message.headers, body, ...answeredBy };
}

/**
 * Sets the phase to `connecting` while no byte of the request can have been sent: until it has a socket (a proxy's tunnel
 * is set up before that), and until that socket is connected.
 */
function trackConnection(request: ClientRequest, connection: { phase: RequestPhase }): void {
  connection.phase = 'connecting';
  const connected = () => {
    connection.phase = 'sent';
  };
  request.once('socket', (socket) => {
    const event = request.reusedSocket ? undefined : connectEvent(socket);
    if (event === undefined) connected();
    else socket.once(event, connected);
  });
}

/**
 * The event by which a socket is connected; undefined if it is already. A TLS socket in a tunnel may have begun its
 * handshake (`getProtocol()` returns a version then), but has not sent its Finished message before the end of it. If the
 * certificate is refused, it closes without `secureConnect`.
 */
function connectEvent(socket: Socket): 'connect' | 'secureConnect' | undefined {
  if (isEncrypted(socket)) return socket.getFinished() === undefined ? 'secureConnect' : undefined;
  return socket.connecting ? 'connect' : undefined;
}

/** Not `instanceof`, for which `tls` would be loaded over plain http too. */
function isEncrypted(socket: Socket): socket is TLSSocket {
  return 'encrypted' in socket;
}
