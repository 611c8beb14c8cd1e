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
  behaviourOf: (nth: number, port: number) => ProxyBehaviour,
  options: HarnessOptions,
  use: (behind: ProxySetup) => Promise<void>,
): Promise<void> {
  await withHarness(options, async (harness) => {
    const { port } = harness.standin;
    const proxy = await startProxy((nth) => behaviourOf(nth, port));
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
  test('all requests go through its tunnels, and each POST through its own', async () => {
    await withProxy(tunnel, {}, async ({ harness, proxy, apiUrl }) => {
      const step = await harness.run({ inputs: { apiUrl, wait: 'true' } });
      expect(step.outputs.result).toBe('succeeded');
      expect(new Set(proxy.connects)).toEqual(new Set([`${HOST}:${harness.standin.port}`]));
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
      expect(proxy.connects).toEqual([]);
    });
  });

  test('the local machine is reached directly', async () => {
    await withProxy(tunnel, {}, async ({ harness, proxy }) => {
      expect((await harness.run()).outputs.result).toBe('retried');
      expect(proxy.connects).toEqual([]);
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

  test.each([403, 407, 502])(
    'that refuses with %i is tried five times, and the error not-delivered names the refusal',
    async (status) => {
      await withProxy(
        () => ({ kind: 'refuse', status }),
        options,
        async ({ harness, proxy, apiUrl }) => {
          const step = await harness.run({ inputs: { apiUrl } });
          expect(step.outputs).toMatchObject(NOT_DELIVERED);
          expect(step.log.at(-1)).toContain(`the proxy refused the connection (HTTP ${status})`);
          expect(proxy.connects).toHaveLength(5);
        },
      );
    },
  );

  test('that closes the connection leads to not-delivered', async () => {
    await withProxy(
      () => ({ kind: 'hang-up' }),
      options,
      async ({ harness, apiUrl }) => {
        const step = await harness.run({ inputs: { apiUrl } });
        expect(step.outputs).toMatchObject(NOT_DELIVERED);
        expect(step.log.at(-1)).toContain('the proxy could not be reached');
      },
    );
  });

  test('that never answers leads to not-delivered at the deadline', async () => {
    const clock = fastClock({ deadlines: { 20000: 60 } });
    await withProxy(
      () => ({ kind: 'silent' }),
      { ...options, clock },
      async ({ harness, apiUrl }) => {
        const step = await harness.run({ inputs: { apiUrl } });
        expect(step.outputs).toMatchObject(NOT_DELIVERED);
        expect(step.log.at(-1)).toContain('no connection within 20 s');
      },
    );
  });
});

describe('the proxy fails only for the POST', () => {
  /** The first tunnel is used for the reads. */
  const onSecondTunnel = (behaviour: ProxyBehaviour) => (nth: number, port: number) =>
    nth === 2 ? behaviour : tunnel(nth, port);

  test.each([
    ['refused', { kind: 'refuse', status: 503 }],
    ['connection closed', { kind: 'hang-up' }],
  ] as const)('%s: the request was not delivered, is sent again, and takes effect once', async (_, behaviour) => {
    await withProxy(onSecondTunnel(behaviour), {}, async ({ harness, apiUrl }) => {
      const step = await harness.run({ inputs: { apiUrl } });
      expect(step.outputs).toMatchObject({ result: 'retried', attempts: '1' });
      expect(step.log.filter((line) => line.startsWith('Resend'))).toHaveLength(1);
      expect((await harness.effects()).retries).toHaveLength(1);
    });
  });
});
