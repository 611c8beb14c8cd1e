/** Every kind of failure on every way to BK-CI, for a read, for the retry and for the stop, over real sockets. */

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { cutAt, type FaultAction, reset, stallAt } from '../../standin/http/faults.js';
import type { Standin } from '../../standin/http/server.js';
import { nightlyWorld } from '../../standin/scenarios/nightly.js';
import { manualClock } from '../../standin/world/clock.js';
import { withStandin } from '../../support/standin.js';
import { SERVER } from '../support/certs.js';
import { startProxy, type TestProxy } from '../support/proxy.js';
import { StepProcess, type StepReport } from '../support/steps.js';

const SCHEMES = ['http', 'https'] as const;
const ROUTES = ['no proxy', 'an http proxy', 'an https proxy'] as const;
/** Of the server, of the way to it, and of the proxy itself. */
const FAULTS = ['refused', 'reset', 'half', 'stall', 403, 407, 502] as const;
type Operation = 'status' | 'retry' | 'stop';

interface Way {
  readonly scheme: (typeof SCHEMES)[number];
  readonly route: (typeof ROUTES)[number];
  readonly fault: (typeof FAULTS)[number];
}

const WAYS: readonly Way[] = SCHEMES.flatMap((scheme) =>
  ROUTES.flatMap((route) => FAULTS.map((fault) => ({ scheme, route, fault }))),
).filter(({ route, fault }) => route !== 'no proxy' || typeof fault === 'string');

/** The server has handled the request before its answer is lost. */
const LOST: Readonly<Record<string, FaultAction>> = { reset: reset('first'), half: cutAt(150), stall: stallAt(150) };

interface Observed {
  readonly main: StepReport;
  readonly post: StepReport;
  /** Requests that reached BK-CI. */
  readonly arrived: Readonly<Record<Operation, number>>;
  /** Requests that the proxy answered or passed on, tunnels included. */
  readonly asked: number;
  readonly retries: number;
  readonly stops: number;
  readonly proxy: string;
}

let steps: StepProcess;
beforeAll(async () => {
  steps = await StepProcess.start();
});
afterAll(() => steps.stop());

/** Runs main and post; all requests of one operation meet the fault. */
async function observe({ scheme, route, fault }: Way, operation: Operation): Promise<Observed> {
  const world = nightlyWorld({ clock: manualClock() });
  const action = LOST[fault];
  const faults = action ? [{ on: operation, count: Infinity, action }] : [];
  return withStandin({ world, faults, ...(scheme === 'https' ? { tls: SERVER } : {}) }, async (server) => {
    const { standin, ids } = server;
    const armed = { now: operation === 'status' };
    const behaviour = () =>
      armed.now && typeof fault === 'number'
        ? ({ kind: 'refuse', status: fault } as const)
        : ({ kind: 'tunnel', port: standin.port } as const);
    const proxy = await startProxy(behaviour, { tls: route === 'an https proxy' ? SERVER : undefined });
    const arm = async () => {
      armed.now = true;
      if (fault === 'refused') await (route === 'no proxy' ? standin.suspend() : proxy.close());
    };
    try {
      if (armed.now) await arm();
      const wait = { wait: 'true', timeoutMinutes: '1', stopOnAbort: 'true' };
      const task = {
        inputs: { ...ids, ...(operation === 'stop' ? wait : {}), apiUrl: addressOf(standin, { scheme, route }) },
        proxies: route === 'no proxy' ? {} : { [`${scheme}_proxy`]: proxy.url },
        deadlines: fault === 'stall' ? deadlinesFor(operation) : {},
      };
      const beforePost = (path: string) => (path.endsWith(operation) ? arm() : undefined);
      const main = await steps.run({ entry: 'main', state: {}, ...task }, beforePost);
      const post = await steps.run({ entry: 'post', ...task, state: main.state }, beforePost);
      const { retries, stops } = server.effects();
      return { main, post, ...counts(standin, proxy), retries: retries.length, stops: stops.length };
    } finally {
      await proxy.close();
    }
  });
}

function addressOf({ port }: Standin, { scheme, route }: Pick<Way, 'scheme' | 'route'>): string {
  return `${scheme}://${route === 'no proxy' ? '127.0.0.1' : 'bkci.test'}:${port}`;
}

/** Real milliseconds for the deadlines that a stalled answer reaches. */
function deadlinesFor(operation: Operation): Readonly<Record<number, number>> {
  return operation === 'retry' ? { 75000: 400 } : { 20000: operation === 'stop' ? 400 : 150 };
}

function counts(standin: Standin, proxy: TestProxy) {
  const arrived = {
    status: standin.requestsOf('status').length,
    retry: standin.requestsOf('retry').length,
    stop: standin.requestsOf('stop').length,
  };
  return { arrived, asked: proxy.credentials.length, proxy: proxy.name };
}

/** Plain http through a proxy: only there the proxy itself answers a request. */
const isForwarded = ({ scheme, route }: Way) => scheme === 'http' && route !== 'no proxy';
const nameOf = ({ scheme, route, fault }: Way) => `${scheme}, ${route}, ${fault}`;
const cases = WAYS.map((way) => [nameOf(way), way] as const);
const isFinal = (fault: Way['fault']) => fault === 403 || fault === 407;

/** The proxy's own no is told as the proxy's. */
function expectProxysWords({ main, proxy }: Observed, fault: Way['fault']): void {
  const words = fault === 407 ? 'wants a user and password' : 'does not allow connections to bkci.test:';
  expect(main.log.at(-1)).toContain(`The proxy ${proxy} ${words}`);
}

describe('a read', () => {
  test.each(cases)('%s', async (_, way) => {
    const seen = await observe(way, 'status');
    expect(seen.main.outputs).toMatchObject({ result: 'error', reason: 'not-delivered', retried: 'false' });
    expect(seen).toMatchObject({ retries: 0, arrived: { retry: 0 } });
    if (typeof way.fault === 'number') expect(seen.asked).toBe(isFinal(way.fault) ? 1 : 5);
    else if (way.fault !== 'refused' && way.fault !== 'stall') expect(seen.arrived.status).toBe(5);
    if (isFinal(way.fault)) expectProxysWords(seen, way.fault);
  });
});

describe('the retry', () => {
  test.each(cases)('%s', async (_, way) => {
    const seen = await observe(way, 'retry');
    const { outputs } = seen.main;
    if (way.fault in LOST) {
      expect(outputs).toMatchObject({ result: 'retried', retried: 'true', attempts: '1' });
      expect(seen).toMatchObject({ retries: 1, arrived: { retry: 1 } });
      return;
    }
    // The proxy's own 502 may come after it has passed the request on, but not in place of a tunnel.
    const isInDoubt = way.fault === 502 && isForwarded(way);
    expect(outputs).toMatchObject({ reason: isInDoubt ? 'answer-lost' : 'not-delivered', retried: 'false' });
    expect(seen).toMatchObject({ retries: 0, arrived: { retry: 0 } });
    if (isFinal(way.fault)) expectProxysWords(seen, way.fault);
  });
});

describe('the stop', () => {
  test.each(cases)('%s', async (_, way) => {
    const seen = await observe(way, 'stop');
    expect(seen.main.outputs).toMatchObject({ result: 'timed-out', retried: 'true' });
    const arrived = way.fault in LOST ? 1 : 0;
    expect(seen).toMatchObject({ retries: 1, stops: arrived, arrived: { stop: arrived } });
  });
});
