import { request as httpRequest } from 'node:http';
import { afterEach, describe, expect, test } from '@jest/globals';
import { cutAt, delayed, deploying, type Fault, flood, json, reset, resetThenHandle, stallAt } from './http/faults.js';
import { HOSTILE_TEXT, hostile } from './http/hostile.js';
import { type Standin, startStandin } from './http/server.js';
import { nightlyWorld } from './scenarios/nightly.js';
import { ACCESS, APP_CODE, APP_SECRET, TOKEN } from './world/access.js';
import { manualClock } from './world/clock.js';
import type { WorldOptions } from './world/world.js';

const open = new Set<Standin>();
afterEach(async () => {
  await Promise.all([...open].map((standin) => standin.close()));
  open.clear();
});

/** undici reports its own code when the server closes the connection before sending anything. */
const RESET = /^(?:ECONNRESET|UND_ERR_SOCKET)$/;
const HEADERS = { accept: 'application/json', 'content-type': 'application/json', 'X-DEVOPS-UID': 'ci-bot' };

async function startServer(faults: readonly Fault[], overrides: Partial<WorldOptions> = {}) {
  const standin = await startStandin({ world: nightlyWorld(overrides), faults });
  open.add(standin);
  const [build] = standin.world.builds;
  if (!build) throw new Error('no build');
  const root = `${standin.url}/ms/openapi/api/apigw/v3/projects/demo/pipelines/${build.pipeline.id}/builds/${build.id}`;
  const retry = () => fetch(`${root}/retry`, { method: 'POST', headers: HEADERS });
  /** Node's error code for a request without an answer. */
  const failure = () =>
    retry().then(
      ({ status }) => `HTTP ${status}`,
      (error: Error) => (error.cause as { code?: string }).code,
    );
  return { standin, build, root, retry, failure, retries: () => standin.world.effects(build.id).retries.length };
}

/** How many bytes arrive, and whether the connection then ended or stayed silent for `quietMs`. */
function raw(url: string, quietMs: number): Promise<{ readonly bytes: number; readonly ended: boolean }> {
  return new Promise((resolve) => {
    const state: { bytes: number; timer?: NodeJS.Timeout } = { bytes: 0 };
    const request = httpRequest(url, { method: 'POST', headers: HEADERS, agent: false });
    const end = (ended: boolean) => {
      request.destroy();
      resolve({ bytes: state.bytes, ended });
    };
    request.on('socket', (socket) => {
      socket.on('data', (chunk: Buffer) => {
        state.bytes += chunk.length;
        clearTimeout(state.timer);
        state.timer = setTimeout(() => end(false), quietMs);
      });
      socket.on('close', () => {
        clearTimeout(state.timer);
        end(true);
      });
    });
    request.on('error', () => undefined);
    request.end();
  });
}

describe('faults in an answer', () => {
  test.each([1, 17, 100])('cutAt(%i) ends the answer at that byte after BK-CI has retried', async (at) => {
    const server = await startServer([{ on: 'retry', action: cutAt(at) }]);
    expect(await raw(`${server.root}/retry`, 5000)).toEqual({ bytes: at, ended: true });
    expect(server.retries()).toBe(1);
  });

  test('the recorded size is the size of the whole answer', async () => {
    const server = await startServer([{ on: 'retry', action: cutAt(1e6) }]);
    const { bytes } = await raw(`${server.root}/retry`, 5000);
    expect(server.standin.requests[0]?.answer?.bytes).toBe(bytes);
  });

  test('stallAt(30) stops after 30 bytes, and close does not wait for the rest', async () => {
    const server = await startServer([{ on: 'retry', action: stallAt(30) }]);
    expect(await raw(`${server.root}/retry`, 300)).toEqual({ bytes: 30, ended: false });
    expect(server.retries()).toBe(1);
  });

  test('flood sends a body of the given size', async () => {
    const server = await startServer([{ on: 'retry', action: flood(4) }]);
    const response = await server.retry();
    expect((await response.text()).length).toBeGreaterThan(4 * 1024 * 1024);
  });

  test('hostile replaces every text and keeps the ids', async () => {
    const server = await startServer([{ on: 'status', action: hostile() }]);
    const body = (await (await fetch(`${server.root}/status`, { headers: HEADERS })).json()) as {
      data: { id: string; userId: string; status: string };
    };
    expect(body.data).toMatchObject({ id: server.build.id, userId: HOSTILE_TEXT, status: 'FAILED' });
  });
});

describe('faults in a request', () => {
  test('reset closes the connection before or after BK-CI retries', async () => {
    const server = await startServer([
      { on: 'retry', action: reset('never') },
      { on: 'retry', nth: 2, action: reset('first') },
    ]);
    expect(await server.failure()).toMatch(RESET);
    expect(server.retries()).toBe(0);
    expect(await server.failure()).toMatch(RESET);
    expect(server.retries()).toBe(1);
  });

  test('resetThenHandle retries later, and a second request waits for the lock and is refused', async () => {
    const clock = manualClock();
    const server = await startServer([{ on: 'retry', action: resetThenHandle(200) }], { clock });
    expect(await server.failure()).toMatch(RESET);
    clock.advance(199);
    expect(server.retries()).toBe(0);
    const second = server.retry();
    await server.standin.waitForRequest('retry', 2);
    clock.advance(1);
    expect((await second).status).toBe(400);
    expect(server.retries()).toBe(1);
  });

  test('a fault with count 2 refuses two requests, and the third is accepted', async () => {
    const server = await startServer([{ on: 'retry', count: 2, action: deploying() }]);
    const answers = [await server.retry(), await server.retry(), await server.retry()];
    expect(answers.map((answer) => answer.status)).toEqual([503, 503, 200]);
    expect(await answers[0]?.json()).toMatchObject({ result: true, message: '后台正在部署中，请稍后。' });
    expect(server.retries()).toBe(1);
  });

  test('an error answer can be sent although the retry was accepted', async () => {
    const server = await startServer([{ on: 'retry', action: json({ status: 408 }, 408, 'first') }]);
    expect((await server.retry()).status).toBe(408);
    expect(server.retries()).toBe(1);
  });

  test('a fault can be limited to a period after the retry', async () => {
    const during = { since: 'retry', fromMs: 0, toMs: 150 } as const;
    const clock = manualClock();
    const server = await startServer([{ on: 'status', during, action: json({}, 502) }], { clock });
    const status = async () => (await fetch(`${server.root}/status`, { headers: HEADERS })).status;
    expect(await status()).toBe(200);
    await server.retry();
    expect(await status()).toBe(502);
    clock.advance(150);
    expect(await status()).toBe(200);
  });

  test('suspend refuses connections until resume', async () => {
    const server = await startServer([]);
    await server.standin.suspend();
    expect(await server.failure()).toBe('ECONNREFUSED');
    await server.standin.resume();
    expect((await server.retry()).status).toBe(200);
  });

  test('close ends a delayed request', async () => {
    const server = await startServer([{ on: 'retry', action: delayed(60_000) }]);
    const pending = server.retry().catch(() => 'ended');
    await server.standin.waitForRequest('retry');
    await server.standin.close();
    expect(await pending).toBe('ended');
    expect(server.retries()).toBe(0);
  });
});

describe('a request that deviates from the API is refused and recorded as a problem', () => {
  test.each([
    { name: 'unknown parameter', path: '?task_id=x', init: {}, problem: 'unknown query parameter task_id' },
    { name: 'no accept', path: '', init: { headers: { ...HEADERS, accept: '*/*' } }, problem: 'accept is not' },
    { name: 'body', path: '', init: { body: '{}' }, problem: 'a body where none belongs' },
    {
      name: 'token twice',
      path: `?access_token=${encodeURIComponent(encodeURIComponent(TOKEN))}`,
      init: {},
      problem: 'encoded twice',
    },
  ])('$name', async ({ path, init, problem }) => {
    const server = await startServer([]);
    const response = await fetch(`${server.root}/retry${path}`, { method: 'POST', headers: HEADERS, ...init });
    expect(response.status).toBe(400);
    expect(server.standin.problems).toEqual([expect.stringContaining(problem)]);
    expect(server.standin.requestLines()[0]).not.toContain(encodeURIComponent(TOKEN));
    expect(server.retries()).toBe(0);
  });
});

describe('credentials', () => {
  const access = { ...ACCESS, tokenRequired: true };
  test.each([
    { token: TOKEN, status: 200, text: '"status":0' },
    { token: 'nonsense', status: 400, text: 'Access token illegal' },
    { token: '', status: 400, text: 'Request accessToken is empty.' },
  ])('own gateway: $text', async ({ token, status, text }) => {
    const server = await startServer([], { access });
    const response = await fetch(`${server.root}/status?access_token=${encodeURIComponent(token)}`, {
      headers: HEADERS,
    });
    expect(response.status).toBe(status);
    expect(await response.text()).toContain(text);
  });

  test.each([
    { name: 'app', type: 'apigw-app', with: { bk_app_code: APP_CODE, bk_app_secret: APP_SECRET }, status: 200 },
    { name: 'wrong secret', type: 'apigw-app', with: { bk_app_code: APP_CODE, bk_app_secret: 'x' }, status: 400 },
    {
      name: 'app for a user',
      type: 'apigw-user',
      with: { bk_app_code: APP_CODE, bk_app_secret: APP_SECRET },
      status: 400,
    },
    { name: 'token', type: 'apigw-user', with: { access_token: TOKEN }, status: 200 },
  ])('API gateway: $name', async ({ type, with: credentials, status }) => {
    const server = await startServer([]);
    const query = `pipelineId=${server.build.pipeline.id}&buildId=${server.build.id}`;
    const url = `${server.standin.url}/api/devops/prod/v4/${type}/projects/demo/build_status?${query}`;
    const headers = { ...HEADERS, 'X-Bkapi-Authorization': JSON.stringify(credentials) };
    const response = await fetch(url, { headers });
    expect(response.status).toBe(status);
    expect(response.headers.get('X-Bkapi-Request-ID')).toMatch(/^[0-9a-f]{32}$/);
    expect(response.headers.get('X-Bkapi-Error-Code')).toBe(status === 200 ? null : '1640001');
  });
});
