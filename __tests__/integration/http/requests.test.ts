import { describe, expect, test } from '@jest/globals';
import type { RecordedRequest } from '../../standin/http/recorded-request.js';
import { nightlyPipeline, pluginId } from '../../standin/scenarios/nightly.js';
import { ACCESS, APP_CODE, APP_SECRET, TOKEN } from '../../standin/world/access.js';
import { withHarness } from '../harness.js';

/** Header names and values in the order they were sent, without `host` and `connection`, which HTTP itself adds. */
function headersOf({ rawHeaders }: RecordedRequest): Readonly<Record<string, string>> {
  const pairs = rawHeaders.flatMap((name, index) =>
    index % 2 === 0 ? [[name.toLowerCase(), rawHeaders[index + 1]]] : [],
  );
  const { host: _, connection: __, ...rest } = Object.fromEntries(pairs);
  return rest;
}

const DOCUMENTED = {
  accept: 'application/json',
  'content-type': 'application/json',
  'x-devops-uid': 'ci-bot',
  'user-agent': 'retry-bk-ci-build/0.0.0',
  'accept-encoding': 'identity',
};

describe('the retry', () => {
  test('is the documented request and nothing more', async () => {
    await withHarness({}, async (harness) => {
      await harness.run();
      const [retry] = harness.standin.requestsOf('retry');
      if (!retry) throw new Error('no retry');
      const { projectId, pipelineId } = harness.ids;
      expect(retry.method).toBe('POST');
      expect(retry.rawUrl).toBe(
        `/ms/openapi/api/apigw/v3/projects/${projectId}/pipelines/${pipelineId}/builds/${harness.buildId}/retry`,
      );
      expect(headersOf(retry)).toEqual({ ...DOCUMENTED, 'content-length': '0' });
      expect(retry.body).toBe('');
    });
  });

  test.each([
    ['a plug-in', { taskId: 'run-tests' }, `taskId=${pluginId(nightlyPipeline(), 'Run tests')}`],
    ['a stage', { taskId: 'stage-3', failedContainer: 'FALSE', skip: '' }, 'taskId=stage-3'],
    ['failed jobs', { failedContainer: 'true' }, 'taskId=stage-3&failedContainer=true'],
    ['a skip', { taskId: 'stage-3', skip: 'true' }, 'taskId=stage-3&skip=true'],
    ['a channel', { channelCode: 'BS' }, 'channelCode=BS'],
  ])('of %s contains exactly the given parameters', async (_, inputs, query) => {
    await withHarness({}, async (harness) => {
      const step = await harness.run({ inputs });
      expect(step.green).toBe(true);
      expect(harness.standin.requestsOf('retry')[0]?.rawUrl.split('?')[1]).toBe(query);
    });
  });

  test('and every other request contain the channel in the header that newer servers read', async () => {
    await withHarness({}, async (harness) => {
      await harness.run({ inputs: { channelCode: 'CODECC', wait: 'true' } });
      expect(new Set(harness.standin.requests.map(({ headers }) => headers['x-devops-channel']))).toEqual(
        new Set(['CODECC']),
      );
    });
  });

  test("contains the user's own headers", async () => {
    await withHarness({}, async (harness) => {
      const headers = 'X-Bk-Tenant-Id: tenant-7\n\n  Cookie: bk_ticket=12345678  ';
      await harness.run({ inputs: { headers, language: 'en-US' } });
      expect(harness.standin.requestsOf('retry')).toHaveLength(1);
      for (const { headers: sent } of harness.standin.requests) {
        const cookie = 'bk_ticket=12345678; blueking_language=en-US';
        expect(sent).toMatchObject({ 'x-bk-tenant-id': 'tenant-7', cookie });
      }
    });
  });
});

describe('the access token on the own gateway', () => {
  test.each([
    ['raw', TOKEN],
    ['percent-encoded, as BK-CI hands it out', encodeURIComponent(TOKEN)],
    ['percent-encoded in lower case', encodeURIComponent(TOKEN).replace(/%../g, (hex) => hex.toLowerCase())],
  ])('%s, is encoded exactly once in the query, and no user is sent', async (_, accessToken) => {
    await withHarness({ access: { ...ACCESS, tokenRequired: true } }, async (harness) => {
      const step = await harness.run({ inputs: { accessToken, username: '' } });
      expect(step.outputs.result).toBe('retried');
      for (const { rawUrl, headers } of harness.standin.requests) {
        expect(rawUrl.split('?')[1]).toBe(`access_token=${encodeURIComponent(TOKEN)}`);
        expect(headers['x-devops-uid']).toBeUndefined();
      }
    });
  });
});

describe('the API gateway', () => {
  const headerOf = (request: RecordedRequest | undefined) =>
    JSON.parse(String(request?.headers['x-bkapi-authorization'])) as unknown;

  test('receives the app in one header and no credentials in the address', async () => {
    await withHarness({}, async (harness) => {
      const apiUrl = `${harness.standin.url}/api/devops/prod/v4/apigw-app/`;
      const step = await harness.run({ inputs: { apiUrl, appCode: APP_CODE, appSecret: APP_SECRET } });
      expect(step.outputs.result).toBe('retried');
      const [retry] = harness.standin.requestsOf('retry');
      expect(headerOf(retry)).toEqual({ bk_app_code: APP_CODE, bk_app_secret: APP_SECRET });
      expect(retry?.rawUrl).toBe(
        `/api/devops/prod/v4/apigw-app/projects/demo/build_retry?pipelineId=${harness.ids.pipelineId}&buildId=${harness.buildId}`,
      );
    });
  });

  test('receives a token decoded in that header and not in the address', async () => {
    await withHarness({}, async (harness) => {
      const apiUrl = `${harness.standin.url}/api/devops/prod/v4/apigw-user`;
      const step = await harness.run({ inputs: { apiUrl, accessToken: encodeURIComponent(TOKEN) } });
      expect(step.outputs.result).toBe('retried');
      expect(headerOf(harness.standin.requestsOf('retry')[0])).toEqual({ access_token: TOKEN });
      expect(harness.standin.requests.map(({ rawUrl }) => rawUrl).join()).not.toContain('access_token');
    });
  });
});

describe('connections', () => {
  test('all reads share one connection, and each POST has its own', async () => {
    await withHarness({}, async (harness) => {
      const step = await harness.run({ inputs: { failedContainer: 'true', wait: 'true' } });
      expect(step.outputs.result).toBe('succeeded');
      const { requests } = harness.standin;
      const reads = requests.filter(({ method }) => method === 'GET');
      expect(reads.length).toBeGreaterThan(10);
      expect(new Set(reads.map(({ connection }) => connection)).size).toBe(1);
      expect(harness.standin.requestsOf('retry').map(({ connection }) => connection)).toEqual([2]);
    });
  });

  test('a POST that is sent again has its own connection too', async () => {
    const action = { kind: 'answer', handled: 'never', answer: { status: 429, headers: {}, body: '' } } as const;
    await withHarness({ faults: [{ on: 'retry', action }] }, async (harness) => {
      await harness.run();
      expect(harness.standin.requests.map(({ connection }) => connection)).toEqual([1, 2, 1, 3]);
    });
  });

  test('if the server closes the shared idle connection, the next read opens a new one', async () => {
    await withHarness({}, async (harness) => {
      const { standin, clock } = harness;
      clock.at(20_000, async () => {
        await standin.suspend();
        await standin.resume();
      });
      const step = await harness.run({ inputs: { wait: 'true' } });
      expect(step.outputs.result).toBe('succeeded');
      expect(step.annotations).toEqual([]);
    });
  });
});
