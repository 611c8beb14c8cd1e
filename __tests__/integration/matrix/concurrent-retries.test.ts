import { describe, expect, test } from '@jest/globals';
import { reset } from '../../standin/http/faults.js';
import { nightlyBuild, nightlyPipeline, testsFail } from '../../standin/scenarios/nightly.js';
import type { ExecutionScript } from '../../standin/world/execution-script.js';
import { withHarness } from '../harness.js';
import { fastClock } from '../support/fast-clock.js';

const accepted = { result: 'retried', reason: '', retried: 'true', attempts: '1' };
const refused = { result: 'refused', reason: 'already-running', retried: 'false', attempts: '0' };

describe('the retry is lost without effect, and another user retries the build', () => {
  const lost = [{ on: 'retry', action: reset() }] as const;

  test('under another name: it counts as accepted, with a warning that the two cannot be distinguished', async () => {
    await withHarness({ faults: lost }, async (harness) => {
      harness.clock.at(3000, () => harness.standin.world.retryAs('release-bot', harness.buildId));
      const step = await harness.run();
      expect(step.outputs).toMatchObject({ ...accepted, executeCount: '2' });
      expect(step.annotations).toMatchObject([
        {
          level: 'warning',
          message: expect.stringMatching(/started by release-bot, not by ci-bot; it is not known whether/),
        },
      ]);
      expect(harness.standin.requestsOf('retry')).toHaveLength(1);
      expect((await harness.effects()).retries).toMatchObject([{ user: 'release-bot' }]);
    });
  });

  test('under the same name: it counts as accepted, since the two cannot be distinguished', async () => {
    await withHarness({ faults: lost }, async (harness) => {
      harness.clock.at(3000, () => harness.standin.world.retryAs('ci-bot', harness.buildId));
      expect((await harness.run()).outputs).toMatchObject(accepted);
      expect((await harness.effects()).retries).toHaveLength(1);
    });
  });
});

describe('the answer is lost although BK-CI has retried, and the new execution ends before the next status read', () => {
  const at = (seconds: number): ExecutionScript => ({ forcedEnd: { status: 'FAILED', afterSeconds: seconds } });
  const quick = [testsFail(nightlyPipeline()), at(1)];

  test('if another user then retries it too, it counts as accepted, with a warning about two executions', async () => {
    const builds = [nightlyBuild(nightlyPipeline(), { scripts: quick })];
    await withHarness({ builds, faults: [{ on: 'retry', action: reset('first') }] }, async (harness) => {
      harness.clock.at(1500, () => harness.standin.world.retryAs('release-bot', harness.buildId));
      const step = await harness.run();
      expect(step.outputs).toMatchObject({ ...accepted, executeCount: '3' });
      expect(step.annotations.map(({ level }) => level)).toEqual(['warning', 'warning']);
      expect(step.annotations[0]?.message).toContain('went 2 executions ahead with this retry');
      expect((await harness.effects()).retries.map(({ user }) => user)).toEqual(['ci-bot', 'release-bot']);
    });
  });
});

describe('another user retries the build between status read and retry', () => {
  test('if BK-CI refuses because the build is running, the step is red and names who started it', async () => {
    await withHarness({}, async (harness) => {
      const { world } = harness.standin;
      const step = await harness.run({ beforePostRequest: () => void world.retryAs('release-bot', harness.buildId) });
      expect(step.outputs).toMatchObject(refused);
      expect(step.log.at(-1)).toContain('release-bot has retried it meanwhile (QUEUE, execution 2');
      expect(harness.standin.requestsOf('retry')).toHaveLength(1);
      expect((await harness.effects()).retries).toHaveLength(1);
    });
  });

  test('if that execution has already ended, the retry starts one more and reports its count', async () => {
    const builds = [
      nightlyBuild(nightlyPipeline(), {
        scripts: [testsFail(nightlyPipeline()), { forcedEnd: { status: 'FAILED', afterSeconds: 0 } }, {}],
      }),
    ];
    await withHarness({ builds }, async (harness) => {
      const { world } = harness.standin;
      const step = await harness.run({ beforePostRequest: () => void world.retryAs('release-bot', harness.buildId) });
      expect(step.outputs).toMatchObject({ ...accepted, executeCount: '3' });
      expect((await harness.effects()).retries).toHaveLength(2);
    });
  });

  test('on a server that deletes variables before it refuses, only one POST is sent', async () => {
    const builds = [nightlyBuild(nightlyPipeline({ cleanVariablesWhenRetry: true }))];
    await withHarness({ builds }, async (harness) => {
      const { world } = harness.standin;
      await harness.run({ beforePostRequest: () => void world.retryAs('release-bot', harness.buildId) });
      expect((await harness.effects()).wipes).toHaveLength(1);
      expect(harness.standin.requestsOf('retry')).toHaveLength(1);
    });
  });
});

describe('the build is already running on a server that deletes variables before it refuses', () => {
  const pipeline = nightlyPipeline({ cleanVariablesWhenRetry: true });
  const running = [nightlyBuild(pipeline, { executions: 2, runningSeconds: 60 })];
  test.each([
    ['the whole build', {}, 'already-running'],
    ['a stage', { taskId: 'stage-3' }, 'already-running'],
    ['the failed jobs', { failedContainer: 'true', taskId: 'stage-3' }, 'already-running'],
    ['a job', { taskId: '2' }, 'already-running'],
    ['a plug-in that does not fail', { taskId: 'run-tests' }, 'already-running'],
    ['a task that is not in it', { taskId: 'e-0' }, 'task-unknown'],
  ])('a retry of %s is not sent, and no variables are deleted', async (_, inputs, reason) => {
    await withHarness({ builds: running }, async (harness) => {
      const step = await harness.run({ inputs });
      expect(step.outputs).toMatchObject({ result: 'refused', reason, retried: 'false', attempts: '0' });
      expect(harness.standin.requestsOf('retry')).toEqual([]);
      const { wipes, retries } = await harness.effects();
      expect({ wipes, retries }).toEqual({ wipes: [], retries: [] });
    });
  });
});

describe("another user's retry holds the lock of the build when the retry arrives", () => {
  test('for 30 s: the retry waits and is refused, and the error names who started the running execution', async () => {
    const clock = fastClock();
    await withHarness({ clock }, async (harness) => {
      const { standin, buildId } = harness;
      const running = harness.run({
        beforePostRequest: () => {
          standin.world.lock(buildId, 30_000);
          standin.world.schedule(29_999, () => void standin.world.retryAs('release-bot', buildId));
        },
      });
      await standin.waitForRequest('retry');
      await clock.advance(30_000);
      const step = await running;
      expect(step.outputs).toMatchObject(refused);
      expect(step.log.at(-1)).toContain('release-bot has retried it meanwhile (QUEUE, execution 2');
      expect((await harness.effects()).retries).toMatchObject([{ user: 'release-bot' }]);
    });
  });

  test('and the connection is reset after BK-CI has retried: it counts as accepted once', async () => {
    const clock = fastClock();
    await withHarness({ clock, faults: [{ on: 'retry', action: reset('first') }] }, async (harness) => {
      const { standin, buildId } = harness;
      const running = harness.run({ beforePostRequest: () => standin.world.lock(buildId, 30_000) });
      await standin.waitForRequest('retry');
      await clock.advance(30_000);
      expect((await running).outputs).toMatchObject(accepted);
      expect((await harness.effects()).retries).toMatchObject([{ user: 'ci-bot' }]);
    });
  });
});
