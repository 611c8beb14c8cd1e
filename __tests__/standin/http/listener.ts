import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { sleep } from '../world/clock.js';
import { type Answer, failure, rawResponse } from './answer.js';
import { outcomeOf, type PickerClock, picker, play, send } from './fault-play.js';
import type { Fault } from './faults.js';
import { type RecordedRequest, requestLine, splitUrl } from './recorded.js';

/** What a server is, apart from sockets. */
export interface Face extends PickerClock {
  /** Names the request for faults and tests. */
  operationOf(request: Pick<RecordedRequest, 'method' | 'path'>): string;
  /** What is wrong with the request by the letter of the API; empty for a good one. */
  problemsOf(request: RecordedRequest): readonly string[];
  act(request: RecordedRequest): Answer;
  /** Somebody else holds the lock that the request needs. */
  isBlocked(request: RecordedRequest): boolean;
  actLater(request: RecordedRequest, ms: number): void;
  /** Headers of every answer. */
  stamp(request: RecordedRequest, index: number): Readonly<Record<string, string>>;
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
  /** What clients did against the letter of the API; tests expect none. */
  readonly problems: readonly string[];
  /** All requests so far, one line each. */
  lines(): readonly string[];
  of(operation: string): readonly RecordedRequest[];
  /** The nth request of an operation, as soon as it has come. */
  seen(operation: string, nth?: number): Promise<RecordedRequest>;
  inject(fault: Fault): void;
  /** Refuses connections until `resume`. */
  suspend(): Promise<void>;
  resume(): Promise<void>;
  /** Ends every connection; never waits for a client. */
  close(): Promise<void>;
}

interface State {
  readonly face: Face;
  readonly faults: ReturnType<typeof picker>;
  readonly requests: RecordedRequest[];
  readonly problems: string[];
  readonly waiting: Set<() => void>;
  readonly sockets: Map<Socket, number>;
  readonly closing: AbortController;
  connections: number;
}

export async function listen(face: Face, options: ListenerOptions = {}): Promise<Listener> {
  const state: State = {
    face,
    faults: picker(options.faults ?? [], face),
    requests: [],
    problems: [],
    waiting: new Set(),
    sockets: new Map(),
    closing: new AbortController(),
    connections: 0,
  };
  const handle = (request: IncomingMessage, response: ServerResponse) => {
    // A failure of the stand-in itself must show in the test that met it.
    serve(state, request, response).catch((error: unknown) => {
      if (!request.complete) return;
      state.problems.push(`stand-in: ${error instanceof Error ? error.stack : String(error)}`);
      send(response, failure(500, 'stand-in: see problems'));
    });
  };
  const server = options.tls ? createTlsServer({ ...options.tls }, handle) : createServer(handle);
  server.keepAliveTimeout = 60_000;
  server.on('connection', (socket: Socket) => welcome(state, socket));
  await start(server, options.port ?? 0);
  const { port } = server.address() as AddressInfo;
  const url = `${options.tls ? 'https' : 'http'}://127.0.0.1:${port}`;
  return { url, port, ...views(state), ...controls(state, server, port) };
}

function views({ requests, problems, faults, waiting }: State) {
  const of = (operation: string) => requests.filter((request) => request.operation === operation);
  return {
    requests,
    problems,
    of,
    lines: () => requests.map(requestLine),
    inject: faults.add,
    seen: (operation: string, nth = 1) =>
      new Promise<RecordedRequest>((resolve) => {
        const look = () => {
          const found = of(operation)[nth - 1];
          if (!found) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
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

function welcome(state: State, socket: Socket): void {
  state.connections += 1;
  state.sockets.set(socket, state.connections);
  socket.on('error', () => undefined);
  socket.once('close', () => state.sockets.delete(socket));
  if (state.faults.pick('connection') !== null) socket.resetAndDestroy();
}

async function serve(state: State, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const { face, closing } = state;
  const request = await record(state, incoming);
  const problems = face.problemsOf(request);
  state.problems.push(...problems.map((problem) => `${requestLine(request)}: ${problem}`));
  const stamp = face.stamp(request, state.requests.length);
  const act = async () => {
    while (face.isBlocked(request) && !closing.signal.aborted) await sleep(5, closing.signal);
    if (closing.signal.aborted) return failure(500, 'stand-in: closed');
    const plain = problems.length > 0 ? failure(400, `stand-in: ${problems.join('; ')}`) : face.act(request);
    const given = { ...plain, headers: { ...plain.headers, ...stamp } };
    request.answer = { status: given.status, bytes: rawResponse(given).length };
    request.outcome = outcomeOf(mischief, given);
    return given;
  };
  const mischief = state.faults.pick(request.operation);
  request.outcome = outcomeOf(mischief, null);
  await play(mischief, {
    response,
    stamp,
    closing: closing.signal,
    act,
    actLater: (ms) => face.actLater(request, ms),
    sleep: (ms) => sleep(ms, closing.signal),
  });
}

async function record(state: State, incoming: IncomingMessage): Promise<RecordedRequest> {
  const rawUrl = incoming.url ?? '/';
  const method = incoming.method ?? '';
  const { path, query } = splitUrl(rawUrl);
  const body: Buffer[] = [];
  for await (const chunk of incoming) body.push(Buffer.from(chunk as Uint8Array));
  const request: RecordedRequest = {
    operation: state.face.operationOf({ method, path }),
    method,
    path,
    query,
    rawUrl,
    headers: incoming.headers,
    rawHeaders: incoming.rawHeaders,
    body: Buffer.concat(body).toString('utf8'),
    at: state.face.now(),
    connection: state.sockets.get(incoming.socket) ?? state.connections,
    answer: null,
    outcome: '',
  };
  state.requests.push(request);
  for (const look of [...state.waiting]) look();
  return request;
}
