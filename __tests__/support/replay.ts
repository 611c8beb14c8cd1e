/** Runs the action against the answers of a recorded run, each route in its recorded order. */

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRunner } from '../../src/github/runner.js';
import { createHttp } from '../../src/http/http.js';
import { run } from '../../src/run/run.js';
import { fastClock } from '../integration/support/fast-clock.js';
import { runnerVariables } from '../standin/runner/variables.js';
import { recordActions } from './actions.js';
import { requestOf } from './read-recording.js';
import { postLine, type RecordedExchange, recordedRun } from './recordings.js';

export interface Replay {
  readonly outputs: Readonly<Record<string, string>>;
  readonly green: boolean;
  /** Every POST, as `postLine` has it. */
  readonly posts: readonly string[];
  readonly log: readonly string[];
}

type Values = Readonly<Record<string, string>>;

/** What a run needs, besides the inputs that its requests show: addresses, ids, user and the query of the retry. */
export async function replay(name: string, inputs: Values): Promise<Replay> {
  const recorded = recordedRun(name);
  const server = await startReplay(recorded);
  try {
    const variables = runnerVariables({ inputs: { ...shownInputs(recorded, server.url), ...inputs }, state: {} });
    const { core, recorded: output } = recordActionsOf(variables);
    const clock = fastClock();
    const step = { runner: createRunner(core, variables), clock, cancelled: new AbortController().signal };
    const green = await run(step, createHttp('retry-bk-ci-build/0.0.0', clock));
    const { outputs, log } = output();
    return { outputs, green, posts: server.posts, log };
  } finally {
    server.close();
  }
}

function recordActionsOf(variables: Values) {
  const recorder = recordActions(variables);
  return { core: recorder.core, recorded: () => recorder.recorded };
}

function shownInputs(recorded: readonly RecordedExchange[], url: string): Values {
  const [first] = recorded;
  if (!first) throw new Error('an empty recording');
  const { projectId, pipelineId, buildId } = requestOf(first).build;
  const root = /^.*?\/v[34](?=\/)/.exec(first.target)?.[0] ?? '';
  const user = first.headers['X-DEVOPS-UID'];
  const retry = recorded.find((exchange) => requestOf(exchange).operation === 'retry');
  const {
    pipelineId: _,
    buildId: __,
    ...query
  } = Object.fromEntries(new URL(`${url}${retry?.target ?? ''}`).searchParams);
  const ids = { apiUrl: url + root, projectId, pipelineId, ...(buildId === '' ? {} : { buildId }) };
  return { ...ids, ...(user === undefined ? {} : { username: user }), ...query };
}

/** Each request gets the next answer of its method and path, and the last one again. */
async function startReplay(recorded: readonly RecordedExchange[]) {
  const counts = new Map<string, number>();
  const posts: string[] = [];
  const server = createServer((request, response) => {
    const { method = '', url: target = '' } = request;
    if (method === 'POST') posts.push(postLine(target));
    const route = routeOf(method, target);
    const answers = recorded.filter((exchange) => routeOf(exchange.method, exchange.target) === route);
    const nth = counts.get(route) ?? 0;
    counts.set(route, nth + 1);
    const answer = answers[Math.min(nth, answers.length - 1)]?.response ?? NOT_RECORDED;
    response.writeHead(answer.status, answer.headers).end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    posts,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function routeOf(method: string, target: string): string {
  return `${method} ${target.split('?')[0]}`;
}

/** As BK-CI answers what it does not know. */
const NOT_RECORDED = {
  status: 404,
  headers: { 'content-type': 'application/json; charset=UTF-8' },
  body: '{"status":404,"message":"requested resource does not exist","data":"HTTP 404 Not Found"}',
};
