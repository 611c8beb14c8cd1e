/**
 * An HTTP answer → what it says, whichever of five speakers wrote it: BK-CI (`status`), its filter (bare text), its
 * gateway (`status` beside `result: true`, even on failures), nginx (HTML), the BlueKing API gateway (`code`, `result`).
 */

import type { HttpResponse } from '../http/http.js';
import type { ResponseInfo } from '../lib/errors.js';
import { redact } from '../lib/sanitize.js';

export interface ApiResponse extends ResponseInfo {
  readonly form: 'json' | 'text' | 'html' | 'empty';
  /** The JSON value when `form` is `json`: nobody has looked at it yet. */
  readonly json?: unknown;
  /** `code` of the API gateway (16xxxxx), which it may hide in a 200 (legacy plugin bk-status-rewrite). */
  readonly gatewayCode?: number | undefined;
  /** `data` as text when it is one: BK-CI puts the real cause of a 500 there. */
  readonly dataText?: string | undefined;
  /** Where a redirect points: origin only, since a path may carry a session. */
  readonly redirectTo?: string | undefined;
  /** Milliseconds the server asks us to stay away. */
  readonly retryAfterMs?: number | undefined;
}

/**
 * @param secrets taken out of all words of the server: before anything shortens it, which would leave half a secret,
 * and before anything escapes it, which would hide one.
 */
export function parseResponse(answer: HttpResponse, secrets: readonly string[] = []): ApiResponse {
  const about = {
    http: answer.status,
    ...requestId(answer),
    ...redirectTo(answer),
    ...retryAfter(answer),
  };
  const body = answer.body.replace(/^\ufeff/, '').trim();
  if (body === '') return { ...about, form: 'empty' };
  const clean = (text: string) => redact(text, secrets);
  const json = parseJson(body, clean);
  if (json !== undefined) return { ...about, form: 'json', json, ...envelope(json) };
  if (/^<[a-z!?]/i.test(body)) {
    const isPage = answer.status < 300 || answer.status === 401 || answer.status === 403;
    return { ...about, form: 'html', ...(isPage ? { isPage } : {}), ...title(clean(body)) };
  }
  return { ...about, form: 'text', message: clean(body).slice(0, 2000) };
}

/** Members that are compared, not shown: a secret that is part of a name must not make another one of it. */
const IDENTITY = /^(?:id|key|value|status)$|(?:Id|User)$/;

/** `undefined` stands for "not JSON"; JSON itself has no such value. */
function parseJson(body: string, clean: (text: string) => string): unknown {
  try {
    return JSON.parse(body, (key, value: unknown) =>
      typeof value === 'string' && !IDENTITY.test(key) ? clean(value) : value,
    ) as unknown;
  } catch {
    return undefined;
  }
}

function envelope(json: unknown): Partial<ApiResponse> {
  if (typeof json !== 'object' || json === null) return {};
  const { status, code, message, data } = json as Record<string, unknown>;
  // The API gateway's code 0 says nothing of BK-CI, whose own answer has a status.
  const gatewayCode = numeric(code) || undefined;
  // BK-CI's gateway writes its status as a number or as a string.
  const shownStatus = numeric(status) ?? gatewayCode;
  return {
    status: shownStatus,
    gatewayCode,
    message: nonEmpty(message),
    dataText: nonEmpty(data),
  };
}

function nonEmpty(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function numeric(value: unknown): number | undefined {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  return typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : undefined;
}

function title(html: string): { message?: string | undefined } {
  const found = /<title[^>]*>([^<]{1,200})/i.exec(html)?.[1]?.trim();
  return found ? { message: found } : {};
}

function requestId({ headers }: HttpResponse): { requestId?: string | undefined } {
  const id = headers['x-devops-rid'] ?? headers['x-bkapi-request-id'];
  return typeof id === 'string' && id !== '' ? { requestId: id.slice(0, 100) } : {};
}

function redirectTo({ status, headers }: HttpResponse): { redirectTo?: string | undefined } {
  if (status < 300 || status > 399) return {};
  const here = 'https://the-same-host.invalid';
  const location = headers.location ?? '';
  const origin = URL.canParse(location, here) ? new URL(location, here).origin : here;
  return { redirectTo: origin === here || origin === 'null' ? 'another path of the same host' : origin };
}

/** RFC 9110 §5.6.7, the form that servers send. `Date.parse` alone takes nearly anything for a date of 2001. */
const HTTP_DATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/** RFC 9110 §10.2.3: seconds or a date. A date is held against the server's own `Date`; a malformed value is none. */
function retryAfter({ headers }: HttpResponse): { retryAfterMs?: number | undefined } {
  const value = headers['retry-after']?.trim() ?? '';
  if (/^\d{1,9}$/.test(value)) return { retryAfterMs: Number(value) * 1000 };
  if (!HTTP_DATE.test(value)) return {};
  const wait = Date.parse(value) - Date.parse(headers.date ?? '');
  return Number.isFinite(wait) ? { retryAfterMs: Math.max(0, wait) } : {};
}
