/**
 * One HTTP request over `@actions/http-client`, which gives us proxies and agents. Everything else is ours:
 * its body reader never settles when a connection is cut, it follows redirects with our credentials, and it has no
 * deadline for the whole request (actions/toolkit: packages/http-client/src/index.ts).
 */

import http, { type ClientRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import https from 'node:https';
import { urlToHttpOptions } from 'node:url';
import { HttpClient } from '@actions/http-client';
import type { Clock } from '../lib/clock.js';
import { duration } from '../lib/format.js';
import { NetworkError, type RequestPhase, toNetworkError } from './network-error.js';

/** An answer of the API is a few kilobytes, a build's detail some hundred; more than this is not an answer. */
const BODY_CAP_BYTES = 10 * 1024 * 1024;

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** Milliseconds for connection, headers and body together. */
  readonly deadlineMs: number;
  /**
   * A connection of its own. A reset on a reused connection can't be told from a lost answer, so whatever must not
   * be sent twice needs one.
   */
  readonly ownConnection: boolean;
  readonly signal?: AbortSignal | undefined;
  /** Ends the request as its deadline would, before its time. */
  readonly deadlineSignal?: AbortSignal | undefined;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Http {
  /** Resolves with any whole answer, whatever its status. Rejects with a WireError, or with the signal's reason. */
  send(request: HttpRequest): Promise<HttpResponse>;
}

export function createHttp(userAgent: string, clock: Clock): Http {
  // The library's own idle timer (three minutes) stays behind every deadline of ours.
  const options = { allowRedirects: false, allowRetries: false };
  // The library keeps one agent per client, whatever the scheme and the proxy of an address are.
  const byOrigin = new Map<string, HttpClient>();
  const shared = (origin: string) => {
    const client = byOrigin.get(origin) ?? new HttpClient(userAgent, [], { ...options, keepAlive: true });
    byOrigin.set(origin, client);
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
  const end = new AbortController();
  const progress = { phase: 'connecting' as RequestPhase };
  const onAbort = () => end.abort(request.signal?.reason);
  request.signal?.addEventListener('abort', onAbort, { once: true });
  const begin = clock.now();
  const giveUp = (after: number) => {
    const what = progress.phase === 'connecting' ? 'no connection' : 'no answer';
    end.abort(new NetworkError(progress.phase, 'DEADLINE', `${what} within ${duration(after)}`));
  };
  const timer = clock.timer(request.deadlineMs, () => giveUp(request.deadlineMs));
  const onCut = () => giveUp(clock.now() - begin);
  request.deadlineSignal?.addEventListener('abort', onCut, { once: true });
  try {
    return await Promise.race([
      rejectOnAbort(end.signal),
      transfer(client, request, { abort: end.signal, connection: progress }),
    ]);
  } catch (error) {
    // Whatever is still open of this request ends here; after a whole answer there is nothing left to end.
    end.abort();
    if (request.signal?.aborted) throw request.signal.reason;
    throw error instanceof NetworkError ? error : toNetworkError(error, progress.phase);
  } finally {
    timer.dispose();
    request.signal?.removeEventListener('abort', onAbort);
    request.deadlineSignal?.removeEventListener('abort', onCut);
    if (request.ownConnection) client.dispose();
  }
}

/** Node only reports an abort once a socket was assigned, which a silent proxy can put off for ever. */
function rejectOnAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

interface TransferState {
  readonly abort: AbortSignal;
  readonly connection: { phase: RequestPhase };
}

async function transfer(client: HttpClient, request: HttpRequest, watch: TransferState): Promise<HttpResponse> {
  const { url, method } = request;
  const plain = url.protocol === 'http:' ? http : https;
  // Inherits from the module instead of copying it: a copy would run its lazy getters, and one of them loads undici.
  const observed: typeof http = Object.create(plain, {
    request: {
      value: (options: http.RequestOptions, onResponse: (message: IncomingMessage) => void) => {
        const sent = plain.request(options, onResponse);
        trackConnection(sent, watch.connection);
        return sent;
      },
    },
  });
  const options: http.RequestOptions = {
    ...urlToHttpOptions(url),
    method,
    headers: { ...request.headers, 'user-agent': client.userAgent ?? '', 'accept-encoding': 'identity' },
    agent: client.getAgent(url.href),
    signal: watch.abort,
  };
  const info = { options, parsedUrl: url, httpModule: observed };
  const { message } = await client.requestRaw(info, '');
  const body = await readBody(message);
  return { status: message.statusCode ?? 0, headers: message.headers, body };
}

/**
 * A socket handed over by a tunnel, and a new one of ours, may still have its TLS handshake before it; `getProtocol()`
 * names a version even then. A certificate that is refused ends the socket without `secureConnect`.
 */
function trackConnection(request: ClientRequest, progress: { phase: RequestPhase }): void {
  request.once('socket', (socket) => {
    const connected = () => {
      progress.phase = 'sent';
    };
    if (request.reusedSocket) connected();
    else if ('encrypted' in socket) socket.once('secureConnect', connected);
    else if (socket.connecting) socket.once('connect', connected);
    else connected();
  });
}

function readBody(message: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    message.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      size += chunk.length;
      if (size <= BODY_CAP_BYTES) return;
      reject(
        new NetworkError('sent', 'BODY_TOO_LARGE', `the answer is larger than ${BODY_CAP_BYTES / 1024 / 1024} MiB`),
      );
      message.destroy();
    });
    message.on('end', () => {
      if (message.complete) resolve(Buffer.concat(chunks).toString('utf8'));
    });
    message.on('error', reject);
    // Comes last in every case; where the body was whole, the promise is settled already.
    message.on('close', () => reject(new NetworkError('sent', 'ECONNRESET', 'the answer was cut off')));
  });
}
