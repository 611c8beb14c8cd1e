import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { type Answer, type Framing, rawResponse } from './answer.js';
import type { Fault, FaultAction } from './faults.js';

/** One request that is to be answered. */
export interface Exchange {
  readonly response: ServerResponse;
  readonly closing: AbortSignal;
  readonly requestIdHeaders: Readonly<Record<string, string>>;
  /** Lets the server handle the request; called at most once. */
  handle(): Promise<Answer>;
  /** Lets the server handle the request later without sending the answer; the build stays locked until then. */
  handleLater(ms: number): void;
  sleep(ms: number): Promise<void>;
}

export interface FaultSelector {
  add(fault: Fault): void;
  select(operation: string): FaultAction | null;
}

export interface FaultClock {
  now(): number;
  /** When the first retry took effect, if one did. */
  firstRetryAt(): number | null;
}

/** Counts the matching requests of each fault and selects the fault for a request: the first one that applies. */
export function faultSelector(faults: readonly Fault[], clock: FaultClock): FaultSelector {
  const started = clock.now();
  const counters = faults.map((fault) => ({ fault, requests: 0 }));
  const inWindow = ({ since, fromMs, toMs }: NonNullable<Fault['during']>) => {
    const origin = since === 'start' ? started : clock.firstRetryAt();
    const age = origin === null ? -1 : clock.now() - origin;
    return age >= fromMs && age < toMs;
  };
  return {
    add: (fault) => {
      counters.push({ fault, requests: 0 });
    },
    select: (operation) => {
      const hits = counters.filter((one) => {
        const { on, nth = 1, count = 1, during } = one.fault;
        const targets: readonly string[] = typeof on === 'string' ? [on] : on;
        const any = targets.includes('any') && operation !== 'connection';
        if (!any && !targets.includes(operation)) return false;
        one.requests += 1;
        return during ? inWindow(during) : one.requests >= nth && one.requests < nth + count;
      });
      return hits[0]?.fault.action ?? null;
    },
  };
}

export async function applyFault(action: FaultAction | null, exchange: Exchange): Promise<void> {
  if (action?.delayMs) await exchange.sleep(action.delayMs);
  if (action === null || action.kind === 'pass') return send(exchange.response, await exchange.handle());
  if (action.kind === 'rewrite') return send(exchange.response, action.rewrite(await exchange.handle()));
  const answer = action.handled === 'first' ? await exchange.handle() : null;
  if (typeof action.handled === 'object') exchange.handleLater(action.handled.afterMs);
  switch (action.kind) {
    case 'answer':
      return send(exchange.response, withRequestId(action.answer, exchange.requestIdHeaders));
    case 'flood':
      return flood(exchange, action.mebibytes);
    case 'reset':
      resetConnection(exchange.response.socket);
      return;
    case 'cut':
    case 'stall':
      return sendPart(exchange, answer, action);
  }
}

/** Only a TCP socket can send a reset; that of TLS is closed without the end of TLS. */
function resetConnection(socket: Socket | null): void {
  if (socket instanceof TLSSocket) socket.destroy();
  else socket?.resetAndDestroy();
}

/** Outcome of a request in words, for its record; empty while it is unknown. */
export function outcomeOf(action: FaultAction | null, answer: Answer | null): string {
  switch (action?.kind) {
    case 'reset':
      return 'connection reset';
    case 'cut':
      return `cut at byte ${action.atByte}`;
    case 'stall':
      return `stalled at byte ${action.atByte}`;
    case 'flood':
      return `${action.mebibytes} MiB`;
    case 'answer':
      return `HTTP ${action.answer.status}`;
    default:
      return answer === null ? '' : `HTTP ${answer.status}`;
  }
}

/** HTML pages come from a proxy in front of the server, which adds no request ids. */
function withRequestId(answer: Answer, requestIdHeaders: Exchange['requestIdHeaders']): Answer {
  const isPage = answer.headers['content-type']?.startsWith('text/html') ?? false;
  return isPage ? answer : { ...answer, headers: { ...requestIdHeaders, ...answer.headers } };
}

export function send(response: ServerResponse, answer: Answer): void {
  if (response.destroyed || response.socket === null || response.socket.destroyed) return;
  const hasBody = answer.status !== 204 && answer.status !== 304;
  const length = hasBody ? { 'content-length': String(Buffer.byteLength(answer.body)) } : {};
  response.writeHead(answer.status, { ...answer.headers, ...length });
  response.end(hasBody ? answer.body : undefined);
}

interface PartialAnswer {
  readonly kind: 'cut' | 'stall';
  readonly atByte: number;
  readonly framing: Framing;
}

function sendPart({ response }: Exchange, answer: Answer | null, part: PartialAnswer): void {
  const { socket } = response;
  if (socket === null || socket.destroyed) return;
  const bytes = answer === null ? Buffer.alloc(0) : rawResponse(answer, part.framing).subarray(0, part.atByte);
  const after = () => part.kind === 'cut' && socket.end();
  if (bytes.length === 0) after();
  else socket.write(bytes, after);
}

/** Sends a very long body of unannounced length; stops when the client closes the connection. */
async function flood({ response, closing }: Exchange, mebibytes: number): Promise<void> {
  const chunk = Buffer.alloc(64 * 1024, 'x');
  const gone = new Promise((resolve) => response.once('close', resolve));
  response.writeHead(200, { 'content-type': 'application/json' });
  response.write('{"status":0,"message":null,"data":{"id":"');
  for (let sent = 0; sent < mebibytes * 16 && !response.destroyed && !closing.aborted; sent++) {
    if (!response.write(chunk)) await Promise.race([once(response, 'drain'), gone]);
  }
  response.end('"}}');
}
