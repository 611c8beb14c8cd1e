import { describe, expect, test } from '@jest/globals';
import { nightlyBuild, nightlyPipeline, testsFail } from '../../standin/scenarios/nightly.js';
import type { ExecutionScript } from '../../standin/world/execution-script.js';
import { withScene } from '../harness.js';
import { ends, WAIT } from '../support/builds.js';

const of = nightlyPipeline();
const ONLY = { onlyIfFailed: 'true' };
const running = (...scripts: readonly ExecutionScript[]) => [nightlyBuild(of, { scripts, runningSeconds: 30 })];
const ended = (status: string) => [nightlyBuild(of, { scripts: [ends(status)] })];

describe('onlyIfFailed', () => {
  test.each(['SUCCEED', 'CANCELED'])('a build that ended %s is left alone: green', async (status) => {
    await withScene({ builds: ended(status) }, async (scene) => {
      const end = await scene.run({ inputs: ONLY });
      expect(end.green).toBe(true);
      expect(end.outputs).toMatchObject({ result: 'not-needed', retried: 'false', attempts: '0', buildStatus: status });
      expect(end.annotations).toEqual([]);
      expect(scene.standin.of('retry')).toEqual([]);
    });
  });

  test.each(['FAILED', 'TERMINATE', 'QUEUE_TIMEOUT'])('a build that ended %s is retried', async (status) => {
    await withScene({ builds: ended(status) }, async (scene) => {
      expect((await scene.run({ inputs: ONLY })).outputs).toMatchObject({ result: 'retried', attempts: '1' });
    });
  });

  test('a build that runs is left alone without wait', async () => {
    await withScene({ builds: running({}) }, async (scene) => {
      const end = await scene.run({ inputs: ONLY });
      expect(end.outputs).toMatchObject({ result: 'not-needed', retried: 'false', buildStatus: 'RUNNING' });
      expect(scene.standin.of('retry')).toEqual([]);
    });
  });
});

describe('onlyIfFailed with wait, and the build runs already', () => {
  const inputs = { ...ONLY, ...WAIT };

  test('it is followed to a green end: nothing to retry', async () => {
    await withScene({ builds: running({}) }, async (scene) => {
      const end = await scene.run({ inputs });
      expect(end.green).toBe(true);
      expect(end.outputs).toMatchObject({
        result: 'not-needed',
        retried: 'false',
        attempts: '0',
        buildStatus: 'SUCCEED',
      });
      expect((await scene.truth()).retries).toEqual([]);
    });
  });

  test('it fails: it is retried then, once, and followed again', async () => {
    await withScene({ builds: running(testsFail(of), {}) }, async (scene) => {
      const end = await scene.run({ inputs });
      expect(end.outputs).toMatchObject({ result: 'succeeded', retried: 'true', attempts: '1', executeCount: '2' });
      expect((await scene.truth()).retries).toHaveLength(1);
    });
  });

  test('it is cancelled: somebody meant it', async () => {
    await withScene({ builds: running(ends('CANCELED', 90)) }, async (scene) => {
      const end = await scene.run({ inputs });
      expect(end.outputs).toMatchObject({ result: 'not-needed', retried: 'false', buildStatus: 'CANCELED' });
    });
  });

  test('the time runs out first: red, and a build that is not ours is not stopped', async () => {
    await withScene({ builds: running({}) }, async (scene) => {
      const end = await scene.run({ inputs: { ...inputs, timeoutMinutes: '1', stopOnAbort: 'true' } });
      expect(end.outputs).toMatchObject({ result: 'timed-out', retried: 'false', attempts: '0' });
      expect((await scene.truth()).stops).toEqual([]);
    });
  });

  test('the workflow is cancelled meanwhile: aborted, and the build is not stopped', async () => {
    await withScene({ builds: running({}) }, async (scene) => {
      scene.clock.at(60_000, () => scene.cancel());
      const end = await scene.run({ inputs: { ...inputs, stopOnAbort: 'true' } });
      expect(end.outputs).toMatchObject({ result: 'aborted', retried: 'false' });
      expect(scene.clock.now()).toBe(60_000);
      expect((await scene.truth()).stops).toEqual([]);
    });
  });
});
