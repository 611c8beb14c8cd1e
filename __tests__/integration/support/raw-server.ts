import { type AddressInfo, createServer, type Socket } from 'node:net';
import { sleep } from '../../standin/world/clock.js';

export interface RawServer {
  readonly url: string;
  readonly port: number;
  /** What has been received on each connection so far. */
  readonly received: readonly string[];
  close(): Promise<void>;
}

export interface Connection {
  readonly socket: Socket;
  /** The head of the request. */
  readonly head: string;
  /** False as soon as either side has closed the connection. */
  isOpen(): boolean;
  /** Waits in real time between two parts of an answer. */
  pause(ms: number): Promise<void>;
}

export interface RawServerOptions {
  /** When the server starts to respond. */
  readonly respondAfter?: 'the head' | 'any byte';
}

/** Starts a server that responds to each request with arbitrary bytes. */
export async function rawServer(
  respond: (connection: Connection) => unknown,
  { respondAfter: after = 'the head' }: RawServerOptions = {},
): Promise<RawServer> {
  const isDue = (text: string) => (after === 'the head' ? text.includes('\r\n\r\n') : text !== '');
  const sockets = new Set<Socket>();
  const received: string[] = [];
  const closing = new AbortController();
  const server = createServer((socket) => {
    const index = received.push('') - 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    socket.setEncoding('utf8').on('data', (text: string) => {
      const before = received[index] ?? '';
      received[index] = before + text;
      const whole = received[index];
      if (isDue(before) || !isDue(whole)) return;
      const isOpen = () => !closing.signal.aborted && !socket.destroyed;
      void respond({ socket, head: whole, isOpen, pause: (ms) => sleep(ms, closing.signal) });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    received,
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        closing.abort();
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** A complete HTTP response. */
export function answerText(body: string, head = 'HTTP/1.1 200 OK\r\ncontent-type: application/json'): string {
  return `${head}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}
