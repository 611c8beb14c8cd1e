import { describe, expect, test } from '@jest/globals';
import { reset } from '../../standin/http/faults.js';
import { nightlyBuild, nightlyPipeline, testsFail } from '../../standin/scenarios/nightly.js';
import type { ExecutionScript } from '../../standin/world/execution-script.js';
import { withHarness } from '../harness.js';
import { fastClock } from '../support/fast-clock.js';

const accepted = { result: 'retried', reason: '', retried: 'true', attempts: '1' };

describe('the answer is lost and BK-CI did not act, but somebody else retries the build', () => {
  const lost = [{ on: 'retry', action: reset() }] as const;

  test('under another name: accepted, with a warning that it can not be told apart', async () => {
    await withHarness({ faults: lost }, async (harness) => {
      harness.clock.at(3000, () => harness.standin.world.retryAs('release-bot', harness.buildId));
      const step = await harness.run();
      expect(step.outputs).toMatchObject({ ...accepted, executeCount: '2' });
      expect(step.annotations).toMatchObject([
        {
          level: 'warning',
          message: expect.stringMatching(/started by release-bot, not by ci-bot; it can't be told whether/),
        },
      ]);
      expect(harness.standin.requestsOf('retry')).toHaveLength(1);
      expect((await harness.effects()).retries).toMatchObject([{ user: 'release-bot' }]);
    });
  });

  test('under the same name: accepted; nobody could tell', async () => {
    await withHarness({ faults: lost }, async (harness) => {
      harness.clock.at(3000, () => harness.standin.world.retryAs('ci-bot', harness.buildId));
      expect((await harness.run()).outputs).toMatchObject(accepted);
      expect((await harness.effects()).retries).toHaveLength(1);
    });
  });
});

describe('the answer is lost although BK-CI acted, and the new execution is over before anybody looks', () => {
  const at = (seconds: number): ExecutionScript => ({ forcedEnd: { status: 'FAILED', afterSeconds: seconds } });
  const quick = [testsFail(nightlyPipeline()), at(1)];

  test('then somebody else retries it too: accepted, with a warning about two executions', async () => {
    const builds = [nightlyBuild(nightlyPipeline(), { scripts: quick })];
    await withHarness({ builds, faults: [{ on: 'retry', action: reset('first') }] }, async (harness) => {
      harness.clock.at(1500, () => harness.standin.world.retryAs('release-bot', harness.buildId));
      const step = await harness.run();
      expect(step.outputs).toMatchObject({ ...accepted, executeCount: '3' });
      expect(step.annotations.map(({ level }) => level)).toEqual(['warning', 'warning']);
      expect(step.annotations[0]?.message).toContain('went 2 executions ahead while the answer was lost');
      expect((await harness.effects()).retries.map(({ user }) => user)).toEqual(['ci-bot', 'release-bot']);
    });
  });
});

describe('somebody else retries the build between our look and our retry', () => {
  test('BK-CI says that it runs: accepted as the build shows it, naming who started it', async () => {
    await withHarness({}, async (harness) => {
      const { world } = harness.standin;
      const step = await harness.run({ beforePostRequest: () => void world.retryAs('release-bot', harness.buildId) });
      expect(step.outputs).toMatchObject({ ...accepted, executeCount: '2' });
      expect(step.log).toContain('Note      the running execution was started by release-bot');
      expect(harness.standin.requestsOf('retry')).toHaveLength(1);
      expect((await harness.effects()).retries).toHaveLength(1);
    });
  });

  test('and that execution is over already: ours starts one more, and says its count', async () => {
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

  test('on a server that wipes variables before it refuses: our POST is the only one', async () => {
    const builds = [nightlyBuild(nightlyPipeline({ cleanVariablesWhenRetry: true }))];
    await withHarness({ builds }, async (harness) => {
      const { world } = harness.standin;
      await harness.run({ beforePostRequest: () => void world.retryAs('release-bot', harness.buildId) });
      expect((await harness.effects()).wipes).toHaveLength(1);
      expect(harness.standin.requestsOf('retry')).toHaveLength(1);
    });
  });
});

describe('the build runs already on a server that wipes variables before it refuses', () => {
  const pipeline = nightlyPipeline({ cleanVariablesWhenRetry: true });
  const running = [nightlyBuild(pipeline, { executions: 2, runningSeconds: 60 })];
  test.each([
    ['the whole build', {}, 'already-running'],
    ['a stage', { taskId: 'stage-3' }, 'already-running'],
    ['the failed jobs', { failedContainer: 'true', taskId: 'stage-3' }, 'already-running'],
    ['a job', { taskId: '2' }, 'already-running'],
    ['a plug-in that does not fail', { taskId: 'run-tests' }, 'already-running'],
    ['a task that is not in it', { taskId: 'e-0' }, 'task-unknown'],
  ])('%s is wanted: nothing is sent, nothing is wiped', async (_, inputs, reason) => {
    await withHarness({ builds: running }, async (harness) => {
      const step = await harness.run({ inputs });
      expect(step.outputs).toMatchObject({ result: 'refused', reason, retried: 'false', attempts: '0' });
      expect(harness.standin.requestsOf('retry')).toEqual([]);
      const { wipes, retries } = await harness.effects();
      expect({ wipes, retries }).toEqual({ wipes: [], retries: [] });
    });
  });
});

describe("somebody else's retry holds the build's lock when ours arrives", () => {
  test('for 30 s: ours waits, is refused as running, and the build shows whose it is', async () => {
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
      expect(step.outputs).toMatchObject({ ...accepted, executeCount: '2' });
      expect(step.log).toContain('Note      the running execution was started by release-bot');
      expect((await harness.effects()).retries).toMatchObject([{ user: 'release-bot' }]);
    });
  });

  test('and our connection dies once the lock is free and BK-CI has acted: accepted, once', async () => {
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
