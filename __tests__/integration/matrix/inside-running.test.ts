import { describe, expect, test } from '@jest/globals';
import { actsLate, cutAt, reset } from '../../standin/http/faults.js';
import { FAILED_TESTS, nightlyBuild, nightlyPipeline, pluginId } from '../../standin/scenarios/nightly.js';
import { withScene } from '../harness.js';

const of = nightlyPipeline();
const runTests = pluginId(of, 'Run tests');

/** Run tests has failed, and Windows keeps its stage running. */
const running = () => [
  nightlyBuild(of, {
    runningSeconds: 150,
    scripts: [
      {
        plugins: {
          [runTests]: { ...FAILED_TESTS, seconds: 10 },
          [pluginId(of, 'Run tests on Windows')]: { seconds: 3600 },
        },
      },
    ],
  }),
];

const accepted = { result: 'retried', retried: 'true', attempts: '1', executeCount: '1' };

describe('a plug-in is retried inside a running build', () => {
  test('accepted: the execution stays the same', async () => {
    await withScene({ builds: running() }, async (scene) => {
      const ended = await scene.run({ inputs: { taskId: 'run-tests' } });
      expect(ended.outputs).toMatchObject(accepted);
      expect(scene.standin.lines().at(-1)).toMatch(new RegExp(`/retry\\?taskId=${runTests}$`));
      expect((await scene.truth()).retries).toHaveLength(1);
    });
  });

  test.each([
    ['the connection dies after BK-CI has acted', reset('first'), 1],
    ['the answer is cut after BK-CI has acted', cutAt(200), 1],
    ['BK-CI acts 20 s after the connection is gone', actsLate(20_000), 1],
    ['the connection dies and BK-CI never acts', reset(), 0],
  ])('%s', async (_, what, effects) => {
    await withScene({ builds: running(), faults: [{ on: 'retry', what }] }, async (scene) => {
      const ended = await scene.run({ inputs: { taskId: runTests } });
      expect(ended.outputs).toMatchObject(
        effects === 1 ? accepted : { result: 'error', reason: 'answer-lost', retried: 'false', attempts: '0' },
      );
      expect((await scene.truth()).retries).toHaveLength(effects);
      expect(scene.standin.of('retry')).toHaveLength(1);
    });
  });

  test('the answer is lost, and the plug-in has failed once more before anybody looks: accepted, once', async () => {
    const [build] = running();
    if (!build) throw new Error('no build');
    const plugins = { ...build.scripts[0]?.plugins, [runTests]: { ...FAILED_TESTS, seconds: 1 } };
    const scripts = [{ plugins }];
    await withScene(
      { builds: [{ ...build, scripts }], faults: [{ on: 'retry', what: reset('first') }] },
      async (scene) => {
        const ended = await scene.run({ inputs: { taskId: runTests } });
        expect(ended.outputs).toMatchObject(accepted);
        expect((await scene.truth()).retries).toHaveLength(1);
      },
    );
  });
});
