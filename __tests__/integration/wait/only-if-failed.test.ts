import { describe, expect, test } from '@jest/globals';
import { nightlyBuild, nightlyPipeline, testsFail } from '../../standin/scenarios/nightly.js';
import type { ExecutionScript } from '../../standin/world/execution-script.js';
import { withHarness } from '../harness.js';
import { ends, failedBuild, WAIT } from '../support/builds.js';

const pipeline = nightlyPipeline();
const ONLY_IF_FAILED = { onlyIfFailed: 'true' };
const runningBuild = (...scripts: readonly ExecutionScript[]) => [
  nightlyBuild(pipeline, { scripts, runningSeconds: 30 }),
];
const endedBuild = (status: string) => [nightlyBuild(pipeline, { scripts: [ends(status)] })];

describe('onlyIfFailed', () => {
  test.each(['SUCCEED', 'CANCELED'])(
    'a build that ended as %s is not retried, and the step succeeds',
    async (status) => {
      await withHarness({ builds: endedBuild(status) }, async (harness) => {
        const step = await harness.run({ inputs: ONLY_IF_FAILED });
        expect(step.green).toBe(true);
        expect(step.outputs).toMatchObject({
          result: 'not-needed',
          retried: 'false',
          attempts: '0',
          buildStatus: status,
        });
        expect(step.annotations).toEqual([]);
        expect(harness.standin.requestsOf('retry')).toEqual([]);
      });
    },
  );

  test.each(['FAILED', 'TERMINATE', 'QUEUE_TIMEOUT'])('a build that ended as %s is retried', async (status) => {
    await withHarness({ builds: endedBuild(status) }, async (harness) => {
      expect((await harness.run({ inputs: ONLY_IF_FAILED })).outputs).toMatchObject({
        result: 'retried',
        attempts: '1',
      });
    });
  });

  test('without wait, a running build is not retried', async () => {
    await withHarness({ builds: runningBuild({}) }, async (harness) => {
      const step = await harness.run({ inputs: ONLY_IF_FAILED });
      expect(step.outputs).toMatchObject({ result: 'not-needed', retried: 'false', buildStatus: 'RUNNING' });
      expect(harness.standin.requestsOf('retry')).toEqual([]);
    });
  });
});

describe('onlyIfFailed with wait, for a running build', () => {
  const inputs = { ...ONLY_IF_FAILED, ...WAIT };

  test('a build that succeeds is followed to its end and not retried', async () => {
    await withHarness({ builds: runningBuild({}) }, async (harness) => {
      const step = await harness.run({ inputs });
      expect(step.green).toBe(true);
      expect(step.outputs).toMatchObject({
        result: 'not-needed',
        retried: 'false',
        attempts: '0',
        buildStatus: 'SUCCEED',
      });
      expect((await harness.effects()).retries).toEqual([]);
    });
  });

  test('a build that fails is then retried once and followed again', async () => {
    await withHarness({ builds: runningBuild(testsFail(pipeline), {}) }, async (harness) => {
      const step = await harness.run({ inputs });
      expect(step.outputs).toMatchObject({ result: 'succeeded', retried: 'true', attempts: '1', executeCount: '2' });
      expect((await harness.effects()).retries).toHaveLength(1);
    });
  });

  test('a build that is cancelled is not retried', async () => {
    await withHarness({ builds: runningBuild(ends('CANCELED', 90)) }, async (harness) => {
      const step = await harness.run({ inputs });
      expect(step.outputs).toMatchObject({ result: 'not-needed', retried: 'false', buildStatus: 'CANCELED' });
    });
  });

  test('on a timeout the step fails and does not stop the build, since it has not started it', async () => {
    await withHarness({ builds: runningBuild({}) }, async (harness) => {
      const step = await harness.run({ inputs: { ...inputs, timeoutMinutes: '1', stopOnAbort: 'true' } });
      expect(step.outputs).toMatchObject({ result: 'timed-out', retried: 'false', attempts: '0' });
      expect((await harness.effects()).stops).toEqual([]);
    });
  });

  test('if the workflow is cancelled, the result is aborted and the build is not stopped', async () => {
    await withHarness({ builds: runningBuild({}) }, async (harness) => {
      harness.clock.at(60_000, () => harness.cancel());
      const step = await harness.run({ inputs: { ...inputs, stopOnAbort: 'true' } });
      expect(step.outputs).toMatchObject({ result: 'aborted', retried: 'false' });
      expect(harness.clock.now()).toBe(60_000);
      expect((await harness.effects()).stops).toEqual([]);
      expect(step.log.at(-1)).toContain('The step was cancelled; no retry of build #42 was accepted.');
    });
  });

  test('the same if somebody else was faster, and BK-CI got the retry and refused it', async () => {
    await withHarness({ builds: failedBuild({}) }, async (harness) => {
      const { world } = harness.standin;
      harness.clock.at(60_000, () => harness.cancel());
      const step = await harness.run({
        inputs,
        beforePostRequest: () => void world.retryAs('release-bot', harness.buildId),
      });
      expect(step.outputs).toMatchObject({ result: 'aborted', retried: 'false' });
      expect(step.annotations[0]?.message).toContain('release-bot has retried it meanwhile');
      expect(step.log.at(-1)).toContain('The step was cancelled; no retry of build #42 was accepted.');
    });
  });
});
