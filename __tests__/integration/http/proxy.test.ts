import { describe, expect, test } from '@jest/globals';
import { type Harness, type HarnessOptions, withHarness } from '../harness.js';
import { SERVER } from '../support/certs.js';
import { fastClock } from '../support/fast-clock.js';
import { type ProxyBehaviour, startProxy, type TestProxy, withProxySettings } from '../support/proxy.js';

const HOST = 'bkci.test';

interface ProxySetup {
  readonly harness: Harness;
  readonly proxy: TestProxy;
  /** The address of the stand-in under a host name that only the proxy can resolve. */
  readonly apiUrl: string;
}

async function withProxy(
  behaviourOf: (nth: number, port: number, method: string) => ProxyBehaviour,
  options: HarnessOptions,
  use: (behind: ProxySetup) => Promise<void>,
): Promise<void> {
  await withHarness(options, async (harness) => {
    const { port } = harness.standin;
    const proxy = await startProxy((nth, method) => behaviourOf(nth, port, method));
    const scheme = options.tls ? 'https' : 'http';
    try {
      await withProxySettings({ [`${scheme}_proxy`]: proxy.url }, () =>
        use({ harness, proxy, apiUrl: `${scheme}://${HOST}:${port}` }),
      );
    } finally {
      await proxy.close();
    }
  });
}

const tunnel = (_: number, port: number): ProxyBehaviour => ({ kind: 'tunnel', port });
const NOT_DELIVERED = { result: 'error', reason: 'not-delivered', retried: 'false', attempts: '0' };

describe('behind a proxy', () => {
  test('plain http is never tunnelled: the proxy gets whole addresses, and each POST on a connection of its own', async () => {
    await withProxy(tunnel, {}, async ({ harness, proxy, apiUrl }) => {
      const step = await harness.run({ inputs: { apiUrl, wait: 'true' } });
      expect(step.outputs.result).toBe('succeeded');
      expect(proxy.connects).toEqual([]);
      const addresses = harness.standin.requests.map(({ method, path }) => `${method} ${apiUrl}${path}`);
      expect(proxy.forwarded.map((line) => line.replace(/\?.*/, ''))).toEqual(addresses);
      const hosts = harness.standin.requests.map(({ rawHeaders }) => rawHeaders[rawHeaders.indexOf('host') + 1]);
      expect(new Set(hosts)).toEqual(new Set([`${HOST}:${harness.standin.port}`]));
      const posts = harness.standin.requestsOf('retry').map(({ connection }) => connection);
      const reads = harness.standin.requests
        .filter(({ method }) => method === 'GET')
        .map(({ connection }) => connection);
      expect(reads).not.toContain(posts[0]);
      expect((await harness.effects()).retries).toHaveLength(1);
    });
  });

  test('its user name and password are sent only to the proxy', async () => {
    await withHarness({}, async (harness) => {
      const { port } = harness.standin;
      const proxy = await startProxy(() => ({ kind: 'tunnel', port }));
      const address = proxy.url.replace('http://', 'http://user:p%40ss@');
      try {
        await withProxySettings({ HTTP_PROXY: address }, async () => {
          const step = await harness.run({ inputs: { apiUrl: `http://${HOST}:${port}` } });
          expect(step.outputs.result).toBe('retried');
        });
        expect(new Set(proxy.credentials)).toEqual(new Set([`Basic ${btoa('user:p@ss')}`]));
        expect(
          harness.standin.requests
            .flatMap(({ rawHeaders }) => rawHeaders)
            .join()
            .toLowerCase(),
        ).not.toContain('proxy-auth');
      } finally {
        await proxy.close();
      }
    });
  });

  test('a host in NO_PROXY is reached directly', async () => {
    await withProxy(tunnel, {}, async ({ harness, proxy, apiUrl }) => {
      process.env.NO_PROXY = `other.test,${HOST}`;
      const step = await harness.run({ inputs: { apiUrl } });
      expect(step.outputs).toMatchObject(NOT_DELIVERED);
      expect([...proxy.connects, ...proxy.forwarded]).toEqual([]);
    });
  });

  test('the local machine is reached directly', async () => {
    await withProxy(tunnel, {}, async ({ harness, proxy }) => {
      expect((await harness.run()).outputs.result).toBe('retried');
      expect([...proxy.connects, ...proxy.forwarded]).toEqual([]);
    });
  });

  test('an untrusted certificate ends the step after one CONNECT', async () => {
    await withProxy(tunnel, { tls: SERVER }, async ({ harness, proxy, apiUrl }) => {
      const step = await harness.run({ inputs: { apiUrl } });
      expect(step.outputs).toMatchObject(NOT_DELIVERED);
      expect(step.log.at(-1)).toContain('its certificate is not accepted (UNABLE_TO_VERIFY_LEAF_SIGNATURE)');
      expect(proxy.connects).toHaveLength(1);
      expect(harness.standin.requestLines()).toEqual([]);
    });
  });
});

describe.each([
  ['http', undefined],
  ['https', SERVER],
] as const)('a proxy, used for %s,', (_, tls) => {
  const options = tls ? { tls } : {};

  test.each([
    [403, (target: string) => `does not allow connections to ${target} (HTTP 403`],
    [407, () => 'wants a user and password (HTTP 407'],
  ])('that answers %i itself is asked once, and the error is told as its own', async (status, words) => {
    await withProxy(
      () => ({ kind: 'refuse', status }),
      options,
      async ({ harness, proxy, apiUrl }) => {
        const step = await harness.run({ inputs: { apiUrl } });
        expect(step.outputs).toMatchObject({ ...NOT_DELIVERED, status: '', message: '' });
        const target = `${HOST}:${harness.standin.port}`;
        expect(step.log.at(-1)).toContain(`Error: The proxy ${proxy.name} ${words(target)}`);
        expect(step.log.at(-1)).toContain('nothing was sent');
        expect(proxy.credentials).toHaveLength(1);
      },
    );
  });

  test('that answers 502 itself is tried five times', async () => {
    await withProxy(
      () => ({ kind: 'refuse', status: 502 }),
      options,
      async ({ harness, proxy, apiUrl }) => {
        const step = await harness.run({ inputs: { apiUrl } });
        expect(step.outputs).toMatchObject(NOT_DELIVERED);
        expect(step.log.at(-1)).toContain(tls ? 'the proxy refused the connection (HTTP 502)' : 'HTTP 502');
        expect(proxy.credentials).toHaveLength(5);
      },
    );
  });

  test('that does not accept connections leads to not-delivered', async () => {
    await withProxy(tunnel, options, async ({ harness, proxy, apiUrl }) => {
      await proxy.close();
      const step = await harness.run({ inputs: { apiUrl } });
      expect(step.outputs).toMatchObject(NOT_DELIVERED);
      expect(step.log.at(-1)).toContain(`the proxy could not be reached (${proxy.name})`);
    });
  });

  test('that closes the connection leads to not-delivered', async () => {
    await withProxy(
      () => ({ kind: 'hang-up' }),
      options,
      async ({ harness, apiUrl }) => {
        const step = await harness.run({ inputs: { apiUrl } });
        expect(step.outputs).toMatchObject(NOT_DELIVERED);
        expect(step.log.at(-1)).toContain(tls ? 'the proxy could not be reached' : 'connection reset');
      },
    );
  });

  test('that never answers leads to not-delivered at the deadline', async () => {
    const clock = fastClock({ deadlines: { 20000: 60 } });
    await withProxy(
      () => ({ kind: 'silent' }),
      { ...options, clock },
      async ({ harness, proxy, apiUrl }) => {
        const step = await harness.run({ inputs: { apiUrl } });
        expect(step.outputs).toMatchObject(NOT_DELIVERED);
        const noConnection = `no connection through the proxy ${proxy.name} within 20 s`;
        expect(step.log.at(-1)).toContain(tls ? noConnection : 'no answer within 20 s');
      },
    );
  });
});

test('of the address of a proxy only host and port are shown', async () => {
  await withHarness({}, async (harness) => {
    const proxy = await startProxy(() => ({ kind: 'refuse', status: 407 }));
    try {
      const address = proxy.url.replace('http://', 'http://user:hunter2hunter2@');
      await withProxySettings({ http_proxy: address }, async () => {
        const step = await harness.run({ inputs: { apiUrl: `http://${HOST}:${harness.standin.port}` } });
        expect(step.outputs).toMatchObject(NOT_DELIVERED);
        expect(JSON.stringify(step)).not.toMatch(/hunter2|dXNlcjpod/);
      });
    } finally {
      await proxy.close();
    }
  });
});
