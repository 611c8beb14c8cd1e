/**
 * Sends one HTTP request. Only proxies and agents come from `@actions/http-client`: its body reader never settles after
 * a cut connection, it follows redirects with our credentials, and it has no deadline for the whole request
 * (actions/toolkit: packages/http-client/src/index.ts).
 */

import http, { type ClientRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import https from 'node:https';
import { urlToHttpOptions } from 'node:url';
import { HttpClient } from '@actions/http-client';
import type { Clock } from '../lib/clock.js';
import { duration } from '../lib/format.js';
import { NetworkError, type RequestPhase, toNetworkError } from './network-error.js';

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** Milliseconds for connecting, headers and body together. */
  readonly deadlineMs: number;
  /**
   * Uses a new connection. On a reused one, a reset before the request was read can't be distinguished from a lost
   * response, so a request that must not be sent twice needs a new one.
   */
  readonly ownConnection: boolean;
  /** A larger body is a failed request. */
  readonly maxBytes?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Ends the request early, in the same way as its deadline. */
  readonly deadlineSignal?: AbortSignal | undefined;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Http {
  /** Resolves with a complete response of any status. Rejects with a NetworkError, or with the reason of `signal`. */
  send(request: HttpRequest): Promise<HttpResponse>;
}

export function createHttp(userAgent: string, clock: Clock): Http {
  // The library's idle timeout of three minutes is longer than every deadline of this action.
  const options = { allowRedirects: false, allowRetries: false };
  // A client of the library uses one agent for all addresses, even with different schemes or proxies.
  const clients = new Map<string, HttpClient>();
  const shared = (origin: string) => {
    const client = clients.get(origin) ?? new HttpClient(userAgent, [], { ...options, keepAlive: true });
    clients.set(origin, client);
    return client;
  };

  return {
    send: (request) => {
      const client = request.ownConnection ? new HttpClient(userAgent, [], options) : shared(request.url.origin);
      return sendRequest(client, request, clock);
    },
  };
}

async function sendRequest(client: HttpClient, request: HttpRequest, clock: Clock): Promise<HttpResponse> {
  request.signal?.throwIfAborted();
  const controller = new AbortController();
  const connection = { phase: 'connecting' as RequestPhase };
  const onAbort = () => controller.abort(request.signal?.reason);
  request.signal?.addEventListener('abort', onAbort, { once: true });
  const start = clock.now();
  const expire = (after: number) => {
    const what = connection.phase === 'connecting' ? 'no connection' : 'no answer';
    controller.abort(new NetworkError(connection.phase, 'DEADLINE', `${what} within ${duration(after)}`));
  };
  const timer = clock.timer(request.deadlineMs, () => expire(request.deadlineMs));
  const onDeadline = () => expire(clock.now() - start);
  request.deadlineSignal?.addEventListener('abort', onDeadline, { once: true });
  try {
    return await Promise.race([
      rejectOnAbort(controller.signal),
      transfer(client, request, { abort: controller.signal, connection }),
    ]);
  } catch (error) {
    // Closes the connection of a failed request.
    controller.abort();
    if (request.signal?.aborted) throw request.signal.reason;
    throw error instanceof NetworkError ? error : toNetworkError(error, connection.phase);
  } finally {
    timer.dispose();
    request.signal?.removeEventListener('abort', onAbort);
    request.deadlineSignal?.removeEventListener('abort', onDeadline);
    if (request.ownConnection) client.dispose();
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

async function transfer(client: HttpClient, request: HttpRequest, state: TransferState): Promise<HttpResponse> {
  const { url, method } = request;
  const nodeHttp = url.protocol === 'http:' ? http : https;
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
  const options: http.RequestOptions = {
    ...urlToHttpOptions(url),
    method,
    headers: { ...request.headers, 'user-agent': client.userAgent ?? '', 'accept-encoding': 'identity' },
    agent: client.getAgent(url.href),
    signal: state.abort,
  };
  const info = { options, parsedUrl: url, httpModule: observed };
  const { message } = await client.requestRaw(info, '');
  const body = await readBody(message, request.maxBytes);
  return { status: message.statusCode ?? 0, headers: message.headers, body };
}

/**
 * Sets the phase to `sent` once the connection is established. A socket through a proxy's tunnel and a new one may still
 * be before their TLS handshake, when `getProtocol()` already returns a version. If the certificate is refused, the
 * socket closes without `secureConnect`.
 */
function trackConnection(request: ClientRequest, connection: { phase: RequestPhase }): void {
  request.once('socket', (socket) => {
    const connected = () => {
      connection.phase = 'sent';
    };
    if (request.reusedSocket) connected();
    else if ('encrypted' in socket) socket.once('secureConnect', connected);
    else if (socket.connecting) socket.once('connect', connected);
    else connected();
  });
}

/** Responses of the API have a few kilobytes, the detail of a build some hundred. */
const BODY_CAP_BYTES = 10 * 1024 * 1024;

function readBody(message: IncomingMessage, maxBytes = BODY_CAP_BYTES): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    message.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      size += chunk.length;
      if (size <= maxBytes) return;
      reject(new NetworkError('sent', 'BODY_TOO_LARGE', `the answer is larger than ${maxBytes / 1024 / 1024} MiB`));
      message.destroy();
    });
    message.on('end', () => {
      if (message.complete) resolve(Buffer.concat(chunks).toString('utf8'));
    });
    message.on('error', reject);
    // Always the last event; after a complete body, the promise is already resolved.
    message.on('close', () => reject(new NetworkError('sent', 'ECONNRESET', 'the answer was cut off')));
  });
}
