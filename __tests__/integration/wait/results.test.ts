import { describe, expect, test } from '@jest/globals';
import { nightlyPipeline, pluginId } from '../../standin/scenarios/nightly.js';
import { withHarness } from '../harness.js';
import { ends, failedBuild, gatedBuild, WAIT } from '../support/builds.js';

describe('the retried build ends', () => {
  test.each([
    ['SUCCEED', 'succeeded'],
    ['FAILED', 'failed'],
    ['TERMINATE', 'failed'],
    ['QUEUE_TIMEOUT', 'failed'],
    ['EXEC_TIMEOUT', 'failed'],
    ['HEARTBEAT_TIMEOUT', 'failed'],
    ['QUOTA_FAILED', 'failed'],
    ['CANCELED', 'cancelled'],
  ])('%s: %s', async (status, result) => {
    await withHarness({ builds: failedBuild(ends(status)) }, async (scene) => {
      const ended = await scene.run({ inputs: WAIT });
      expect(ended.green).toBe(result === 'succeeded');
      expect(ended.outputs).toMatchObject({
        result,
        reason: '',
        buildStatus: status,
        retried: 'true',
        attempts: '1',
        executeCount: '2',
      });
      const seconds = Number(ended.outputs.durationSeconds);
      expect(seconds).toBeGreaterThanOrEqual(100);
      expect(seconds).toBeLessThanOrEqual(110);
      const levels = new Set(ended.annotations.map(({ level }) => level));
      expect([...levels]).toEqual(ended.green ? [] : ['error']);
      expect(ended.log.at(-1)).toMatch(
        ended.green ? /^Succeeded build #42, execution 2, after / : /^Error: Build #42 /,
      );
    });
  });

  test('with a plug-in that failed: its name, place, words and code are told', async () => {
    await withHarness({ builds: failedBuild() }, async (scene) => {
      const ended = await scene.run({ inputs: WAIT });
      expect(ended.outputs).toMatchObject({ result: 'failed', buildStatus: 'FAILED' });
      expect(JSON.parse(ended.outputs.failedTasks ?? '')).toEqual([
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
      expect(ended.annotations.map(({ title }) => title)).toEqual([
        'BK-CI #42: Test › Linux › Run tests',
        'BK-CI #42 failed again',
      ]);
    });
  });

  test('at a stage gate that was refused: red, although BK-CI calls it a success', async () => {
    const builds = gatedBuild(() => [{ gates: { 'stage-4': { answer: 'refuse', afterSeconds: 60 } } }]);
    await withHarness({ builds }, async (scene) => {
      const ended = await scene.run({ inputs: WAIT });
      expect(ended.green).toBe(false);
      expect(ended.outputs).toMatchObject({ result: 'failed', buildStatus: 'STAGE_SUCCESS' });
      expect(ended.log.at(-1)).toMatch(/^Error: .*gate/);
    });
  });

  test('in a way nobody knows: waited on, one warning, never green', async () => {
    await withHarness({ builds: failedBuild(ends('ARCHIVED')) }, async (scene) => {
      const ended = await scene.run({ inputs: { ...WAIT, timeoutMinutes: '10' } });
      expect(ended.outputs).toMatchObject({ result: 'timed-out', buildStatus: 'ARCHIVED' });
      const unknown = ended.annotations.filter(({ message }) => message.includes('“ARCHIVED”'));
      expect(unknown.map(({ level }) => level)).toEqual(['warning']);
    });
  });
});

describe('the build is in a state nobody knows', () => {
  test('while it runs: one warning, and its end counts', async () => {
    await withHarness({ builds: failedBuild({ runningStatus: 'WARMING_UP' }) }, async (scene) => {
      const ended = await scene.run({ inputs: WAIT });
      expect(ended.outputs.result).toBe('succeeded');
      expect(ended.annotations).toMatchObject([{ level: 'warning', message: expect.stringContaining('“WARMING_UP”') }]);
    });
  });
});

describe('right after the retry', () => {
  test('errors and stages of the execution before are not reported', async () => {
    const queue = [{ position: 4, seconds: 90 }];
    await withHarness({ builds: failedBuild({ queue }) }, async (scene) => {
      const ended = await scene.run({ inputs: WAIT });
      expect(ended.outputs).toMatchObject({ result: 'succeeded', failedTasks: '[]' });
      const after = ended.log.slice(ended.log.findIndex((line) => line.startsWith('Accepted')) + 1);
      expect(after.join('\n')).not.toMatch(/failed|Run tests|exit status/i);
      expect(after[0]).toMatch(/^ {4}0:00 {2}queued {5}4 in the queue$/);
    });
  });

  test('a lagging replica still shows the old end: waited on until the new execution shows', async () => {
    const old = { during: { since: 'retry', fromMs: 0, toMs: 30_000 } } as const;
    await withHarness({ builds: failedBuild({}) }, async (scene) => {
      const { standin } = scene;
      const before = await fetch(statusOf(scene.ids), { headers: HEADERS }).then((answer) => answer.text());
      const action = { kind: 'answer', handled: 'never', answer: { status: 200, headers: {}, body: before } } as const;
      standin.inject({ on: 'status', ...old, action });
      const ended = await scene.run({ inputs: WAIT });
      expect(ended.outputs).toMatchObject({ result: 'succeeded', executeCount: '2' });
      expect(ended.log.filter((line) => / failed /.test(line))).toEqual([]);
    });
  });
});

const HEADERS = { accept: 'application/json', 'x-devops-uid': 'ci-bot' };

function statusOf({ apiUrl, projectId, pipelineId, buildId }: Readonly<Record<string, string>>): string {
  return `${apiUrl}/ms/openapi/api/apigw/v3/projects/${projectId}/pipelines/${pipelineId}/builds/${buildId}/status`;
}
