import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { type Answer, type Framing, rawResponse } from './answer.js';
import type { Fault, Mischief } from './faults.js';

/** One request on its way to an answer. */
export interface Exchange {
  readonly response: ServerResponse;
  readonly closing: AbortSignal;
  readonly stamp: Readonly<Record<string, string>>;
  /** What the server does and says; called at most once. */
  act(): Promise<Answer>;
  /** The same, later and for nobody; the build's lock is held until then. */
  actLater(ms: number): void;
  sleep(ms: number): Promise<void>;
}

export interface Picker {
  add(fault: Fault): void;
  pick(operation: string): Mischief | null;
}

export interface PickerClock {
  now(): number;
  /** When the first retry took effect, if one did. */
  retriedAt(): number | null;
}

/** Counts the requests that each fault watches and says which one it hits; the first fault that hits wins. */
export function picker(faults: readonly Fault[], clock: PickerClock): Picker {
  const started = clock.now();
  const watched = faults.map((fault) => ({ fault, seen: 0 }));
  const inWindow = ({ since, fromMs, toMs }: NonNullable<Fault['during']>) => {
    const origin = since === 'start' ? started : clock.retriedAt();
    const age = origin === null ? -1 : clock.now() - origin;
    return age >= fromMs && age < toMs;
  };
  return {
    add: (fault) => {
      watched.push({ fault, seen: 0 });
    },
    pick: (operation) => {
      const hits = watched.filter((one) => {
        const { on, nth = 1, count = 1, during } = one.fault;
        const targets: readonly string[] = typeof on === 'string' ? [on] : on;
        const any = targets.includes('any') && operation !== 'connection';
        if (!any && !targets.includes(operation)) return false;
        one.seen += 1;
        return during ? inWindow(during) : one.seen >= nth && one.seen < nth + count;
      });
      return hits[0]?.fault.what ?? null;
    },
  };
}

export async function play(mischief: Mischief | null, exchange: Exchange): Promise<void> {
  if (mischief?.holdMs) await exchange.sleep(mischief.holdMs);
  if (mischief === null || mischief.kind === 'pass') return send(exchange.response, await exchange.act());
  if (mischief.kind === 'rewrite') return send(exchange.response, mischief.rewrite(await exchange.act()));
  const given = mischief.acts === 'first' ? await exchange.act() : null;
  if (typeof mischief.acts === 'object') exchange.actLater(mischief.acts.afterMs);
  switch (mischief.kind) {
    case 'answer':
      return send(exchange.response, stamped(mischief.answer, exchange.stamp));
    case 'flood':
      return flood(exchange, mischief.mebibytes);
    case 'reset':
      exchange.response.socket?.resetAndDestroy();
      return;
    case 'cut':
    case 'stall':
      return sendPart(exchange, given, mischief);
  }
}

/** In words, for a record of the request; empty while nobody can tell. */
export function outcomeOf(mischief: Mischief | null, given: Answer | null): string {
  switch (mischief?.kind) {
    case 'reset':
      return 'connection reset';
    case 'cut':
      return `cut at byte ${mischief.atByte}`;
    case 'stall':
      return `stalled at byte ${mischief.atByte}`;
    case 'flood':
      return `${mischief.mebibytes} MiB`;
    case 'answer':
      return `HTTP ${mischief.answer.status}`;
    default:
      return given === null ? '' : `HTTP ${given.status}`;
  }
}

/** Pages come from an access layer in front, which knows nothing of request ids. */
function stamped(answer: Answer, stamp: Exchange['stamp']): Answer {
  const page = answer.headers['content-type']?.startsWith('text/html') ?? false;
  return page ? answer : { ...answer, headers: { ...stamp, ...answer.headers } };
}

export function send(response: ServerResponse, answer: Answer): void {
  if (response.destroyed || response.socket === null || response.socket.destroyed) return;
  const hasBody = answer.status !== 204 && answer.status !== 304;
  const length = hasBody ? { 'content-length': String(Buffer.byteLength(answer.body)) } : {};
  response.writeHead(answer.status, { ...answer.headers, ...length });
  response.end(hasBody ? answer.body : undefined);
}

interface Part {
  readonly kind: 'cut' | 'stall';
  readonly atByte: number;
  readonly framing: Framing;
}

function sendPart({ response }: Exchange, given: Answer | null, part: Part): void {
  const { socket } = response;
  if (socket === null || socket.destroyed) return;
  const bytes = given === null ? Buffer.alloc(0) : rawResponse(given, part.framing).subarray(0, part.atByte);
  const after = () => part.kind === 'cut' && socket.end();
  if (bytes.length === 0) after();
  else socket.write(bytes, after);
}

/** A body without end as far as the reader is concerned; stops when the reader has had enough. */
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
