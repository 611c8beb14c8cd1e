import { describe, expect, test } from '@jest/globals';
import { nightlyPipeline, pluginId } from '../../standin/scenarios/nightly.js';
import { withHarness } from '../harness.js';
import { ends, failedBuild, gatedBuild, WAIT } from '../support/builds.js';

describe('the result after the retried build has ended', () => {
  test.each([
    ['SUCCEED', 'succeeded'],
    ['FAILED', 'failed'],
    ['TERMINATE', 'failed'],
    ['QUEUE_TIMEOUT', 'failed'],
    ['EXEC_TIMEOUT', 'failed'],
    ['HEARTBEAT_TIMEOUT', 'failed'],
    ['QUOTA_FAILED', 'failed'],
    ['CANCELED', 'cancelled'],
  ])('status %s gives result %s', async (status, result) => {
    await withHarness({ builds: failedBuild(ends(status)) }, async (harness) => {
      const step = await harness.run({ inputs: WAIT });
      expect(step.green).toBe(result === 'succeeded');
      expect(step.outputs).toMatchObject({
        result,
        reason: '',
        buildStatus: status,
        retried: 'true',
        attempts: '1',
        executeCount: '2',
      });
      const seconds = Number(step.outputs.durationSeconds);
      expect(seconds).toBeGreaterThanOrEqual(100);
      expect(seconds).toBeLessThanOrEqual(110);
      const levels = new Set(step.annotations.map(({ level }) => level));
      expect([...levels]).toEqual(step.green ? [] : ['error']);
      expect(step.log.at(-1)).toMatch(
        step.green ? /^Succeeded build #42, execution 2, after / : /^(?:Error: |Failed {4})Build #42 /,
      );
    });
  });

  test.each(['CANCELED', 'QUEUE_TIMEOUT'])('a build that is %s in the queue names no stage', async (status) => {
    const queue = [{ position: 4, seconds: 900 }];
    await withHarness({ builds: failedBuild({ ...ends(status), queue }) }, async (harness) => {
      const { log, summary } = await harness.run({ inputs: WAIT });
      expect(summary).toContain('execution 2');
      expect([...log, summary].slice(3).join('\n')).not.toContain('in stage');
      const next = await harness.run({ inputs: { retryOn: 'SYSTEM' } });
      expect(next.annotations[0]?.message).toContain(`no failure that retryOn could match (${status}`);
    });
  });

  test('a failed plug-in is reported with its name, position, message and error code', async () => {
    await withHarness({ builds: failedBuild() }, async (harness) => {
      const step = await harness.run({ inputs: WAIT });
      expect(step.outputs).toMatchObject({ result: 'failed', buildStatus: 'FAILED' });
      expect(JSON.parse(step.outputs.failedTasks ?? '')).toEqual([
        {
          stageId: 'stage-3',
          stageName: 'Test',
          containerId: '2',
          containerName: 'Linux',
          taskId: pluginId(nightlyPipeline(), 'Run tests'),
          taskName: 'Run tests',
          errorType: 'USER',
          errorCode: 2199001,
          errorMessage: 'exit status 1',
        },
      ]);
      expect(step.annotations.map(({ title }) => title)).toEqual([
        'BK-CI #42: Test › Linux › Run tests',
        'BK-CI #42 failed again',
      ]);
    });
  });

  test('a refused stage gate is a failure, although BK-CI reports STAGE_SUCCESS', async () => {
    const builds = gatedBuild(() => [{ gates: { 'stage-4': { answer: 'refuse', afterSeconds: 60 } } }]);
    await withHarness({ builds }, async (harness) => {
      const step = await harness.run({ inputs: WAIT });
      expect(step.green).toBe(false);
      expect(step.outputs).toMatchObject({ result: 'failed', buildStatus: 'STAGE_SUCCESS' });
      expect(step.log.at(-1)).toMatch(/^Error: .*gate/);
    });
  });

  test('after an unknown end status the step keeps polling, warns once and never succeeds', async () => {
    await withHarness({ builds: failedBuild(ends('ARCHIVED')) }, async (harness) => {
      const step = await harness.run({ inputs: { ...WAIT, timeoutMinutes: '10' } });
      expect(step.outputs).toMatchObject({ result: 'timed-out', buildStatus: 'ARCHIVED' });
      const unknown = step.annotations.filter(({ message }) => message.includes('“ARCHIVED”'));
      expect(unknown.map(({ level }) => level)).toEqual(['warning']);
    });
  });
});

describe('the build has an unknown status', () => {
  test('while it runs, the step warns once and reports the result at its end', async () => {
    await withHarness({ builds: failedBuild({ runningStatus: 'WARMING_UP' }) }, async (harness) => {
      const step = await harness.run({ inputs: WAIT });
      expect(step.outputs.result).toBe('succeeded');
      expect(step.annotations).toMatchObject([{ level: 'warning', message: expect.stringContaining('“WARMING_UP”') }]);
    });
  });
});

describe('right after the retry', () => {
  test('errors and stages of the previous execution are not reported', async () => {
    const queue = [{ position: 4, seconds: 90 }];
    await withHarness({ builds: failedBuild({ queue }) }, async (harness) => {
      const step = await harness.run({ inputs: WAIT });
      expect(step.outputs).toMatchObject({ result: 'succeeded', failedTasks: '[]' });
      const after = step.log.slice(step.log.findIndex((line) => line.startsWith('Accepted')) + 1);
      expect(after.join('\n')).not.toMatch(/failed|Run tests|exit status/i);
      expect(after[0]).toMatch(/^ {4}0:00 {2}queued {5}4 in the queue$/);
    });
  });

  test('if a lagging replica still shows the previous end, the step polls until the new execution appears', async () => {
    const old = { during: { since: 'retry', fromMs: 0, toMs: 30_000 } } as const;
    await withHarness({ builds: failedBuild({}) }, async (harness) => {
      const { standin } = harness;
      const before = await fetch(statusOf(harness.ids), { headers: HEADERS }).then((answer) => answer.text());
      const action = { kind: 'answer', handled: 'never', answer: { status: 200, headers: {}, body: before } } as const;
      standin.inject({ on: 'status', ...old, action });
      const step = await harness.run({ inputs: WAIT });
      expect(step.outputs).toMatchObject({ result: 'succeeded', executeCount: '2' });
      expect(step.log.filter((line) => / failed /.test(line))).toEqual([]);
    });
  });
});

const HEADERS = { accept: 'application/json', 'x-devops-uid': 'ci-bot' };

function statusOf({ apiUrl, projectId, pipelineId, buildId }: Readonly<Record<string, string>>): string {
  return `${apiUrl}/ms/openapi/api/apigw/v3/projects/${projectId}/pipelines/${pipelineId}/builds/${buildId}/status`;
}
