/** What the action makes of a recorded answer: the real client, with a connection that gives this answer. */

import { Client } from '../../src/bkci/client.js';
import { decodeRetry } from '../../src/bkci/decode/decode.js';
import { parseApi } from '../../src/bkci/endpoints.js';
import { TransientError } from '../../src/bkci/transient-error.js';
import { ActionError } from '../../src/lib/errors.js';
import type { BuildDetail, Plugin } from '../../src/model/detail.js';
import type { BuildRef } from '../../src/model/link.js';
import type { BuildStatus } from '../../src/model/snapshot.js';
import type { RecordedExchange } from './recordings.js';

/** `other`: an operation that the action never asks for. */
export type RecordedOperation = 'retry' | 'stop' | 'status' | 'detail' | 'history' | 'log' | 'other';

/** How it ended, and the code of the error, the reason of the doubt, or the decoded value in words. */
export type Reading = readonly [
  operation: RecordedOperation,
  kind: 'accepted' | 'refused' | 'not-delivered' | 'answer-lost',
  what: string,
];

const V4: Readonly<Record<string, RecordedOperation>> = {
  build_retry: 'retry',
  build_stop: 'stop',
  build_status: 'status',
  build_detail: 'detail',
  build_histories: 'history',
  'logs/more_logs': 'log',
};

/** The ids of a request, and its operation by method and route. */
export function requestOf({ method, target }: RecordedExchange): { operation: RecordedOperation; build: BuildRef } {
  const url = new URL(`http://127.0.0.1${target.replace(/^\/+/, '/')}`);
  const [, projectId = 'demo', rest = ''] = /\/projects\/([^/]+)\/(.*)$/.exec(url.pathname) ?? [];
  const [, pipelineId, inPath, what = ''] =
    /^pipelines\/([^/]+)\/builds(?:\/(?!history$)([^/]+))?\/(.+)$/.exec(rest) ?? [];
  const build = {
    projectId,
    pipelineId: pipelineId ?? url.searchParams.get('pipelineId') ?? '',
    buildId: decodeURIComponent(inPath ?? url.searchParams.get('buildId') ?? ''),
  };
  const named = pipelineId === undefined ? V4[rest] : (what.replace('logs/more', 'log') as RecordedOperation);
  const posts = named === 'retry' || named === 'stop';
  const known = named !== undefined && ['retry', 'stop', 'status', 'detail', 'history', 'log'].includes(named);
  return { operation: known && posts === (method === 'POST') ? named : 'other', build };
}

export async function readRecording(exchange: RecordedExchange): Promise<Reading> {
  const { operation, build } = requestOf(exchange);
  const version = exchange.target.includes('/v4/') ? 'v4' : 'v3';
  const api = parseApi(new URL(`http://127.0.0.1/ms/openapi/api/apigw/${version}`));
  if (!api) throw new Error('no API');
  const http = { send: async () => exchange.response };
  const client = new Client(http, { api, credentials: { username: 'admin' }, headers: {} });
  if (exchange.method === 'POST') return [operation, ...(await sent(client, operation, build))];
  try {
    return [operation, 'accepted', await read(client, operation, build)];
  } catch (error) {
    if (error instanceof TransientError) return [operation, error.outcome.kind, error.outcome.reason];
    if (error instanceof ActionError) return [operation, 'refused', error.code];
    throw error;
  }
}

async function sent(
  client: Client,
  operation: RecordedOperation,
  build: BuildRef,
): Promise<readonly [Reading[1], string]> {
  const named = operation === 'retry' ? 'retry' : 'stop';
  const outcome =
    named === 'retry' ? await client.retryBuild(build, {}) : await client.stopBuild(build, { deadlineMs: 1000 });
  switch (outcome.kind) {
    case 'accepted':
      return ['accepted', operation === 'retry' ? `execution ${decodeRetry(outcome.data, build).executeCount}` : ''];
    case 'refused':
      return ['refused', client.refusal(outcome, { operation: named, build, consequence: 'nothing was sent' }).code];
    default:
      return [outcome.kind, outcome.reason];
  }
}

async function read(client: Client, operation: RecordedOperation, build: BuildRef): Promise<string> {
  switch (operation) {
    case 'detail':
      return describeDetail(await client.buildDetail(build));
    case 'history':
      return `${(await client.buildHistory(build, { page: 1, pageSize: 1 })).length} build`;
    case 'log': {
      const { state, lines } = await client.taskLog(build, { taskId: 'e-x', lines: 50 });
      return `${state}, ${lines.length} lines`;
    }
    default:
      return describeStatus(await client.buildStatus(build));
  }
}

function describeStatus({ status, executeCount, errors, stages }: BuildStatus): string {
  const states = stages.map((stage) => stage.status ?? '-').join(' ');
  return `${status} ${executeCount}: ${states}${errors.length > 0 ? `, ${errors.length} failed` : ''}`;
}

/** Its execution, and every plug-in with state and execution. */
function describeDetail({ executeCount, stages, errors }: BuildDetail): string {
  const describe = ({ name, status = '-', executeCount: count }: Plugin) => `${name} ${status} ${count}`;
  const plugins = stages.flatMap(({ jobs }) => jobs.flatMap((job) => job.plugins)).map(describe);
  return `${executeCount}: ${plugins.join(', ')}${errors.length > 0 ? `; ${errors[0]?.taskName} failed` : ''}`;
}
