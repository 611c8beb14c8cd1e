import { describe, expect, test } from '@jest/globals';
import { createHttp } from '../../../src/http/http.js';
import { withHarness } from '../harness.js';
import { OTHER_HOST, SELF_SIGNED, SERVER } from '../support/certs.js';
import { clientOf } from '../support/client.js';
import { fastClock } from '../support/fast-clock.js';
import { type Connection, rawServer } from '../support/raw-server.js';

const NOT_DELIVERED = { result: 'error', reason: 'not-delivered', retried: 'false', attempts: '0' };

describe('the server cannot be reached', () => {
  test('a refused connection is tried five times, and the error contains the address without its query', async () => {
    await withHarness({}, async (harness) => {
      await harness.standin.suspend();
      const step = await harness.run({ inputs: { accessToken: 'abcdefgh+12345678' } });
      expect(step.outputs).toMatchObject(NOT_DELIVERED);
      expect(step.log.at(-1)).toMatch(
        new RegExp(
          `BK-CI could not be reached: connection refused \\(5 tries in 49 s\\); .* GET ${harness.standin.url}/ms/openapi/.*/status `,
        ),
      );
      expect(step.log.join('\n')).not.toContain('access_token');
      expect(harness.clock.pauses).toHaveLength(4);
    });
  });

  test('an unknown host is tried twice, and the error names it', async () => {
    await withHarness({}, async (harness) => {
      const step = await harness.run({ inputs: { apiUrl: 'http://bk-ci.invalid' } });
      expect(step.outputs).toMatchObject(NOT_DELIVERED);
      expect(step.log.at(-1)).toContain('GET http://bk-ci.invalid/ms/openapi/');
      // Without a name server it is not known whether the host exists, so the request is repeated more often.
      const offline = step.log.at(-1)?.includes('the name server did not answer');
      expect(harness.clock.pauses).toHaveLength(offline ? 4 : 1);
      if (!offline) expect(step.log.at(-1)).toContain('unknown host');
    });
  });
});

describe('an untrusted certificate fails the step after one request, with an error that names the reason', () => {
  test.each([
    ['it is self-signed', SELF_SIGNED, 'DEPTH_ZERO_SELF_SIGNED_CERT'],
    ['its issuer is private', SERVER, 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
    ['it is of another host', OTHER_HOST, 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
  ])('%s', async (_, tls, code) => {
    await withHarness({ tls }, async (harness) => {
      const step = await harness.run({ inputs: { accessToken: 'abcdefgh+12345678' } });
      expect(step.outputs).toMatchObject(NOT_DELIVERED);
      expect(step.log.at(-1)).toContain(`its certificate is not accepted (${code})`);
      expect(harness.clock.pauses).toEqual([]);
      expect(harness.standin.requestLines()).toEqual([]);
    });
  });
});

describe('no byte of a retry reaches an established connection', () => {
  const REF = { projectId: 'demo', pipelineId: 'p-1', buildId: 'b-1' };
  const outcomeOf = (url: string, clock = fastClock()) => clientOf(url, { clock }).retryBuild(REF, {});

  test.each(['http', 'https'])('%s, connection refused: it may be sent again', async (scheme) => {
    const closed = await rawServer(() => undefined);
    await closed.close();
    const outcome = await outcomeOf(closed.url.replace('http', scheme));
    expect(outcome).toEqual({ kind: 'not-delivered', reason: 'connection refused', sends: Number.POSITIVE_INFINITY });
  });

  test('https, untrusted certificate: it is sent only once', async () => {
    await withHarness({ tls: SELF_SIGNED }, async ({ standin }) => {
      expect(await outcomeOf(standin.url)).toMatchObject({ kind: 'not-delivered', sends: 1 });
    });
  });

  test('https, if the server closes the connection during the handshake, it may be sent again', async () => {
    const server = await rawServer(({ socket }: Connection) => socket.destroy(), { respondAfter: 'any byte' });
    try {
      const outcome = await outcomeOf(server.url.replace('http', 'https'));
      expect(outcome).toMatchObject({ kind: 'not-delivered', sends: Number.POSITIVE_INFINITY });
    } finally {
      await server.close();
    }
  });

  test('https, if the handshake never ends, it may be sent again after the deadline', async () => {
    const server = await rawServer(() => undefined, { respondAfter: 'any byte' });
    try {
      const outcome = await outcomeOf(server.url.replace('http', 'https'), fastClock({ deadlines: { 75000: 150 } }));
      expect(outcome).toEqual({
        kind: 'not-delivered',
        reason: 'no connection within 1 min 15 s',
        sends: Number.POSITIVE_INFINITY,
      });
    } finally {
      await server.close();
    }
  });
});

describe('one run uses both http and https', () => {
  test.each(['first', 'second'])('with http %s', async (order) => {
    await withHarness({}, async (plain) => {
      await withHarness({ tls: SELF_SIGNED }, async (encrypted) => {
        const http = createHttp('retry-bk-ci-build/0.0.0', fastClock());
        const get = (address: string) =>
          http
            .send({
              method: 'GET',
              url: new URL(`${address}/x`),
              headers: {},
              deadlineMs: 20_000,
              maxBytes: 1000,
              ownConnection: false,
            })
            .then(
              ({ status }) => String(status),
              (error: { code?: string }) => String(error.code),
            );
        const urls = [plain.standin.url, encrypted.standin.url];
        const answers = [];
        for (const url of order === 'first' ? urls : urls.toReversed()) answers.push(await get(url));
        const expected = ['404', 'DEPTH_ZERO_SELF_SIGNED_CERT'];
        expect(answers).toEqual(order === 'first' ? expected : expected.toReversed());
      });
    });
  });
});
