import { Agent, createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';

/** How a proxy treats a CONNECT, or a request with a whole address. */
export type ProxyBehaviour =
  /** A tunnel, or a forwarded request, to a local port, whatever host is requested. */
  | { readonly kind: 'tunnel'; readonly port: number }
  /** A tunnel that is closed when the first byte arrives. */
  | { readonly kind: 'drop' }
  /** Answers with an error page of its own, as Squid does. */
  | { readonly kind: 'refuse'; readonly status: number }
  | { readonly kind: 'silent' }
  | { readonly kind: 'hang-up' };

export interface ProxyOptions {
  /** An https:// proxy. */
  readonly tls?: { readonly key: string; readonly cert: string } | undefined;
}

export interface TestProxy {
  readonly url: string;
  /** `host:port`. */
  readonly name: string;
  /** `host:port` of each CONNECT. */
  readonly connects: readonly string[];
  /** `METHOD address` of each request with a whole address. */
  readonly forwarded: readonly string[];
  /** Proxy-Authorization of each of both. */
  readonly credentials: readonly string[];
  close(): Promise<void>;
}

/** Starts a local proxy. `behaviourOf` gets the number of the CONNECT or request, from 1, and its method. */
export async function startProxy(
  behaviourOf: (nth: number, method: string) => ProxyBehaviour,
  { tls }: ProxyOptions = {},
): Promise<TestProxy> {
  const connects: string[] = [];
  const forwarded: string[] = [];
  const credentials: string[] = [];
  const sockets = new Set<Socket>();
  const track = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  };
  const behaviourFor = ({ method = '', headers }: IncomingMessage) =>
    behaviourOf(credentials.push(headers['proxy-authorization'] ?? ''), method);
  const onRequest = (request: IncomingMessage, response: ServerResponse) => {
    forwarded.push(`${request.method} ${request.url}`);
    const behaviour = behaviourFor(request);
    if (behaviour.kind === 'tunnel') forward(request, response, behaviour.port);
    if (behaviour.kind === 'refuse') response.writeHead(behaviour.status, ownHeaders(behaviour.status)).end(OWN_PAGE);
    if (behaviour.kind === 'hang-up' || behaviour.kind === 'drop') request.socket.destroy();
  };
  const server = tls ? createTlsServer({ ...tls }, onRequest) : createServer(onRequest);
  server.on('connection', track);
  server.on('connect', (request: IncomingMessage, socket: Socket) => {
    connects.push(request.url ?? '');
    socket.on('error', () => undefined);
    const behaviour = behaviourFor(request);
    if (behaviour.kind === 'tunnel') tunnel(socket, behaviour.port, track);
    if (behaviour.kind === 'refuse') socket.end(rawRefusal(behaviour.status));
    if (behaviour.kind === 'hang-up') socket.destroy();
    if (behaviour.kind === 'drop') {
      socket.write(ESTABLISHED);
      socket.once('data', () => socket.destroy());
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const name = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `${tls ? 'https' : 'http'}://${name}`,
    name,
    connects,
    forwarded,
    credentials,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

const ESTABLISHED = 'HTTP/1.1 200 Connection established\r\n\r\n';
const OWN_PAGE = '<!DOCTYPE html>\n<html><head><title>ERROR: Not retrieved</title></head><body>no</body></html>\n';

/** As Squid 5.7 answers. */
function ownHeaders(status: number): Record<string, string> {
  return {
    server: 'squid/5.7',
    'content-type': 'text/html;charset=utf-8',
    'x-squid-error': status === 407 ? 'ERR_CACHE_ACCESS_DENIED 0' : 'ERR_ACCESS_DENIED 0',
    ...(status === 407 ? { 'proxy-authenticate': 'Basic realm="Squid proxy-caching web server"' } : {}),
    via: '1.1 proxy (squid/5.7)',
  };
}

function rawRefusal(status: number): string {
  const headers = Object.entries(ownHeaders(status)).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} No\r\n${headers.join('')}content-length: ${OWN_PAGE.length}\r\n\r\n${OWN_PAGE}`;
}

function tunnel(socket: Socket, port: number, track: (socket: Socket) => void): void {
  const upstream = connect(port, '127.0.0.1', () => {
    socket.write(ESTABLISHED);
    upstream.pipe(socket);
    socket.pipe(upstream);
  });
  track(upstream);
  upstream.on('close', () => socket.destroy());
  socket.on('close', () => upstream.destroy());
}

/** One connection to the server for each connection to the proxy. */
const upstreams = new WeakMap<Socket, Agent>();

function upstreamOf(socket: Socket): Agent {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  upstreams.set(socket, agent);
  socket.once('close', () => agent.destroy());
  return agent;
}

function forward(request: IncomingMessage, response: ServerResponse, port: number): void {
  const { socket, method } = request;
  const agent = upstreams.get(socket) ?? upstreamOf(socket);
  const { pathname, search } = new URL(request.url ?? '');
  const headers = Object.fromEntries(Object.entries(request.headers).filter(([name]) => !name.startsWith('proxy-')));
  const upstream = httpRequest({ port, host: '127.0.0.1', method, path: `${pathname}${search}`, headers, agent });
  upstream.on('error', () => socket.destroy());
  upstream.on('response', (answer) => {
    response.writeHead(answer.statusCode ?? 0, { ...answer.headers, via: '1.1 proxy (squid/5.7)' });
    answer.pipe(response);
    answer.on('error', () => socket.destroy());
  });
  upstream.end();
}

const NAMES = ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'HTTPS_PROXY', 'no_proxy', 'NO_PROXY'];

/** Runs `use` with exactly these proxy settings in the environment. */
export async function withProxySettings<T>(
  settings: Readonly<Record<string, string>>,
  use: () => Promise<T>,
): Promise<T> {
  const before = NAMES.map((name) => [name, process.env[name]] as const);
  for (const name of NAMES) delete process.env[name];
  Object.assign(process.env, settings);
  try {
    return await use();
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}
