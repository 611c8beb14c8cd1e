import { describe, expect, test } from '@jest/globals';
import { reset, resetThenHandle } from '../../standin/http/faults.js';
import { nightlyBuild, nightlyPipeline, testsFail } from '../../standin/scenarios/nightly.js';
import { ACCESS, APP_CODE, APP_SECRET, TOKEN } from '../../standin/world/access.js';
import { BK_CI_1_5, BK_CI_1_11, BK_CI_3_2, BK_CI_4_0, BK_CI_4_2, type Release } from '../../standin/world/release.js';
import { withHarness } from '../harness.js';

const RELEASES = [BK_CI_1_5, BK_CI_1_11, BK_CI_3_2, BK_CI_4_0, BK_CI_4_2];
const APP = { appCode: APP_CODE, appSecret: APP_SECRET };
const ROUTES = [
  { route: 'v3', path: '', extraInputs: {} },
  { route: 'v3, by its path', path: '/ms/openapi/api/apigw-app/v3', extraInputs: {} },
  { route: 'v4', path: '/ms/openapi/api/apigw-user/v4', extraInputs: {} },
  {
    route: 'v4 with a token',
    path: '/ms/openapi/api/apigw/v4',
    extraInputs: { accessToken: encodeURIComponent(TOKEN) },
  },
  { route: 'v4 behind the API gateway as an app', path: '/api/devops/prod/v4/apigw-app', extraInputs: APP },
  {
    route: 'v4 behind the API gateway as a user',
    path: '/api/devops/prod/v4/apigw-user',
    extraInputs: { accessToken: TOKEN },
  },
];
const CASES = RELEASES.flatMap((release) =>
  ROUTES.filter(({ route }) => release.hasV4 || route.startsWith('v3')).map((route) => ({
    ...route,
    release,
    version: release.name,
  })),
);

/** The new count, or an empty one if the answer does not contain it; never the old count. */
const countAfter = ({ retryAnswerFields: answers }: Release) => (answers.includes('executeCount') ? /^2$/ : /^2?$/);

describe.each(CASES)('BK-CI $version over $route', ({ release, path, extraInputs }) => {
  const inputsOf = (url: string) => ({ ...extraInputs, apiUrl: `${url}${path}` });
  const access = { ...ACCESS, tokenRequired: 'accessToken' in extraInputs };

  test('accepts a retry', async () => {
    await withHarness({ release, access }, async (harness) => {
      const step = await harness.run({ inputs: inputsOf(harness.standin.url) });
      const executeCount = expect.stringMatching(countAfter(release));
      expect(step.outputs).toMatchObject({ result: 'retried', attempts: '1', buildId: harness.buildId, executeCount });
      expect((await harness.effects()).retries).toHaveLength(1);
    });
  });

  test.each([
    ['has retried', reset('first'), 1],
    ['retries 35 s later', resetThenHandle(35_000), 1],
    ['has not retried', reset(), 0],
  ])('loses the answer and %s', async (_, action, retries) => {
    await withHarness({ release, access, faults: [{ on: 'retry', action }] }, async (harness) => {
      const step = await harness.run({ inputs: inputsOf(harness.standin.url) });
      const result = retries === 1 ? { result: 'retried', reason: '' } : { result: 'error', reason: 'answer-lost' };
      expect(step.outputs).toMatchObject({ ...result, retried: String(retries === 1), attempts: String(retries) });
      expect((await harness.effects()).retries).toHaveLength(retries);
      expect(harness.standin.requestsOf('retry')).toHaveLength(1);
    });
  });
});

describe.each(RELEASES)('BK-CI $name loses the answer although it has retried', (release) => {
  test.each(['FAILED', 'SUCCEED', 'CANCELED', 'QUEUE_TIMEOUT'])(
    'and the new execution ends as %s before the next status read: the retry counts as accepted once',
    async (status) => {
      const pipeline = nightlyPipeline();
      const builds = [
        nightlyBuild(pipeline, { scripts: [testsFail(pipeline), { forcedEnd: { status, afterSeconds: 1 } }] }),
      ];
      await withHarness({ release, builds, faults: [{ on: 'retry', action: reset('first') }] }, async (harness) => {
        const step = await harness.run();
        expect(step.outputs).toMatchObject({ result: 'retried', retried: 'true', attempts: '1' });
        expect((await harness.effects()).retries).toHaveLength(1);
      });
    },
  );
});
