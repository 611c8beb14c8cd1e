import { describe, expect, test } from '@jest/globals';
import { cutAt, reset, resetThenHandle } from '../../standin/http/faults.js';
import { FAILED_TESTS, nightlyBuild, nightlyPipeline, pluginId } from '../../standin/scenarios/nightly.js';
import { withHarness } from '../harness.js';

const pipeline = nightlyPipeline();
const runTests = pluginId(pipeline, 'Run tests');

/** The plug-in `Run tests` has failed, and the job Windows keeps its stage running. */
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
  test('the retry is accepted and the execution stays the same', async () => {
    await withHarness({ builds: running() }, async (harness) => {
      const step = await harness.run({ inputs: { taskId: 'run-tests' } });
      expect(step.outputs).toMatchObject(accepted);
      expect(harness.standin.requestLines().at(-1)).toMatch(new RegExp(`/retry\\?taskId=${runTests}$`));
      expect((await harness.effects()).retries).toHaveLength(1);
    });
  });

  test.each([
    ['the connection is reset after BK-CI has retried', reset('first'), 1],
    ['the answer is cut after BK-CI has retried', cutAt(200), 1],
    ['BK-CI retries 20 s after the connection was reset', resetThenHandle(20_000), 1],
    ['the connection is reset and BK-CI never retries', reset(), 0],
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

  test('if the answer is lost and the plug-in fails again before the next status read, the retry counts as accepted once', async () => {
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
