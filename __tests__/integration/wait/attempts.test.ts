import { describe, expect, test } from '@jest/globals';
import { json, reset } from '../../standin/http/faults.js';
import { FAILED_TESTS, nightlyPipeline, pluginId, testsFail } from '../../standin/scenarios/nightly.js';
import type { ExecutionScript } from '../../standin/world/execution-script.js';
import { withHarness } from '../harness.js';
import { ends, failedBuild, gatedBuild, WAIT } from '../support/builds.js';

const pipeline = nightlyPipeline();
const failing = testsFail(pipeline);
const passing: ExecutionScript = {};
const deployFails = { plugins: { [pluginId(pipeline, 'Deploy to staging')]: FAILED_TESTS } };
const THREE_ATTEMPTS = { ...WAIT, maxAttempts: '3' };

const queries = (lines: readonly string[]) =>
  lines.filter((line) => line.startsWith('POST')).map((line) => line.split('?')[1] ?? '');

describe('maxAttempts', () => {
  test('if the second attempt passes, the step succeeds and logs the first failure without an error', async () => {
    await withHarness({ builds: failedBuild(failing, passing) }, async (harness) => {
      const step = await harness.run({ inputs: THREE_ATTEMPTS });
      expect(step.green).toBe(true);
      expect(step.outputs).toMatchObject({ result: 'succeeded', attempts: '2', executeCount: '3', failedTasks: '[]' });
      expect(step.annotations).toEqual([]);
      expect(step.log).toContain('Attempt   2 of 3');
      expect((await harness.effects()).retries).toHaveLength(2);
    });
  });

  test('if all three attempts fail, the step fails with one error for each plug-in and one for the result', async () => {
    await withHarness({ builds: failedBuild(failing) }, async (harness) => {
      const step = await harness.run({ inputs: THREE_ATTEMPTS });
      expect(step.outputs).toMatchObject({ result: 'failed', attempts: '3', executeCount: '4' });
      expect(step.annotations.map(({ level }) => level)).toEqual(['error', 'error']);
      expect(step.summary.match(/^\| \d \| \d \| Test › Linux › Run tests \|/gm)).toHaveLength(3);
      expect((await harness.effects()).retries).toHaveLength(3);
    });
  });

  test('a cancelled build is not retried again', async () => {
    await withHarness({ builds: failedBuild(ends('CANCELED')) }, async (harness) => {
      const step = await harness.run({ inputs: THREE_ATTEMPTS });
      expect(step.outputs).toMatchObject({ result: 'cancelled', attempts: '1' });
      expect((await harness.effects()).retries).toHaveLength(1);
    });
  });

  test('a build with a refused stage gate is not retried again', async () => {
    const builds = gatedBuild(() => [{ gates: { 'stage-4': { answer: 'refuse', afterSeconds: 9 } } }]);
    await withHarness({ builds }, async (harness) => {
      const step = await harness.run({ inputs: THREE_ATTEMPTS });
      expect(step.outputs).toMatchObject({ result: 'failed', attempts: '1' });
    });
  });

  test('if a later attempt is refused, the result is failed, with a warning', async () => {
    const action = json({ status: 2101047, message: '流水线锁定', data: null }, 400);
    await withHarness({ builds: failedBuild(failing), faults: [{ on: 'retry', nth: 2, action }] }, async (harness) => {
      const step = await harness.run({ inputs: THREE_ATTEMPTS });
      expect(step.outputs).toMatchObject({ result: 'failed', reason: '', attempts: '1', retried: 'true' });
      expect(step.annotations.map(({ level }) => level)).toEqual(['warning', 'error', 'error']);
      expect(step.annotations[0]?.message).toContain('2101047');
      expect(harness.standin.requestsOf('retry')).toHaveLength(2);
    });
  });

  test('if only the answer to a later attempt is lost, the attempt counts as accepted once and is followed', async () => {
    const faults = [{ on: 'retry', nth: 2, action: reset('first') }] as const;
    await withHarness({ builds: failedBuild(failing, passing), faults }, async (harness) => {
      const step = await harness.run({ inputs: THREE_ATTEMPTS });
      expect(step.outputs).toMatchObject({ result: 'succeeded', attempts: '2', executeCount: '3' });
      expect((await harness.effects()).retries).toHaveLength(2);
    });
  });

  test('if a later attempt is lost without effect, the step fails with answer-lost and does not send it again', async () => {
    const faults = [{ on: 'retry', nth: 2, action: reset() }] as const;
    await withHarness({ builds: failedBuild(failing, passing), faults }, async (harness) => {
      const step = await harness.run({ inputs: THREE_ATTEMPTS });
      expect(step.outputs).toMatchObject({ result: 'error', reason: 'answer-lost', attempts: '1', retried: 'true' });
      expect((await harness.effects()).retries).toHaveLength(1);
    });
  });

  test('maxExecuteCount ends the attempts: the result is failed, with a warning', async () => {
    await withHarness({ builds: failedBuild(failing) }, async (harness) => {
      const step = await harness.run({ inputs: { ...THREE_ATTEMPTS, maxExecuteCount: '3' } });
      expect(step.outputs).toMatchObject({ result: 'failed', attempts: '2', executeCount: '3' });
      expect(step.annotations[0]).toMatchObject({
        level: 'warning',
        message: expect.stringContaining('maxExecuteCount'),
      });
    });
  });

  test('if another user retries between two attempts, a warning names them, and the failure is told', async () => {
    await withHarness({ builds: failedBuild(failing, passing) }, async (harness) => {
      const { world } = harness.standin;
      const step = await harness.run({
        inputs: THREE_ATTEMPTS,
        beforePostRequest: (nth) => (nth === 2 ? void world.retryAs('release-bot', harness.buildId) : undefined),
      });
      expect(step.outputs).toMatchObject({ result: 'failed', reason: '', retried: 'true', executeCount: '2' });
      expect(step.outputs.failedTasks).toContain('"taskName":"Run tests"');
      expect(step.annotations[0]).toMatchObject({
        level: 'warning',
        message: expect.stringMatching(
          /^The build is not retried again: .*release-bot has retried it meanwhile \(QUEUE, execution 3/,
        ),
      });
      expect((await harness.effects()).retries.map(({ user }) => user)).toEqual(['ci-bot', 'release-bot']);
    });
  });
});

describe('each attempt retries what has failed in the last execution', () => {
  test('failedContainer determines its stage again', async () => {
    await withHarness({ builds: failedBuild(deployFails, passing) }, async (harness) => {
      const step = await harness.run({ inputs: { ...THREE_ATTEMPTS, failedContainer: 'true' } });
      expect(step.outputs).toMatchObject({ result: 'succeeded', attempts: '2' });
      expect(queries(harness.standin.requestLines())).toEqual([
        'taskId=stage-3&failedContainer=true',
        'taskId=stage-4&failedContainer=true',
      ]);
    });
  });

  test('a taskId that has not failed again ends the attempts: failed, with a warning, and nothing is rerun', async () => {
    await withHarness({ builds: failedBuild(deployFails, passing) }, async (harness) => {
      const step = await harness.run({ inputs: { ...THREE_ATTEMPTS, taskId: 'run-tests' } });
      expect(step.outputs).toMatchObject({ result: 'failed', attempts: '1' });
      expect(step.annotations[0]).toMatchObject({
        level: 'warning',
        message: expect.stringContaining('[task-unknown]'),
      });
      expect(harness.standin.requestsOf('retry')).toHaveLength(1);
    });
  });

  test('a taskId that fails again is retried again', async () => {
    await withHarness({ builds: failedBuild(failing, passing) }, async (harness) => {
      const step = await harness.run({ inputs: { ...THREE_ATTEMPTS, taskId: 'run-tests' } });
      expect(step.outputs).toMatchObject({ result: 'succeeded', attempts: '2' });
      expect(new Set(queries(harness.standin.requestLines()))).toEqual(
        new Set([`taskId=${pluginId(pipeline, 'Run tests')}`]),
      );
    });
  });
});
