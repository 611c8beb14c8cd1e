import { describe, expect } from '@jest/globals';
import type { StepResult } from '../standin/runner/runner.js';
import { nightlyBuild, nightlyPipeline, nightlyWorld } from '../standin/scenarios/nightly.js';
import { APP_CODE, APP_SECRET } from '../standin/world/access.js';
import type { Server } from '../support/standin.js';
import { runMain, withServer } from './harness.js';
import { concurrentTests } from './support/concurrent-tests.js';

const concurrentTest = concurrentTests();

const retried = ({ exitCode, outputs }: StepResult) => ({ exitCode, result: outputs.result, buildId: outputs.buildId });
const yes = (buildId: string | undefined) => ({ exitCode: 0, result: 'retried', buildId });

describe('buildUrl', () => {
  const link = ({ ids }: Server, tail = '') => {
    const { apiUrl, projectId, pipelineId, buildId } = ids;
    return `${apiUrl}/console/pipeline/${projectId}/${pipelineId}/detail/${buildId}${tail}`;
  };

  const tails: [string, string][] = [
    ['of a build', ''],
    ['of one execution', '/executeDetail/3'],
    ['with query and fragment', '/executeDetail?page=1#log'],
    ['with a trailing slash', '/'],
  ];
  concurrentTest.each(
    tails,
    (name) => `${name}: the build is found and retried`,
    async (tail) => {
      await withServer({}, async (server) => {
        const { apiUrl = '', username = '', buildId } = server.ids;
        const step = await runMain({ inputs: { apiUrl, username, buildUrl: link(server, tail) } });
        expect(retried(step)).toEqual(yes(buildId));
      });
    },
  );

  concurrentTest('with another host: links use that host, and it receives no request', async () => {
    await withServer({}, async (server) => {
      const { apiUrl = '', username = '', buildId } = server.ids;
      const buildUrl = link(server).replace(apiUrl, 'https://console.invalid');
      const step = await runMain({ inputs: { apiUrl, username, buildUrl, accessToken: 'abcdefgh12345678' } });
      expect(retried(step)).toEqual(yes(buildId));
      expect(step.outputs.buildUrl).toMatch(/^https:\/\/console\.invalid\/console\/pipeline\//);
      expect(step.log.join('\n')).not.toContain('Resend');
    });
  });

  concurrentTest('contradicts buildId: the input error names both, and nothing is sent', async () => {
    await withServer({}, async (server) => {
      const { apiUrl, username, buildId } = server.ids;
      const step = await runMain({ inputs: { apiUrl, username, buildUrl: link(server), buildId: 'b-other' } });
      expect(step.outputs.reason).toBe('input-invalid');
      expect(step.log.join('\n')).toContain('b-other');
      expect(step.log.join('\n')).toContain(buildId);
      expect(server.standin.requestLines()).toEqual([]);
    });
  });

  concurrentTest('is another link: the input error shows the expected form', async () => {
    await withServer({}, async ({ ids, standin }) => {
      const { apiUrl, username } = ids;
      const step = await runMain({
        inputs: { apiUrl, username, buildUrl: `${apiUrl}/console/pipeline/demo/p-1/history` },
      });
      expect(step.outputs.reason).toBe('input-invalid');
      expect(step.log.join('\n')).toContain('/console/pipeline/PROJECT/PIPELINE/detail/BUILD');
      expect(standin.requestLines()).toEqual([]);
    });
  });
});

/** Failed builds with the numbers 1 to 250 of one pipeline. */
function longHistory() {
  const pipeline = nightlyPipeline();
  const numbers = Array.from({ length: 250 }, (_, index) => index + 1);
  return nightlyWorld({ builds: numbers.map((num) => nightlyBuild(pipeline, { num })) });
}

const ROUTES: [string, { path: string; more: Readonly<Record<string, string>>; pages: number }][] = [
  ['v3', { path: '', more: {}, pages: 3 }],
  ['v4', { path: '/ms/openapi/api/apigw-user/v4', more: {}, pages: 1 }],
  [
    'v4 behind the API gateway',
    { path: '/api/devops/prod/v4/apigw-app', more: { appCode: APP_CODE, appSecret: APP_SECRET }, pages: 1 },
  ],
];

describe('buildNumber', () => {
  const inputsOf = ({ ids }: Server, { path, more }: { path: string; more: Readonly<Record<string, string>> }) => {
    const { buildId: _, ...rest } = ids;
    return { ...rest, ...more, apiUrl: `${ids.apiUrl}${path}` };
  };

  concurrentTest.each(
    ROUTES,
    (name) => `a number, over ${name}: all pages are read until it is found`,
    async (route) => {
      const world = longHistory();
      await withServer({ world }, async (server) => {
        const step = await runMain({ inputs: { ...inputsOf(server, route), buildNumber: '7' } });
        expect(retried(step)).toEqual(yes(world.builds[6]?.id));
        expect(step.outputs.buildNumber).toBe('7');
        expect(server.standin.requestsOf('history')).toHaveLength(route.pages);
        expect(step.log[0]).toMatch(/^Found {5}build b-\w+ is number 7 of the pipeline$/);
      });
    },
  );

  concurrentTest.each(
    ROUTES,
    (name) => `latest, over ${name}: the newest build is found with one request`,
    async (route) => {
      const world = longHistory();
      await withServer({ world }, async (server) => {
        const step = await runMain({ inputs: { ...inputsOf(server, route), buildNumber: 'latest' } });
        expect(retried(step)).toEqual(yes(world.builds[249]?.id));
        expect(server.standin.requestsOf('history')).toHaveLength(1);
      });
    },
  );

  concurrentTest.each(
    ROUTES,
    (name) => `that does not exist, over ${name}: nothing is retried`,
    async (route) => {
      await withServer({ world: longHistory() }, async (server) => {
        const step = await runMain({ inputs: { ...inputsOf(server, route), buildNumber: '999' } });
        expect(step.outputs).toMatchObject({ result: 'refused', reason: 'not-found' });
        expect(step.log.at(-1)).toContain('999');
        expect(server.standin.requestsOf('retry')).toEqual([]);
      });
    },
  );

  concurrentTest('that does not exist: the error names the existing numbers', async () => {
    await withServer({ world: longHistory() }, async (server) => {
      for (const { path, more } of ROUTES.map(([, route]) => route)) {
        const step = await runMain({ inputs: { ...inputsOf(server, { path, more }), buildNumber: '999' } });
        expect(step.log.at(-1)).toMatch(/\b250\b/);
      }
    });
  });

  concurrentTest('together with buildId: input error', async () => {
    await withServer({}, async ({ ids, standin }) => {
      const step = await runMain({ inputs: { ...ids, buildNumber: '42' } });
      expect(step.outputs.reason).toBe('input-invalid');
      expect(standin.requestLines()).toEqual([]);
    });
  });
});
