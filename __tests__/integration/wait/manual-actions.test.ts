import { describe, expect, test } from '@jest/globals';
import { reset } from '../../standin/http/faults.js';
import { nightlyPipeline, pluginId } from '../../standin/scenarios/nightly.js';
import { withHarness } from '../harness.js';
import { failedBuild, gatedBuild, WAIT } from '../support/builds.js';

describe('a stage gate', () => {
  test('is reported in one notice with a link, and its approval in one log line', async () => {
    const builds = gatedBuild(() => [{ gates: { 'stage-4': { answer: 'approve', afterSeconds: 3000 } } }]);
    await withHarness({ builds }, async (harness) => {
      const step = await harness.run({ inputs: { ...WAIT, timeoutMinutes: '120' } });
      expect(step.outputs.result).toBe('succeeded');
      const { apiUrl, projectId, pipelineId, buildId } = harness.ids;
      expect(step.annotations).toEqual([
        {
          level: 'notice',
          title: 'BK-CI #42 waits',
          message: expect.stringMatching(/^Stage Deploy waits for approval \(“ops-lead, ops-oncall”\): /),
        },
      ]);
      expect(step.annotations[0]?.message).toContain(
        `${apiUrl}/console/pipeline/${projectId}/${pipelineId}/detail/${buildId}`,
      );
      expect(step.log.filter((line) => line.includes('  approved   Deploy'))).toHaveLength(1);
    });
  });

  test('is reported without its reviewers if the detail can’t be read', async () => {
    const builds = gatedBuild(() => [{ gates: { 'stage-4': { answer: 'approve', afterSeconds: 3000 } } }]);
    const faults = [{ on: 'detail', count: Number.POSITIVE_INFINITY, action: reset() }] as const;
    await withHarness({ builds, faults }, async (harness) => {
      const step = await harness.run({ inputs: { ...WAIT, timeoutMinutes: '120' } });
      expect(step.outputs.result).toBe('succeeded');
      expect(step.annotations.map(({ message }) => message)).toEqual([
        expect.stringMatching(/^Stage Deploy waits for approval: /),
      ]);
    });
  });

  test('without an answer leads to one notice, occasional log lines and a timeout', async () => {
    await withHarness({ builds: gatedBuild(() => [{}]) }, async (harness) => {
      const step = await harness.run({ inputs: WAIT });
      expect(step.outputs).toMatchObject({
        result: 'timed-out',
        buildStatus: 'STAGE_SUCCESS',
        durationSeconds: '3600',
      });
      expect(step.annotations.map(({ level }) => level)).toEqual(['notice', 'error']);
      expect(step.log.filter((line) => / still /.test(line)).length).toBeLessThan(7);
    });
  });
});

describe.each(['PAUSE', 'REVIEWING', 'QUALITY_CHECK_WAIT'] as const)(
  'a plug-in in %s, which only the build detail shows,',
  (status) => {
    test('is reported in one notice with its position in the build, at the cost of few extra requests', async () => {
      const deploy = pluginId(nightlyPipeline(), 'Deploy to staging');
      const plugins = { [deploy]: { seconds: 60, pause: { status, seconds: 1800 } } };
      await withHarness({ builds: failedBuild({ plugins }) }, async (harness) => {
        const step = await harness.run({ inputs: WAIT });
        expect(step.outputs.result).toBe('succeeded');
        expect(step.annotations).toMatchObject([
          {
            level: 'notice',
            message: expect.stringMatching(/^Deploy › Roll out › Deploy to staging waits for a person/),
          },
        ]);
        expect(harness.standin.requestsOf('detail').length).toBeLessThan(15);
      });
    });
  },
);

describe('another user retries the build while the step polls', () => {
  test('a retry between two polls is logged in one line, and the newest execution is followed', async () => {
    const builds = failedBuild({ forcedEnd: { status: 'FAILED', afterSeconds: 605 } }, {});
    await withHarness({ builds }, async (harness) => {
      const { standin, clock, buildId } = harness;
      clock.at(607_000, () => void standin.world.retryAs('release-bot', buildId));
      const step = await harness.run({ inputs: { ...WAIT, pollSeconds: '300' } });
      expect(step.outputs).toMatchObject({ result: 'succeeded', executeCount: '3', attempts: '1' });
      const lines = step.log.filter((line) => / retried /.test(line));
      expect(lines).toEqual([expect.stringMatching(/execution 3 was started by release-bot and is followed now$/)]);
      expect((await harness.effects()).retries.map(({ user }) => user)).toEqual(['ci-bot', 'release-bot']);
    });
  });
});

test('one line is logged for each change, not for each poll', async () => {
  await withHarness(
    {
      builds: failedBuild({
        queue: [
          { position: 3, seconds: 20 },
          { position: 1, seconds: 20 },
        ],
      }),
    },
    async (harness) => {
      const step = await harness.run({ inputs: WAIT });
      expect(step.log.filter((line) => /^ +\d+:\d\d /.test(line)).map((line) => line.slice(10))).toEqual([
        'queued     3 in the queue',
        'queued     1 in the queue',
        'running    Build',
        'succeeded  Build, 1 min 35 s',
        'running    Test',
        'succeeded  Test, 4 min',
        'running    Deploy',
        'still      Deploy, 10 min 5 s',
        'succeeded  Deploy, 12 min 50 s',
      ]);
      expect(harness.standin.requestsOf('status').length).toBeGreaterThan(60);
    },
  );
});
