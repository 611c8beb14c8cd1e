import { createServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';

/** How a proxy answers a CONNECT. */
export type ProxyBehaviour =
  | { readonly kind: 'tunnel'; readonly port: number }
  /** A tunnel that is closed when the first byte arrives. */
  | { readonly kind: 'drop' }
  | { readonly kind: 'refuse'; readonly status: number }
  | { readonly kind: 'silent' }
  | { readonly kind: 'hang-up' };

export interface TestProxy {
  readonly url: string;
  /** `host:port` of each CONNECT. */
  readonly connects: readonly string[];
  /** Proxy-Authorization of each CONNECT. */
  readonly credentials: readonly string[];
  close(): Promise<void>;
}

/** Starts a local proxy; its tunnels lead to a local port, whatever host is requested. */
export async function startProxy(behaviourOf: (nth: number) => ProxyBehaviour): Promise<TestProxy> {
  const connects: string[] = [];
  const credentials: string[] = [];
  const sockets = new Set<Socket>();
  const track = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  };
  const server = createServer((_, response) => {
    response.writeHead(400).end('only CONNECT');
  });
  server.on('connection', track);
  server.on('connect', (request: IncomingMessage, socket: Socket) => {
    const nth = connects.push(request.url ?? '');
    credentials.push(request.headers['proxy-authorization'] ?? '');
    const behaviour = behaviourOf(nth);
    if (behaviour.kind === 'hang-up') socket.destroy();
    if (behaviour.kind === 'refuse') socket.end(`HTTP/1.1 ${behaviour.status} No\r\ncontent-length: 0\r\n\r\n`);
    if (behaviour.kind === 'drop') {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      socket.once('data', () => socket.destroy());
    }
    if (behaviour.kind !== 'tunnel') return;
    const upstream = connect(behaviour.port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.pipe(socket);
      socket.pipe(upstream);
    });
    track(upstream);
    upstream.on('close', () => socket.destroy());
    socket.on('close', () => upstream.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    connects,
    credentials,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
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
