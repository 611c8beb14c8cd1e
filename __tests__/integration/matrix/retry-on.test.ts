import { describe, expect, test } from '@jest/globals';
import { failure } from '../../standin/http/answer.js';
import { answer } from '../../standin/http/faults.js';
import { nightlyBuild, nightlyPipeline, pluginId, testsFail } from '../../standin/scenarios/nightly.js';
import type { ExecutionScript, TaskError } from '../../standin/world/execution-script.js';
import { withHarness } from '../harness.js';
import { WAIT } from '../support/builds.js';

const pipeline = nightlyPipeline();
const failsWith = (error: TaskError): ExecutionScript => ({
  plugins: { [pluginId(pipeline, 'Run tests')]: { error } },
});
const networkDown = failsWith({ type: 'THIRD_PARTY', code: 2199009, message: 'the registry did not answer' });
const INFRASTRUCTURE = { retryOn: 'SYSTEM third_party' };

describe('retryOn', () => {
  test('a failure that matches is retried', async () => {
    await withHarness({ builds: [nightlyBuild(pipeline, { scripts: [networkDown] })] }, async (harness) => {
      const step = await harness.run({ inputs: INFRASTRUCTURE });
      expect(step).toMatchObject({ green: true, outputs: { result: 'retried', reason: '', failedTasks: '[]' } });
      expect((await harness.effects()).retries).toHaveLength(1);
    });
  });

  test.each([{}, { dryRun: 'true' }, { taskId: 'stage-3' }, WAIT])(
    'one that does not match sends nothing, and says what failed, with %j',
    async (more) => {
      await withHarness({}, async (harness) => {
        const step = await harness.run({ inputs: { ...INFRASTRUCTURE, ...more } });
        expect(step).toMatchObject({
          green: false,
          outputs: { result: 'refused', reason: 'not-retryable', retried: 'false' },
        });
        expect(JSON.parse(step.outputs.failedTasks ?? '')).toMatchObject([
          { taskName: 'Run tests', errorType: 'USER', errorCode: 2199001 },
        ]);
        expect(step.annotations.map(({ message }) => message)).toEqual([
          expect.stringMatching(
            /: Run tests in Test › Linux \(USER 2199001\): “exit status 1”; nothing was sent\..* \[not-retryable\]$/,
          ),
        ]);
        expect(step.summary).toContain('Run tests in Test › Linux (USER 2199001)');
        expect(harness.standin.requests.filter(({ method }) => method === 'POST')).toEqual([]);
      });
    },
  );

  test.each([
    ['PLUGIN', 'not-retryable', 1],
    ['USER', '', 0],
  ] as const)('inside a running build, the plug-in is judged: %s', async (retryOn, reason, count) => {
    const windows = pluginId(pipeline, 'Run tests on Windows');
    const { [pluginId(pipeline, 'Run tests')]: failed } = testsFail(pipeline).plugins ?? {};
    const script = { plugins: { [windows]: { ...failed, seconds: 10 } } };
    const builds = [nightlyBuild(pipeline, { runningSeconds: 150, scripts: [script] })];
    await withHarness({ builds }, async (harness) => {
      const step = await harness.run({ inputs: { retryOn, taskId: windows } });
      expect(step.outputs.reason).toBe(reason);
      expect(JSON.parse(step.outputs.failedTasks ?? '')).toHaveLength(count);
      expect(step.annotations.map(({ message }) => message)).toEqual(
        Array(count).fill(
          expect.stringMatching(/^A plug-in of build #42 failed .*: Run tests on Windows in Test › Windows \(/),
        ),
      );
    });
  });

  test.each([
    ['status', 'forbidden', 'refused'],
    ['detail', 'forbidden', 'refused'],
  ] as const)('if the %s may not be read, nothing is sent', async (on, reason, result) => {
    const faults = [{ on, action: answer(failure(403, '无权限', 2101008)) }];
    await withHarness({ faults }, async (harness) => {
      const step = await harness.run({ inputs: INFRASTRUCTURE });
      expect(step).toMatchObject({ green: false, outputs: { result, reason } });
      expect(step.annotations.at(-1)?.message).toContain('retryOn');
      expect(harness.standin.requests.filter(({ method }) => method === 'POST')).toEqual([]);
    });
  });

  test('is asked anew before each further attempt', async () => {
    const scripts = [networkDown, networkDown, testsFail(pipeline)];
    await withHarness({ builds: [nightlyBuild(pipeline, { scripts })] }, async (harness) => {
      const step = await harness.run({ inputs: { ...WAIT, ...INFRASTRUCTURE, maxAttempts: '5' } });
      expect(step.outputs).toMatchObject({ result: 'failed', reason: '', attempts: '2' });
      expect(step.annotations.map(({ level }) => level)).toEqual(['warning', 'error', 'error']);
      expect(step.annotations[0]?.message).toMatch(/^The build is not retried again: .* \[not-retryable\]$/);
      expect(step.annotations[0]?.message).not.toContain('nothing was sent');
      expect((await harness.effects()).retries).toHaveLength(2);
    });
  });
});
