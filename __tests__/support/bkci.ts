/** A scripted BK-CI under the real client. It answers each operation in order; an unplanned request fails the test. */

import { Client } from '../../src/bkci/client.js';
import { type Access, parseApi } from '../../src/bkci/endpoints.js';
import type { Http, HttpRequest, HttpResponse } from '../../src/http/http.js';
import { NetworkError } from '../../src/http/network-error.js';
import type { FakeClock } from './clock.js';

export type Operation = 'retry' | 'status' | 'detail' | 'stop' | 'log' | 'history';
export type Reply = HttpResponse | NetworkError | (() => HttpResponse | NetworkError | Promise<HttpResponse>);
/** Replies in order, or by the index of the request. */
export type Script = Partial<Record<Operation, readonly Reply[] | ((index: number) => Reply | undefined)>>;

export interface FakeBkci {
  readonly client: Client;
  readonly http: Http;
  /** `POST retry?taskId=…`, in order. */
  readonly requests: readonly string[];
  readonly sent: readonly HttpRequest[];
}

const PATHS: readonly [RegExp, Operation][] = [
  [/\/(?:retry|build_retry)$/, 'retry'],
  [/\/(?:status|build_status)$/, 'status'],
  [/\/(?:detail|build_detail)$/, 'detail'],
  [/\/(?:stop|build_stop)$/, 'stop'],
  [/\/logs\/more(?:_logs)?$/, 'log'],
  [/\/(?:history|build_histories)$/, 'history'],
];

export const ACCESS: Access = {
  api: parseApi(new URL('https://devops.example.com')) ?? { gateway: 'own', version: 'v3', root: '' },
  credentials: { username: 'ci-bot' },
  headers: {},
};

/**
 * A script by execution: the first list holds the status replies before any retry, each further list those after the
 * next retry. The last reply of a list repeats.
 */
export function executions(retry: readonly Reply[], ...statuses: readonly (readonly Reply[])[]): Script {
  let current = 0;
  const readCounts = statuses.map(() => 0);
  return {
    retry: (index) => {
      current = Math.min(index + 1, statuses.length - 1);
      return retry[index];
    },
    status: () => {
      const list = statuses[current] ?? [];
      const index = readCounts[current] ?? 0;
      readCounts[current] = index + 1;
      return list[Math.min(index, list.length - 1)];
    },
  };
}

export interface FakeOptions {
  readonly access?: Partial<Access>;
  readonly secrets?: readonly string[];
  readonly clock?: FakeClock;
  /** Milliseconds that each request takes on the clock. */
  readonly takes?: number;
}

export function fakeBkci(script: Script, { access = {}, secrets = [], clock, takes = 0 }: FakeOptions = {}): FakeBkci {
  const requests: string[] = [];
  const sent: HttpRequest[] = [];
  const counts = new Map<Operation, number>();
  const http: Http = {
    send: async (request) => {
      request.signal?.throwIfAborted();
      const operation = PATHS.find(([path]) => path.test(request.url.pathname))?.[1];
      if (operation === undefined) throw new Error(`no operation has the path ${request.url.pathname}`);
      requests.push(`${request.method} ${operation}${request.url.search}`);
      sent.push(request);
      clock?.advance(takes);
      const index = counts.get(operation) ?? 0;
      counts.set(operation, index + 1);
      const replies = script[operation];
      const reply = typeof replies === 'function' ? replies(index) : replies?.[index];
      if (reply === undefined) throw new Error(`an unplanned request: ${operation} number ${index + 1}`);
      const answer =
        typeof reply === 'function'
          ? await Promise.race([reply(), rejectOnAbort(request.signal), rejectOnDeadline(request.deadlineSignal)])
          : reply;
      if (answer instanceof NetworkError) throw answer;
      return answer;
    },
  };
  return { client: new Client(http, { ...ACCESS, ...access }, secrets), http, requests, sent };
}

/** Rejects like src/http when the deadline signal ends a request early. */
function rejectOnDeadline(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => {
    const error = new NetworkError('sent', 'DEADLINE', 'no answer within 3 s');
    signal?.addEventListener('abort', () => reject(error), { once: true });
  });
}

/** Rejects like src/http when its signal is aborted. */
function rejectOnAbort(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

/** A reply that never comes; the workflow is cancelled while the request waits. */
export function cancelledMeanwhile(cancel: () => void): () => Promise<never> {
  return () => {
    queueMicrotask(cancel);
    return new Promise(() => {});
  };
}

export function answer(
  body: unknown,
  { http = 200, headers = {} }: { http?: number; headers?: HttpResponse['headers'] } = {},
): HttpResponse {
  return { status: http, headers, body: typeof body === 'string' ? body : JSON.stringify(body) };
}

/** A successful answer of BK-CI. */
export const yes = (data: unknown): HttpResponse => answer({ status: 0, message: null, data });
/** A refusal of BK-CI, by status number. */
export const no = (status: number, message = '', http = 400): HttpResponse =>
  answer({ status, message, data: null }, { http });

export const lost = (message = 'connection reset'): NetworkError => new NetworkError('sent', 'ECONNRESET', message);
export const unreached = (code = 'ECONNREFUSED', message = 'connection refused'): NetworkError =>
  new NetworkError('connecting', code, message);

/** The status of a build that failed, as BK-CI sends it. */
export function wireStatus(more: Readonly<Record<string, unknown>> = {}): HttpResponse {
  return yes({
    id: 'b-1',
    status: 'FAILED',
    userId: 'ci-bot',
    buildNum: 42,
    startTime: 1_000_000,
    endTime: 2_000_000,
    queueTime: 999_000,
    currentTimestamp: 3_000_000,
    buildParameters: [{ key: 'BK_CI_RETRY_COUNT', value: '0' }],
    stageStatus: [{ stageId: 'stage-3', name: 'Test', status: 'FAILED' }],
    errorInfoList: [],
    ...more,
  });
}

/** The same build, running in its second execution. */
export function wireRunning(more: Readonly<Record<string, unknown>> = {}): HttpResponse {
  return wireStatus({
    status: 'RUNNING',
    endTime: null,
    queueTime: 3_000_000,
    startTime: 3_001_000,
    buildParameters: [{ key: 'BK_CI_RETRY_COUNT', value: '1' }],
    stageStatus: [{ stageId: 'stage-3', name: 'Test', status: 'RUNNING' }],
    ...more,
  });
}

export function wireDetail(
  more: Readonly<Record<string, unknown>> = {},
  plugin: Readonly<Record<string, unknown>> = {},
): HttpResponse {
  const element = {
    id: 'e-1',
    stepId: 'tests',
    name: 'Run tests',
    status: 'FAILED',
    executeCount: 1,
    errorMsg: 'exit status 1',
    ...plugin,
  };
  const containers = [{ id: '1', containerHashId: 'c-1', name: 'Linux', status: 'FAILED', elements: [element] }];
  const stages = [
    { id: 'stage-1', name: 'Trigger', status: 'SUCCEED', containers: [] },
    { id: 'stage-3', name: 'Test', status: 'FAILED', containers },
  ];
  return yes({ pipelineName: 'Nightly tests', executeCount: 1, errorInfoList: [], model: { stages }, ...more });
}
