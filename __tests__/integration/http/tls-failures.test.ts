import type { AddressInfo } from 'node:net';
import { createServer, type TlsOptions } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createHttp } from '../../../src/http/http.js';
import { redirect } from '../../standin/http/faults.js';
import { withHarness } from '../harness.js';
import { SERVER } from '../support/certs.js';
import { clientOf } from '../support/client.js';
import { fastClock } from '../support/fast-clock.js';
import { startProxy, withProxySettings } from '../support/proxy.js';
import { answerText, rawServer } from '../support/raw-server.js';
import { StepProcess } from '../support/steps.js';

const REF = { projectId: 'demo', pipelineId: 'p-1', buildId: 'b-1' };
const NOT_DELIVERED = { result: 'error', reason: 'not-delivered', retried: 'false', attempts: '0' };

/** A fatal alert of TLS (RFC 8446 §6). */
const alert = (description: number) => Buffer.from([0x15, 3, 3, 0, 2, 2, description]);

/** What becomes of a retry, sent to a server that answers the first bytes of the handshake with these. */
async function retryAnsweredBy(bytes: Buffer | string) {
  const server = await rawServer(({ socket }) => socket.end(bytes), { respondAfter: 'any byte' });
  try {
    return await clientOf(server.url.replace('http', 'https')).retryBuild(REF, {});
  } finally {
    await server.close();
  }
}

describe('a handshake that fails for good is not tried again', () => {
  test.each([
    ['HTTP', 'HTTP/1.1 400 Bad Request\r\n\r\n', 'this port does not speak TLS', /^Use http:\/\/ in apiUrl/],
    ['SSH', 'SSH-2.0-OpenSSH_9.6\r\n', 'this port does not speak TLS', /^Use http:\/\/ in apiUrl/],
    ['another version', alert(70), /^the server speaks no version of TLS that this runner accepts \(/, /TLS 1\.2/],
    ['a wish for a certificate', alert(116), /^the server asks for a client certificate \(/, /This action has none/],
    ['no to a certificate', alert(42), /^the server asks for a client certificate \(/, /This action has none/],
    ['an unknown CA', alert(48), /^the server asks for a client certificate \(/, /This action has none/],
    ['no common cipher', alert(40), /^the server and this runner could not agree on TLS \(/, /client certificate/],
    ['an unknown name', alert(112), /^the server and this runner could not agree on TLS \(/, /TLS settings/],
  ])('%s', async (_, bytes, reason, remedy) => {
    expect(await retryAnsweredBy(bytes)).toMatchObject({
      kind: 'not-delivered',
      sends: 1,
      reason: typeof reason === 'string' ? reason : expect.stringMatching(reason),
      remedy: expect.stringMatching(remedy),
    });
  });

  test('but one that fails in passing is', async () => {
    for (const bytes of [alert(80), alert(20), '']) {
      expect(await retryAnsweredBy(bytes)).toMatchObject({ kind: 'not-delivered', sends: Number.POSITIVE_INFINITY });
    }
  });
});

describe('a server that asks for a client certificate', () => {
  let steps: StepProcess;
  beforeAll(async () => {
    steps = await StepProcess.start();
  });
  afterAll(() => steps.stop());

  /** Starts such a server, and counts its connections. In TLS 1.3 it says no only behind the handshake. */
  const withMutualTls = async (maxVersion: TlsOptions['maxVersion'], use: (url: string) => Promise<void>) => {
    const options = { ...SERVER, requestCert: true, rejectUnauthorized: true, maxVersion };
    const server = createServer(options, (socket) => socket.on('error', () => undefined));
    let connections = 0;
    server.on('connection', () => {
      connections += 1;
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      await use(`https://127.0.0.1:${(server.address() as AddressInfo).port}`);
      return connections;
    } finally {
      server.close();
    }
  };

  test.each([
    ['TLSv1.3', 'the server asks for a client certificate ('],
    ['TLSv1.2', 'the server and this runner could not agree on TLS ('],
  ] as const)('with %s ends a read at once', async (maxVersion, words) => {
    const connections = await withMutualTls(maxVersion, async (apiUrl) => {
      const inputs = { apiUrl, username: 'ci-bot', ...REF };
      const { log, outputs } = await steps.run(
        { entry: 'main', inputs, state: {}, proxies: {}, deadlines: {} },
        () => undefined,
      );
      expect(outputs).toMatchObject(NOT_DELIVERED);
      expect(log.at(-1)).toContain(`Error: BK-CI could not be reached: ${words}`);
    });
    expect(connections).toBe(1);
  });
});

describe('apiUrl has the wrong scheme', () => {
  test('https for a port of plain http: the step ends after one request', async () => {
    await withHarness({}, async (harness) => {
      const step = await harness.run({ inputs: { apiUrl: harness.standin.url.replace('http', 'https') } });
      expect(step.outputs).toMatchObject(NOT_DELIVERED);
      expect(step.log).toEqual([
        expect.stringMatching(
          /^Error: BK-CI could not be reached: this port does not speak TLS; nothing was retried\. Use http:\/\/ in apiUrl, or the port that speaks it\. GET https:\S+\/status \[not-delivered\]$/,
        ),
      ]);
    });
  });

  const page = (words: string) => `<html><head><title>400 ${words}</title></head><body>${words}</body></html>`;
  test.each([
    ['nginx', page('The plain HTTP request was sent to HTTPS port')],
    ['Apache', page("Bad Request</title>Reason: You're speaking plain HTTP to an SSL-enabled server port.<br />")],
    ['Go', 'Client sent an HTTP request to an HTTPS server.\n'],
    ['Tomcat', 'Bad Request\nThis combination of host and port requires TLS.\n'],
  ])('http for a port of https, as %s answers', async (_, body) => {
    const server = await rawServer(({ socket }) => socket.end(answerText(body, 'HTTP/1.1 400 Bad Request')));
    try {
      await withHarness({}, async (harness) => {
        const step = await harness.run({ inputs: { apiUrl: server.url } });
        expect(step.outputs).toMatchObject({ ...NOT_DELIVERED, reason: 'unexpected-answer' });
        expect(step.log.at(-1)).toContain(`${server.url} is a port for https only (`);
        expect(step.log.at(-1)).toContain('; nothing was sent. Write apiUrl with https://. [unexpected-answer]');
      });
    } finally {
      await server.close();
    }
  });

  test.each([
    ['https://127.0.0.1/ms/openapi/x?y=1', 'Write apiUrl with https://.'],
    ['https://127.0.0.1:8443/', 'Write apiUrl with https://.'],
    ['https://login.example.com/', 'apiUrl must be the API address, not the web console behind a login.'],
    ['http://127.0.0.1/login', 'apiUrl must be the API address, not the web console behind a login.'],
    ['/login', 'apiUrl must be the API address, not the web console behind a login.'],
  ])('a redirect from http to %s', async (to, remedy) => {
    await withHarness({ faults: [{ on: 'any', count: Infinity, action: redirect(to, 301) }] }, async (harness) => {
      const step = await harness.run();
      expect(step.log.at(-1)).toContain(`; nothing was sent. ${remedy} [unexpected-answer]`);
    });
  });
});

describe('a proxy', () => {
  const run = (settings: Readonly<Record<string, string>>, scheme: 'http' | 'https' = 'https') =>
    withHarness({}, (harness) =>
      withProxySettings(settings, () =>
        harness.run({
          inputs: { apiUrl: `${scheme}://bkci.test` },
          environment: { RUNNER_ENVIRONMENT: 'github-hosted' },
        }),
      ),
    );

  test.each([
    'socks5://user:hunter2hunter2@10.0.0.1:1080',
    'socks://10.0.0.1',
    'http://[hunter2hunter2',
    'http://user:%zz@hunter2hunter2.test:3128',
    'http://proxy.test:hunter2hunter2',
    'proxy.test:3128',
    'ftp://proxy.test',
  ])('whose address can’t be used is named at once: %s', async (address) => {
    for (const [scheme, variable] of [
      ['https', 'https_proxy'],
      ['http', 'http_proxy'],
    ] as const) {
      const step = await run({ [variable]: address }, scheme);
      expect(step.outputs).toMatchObject(NOT_DELIVERED);
      expect(step.log).toEqual([
        expect.stringMatching(
          new RegExp(
            `^Error: BK-CI could not be reached: ${variable} is not the address of an http or https proxy; nothing was retried\\. Write ${variable} as http://HOST:PORT, or add the host of apiUrl to no_proxy\\. GET \\S+ \\[not-delivered\\]$`,
          ),
        ),
      ]);
      expect(JSON.stringify(step)).not.toMatch(/hunter2|%zz/);
    }
  });

  test('is not looked at for a host that is reached without it', async () => {
    await withHarness({}, async (harness) => {
      const step = await withProxySettings({ http_proxy: 'socks5://10.0.0.1' }, () => harness.run());
      expect(step.outputs.result).toBe('retried');
    });
  });

  test('that is set as https:// but speaks no TLS is named', async () => {
    const proxy = await startProxy(() => ({ kind: 'hang-up' }));
    try {
      for (const scheme of ['http', 'https'] as const) {
        const step = await run({ [`${scheme}_proxy`]: proxy.url.replace('http', 'https') }, scheme);
        expect(step.outputs).toMatchObject(NOT_DELIVERED);
        expect(step.log).toEqual([
          expect.stringContaining(
            `BK-CI could not be reached: the proxy ${proxy.name} does not speak TLS; nothing was retried. Use http:// in ${scheme}_proxy, `,
          ),
        ]);
      }
    } finally {
      await proxy.close();
    }
  });

  test('that never answers is named', async () => {
    const proxy = await startProxy(() => ({ kind: 'silent' }));
    const http = createHttp('test', fastClock({ deadlines: { 20000: 50 } }));
    const request = { method: 'GET', headers: {}, deadlineMs: 20_000, maxBytes: 1000, ownConnection: true } as const;
    try {
      const url = new URL('https://bkci.test/x');
      const send = () => withProxySettings({ https_proxy: proxy.url }, () => http.send({ ...request, url }));
      await expect(send()).rejects.toMatchObject({
        code: 'DEADLINE',
        message: `no connection through the proxy ${proxy.name} within 20 s`,
      });
    } finally {
      await proxy.close();
    }
  });
});
