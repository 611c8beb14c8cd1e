import { describe, expect } from '@jest/globals';
import { CA_FILE, OTHER_HOST, SERVER } from '../integration/support/certs.js';
import { startProxy } from '../integration/support/proxy.js';
import { startGithub } from '../standin/http/github.js';
import { FIND_BUILD_SCENARIOS } from '../standin/scenarios/find-build.js';
import { nightlyWorld } from '../standin/scenarios/nightly.js';
import { ACCESS, TOKEN } from '../standin/world/access.js';
import { runMain, withServer } from './harness.js';
import { concurrentTests } from './support/concurrent-tests.js';

const concurrentTest = concurrentTests();
/** The environment variable through which a runner gets the CA of a company. */
const TRUSTED = { NODE_EXTRA_CA_CERTS: CA_FILE };

describe('BK-CI behind the certificate of a private CA', () => {
  concurrentTest('is accepted with NODE_EXTRA_CA_CERTS', async () => {
    await withServer({ tls: SERVER }, async ({ ids, effects }) => {
      const { exitCode, outputs } = await runMain({ inputs: { ...ids, wait: 'false' }, env: TRUSTED });
      expect({ exitCode, result: outputs.result }).toEqual({ exitCode: 0, result: 'retried' });
      expect(effects().retries).toHaveLength(1);
    });
  });

  concurrentTest('is not accepted without NODE_EXTRA_CA_CERTS', async () => {
    await withServer({ tls: SERVER }, async ({ ids, standin }) => {
      const { exitCode, outputs, log } = await runMain({ inputs: ids });
      expect({ exitCode, reason: outputs.reason }).toEqual({ exitCode: 1, reason: 'not-delivered' });
      // There is only one line, since the request is not sent again.
      expect(log).toEqual([
        expect.stringContaining('its certificate is not accepted (UNABLE_TO_VERIFY_LEAF_SIGNATURE)'),
      ]);
      expect(standin.requestLines()).toEqual([]);
    });
  });

  concurrentTest('is not accepted for another host name', async () => {
    await withServer({ tls: OTHER_HOST }, async ({ ids, standin }) => {
      const { exitCode, log } = await runMain({ inputs: ids, env: TRUSTED });
      expect(exitCode).toBe(1);
      expect(log.at(-1)).toContain('its certificate is not accepted (ERR_TLS_CERT_ALTNAME_INVALID)');
      expect(standin.requestLines()).toEqual([]);
    });
  });

  concurrentTest(
    'a connection lost between status read and retry: the retry is sent again and takes effect once',
    async () => {
      await withServer({ tls: SERVER }, async ({ ids, standin, effects }) => {
        const { port } = standin;
        // The first tunnel is for the status read; the second, for the retry, ends during the handshake.
        const proxy = await startProxy((nth) => (nth === 2 ? { kind: 'drop' } : { kind: 'tunnel', port }));
        try {
          const env = { ...TRUSTED, https_proxy: proxy.url };
          const { exitCode, log } = await runMain({ inputs: { ...ids, apiUrl: `https://bkci.test:${port}` }, env });
          expect(exitCode).toBe(0);
          expect(log.filter((line) => line.startsWith('Resend '))).toHaveLength(1);
          expect(effects().retries).toHaveLength(1);
        } finally {
          await proxy.close();
        }
      });
    },
  );
});

describe('BK-CI over https behind a proxy, under a host name that only the proxy can resolve', () => {
  concurrentTest('all requests go through its tunnels, so the token is encrypted', async () => {
    const world = nightlyWorld({ access: { ...ACCESS, tokenRequired: true } });
    await withServer({ world, tls: SERVER }, async ({ ids, standin }) => {
      const { port } = standin;
      const proxy = await startProxy(() => ({ kind: 'tunnel', port }));
      try {
        const inputs = { ...ids, apiUrl: `https://bkci.test:${port}`, accessToken: TOKEN };
        const { exitCode, outputs, stderr } = await runMain({ inputs, env: { ...TRUSTED, HTTPS_PROXY: proxy.url } });
        expect({ exitCode, result: outputs.result, stderr }).toEqual({ exitCode: 0, result: 'retried', stderr: '' });
        expect(new Set(proxy.connects)).toEqual(new Set([`bkci.test:${port}`]));
      } finally {
        await proxy.close();
      }
    });
  });
});

describe('GitHub over https and BK-CI over http', () => {
  concurrentTest('the build is found by its check and retried', async () => {
    const scenario = FIND_BUILD_SCENARIOS.find(({ name }) => name === 'retry-comment');
    if (!scenario) throw new Error('no scenario');
    const world = nightlyWorld();
    await withServer({ world }, async ({ standin, effects }) => {
      const setting = scenario.setUp(world.clock);
      const fill = <T>(value: T): T => JSON.parse(JSON.stringify(value).replaceAll('{bkci}', standin.url));
      if (!setting.github || !setting.event) throw new Error('no GitHub');
      const github = await startGithub(fill(setting.github), { tls: SERVER });
      try {
        const { exitCode, outputs } = await runMain({
          inputs: { ...fill(setting.inputs), githubToken: setting.github.token },
          env: { ...TRUSTED, GITHUB_API_URL: github.url },
          event: setting.event,
        });
        expect({ exitCode, result: outputs.result }).toEqual({ exitCode: 0, result: 'retried' });
        expect(effects().retries).toHaveLength(1);
      } finally {
        await github.close();
      }
    });
  });
});
