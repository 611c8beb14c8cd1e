/** Client of BK-CI's OpenAPI, one method for each operation: route, send, decode. It neither resends nor polls. */

import type { Http } from '../http/http.js';
import { NetworkError } from '../http/network-error.js';
import { ActionError, type ErrorDetails, NOTHING_SENT } from '../lib/errors.js';
import { mapTexts, type Redact, redactor } from '../lib/sanitize.js';
import type { BuildDetail } from '../model/detail.js';
import type { BuildRef } from '../model/link.js';
import type { BuildStatus } from '../model/snapshot.js';
import { classify, type RequestOutcome } from './classify.js';
import { decodeDetail, decodeHistory, decodeLog, decodeStatus, type LogTail, type PastBuild } from './decode/decode.js';
import { DecodeError } from './decode/fields.js';
import {
  type Access,
  authorize,
  type Operation,
  type Query,
  type RequestTarget,
  type RetryParameters,
  routeTo,
  withLanguage,
} from './endpoints.js';
import { explainRefusal } from './refusals/refusals.js';
import type { RequestInfo } from './refusals/rule.js';
import { TransientError } from './transient-error.js';

/** Milliseconds. */
const READ_DEADLINE_MS = 20_000;
/** Milliseconds. The server waits up to 30 s for a lock and up to 60 s for its backend (bk-ci: BuildIdLock, Client.kt). */
const RETRY_DEADLINE_MS = 75_000;

const MIB = 1024 * 1024;
/**
 * The longest answer that is read. BK-CI allows a model of 16,777,215 characters, to which a detail adds the records of
 * the build. A log has at most 1,000 lines, a page of the history 100 builds.
 */
const MAX_BYTES: Readonly<Record<Operation, number>> = {
  retry: 2 * MIB,
  status: 2 * MIB,
  stop: 2 * MIB,
  log: 10 * MIB,
  history: 10 * MIB,
  detail: 64 * MIB,
};

export interface ReadOptions {
  readonly signal?: AbortSignal | undefined;
  /** What a refusal means for the run, for the error message: `nothing was sent`. */
  readonly consequence?: string | undefined;
  readonly deadlineMs?: number | undefined;
  /** A larger answer is a failed read. */
  readonly maxBytes?: number | undefined;
}

interface TaskLogOptions extends Pick<ReadOptions, 'signal' | 'deadlineMs'> {
  readonly taskId: string;
  readonly executeCount?: number | undefined;
  readonly lines: number;
}

/** Reads of a build and of its pipeline. */
export type BuildReader = Pick<Client, 'buildStatus' | 'buildDetail' | 'buildHistory'>;

export class Client {
  readonly #http: Http;
  readonly #access: Access;
  readonly #secrets: readonly string[];

  /** @param secrets are removed from all text of the server. */
  constructor(http: Http, access: Access, secrets: readonly string[] = []) {
    this.#http = http;
    this.#access = access;
    this.#secrets = secrets;
  }

  /** Returns every outcome instead of throwing: only the caller knows whether the request may be sent again. */
  async retryBuild(build: BuildRef, { taskId, failedContainer, skip }: RetryParameters): Promise<RequestOutcome> {
    const flag = (value: boolean | undefined) => (value ? 'true' : undefined);
    const { channelCode } = this.#access;
    const query = { taskId, failedContainer: flag(failedContainer), skip: flag(skip), channelCode };
    return this.#send('retry', build, { query, deadlineMs: RETRY_DEADLINE_MS });
  }

  buildStatus(build: BuildRef, options?: ReadOptions): Promise<BuildStatus> {
    return this.#read('status', build, { ...options, decode: (data) => decodeStatus(data, build) });
  }

  buildDetail(build: BuildRef, options?: ReadOptions): Promise<BuildDetail> {
    return this.#read('detail', build, { ...options, decode: (data) => decodeDetail(data, build) });
  }

  /** Returns every outcome instead of throwing. `accepted` does not prove that the build stops. */
  stopBuild(
    build: BuildRef,
    limits: { deadlineMs: number; deadlineSignal?: AbortSignal | undefined },
  ): Promise<RequestOutcome> {
    return this.#send('stop', build, limits);
  }

  /** The last lines of one plug-in in one execution (bk-ci: LogServiceESImpl.queryLogsBetweenLines). */
  taskLog(build: BuildRef, { lines, taskId, executeCount, ...options }: TaskLogOptions): Promise<LogTail> {
    const query = {
      tag: taskId,
      executeCount: executeCount?.toString(),
      num: String(lines),
      fromStart: 'false',
      start: '0',
      end: '1000000000',
    };
    return this.#read('log', build, { ...options, query, decode: decodeLog });
  }

  /** A page of the pipeline's builds, newest first. v4 returns only build `number` if given; v3 ignores it. */
  buildHistory(
    pipeline: RequestTarget,
    {
      page,
      pageSize,
      number,
      signal,
    }: { page: number; pageSize: number; number?: number | undefined; signal?: AbortSignal | undefined },
  ): Promise<readonly PastBuild[]> {
    const buildNo = this.#access.api.version === 'v4' ? number?.toString() : undefined;
    const query = { page: String(page), pageSize: String(pageSize), buildNoStart: buildNo, buildNoEnd: buildNo };
    return this.#read('history', pipeline, { query, decode: (data) => decodeHistory(data, pipeline), signal });
  }

  /** The error for a refused request. */
  refusal(
    { response }: Extract<RequestOutcome, { kind: 'refused' }>,
    info: { operation: Operation; build: BuildRef; consequence: string },
  ): ActionError {
    return explainRefusal(response, this.#requestInfo(info.operation, info.build, info.consequence));
  }

  /** `METHOD address` of an operation without its query, which may contain a credential. */
  describeRequest(operation: Operation, build: RequestTarget): string {
    const { method, url } = routeTo(this.#access.api, operation, { target: build });
    return `${method} ${url.origin}${url.pathname}`;
  }

  async #read<T>(
    operation: Operation,
    build: RequestTarget,
    options: ReadOptions & { query?: Query | undefined; decode: (data: unknown) => T },
  ): Promise<T> {
    const { consequence, decode } = options;
    const outcome = await this.#send(operation, build, options);
    const info = () => this.#requestInfo(operation, build, consequence ?? NOTHING_SENT);
    if (outcome.kind === 'refused') throw explainRefusal(outcome.response, info());
    if (outcome.kind === 'answer-lost' && outcome.answered)
      throw unexpectedAnswer('status is missing', info(), { response: outcome.response });
    if (outcome.kind !== 'accepted') {
      const request = this.describeRequest(operation, build);
      throw new TransientError(outcome, { request, consequence: consequence ?? 'nothing was retried' });
    }
    try {
      return withoutSecrets(decode(outcome.data), redactor(this.#secrets));
    } catch (error) {
      throw error instanceof DecodeError
        ? unexpectedAnswer(error.message, info(), { response: outcome.response })
        : error;
    }
  }

  /**
   * Every network error and every answer becomes a RequestOutcome. Only the reason of an abort is thrown, and an
   * ActionError when the answer to a read is too long.
   */
  async #send(
    operation: Operation,
    target: RequestTarget,
    options: {
      query?: Query | undefined;
      deadlineMs?: number | undefined;
      maxBytes?: number | undefined;
      signal?: AbortSignal | undefined;
      deadlineSignal?: AbortSignal | undefined;
      consequence?: string | undefined;
    },
  ): Promise<RequestOutcome> {
    const { consequence = NOTHING_SENT } = options;
    const { api, credentials, channelCode } = this.#access;
    const { query = {}, deadlineMs = READ_DEADLINE_MS, maxBytes = MAX_BYTES[operation] } = options;
    const { signal, deadlineSignal } = options;
    const route = routeTo(api, operation, { target, query });
    const authorized = authorize(api, route.url, credentials);
    const request = {
      method: route.method,
      url: authorized.url,
      headers: {
        ...withLanguage(this.#access),
        accept: 'application/json',
        'content-type': 'application/json',
        ...(channelCode === undefined ? {} : { 'X-DEVOPS-CHANNEL': channelCode }),
        ...authorized.headers,
      },
      deadlineMs,
      maxBytes,
      ownConnection: route.method === 'POST',
      signal,
      deadlineSignal,
    };
    try {
      return classify({ response: await this.#http.send(request) }, this.#secrets);
    } catch (error) {
      if (!(error instanceof NetworkError)) throw error;
      // Read again, the answer would be as long.
      if (error.code === 'BODY_TOO_LARGE' && route.method === 'GET') {
        throw unexpectedAnswer(error.message, this.#requestInfo(operation, target, consequence), { cause: error });
      }
      return classify({ failure: error });
    }
  }

  #requestInfo(operation: Operation, build: RequestTarget, consequence: string): RequestInfo {
    const { api, credentials } = this.#access;
    const { username, accessToken } = credentials;
    return {
      request: this.describeRequest(operation, build),
      address: new URL(api.root).origin,
      projectId: build.projectId,
      pipelineId: build.pipelineId,
      buildId: build.buildId ?? '',
      caller: username ?? (accessToken ? 'the user of accessToken' : 'the app of appCode'),
      credentials: Object.entries(credentials).flatMap(([name, value]) => (value === undefined ? [] : [name])),
      ...(accessToken === undefined ? {} : { tokenLength: accessToken.length }),
      operation,
      consequence,
    };
  }
}

/**
 * Members that are compared or sent again, and how long each is shown at most, in characters: words, users, ids.
 * They keep a secret, since another id would be meant without it; one that would be cut when it is shown does not.
 */
const COMPARED: readonly (readonly [name: RegExp, shown: number])[] = [
  [/^(?:status|state|errorType)$/, 40],
  [/^(?:startedBy|firstStartedBy)$/, 80],
  [/^(?:id|buildId|hashId|stepId|stageId|containerId|taskId|postActionOf)$/, 60],
];

/** A decoded answer without secrets in its texts. Only what is decoded is searched, not all that the server sent. */
function withoutSecrets<T>(decoded: T, redact: Redact): T {
  return mapTexts(decoded, (text, name) => {
    const shown = COMPARED.find(([pattern]) => pattern.test(name))?.[1] ?? 0;
    return text.length <= shown ? text : redact(text);
  });
}

function unexpectedAnswer(
  problem: string,
  { request, consequence }: RequestInfo,
  details: Pick<ErrorDetails, 'cause' | 'response'>,
): ActionError {
  const text = {
    problem: `${request} was not answered as the API documents it: ${problem}`,
    consequence,
    remedy: "Check that apiUrl is the address of BK-CI's OpenAPI.",
  };
  return new ActionError('unexpected-answer', text, { request, ...details });
}
