/**
 * Parses an HTTP response. Five senders answer in different forms: BK-CI (JSON with `status`), its filter (plain text),
 * its gateway (JSON with `status` and `result: true`, on failures as well), nginx (HTML), and the BlueKing API gateway
 * (JSON with `code` and `result`).
 */

import type { HttpResponse } from '../http/http.js';
import { answeringProxy } from '../http/proxy.js';
import type { ResponseInfo } from '../lib/errors.js';
import { cap, type Redact, redactor } from '../lib/sanitize.js';

export interface ApiResponse extends ResponseInfo {
  readonly form: 'json' | 'text' | 'html' | 'empty';
  /** A text without Content-Type, as BK-CI's filter sends it; a server in front of BK-CI names a type. */
  readonly isBare?: boolean | undefined;
  /** The JSON value when `form` is `json`, not validated. */
  readonly json?: unknown;
  /** `code` of the API gateway (16xxxxx), which may come with HTTP 200 (legacy plugin bk-status-rewrite). */
  readonly gatewayCode?: number | undefined;
  /** `data` when it is a string: BK-CI puts the cause of a 500 there. */
  readonly dataText?: string | undefined;
  /** Target of a redirect: the origin only, since a path may contain a session. */
  readonly redirectTo?: string | undefined;
  /** An https port refused a request of plain http. */
  readonly wantsTls?: boolean | undefined;
  /** A proxy wrote this answer, not BK-CI or a gateway of it: its `host:port`, or '' if it is not one of ours. */
  readonly proxy?: string | undefined;
}

/** In characters, of a message of the server and of the start of a page. Nothing is matched against a longer text. */
const MESSAGE_CAP = 2_000;
const PAGE_START = 20_000;

/** The class of a Java exception before its words. */
const JAVA_EXCEPTION = /\b(?:[a-z]\w{0,40}\.){2,10}[A-Z][\w$]{0,80}(?:Exception|Error)\b:? ?/g;
/** A failed request inside BK-CI, with the cause before it and its whole address (feign: FeignException.errorExecuting). */
const INNER_REQUEST =
  /\b(executing|reading) ([A-Z]{3,7}) https?:\/\/[^\s?/]{1,300}(?:\/(?:[^\s?]{0,500}\/)?([\w-]{0,100}))?/;
/** Not an address: a word, with its punctuation and with the placeholder that BK-CI's v4 leaves in. */
const PLAIN_WORD = /^[\p{L}()]*[.,:;]?(?:\{0\})?$/u;

/**
 * @param secrets are removed from all text of the server before it is shortened or escaped: a part of a secret, or an
 * escaped one, would not be recognised any more. `json` still contains them: what is decoded from it is redacted by the
 * client.
 */
export function parseResponse(response: HttpResponse, secrets: readonly string[] = []): ApiResponse {
  const redact = redactor(secrets);
  const common = {
    http: response.status,
    ...requestId(response, redact),
    ...redirectTo(response, redact),
    ...retryAfter(response),
    ...writtenByProxy(response),
    ...wantsTls(response),
  };
  const body = response.body.replace(/^\ufeff/, '').trim();
  if (body === '') return { ...common, form: 'empty' };
  const json = parseJson(body);
  if (json !== undefined) return { ...common, form: 'json', json, ...envelope(json, redact) };
  if (/^<[a-z!?]/i.test(body)) {
    return { ...common, form: 'html', ...pageTitle(redact(body)) };
  }
  const isBare = response.headers['content-type'] === undefined;
  return { ...common, form: 'text', ...(isBare ? { isBare } : {}), message: shownText(body, redact) };
}

/** A text of the server without secrets, and without what concerns only its inside: classes and addresses. */
function shownText(text: string, redact: Redact): string {
  const words = cap(redact(text), MESSAGE_CAP).replace(JAVA_EXCEPTION, '');
  const [request, verb, method, operation = ''] = INNER_REQUEST.exec(words) ?? [];
  if (request === undefined) return words;
  const at = words.indexOf(request);
  const shownCause = words.slice(0, at).replace(/\S+/g, (word) => (PLAIN_WORD.test(word) ? word : '…'));
  const hasMore = /\s\S/.test(words.slice(at + request.length));
  return `${shownCause}${verb} ${method} …/${operation}${hasMore ? ' …' : ''}`;
}

/** Undefined when the body is not JSON. */
function parseJson(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return undefined;
  }
}

function envelope(json: unknown, redact: Redact): Partial<ApiResponse> {
  if (typeof json !== 'object' || json === null) return {};
  const { status, code, message, data } = json as Record<string, unknown>;
  // Code 0 of the API gateway does not mean success in BK-CI, whose own answer has a status.
  const gatewayCode = numeric(code) || undefined;
  // BK-CI's gateway writes its status as a number or as a string.
  const shownStatus = numeric(status) ?? gatewayCode;
  const shown = (value: unknown) => {
    const text = nonEmpty(value);
    return text === undefined ? undefined : shownText(text, redact);
  };
  return {
    status: shownStatus,
    gatewayCode,
    message: shown(message),
    dataText: shown(data),
  };
}

function nonEmpty(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function numeric(value: unknown): number | undefined {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  return typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : undefined;
}

/** Only at the start of the page, and found by its place: the time of a pattern grows with the square of the number of `<title`. */
function pageTitle(html: string): { message?: string | undefined } {
  const start = html.slice(0, PAGE_START);
  const title = start.search(/<title/i);
  const from = title < 0 ? -1 : start.indexOf('>', title);
  if (from < 0) return {};
  const [text = ''] = start.slice(from + 1, from + 1 + MESSAGE_CAP).split('<', 1);
  return text.trim() === '' ? {} : { message: cap(text.trim(), 200) };
}

function requestId({ headers }: HttpResponse, redact: Redact): { requestId?: string | undefined } {
  const id = headers['x-devops-rid'] ?? headers['x-bkapi-request-id'];
  return typeof id === 'string' && id !== '' ? { requestId: redact(id).slice(0, 100) } : {};
}

/** The words of nginx, Apache, Go and Tomcat. */
const PLAIN_HTTP_REFUSED =
  /plain HTTP request was sent to HTTPS port|speaking plain HTTP to an SSL-enabled server port|HTTP request to an HTTPS server|combination of host and port requires TLS/i;

function wantsTls({ status, body }: HttpResponse): { wantsTls?: boolean } {
  return status === 400 && PLAIN_HTTP_REFUSED.test(body.slice(0, MESSAGE_CAP)) ? { wantsTls: true } : {};
}

function writtenByProxy(response: HttpResponse): { proxy?: string | undefined } {
  const proxy = answeringProxy(response);
  return proxy === undefined ? {} : { proxy };
}

function redirectTo({ status, headers }: HttpResponse, redact: Redact): { redirectTo?: string | undefined } {
  if (status < 300 || status > 399) return {};
  const base = 'https://the-same-host.invalid';
  // Before it is parsed, which writes the host in lower case.
  const location = redact(headers.location ?? '');
  const origin = URL.canParse(location, base) ? new URL(location, base).origin : base;
  return { redirectTo: origin === base || origin === 'null' ? 'another path of the same host' : origin };
}

/** RFC 9110 §5.6.7, IMF-fixdate. Needed since `Date.parse` accepts nearly any text, as a date in 2001. */
const HTTP_DATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/** Malformed values are ignored. */
function retryAfter(response: HttpResponse): { retryAfterMs?: number | undefined } {
  const retryAfterMs = byRetryAfter(response) ?? byRateLimit(response);
  return retryAfterMs === undefined ? {} : { retryAfterMs };
}

/** RFC 9110 §10.2.3: seconds or a date. A date is compared with the `Date` of the server. */
function byRetryAfter({ headers }: HttpResponse): number | undefined {
  const value = headers['retry-after']?.trim() ?? '';
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000;
  return HTTP_DATE.test(value) ? msUntil(Date.parse(value), headers) : undefined;
}

/**
 * Seconds until the API gateway's limit is reset. It is on every answer, so it counts only when the limit is used up
 * (blueking-apigateway-apisix: plugins/bk-rate-limit, after apisix limit-count).
 */
function byRateLimit({ status, headers }: HttpResponse): number | undefined {
  const header = (name: string) => String(headers[`x-bkapi-ratelimit-${name}`] ?? '').trim();
  const isUsedUp = status === 429 || header('remaining') === '0';
  const reset = header('reset');
  return isUsedUp && /^\d{1,9}(?:\.\d{1,9})?$/.test(reset) ? Math.ceil(Number(reset) * 1000) : undefined;
}

/** Milliseconds until a time in milliseconds since 1970, by the server's own clock. */
export function msUntil(time: number, headers: { readonly date?: string | undefined }): number | undefined {
  const wait = time - Date.parse(headers.date ?? '');
  return Number.isFinite(wait) ? Math.max(0, wait) : undefined;
}
