import { describe, expect, test } from '@jest/globals';
import { actsLate, reset } from '../../standin/http/faults.js';
import { nightlyBuild, nightlyPipeline, testsFail } from '../../standin/scenarios/nightly.js';
import { ACCESS, APP_CODE, APP_SECRET, TOKEN } from '../../standin/world/access.js';
import { BK_CI_1_5, BK_CI_1_11, BK_CI_3_2, BK_CI_4_0, BK_CI_4_2, type Dialect } from '../../standin/world/dialect.js';
import { withScene } from '../harness.js';

const DIALECTS = [BK_CI_1_5, BK_CI_1_11, BK_CI_3_2, BK_CI_4_0, BK_CI_4_2];
const APP = { appCode: APP_CODE, appSecret: APP_SECRET };
const WAYS = [
  { way: 'v3', path: '', more: {} },
  { way: 'v3, by its path', path: '/ms/openapi/api/apigw-app/v3', more: {} },
  { way: 'v4', path: '/ms/openapi/api/apigw-user/v4', more: {} },
  { way: 'v4 with a token', path: '/ms/openapi/api/apigw/v4', more: { accessToken: encodeURIComponent(TOKEN) } },
  { way: 'v4 behind the API gateway as an app', path: '/api/devops/prod/v4/apigw-app', more: APP },
  {
    way: 'v4 behind the API gateway as a user',
    path: '/api/devops/prod/v4/apigw-user',
    more: { accessToken: TOKEN },
  },
];
const SERVED = DIALECTS.flatMap((dialect) =>
  WAYS.filter(({ way }) => dialect.v4 || way.startsWith('v3')).map((way) => ({
    ...way,
    dialect,
    version: dialect.name,
  })),
);

/** Never the old count: an answer that does not tell the new one leaves it open, or known to be one more. */
const countAfter = ({ answers }: Dialect) => (answers.includes('executeCount') ? /^2$/ : /^2?$/);

describe.each(SERVED)('BK-CI $version over $way', ({ dialect, path, more }) => {
  const inputsOf = (url: string) => ({ ...more, apiUrl: `${url}${path}` });
  const access = { ...ACCESS, tokenRequired: 'accessToken' in more };

  test('accepts a retry', async () => {
    await withScene({ dialect, access }, async (scene) => {
      const ended = await scene.run({ inputs: inputsOf(scene.standin.url) });
      const executeCount = expect.stringMatching(countAfter(dialect));
      expect(ended.outputs).toMatchObject({ result: 'retried', attempts: '1', buildId: scene.buildId, executeCount });
      expect((await scene.truth()).retries).toHaveLength(1);
    });
  });

  test.each([
    ['acted', reset('first'), 1],
    ['acts 35 s later', actsLate(35_000), 1],
    ['did not act', reset(), 0],
  ])('loses the answer and %s', async (_, what, effects) => {
    await withScene({ dialect, access, faults: [{ on: 'retry', what }] }, async (scene) => {
      const ended = await scene.run({ inputs: inputsOf(scene.standin.url) });
      const result = effects === 1 ? { result: 'retried', reason: '' } : { result: 'error', reason: 'answer-lost' };
      expect(ended.outputs).toMatchObject({ ...result, retried: String(effects === 1), attempts: String(effects) });
      expect((await scene.truth()).retries).toHaveLength(effects);
      expect(scene.standin.of('retry')).toHaveLength(1);
    });
  });
});

describe.each(DIALECTS)('BK-CI $name loses the answer although it acted', (dialect) => {
  test.each(['FAILED', 'SUCCEED', 'CANCELED', 'QUEUE_TIMEOUT'])(
    'and the new execution has ended %s before anybody looks: accepted, once',
    async (status) => {
      const of = nightlyPipeline();
      const builds = [nightlyBuild(of, { scripts: [testsFail(of), { ending: { status, afterSeconds: 1 } }] })];
      await withScene({ dialect, builds, faults: [{ on: 'retry', what: reset('first') }] }, async (scene) => {
        const ended = await scene.run();
        expect(ended.outputs).toMatchObject({ result: 'retried', retried: 'true', attempts: '1' });
        expect((await scene.truth()).retries).toHaveLength(1);
      });
    },
  );
});
