/**
 * Classifies how a request ended: accepted, refused, not delivered, or answer lost. The first rule that matches decides;
 * the last one treats any other answer as lost, which is the safe assumption.
 *
 * Sources: bk-ci common-web handler/*ExceptionMapper.kt, src/gateway/core/error/error.json.conf, lua/util/router_srv.lua;
 * blueking-apigateway-apisix plugins/bk-core/errorx.lua.
 */

import type { HttpResponse } from '../http/http.js';
import { isPermanent, type NetworkError } from '../http/network-error.js';
import { type ApiResponse, parseResponse } from './response.js';

export type RequestOutcome =
  /** The server accepted the request. `data` is not decoded yet. */
  | { readonly kind: 'accepted'; readonly data: unknown; readonly response: ApiResponse }
  /** The server, or a gateway in front of it, refused the request. Final. */
  | { readonly kind: 'refused'; readonly response: ApiResponse }
  /** The server did not receive the request: it may be sent again, within the budget and `sends` times in total. */
  | {
      readonly kind: 'not-delivered';
      readonly reason: string;
      readonly note?: string | undefined;
      /** What to do, if that is known. */
      readonly remedy?: string | undefined;
      readonly sends: number;
      readonly response?: ApiResponse | undefined;
    }
  /** The server may have acted. `answered`: a complete answer came, without a result, so the request is not pending. */
  | {
      readonly kind: 'answer-lost';
      readonly reason: string;
      /** What is known of the server behind such an answer: `BK-CI is being deployed`. */
      readonly note?: string | undefined;
      readonly remedy?: string | undefined;
      readonly answered: boolean;
      /** How often a read may be sent in total. A retry never is. */
      readonly sends: number;
      readonly response?: ApiResponse | undefined;
    };

export type Exchange = { readonly response: HttpResponse } | { readonly failure: NetworkError };

/** Pure; `secrets` are removed from all text of the server. */
export function classify(exchange: Exchange, secrets: readonly string[] = []): RequestOutcome {
  return 'failure' in exchange
    ? classifyFailure(exchange.failure)
    : classifyResponse(parseResponse(exchange.response, secrets));
}

/** Limited by the budget only (src/retry/backoff.ts). */
export const UNLIMITED = Number.POSITIVE_INFINITY;

interface FailureRule {
  readonly name: string;
  readonly when: (failure: NetworkError) => boolean;
  readonly sends: number;
}

const FAILURES: readonly FailureRule[] = [
  { name: 'bad certificate, TLS or proxy variable: permanent', when: ({ code }) => isPermanent(code), sends: 1 },
  { name: 'unknown host: rarely temporary', when: ({ code }) => code === 'ENOTFOUND', sends: 2 },
  { name: 'no connection, or no answer', when: () => true, sends: UNLIMITED },
];

/** By phase, not by error code: a proxy that refuses CONNECT reports ECONNRESET, as a lost answer does. */
function classifyFailure(failure: NetworkError): RequestOutcome {
  const { phase, tunnelRefusal, remedy, message: reason } = failure;
  if (phase === 'connecting' && tunnelRefusal && isFinalForProxy(tunnelRefusal.status)) {
    return { kind: 'refused', response: { http: tunnelRefusal.status, form: 'empty', proxy: tunnelRefusal.proxy } };
  }
  const { sends } = FAILURES.find((rule) => rule.when(failure)) ?? { sends: 1 };
  return phase === 'connecting'
    ? { kind: 'not-delivered', reason, remedy, sends }
    : { kind: 'answer-lost', reason, remedy, sends, answered: false };
}

/**
 * A proxy's demand for a user, or its rules; sending the request again can't change them. tinyproxy (1.11.1) answers 407
 * without a user, and 401 with a wrong one.
 */
export function isFinalForProxy(status: number): boolean {
  return status === 401 || status === 403 || status === 407;
}

interface ResponseRule {
  readonly name: string;
  readonly when: (response: ApiResponse) => boolean;
  readonly outcome: 'accepted' | 'refused' | 'not-delivered' | 'answer-lost' | 'no-status';
  readonly note?: string;
}

const httpStatus =
  (low: number, high = low) =>
  (response: ApiResponse) =>
    response.http >= low && response.http <= high;
const gatewayCode =
  (low: number, high = low) =>
  (response: ApiResponse) =>
    response.gatewayCode !== undefined && response.gatewayCode >= low && response.gatewayCode <= high;

const RESPONSES: readonly ResponseRule[] = [
  {
    name: 'error of a proxy, perhaps after it forwarded the request',
    when: (response) => response.proxy !== undefined && httpStatus(500, 599)(response),
    outcome: 'answer-lost',
  },
  { name: 'rate limit', when: isRateLimit, outcome: 'not-delivered' },
  { name: 'rate limit that also says something else', when: mentionsRateLimit, outcome: 'answer-lost' },
  {
    name: "BK-CI's gateway: service not discovered, being deployed",
    when: isDeployment,
    outcome: 'not-delivered',
    note: 'BK-CI is being deployed',
  },
  {
    name: 'BK-CI: no service provider',
    when: isWithoutProvider,
    outcome: 'not-delivered',
    note: 'a service of BK-CI is not available',
  },
  {
    name: 'BK-CI, v4: the look-up of the build failed, which comes before the operation',
    when: isFailedLookup,
    outcome: 'not-delivered',
    note: 'a service of BK-CI did not answer another',
  },
  {
    name: 'BK-CI: a request inside failed',
    when: isInnerFailure,
    outcome: 'answer-lost',
    note: 'a service of BK-CI did not answer another',
  },
  { name: 'API gateway: error of the backend', when: gatewayCode(1650000, 1659999), outcome: 'answer-lost' },
  { name: 'BK-CI: inner answer unreadable', when: ({ status }) => status === 2100110, outcome: 'answer-lost' },
  {
    name: 'BK-CI: inner answer empty',
    when: isNullPointer,
    outcome: 'answer-lost',
    note: 'a service of BK-CI answered with nothing',
  },
  {
    name: 'BK-CI: inner timeout, or a refused or reset inner connection; the request may still run',
    when: ({ http, status }) => http === 408 || status === 408,
    outcome: 'answer-lost',
  },
  { name: 'redirect', when: httpStatus(300, 399), outcome: 'refused' },
  { name: 'client error', when: httpStatus(400, 499), outcome: 'refused' },
  { name: 'not implemented', when: httpStatus(501), outcome: 'refused' },
  {
    name: "BK-CI's gateway: its own error",
    when: isGatewaysOwn,
    outcome: 'answer-lost',
    note: "BK-CI's gateway failed",
  },
  {
    name: "BK-CI's gateway in container mode: service not discovered; or any other 502",
    when: ({ http, form }) => http === 502 && form === 'html',
    outcome: 'answer-lost',
    note: 'BK-CI may be in the middle of a deployment',
  },
  { name: 'server error', when: httpStatus(500, 599), outcome: 'answer-lost' },
  { name: 'HTML page', when: ({ form }) => form === 'html', outcome: 'refused' },
  {
    name: 'API gateway: refusal in a 200',
    when: (response) => resultIsFalse(response) || !!response.gatewayCode,
    outcome: 'refused',
  },
  { name: 'BK-CI: refusal in a 200', when: ({ status }) => status !== undefined && status !== 0, outcome: 'refused' },
  { name: 'success', when: (response) => httpStatus(200, 299)(response) && isSuccess(response), outcome: 'accepted' },
  {
    name: 'truncated JSON, where no length was announced',
    when: isBrokenJson,
    outcome: 'answer-lost',
  },
  { name: 'complete answer without a status', when: httpStatus(200, 299), outcome: 'no-status' },
  { name: 'anything else', when: () => true, outcome: 'answer-lost' },
];

function classifyResponse(response: ApiResponse): RequestOutcome {
  const { http, proxy } = response;
  const reason = proxy === undefined ? `HTTP ${http}` : `HTTP ${http} from ${proxy ? `the proxy ${proxy}` : 'a proxy'}`;
  const { outcome, note } = RESPONSES.find((rule) => rule.when(response)) ?? { outcome: 'answer-lost' };
  switch (outcome) {
    case 'accepted':
      return { kind: 'accepted', data: (response.json as { data?: unknown }).data, response };
    case 'refused':
      return { kind: 'refused', response };
    case 'not-delivered':
      return { kind: 'not-delivered', reason, note, sends: UNLIMITED, response };
    case 'answer-lost':
      return { kind: 'answer-lost', reason, note, answered: false, sends: UNLIMITED, response };
    case 'no-status':
      return {
        kind: 'answer-lost',
        reason: `${reason} without a status`,
        answered: true,
        sends: UNLIMITED,
        response,
      };
  }
}

function resultIsFalse({ json }: ApiResponse): boolean {
  return (json as { result?: unknown } | null | undefined)?.result === false;
}

/** The status must be a number: as text only BK-CI's gateway writes it, and only for failures. */
function isSuccess({ json }: ApiResponse): boolean {
  return (json as { status?: unknown } | null | undefined)?.status === 0;
}

function isBrokenJson({ form, message = '' }: ApiResponse): boolean {
  return form === 'text' && /^[{[]/.test(message);
}

/** The answer contains nothing that a request which was carried out could have brought. */
function isWithoutEffect(response: ApiResponse): boolean {
  const data = (response.json as { data?: unknown } | null | undefined)?.data ?? '';
  return response.status !== 0 && data === '' && !isBrokenJson(response);
}

const isGatewayLimit = gatewayCode(1642901, 1642999);

/** 429, or the API gateway's code for it in a 200 (legacy plugin bk-status-rewrite). */
function isRateLimit(response: ApiResponse): boolean {
  const isLimit =
    response.http === 429 || (response.http === 200 && isGatewayLimit(response) && resultIsFalse(response));
  return isLimit && isWithoutEffect(response);
}

function mentionsRateLimit(response: ApiResponse): boolean {
  return response.http === 429 || isGatewayLimit(response);
}

/** Only BK-CI's gateway writes `result: true` into an error; nginx's own page is HTML. */
function isGatewaysOwn(response: ApiResponse): boolean {
  const { result } = (response.json ?? {}) as { result?: unknown };
  return response.http >= 500 && response.status === response.http && result === true && isWithoutEffect(response);
}

function isDeployment(response: ApiResponse): boolean {
  return response.http === 503 && isGatewaysOwn(response);
}

/**
 * The whole text, with or without the number before it (bk-ci: ClientException, 2100111) or what v4 puts before it
 * (bk-ci: ApigwBuildResourceV4Impl.checkPipelineId).
 */
const NO_PROVIDER =
  /^(?:[^\n]{0,80}\{0\} )?(?:2100111: )?(?:找不到任何有效的[^\n]{1,120}服务提供者|No valid [^\n]{1,120} service provider could be found|有効な[^\n]{1,120}サービスプロバイダーが見つかりません)$/;

/** Said in `data` of an HTTP 500, and by v4's look-up of the build in the message of an HTTP 400. */
function isWithoutProvider(response: ApiResponse): boolean {
  const { http, status, dataText = '', message = '' } = response;
  if (http === 400) return status === 400 && NO_PROVIDER.test(message) && isWithoutEffect(response);
  return http === 500 && status !== 0 && NO_PROVIDER.test(dataText);
}

/** The words of a failed request inside BK-CI, as response.ts leaves them. */
const INNER_FAILURE = /\b(?:executing|reading) [A-Z]{3,7} …\/[\w-]{0,100}(?: …)?$/;

function isInnerFailure(response: ApiResponse): boolean {
  return response.http >= 400 && INNER_FAILURE.test(response.message ?? '');
}

/** Java's words about a value that is missing, by which OpenAPI answers 400 to an inner answer without a body. */
const NULL_POINTER = /^(?:[^\n]{0,80}\{0\} )?Cannot [a-z][^\n]{1,800} because [^\n]{1,400} is null$/;

function isNullPointer({ http, message = '' }: ApiResponse): boolean {
  return http === 400 && NULL_POINTER.test(message);
}

function isFailedLookup(response: ApiResponse): boolean {
  const isLookup = response.message?.endsWith(' GET …/get_pipeline_id_from_build_id') ?? false;
  return isLookup && isInnerFailure(response) && isWithoutEffect(response);
}
