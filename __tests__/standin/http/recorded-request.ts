import type { IncomingHttpHeaders } from 'node:http';

export interface RecordedRequest {
  readonly operation: string;
  readonly method: string;
  readonly path: string;
  /** Decoded once, in the order of the URL. */
  readonly query: readonly (readonly [name: string, value: string])[];
  readonly rawUrl: string;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
  readonly body: string;
  /** The server's clock. */
  readonly at: number;
  /** Number of the connection, from 1, to distinguish new connections from reused ones. */
  readonly connection: number;
  /** The complete answer before any fault: its status and the size of the HTTP response; null while there is none. */
  answer: { readonly status: number; readonly bytes: number } | null;
  /** What the client received: `HTTP 200`, `connection reset`, `cut at byte 17`; empty while it waits. */
  outcome: string;
}

const CREDENTIALS: ReadonlySet<string> = new Set(['access_token', 'bk_app_secret', 'bk_token', 'bk_ticket']);

/** One line for a snapshot: method, path, query; credentials as ***. */
export function requestLine(request: RecordedRequest): string {
  const pairs = request.query.map(([name, value]) => `${name}=${CREDENTIALS.has(name) ? '***' : value}`);
  return `${request.method} ${request.path}${pairs.length > 0 ? `?${pairs.join('&')}` : ''}`;
}

/** As Java and PHP servers read a query: `+` is a space. */
export function decodePair(text: string): readonly [string, string] {
  const at = text.indexOf('=');
  const [name, value] = at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
  return [decode(name), decode(value)];
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}

export function splitUrl(rawUrl: string): Pick<RecordedRequest, 'path' | 'query'> {
  const at = rawUrl.indexOf('?');
  if (at < 0) return { path: rawUrl, query: [] };
  const query = rawUrl
    .slice(at + 1)
    .split('&')
    .filter((pair) => pair !== '')
    .map(decodePair);
  return { path: rawUrl.slice(0, at), query };
}

export function header(request: RecordedRequest, name: string): string | null {
  const value = request.headers[name];
  return typeof value === 'string' && value !== '' ? value : null;
}

export function parameter(request: RecordedRequest, name: string): string | null {
  return request.query.find(([one]) => one === name)?.[1] ?? null;
}
