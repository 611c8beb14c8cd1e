import { describe, expect, test } from '@jest/globals';
import { cutAt, reset, resetThenHandle } from '../../standin/http/faults.js';
import { FAILED_TESTS, nightlyBuild, nightlyPipeline, pluginId } from '../../standin/scenarios/nightly.js';
import { withHarness } from '../harness.js';

const pipeline = nightlyPipeline();
const runTests = pluginId(pipeline, 'Run tests');

/** Run tests has failed, and Windows keeps its stage running. */
const running = () => [
  nightlyBuild(pipeline, {
    runningSeconds: 150,
    scripts: [
      {
        plugins: {
          [runTests]: { ...FAILED_TESTS, seconds: 10 },
          [pluginId(pipeline, 'Run tests on Windows')]: { seconds: 3600 },
        },
      },
    ],
  }),
];

const accepted = { result: 'retried', retried: 'true', attempts: '1', executeCount: '1' };

describe('a plug-in is retried inside a running build', () => {
  test('accepted: the execution stays the same', async () => {
    await withHarness({ builds: running() }, async (harness) => {
      const step = await harness.run({ inputs: { taskId: 'run-tests' } });
      expect(step.outputs).toMatchObject(accepted);
      expect(harness.standin.requestLines().at(-1)).toMatch(new RegExp(`/retry\\?taskId=${runTests}$`));
      expect((await harness.effects()).retries).toHaveLength(1);
    });
  });

  test.each([
    ['the connection dies after BK-CI has acted', reset('first'), 1],
    ['the answer is cut after BK-CI has acted', cutAt(200), 1],
    ['BK-CI acts 20 s after the connection is gone', resetThenHandle(20_000), 1],
    ['the connection dies and BK-CI never acts', reset(), 0],
  ])('%s', async (_, action, retries) => {
    await withHarness({ builds: running(), faults: [{ on: 'retry', action }] }, async (harness) => {
      const step = await harness.run({ inputs: { taskId: runTests } });
      expect(step.outputs).toMatchObject(
        retries === 1 ? accepted : { result: 'error', reason: 'answer-lost', retried: 'false', attempts: '0' },
      );
      expect((await harness.effects()).retries).toHaveLength(retries);
      expect(harness.standin.requestsOf('retry')).toHaveLength(1);
    });
  });

  test('the answer is lost, and the plug-in has failed once more before anybody looks: accepted, once', async () => {
    const [build] = running();
    if (!build) throw new Error('no build');
    const plugins = { ...build.scripts[0]?.plugins, [runTests]: { ...FAILED_TESTS, seconds: 1 } };
    const scripts = [{ plugins }];
    await withHarness(
      { builds: [{ ...build, scripts }], faults: [{ on: 'retry', action: reset('first') }] },
      async (harness) => {
        const step = await harness.run({ inputs: { taskId: runTests } });
        expect(step.outputs).toMatchObject(accepted);
        expect((await harness.effects()).retries).toHaveLength(1);
      },
    );
  });
});
