import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { sleep } from '../world/clock.js';
import { type Answer, failure, rawResponse } from './answer.js';
import { applyFault, type FaultClock, faultSelector, outcomeOf, send } from './apply-faults.js';
import type { Fault } from './faults.js';
import { type RecordedRequest, requestLine, splitUrl } from './recorded-request.js';

/** The part of a server that does not deal with sockets. */
export interface RequestHandler extends FaultClock {
  /** The name of the request's operation, for faults and tests. */
  operationOf(request: Pick<RecordedRequest, 'method' | 'path'>): string;
  /** How the request deviates from the documented API; empty for a correct one. */
  problemsOf(request: RecordedRequest): readonly string[];
  handle(request: RecordedRequest): Answer;
  /** True while another request holds the lock that this one needs. */
  isBlocked(request: RecordedRequest): boolean;
  handleLater(request: RecordedRequest, ms: number): void;
  /** Headers with the request id, for every answer. */
  requestIdHeaders(request: RecordedRequest, index: number): Readonly<Record<string, string>>;
}

export interface ListenerOptions {
  readonly faults?: readonly Fault[];
  readonly tls?: { readonly key: string; readonly cert: string };
  readonly port?: number;
}

export interface Listener {
  readonly url: string;
  readonly port: number;
  readonly requests: readonly RecordedRequest[];
  /** Deviations of clients from the documented API; tests expect none. */
  readonly problems: readonly string[];
  /** All requests so far, one line each. */
  requestLines(): readonly string[];
  requestsOf(operation: string): readonly RecordedRequest[];
  /** Resolves with the nth request of an operation as soon as it has arrived. */
  waitForRequest(operation: string, nth?: number): Promise<RecordedRequest>;
  inject(fault: Fault): void;
  /** Refuses connections until `resume`. */
  suspend(): Promise<void>;
  resume(): Promise<void>;
  /** Ends every connection without waiting for clients. */
  close(): Promise<void>;
}

interface State {
  readonly handler: RequestHandler;
  readonly faults: ReturnType<typeof faultSelector>;
  readonly requests: RecordedRequest[];
  readonly problems: string[];
  readonly watchers: Set<() => void>;
  readonly sockets: Map<Socket, number>;
  readonly closing: AbortController;
  connections: number;
}

export async function listen(handler: RequestHandler, options: ListenerOptions = {}): Promise<Listener> {
  const state: State = {
    handler,
    faults: faultSelector(options.faults ?? [], handler),
    requests: [],
    problems: [],
    watchers: new Set(),
    sockets: new Map(),
    closing: new AbortController(),
    connections: 0,
  };
  const onRequest = (request: IncomingMessage, response: ServerResponse) => {
    // A failure of the stand-in itself must fail the test that caused it.
    handleRequest(state, request, response).catch((error: unknown) => {
      if (!request.complete) return;
      state.problems.push(`stand-in: ${error instanceof Error ? error.stack : String(error)}`);
      send(response, failure(500, 'stand-in: see problems'));
    });
  };
  const server = options.tls ? createTlsServer({ ...options.tls }, onRequest) : createServer(onRequest);
  server.keepAliveTimeout = 60_000;
  server.on('connection', (socket: Socket) => onConnection(state, socket));
  await start(server, options.port ?? 0);
  const { port } = server.address() as AddressInfo;
  const url = `${options.tls ? 'https' : 'http'}://127.0.0.1:${port}`;
  return { url, port, ...requestViews(state), ...controls(state, server, port) };
}

function requestViews({ requests, problems, faults, watchers }: State) {
  const requestsOf = (operation: string) => requests.filter((request) => request.operation === operation);
  return {
    requests,
    problems,
    requestsOf,
    requestLines: () => requests.map(requestLine),
    inject: faults.add,
    waitForRequest: (operation: string, nth = 1) =>
      new Promise<RecordedRequest>((resolve) => {
        const check = () => {
          const found = requestsOf(operation)[nth - 1];
          if (!found) return;
          watchers.delete(check);
          resolve(found);
        };
        watchers.add(check);
        check();
      }),
  };
}

function controls(state: State, server: Server, port: number) {
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      for (const socket of state.sockets.keys()) socket.destroy();
    });
  return {
    suspend: stop,
    resume: () => start(server, port),
    close: async () => {
      state.closing.abort();
      await stop();
    },
  };
}

function start(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.removeListener('error', reject);
      resolve();
    });
  });
}

function onConnection(state: State, socket: Socket): void {
  state.connections += 1;
  state.sockets.set(socket, state.connections);
  socket.on('error', () => undefined);
  socket.once('close', () => state.sockets.delete(socket));
  if (state.faults.select('connection') !== null) socket.resetAndDestroy();
}

async function handleRequest(state: State, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const { handler, closing } = state;
  const request = await recordRequest(state, incoming);
  const problems = handler.problemsOf(request);
  state.problems.push(...problems.map((problem) => `${requestLine(request)}: ${problem}`));
  const requestIdHeaders = handler.requestIdHeaders(request, state.requests.length);
  const handle = async () => {
    while (handler.isBlocked(request) && !closing.signal.aborted) await sleep(5, closing.signal);
    if (closing.signal.aborted) return failure(500, 'stand-in: closed');
    const plain = problems.length > 0 ? failure(400, `stand-in: ${problems.join('; ')}`) : handler.handle(request);
    const answer = { ...plain, headers: { ...plain.headers, ...requestIdHeaders } };
    request.answer = { status: answer.status, bytes: rawResponse(answer).length };
    request.outcome = outcomeOf(action, answer);
    return answer;
  };
  const action = state.faults.select(request.operation);
  request.outcome = outcomeOf(action, null);
  await applyFault(action, {
    response,
    requestIdHeaders,
    closing: closing.signal,
    handle,
    handleLater: (ms) => handler.handleLater(request, ms),
    sleep: (ms) => sleep(ms, closing.signal),
  });
}

async function recordRequest(state: State, incoming: IncomingMessage): Promise<RecordedRequest> {
  const rawUrl = incoming.url ?? '/';
  const method = incoming.method ?? '';
  const { path, query } = splitUrl(rawUrl);
  const body: Buffer[] = [];
  for await (const chunk of incoming) body.push(Buffer.from(chunk as Uint8Array));
  const request: RecordedRequest = {
    operation: state.handler.operationOf({ method, path }),
    method,
    path,
    query,
    rawUrl,
    headers: incoming.headers,
    rawHeaders: incoming.rawHeaders,
    body: Buffer.concat(body).toString('utf8'),
    at: state.handler.now(),
    connection: state.sockets.get(incoming.socket) ?? state.connections,
    answer: null,
    outcome: '',
  };
  state.requests.push(request);
  for (const check of [...state.watchers]) check();
  return request;
}
