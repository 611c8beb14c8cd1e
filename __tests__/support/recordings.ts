/** The exchanges with BK-CI's own services in `__tests__/recorded/bk-ci-4.1.0`. */

import { readdirSync, readFileSync } from 'node:fs';
import type { HttpResponse } from '../../src/http/http.js';

export interface RecordedExchange {
  /** Of the file, without its ending. */
  readonly name: string;
  readonly method: string;
  /** Path and query, as sent. */
  readonly target: string;
  /** Names as sent. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly response: HttpResponse;
}

const FOLDER = new URL('../recorded/bk-ci-4.1.0/', import.meta.url);
const SEPARATOR = '--- response ---\n';

/** All files `*.http`, in the order of their names. */
export function recordedExchanges(): readonly RecordedExchange[] {
  return namesOf('.http').map((name) => {
    const [request = '', response = ''] = read(`${name}.http`).split(SEPARATOR);
    const sent = parseMessage(request);
    const received = parseMessage(response);
    const [method = '', target = ''] = sent.first.split(' ');
    const headers = Object.entries(received.headers).map(([header, value]) => [header.toLowerCase(), value]);
    return {
      name,
      method,
      target,
      headers: sent.headers,
      body: sent.body,
      response: {
        status: Number(received.first.split(' ')[1]),
        headers: Object.fromEntries(headers),
        body: received.body,
      },
    };
  });
}

/** The names of the files `action_*.jsonl`: recorded runs of the action. */
export function recordedRuns(): readonly string[] {
  return namesOf('.jsonl');
}

interface Line {
  readonly req: string;
  readonly reqHeaders: Readonly<Record<string, string>>;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** A text, or the value that was sent as JSON. */
  readonly body: unknown;
}

/** The exchanges of one run, in order. */
export function recordedRun(name: string): readonly RecordedExchange[] {
  const lines = read(`${name}.jsonl`).trimEnd().split('\n');
  return lines.map((text) => {
    const { req, reqHeaders, status, headers, body } = JSON.parse(text) as Line;
    const [method = '', target = ''] = req.split(' ');
    const type = headers['Content-Type'];
    const content = typeof body === 'string' ? body : JSON.stringify(body);
    const response = { status, headers: type === undefined ? {} : { 'content-type': type }, body: content };
    return { name, method, target, headers: reqHeaders, body: '', response };
  });
}

/** A POST as operation and query, without ids: `retry?taskId=stage-2`. */
export function postLine(target: string): string {
  const url = new URL(`http://127.0.0.1${target}`);
  for (const id of ['pipelineId', 'buildId']) url.searchParams.delete(id);
  return `${url.pathname.split('/').at(-1)}${url.search}`;
}

/** The POSTs of a recorded run, in order. */
export function recordedPosts(name: string): readonly string[] {
  const posts = recordedRun(name).filter(({ method }) => method === 'POST');
  return posts.map(({ target }) => postLine(target));
}

function namesOf(ending: string): string[] {
  const names = readdirSync(FOLDER).filter((file) => file.endsWith(ending));
  return names.map((file) => file.slice(0, -ending.length)).sort();
}

function read(file: string): string {
  return readFileSync(new URL(file, FOLDER), 'utf8');
}

function parseMessage(text: string): { first: string; headers: Record<string, string>; body: string } {
  const [head = '', ...body] = text.trimEnd().split('\n\n');
  const [first = '', ...lines] = head.split('\n');
  const headers = lines.map((line) => [line.slice(0, line.indexOf(': ')), line.slice(line.indexOf(': ') + 2)]);
  return { first, headers: Object.fromEntries(headers), body: body.join('\n\n') };
}
