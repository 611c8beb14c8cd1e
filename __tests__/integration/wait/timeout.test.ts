import { describe, expect, test } from '@jest/globals';
import { failure } from '../../standin/http/answer.js';
import { answer, reset } from '../../standin/http/faults.js';
import { withHarness } from '../harness.js';
import { failedBuild, WAIT } from '../support/builds.js';

const SHORT = { ...WAIT, timeoutMinutes: '2.5' };
const STOP = { ...SHORT, stopOnAbort: 'true' };
const builds = failedBuild({});

describe('timeoutMinutes has passed', () => {
  test('the step ends at exactly that time and the build continues', async () => {
    await withHarness({ builds }, async (harness) => {
      const step = await harness.run({ inputs: SHORT });
      expect(step.outputs).toMatchObject({ result: 'timed-out', durationSeconds: '150', buildStatus: 'RUNNING' });
      expect(step.log.at(-1)).toMatch(
        /^Error: Build #42 has not ended after 2 min 30 s \(RUNNING in stage Test\)\. It goes on/,
      );
      expect((await harness.effects()).stops).toEqual([]);
    });
  });

  test('with stopOnAbort the build is stopped once, and a status read confirms it', async () => {
    await withHarness({ builds }, async (harness) => {
      const step = await harness.run({ inputs: STOP });
      expect(step.outputs).toMatchObject({ result: 'timed-out' });
      expect(step.log.at(-1)).toMatch(/^Error: Build #42 has not ended after .* and was stopped/);
      const operations = harness.standin.requests.map(({ operation }) => operation);
      const afterStop = operations.slice(operations.indexOf('stop') + 1);
      expect([new Set(afterStop), afterStop.at(-1)]).toEqual([new Set(['status', 'detail']), 'detail']);
      expect(harness.clock.now()).toBeLessThan(190_000);
      expect(await harness.effects()).toMatchObject({ status: 'CANCELED', stops: [{ forced: false }] });
      expect(step.state.phase).toBe('over');
    });
  });

  test('with stopOnAbort, if BK-CI accepts the stop without effect, the error says that the outcome is unknown', async () => {
    await withHarness({ builds, stopSeconds: 3600 }, async (harness) => {
      const step = await harness.run({ inputs: STOP });
      expect(step.outputs.result).toBe('timed-out');
      expect(step.log.at(-1)).toMatch(
        /^Error: Build #42 has not ended after 2 min 30 s \(RUNNING in stage Test\) and was asked to stop; whether it did is not known here\. http/,
      );
      expect(harness.standin.requestsOf('stop')).toHaveLength(1);
    });
  });

  test.each([
    ['refuses the stop', answer(failure(400, '无权限', 2101008)), /2101008/],
    ['loses the answer', reset(), /connection reset/],
  ])(
    'with stopOnAbort, if BK-CI %s, the result is still timed-out, with the reason and without a second stop',
    async (_, action, reason) => {
      await withHarness({ builds, faults: [{ on: 'stop', action }] }, async (harness) => {
        const step = await harness.run({ inputs: STOP });
        expect(step.outputs.result).toBe('timed-out');
        expect(step.log.join('\n')).toMatch(reason);
        expect(harness.standin.requestsOf('stop')).toHaveLength(1);
      });
    },
  );

  test('if the build has just ended when the stop is sent, it is reported as unnecessary', async () => {
    await withHarness({ builds, stopSeconds: 0 }, async ({ standin, ids, run, effects }) => {
      const stops = () => standin.world.stop({ ...ids, user: 'ops-lead' });
      const step = await run({ inputs: STOP, beforePostRequest: (nth) => nth === 2 && stops() });
      expect(step.outputs).toMatchObject({ result: 'timed-out', buildStatus: 'RUNNING' });
      expect(step.log.at(-1)).toContain(
        'Build #42 had not ended after 2 min 30 s (RUNNING in stage Test). It was not stopped: it has ended already. http',
      );
      expect((await effects()).stops).toMatchObject([{ user: 'ops-lead' }]);
    });
  });

  test('if BK-CI refuses it so soon after another stop, the end is looked for', async () => {
    await withHarness({ builds }, async ({ clock, standin, ids, run, effects }) => {
      const stops = () => {
        standin.world.stop({ ...ids, user: 'ops-lead' });
        return clock.advance(2000);
      };
      const step = await run({ inputs: STOP, beforePostRequest: (nth) => nth === 2 && stops() });
      expect(step.outputs).toMatchObject({ result: 'timed-out', buildStatus: 'CANCELED' });
      expect(step.log.at(-1)).toContain(
        'Build #42 has not ended after 2 min 30 s (RUNNING in stage Test), was being stopped already, and has ended. http',
      );
      expect((await effects()).stops).toMatchObject([{ user: 'ops-lead' }]);
    });
  });
});

describe('a build that was stopped in the queue and is retried within a minute', () => {
  test("can't be stopped, and the step does not say that it is being stopped", async () => {
    await withHarness({ builds }, async ({ clock, standin, ids, buildId, run, effects }) => {
      standin.world.retryAs('ops-lead', buildId);
      standin.world.stop({ ...ids, user: 'ops-lead' });
      await clock.advance(6000);
      const step = await run({ inputs: { ...STOP, timeoutMinutes: '0.2' } });
      expect(step.outputs).toMatchObject({ result: 'timed-out' });
      expect(step.log.at(-1)).toContain('2101019');
      expect(step.log.at(-1)).not.toMatch(/being stopped|was stopped/);
      expect((await effects()).stops).toMatchObject([{ user: 'ops-lead' }]);
    });
  });
});

describe('the timeout starts with the first accepted retry', () => {
  test('it covers all attempts, and no attempt starts after it', async () => {
    const fails = { forcedEnd: { status: 'FAILED', afterSeconds: 100 } };
    await withHarness({ builds: failedBuild(fails) }, async (harness) => {
      const step = await harness.run({ inputs: { ...WAIT, timeoutMinutes: '4', maxAttempts: '10' } });
      expect(step.outputs).toMatchObject({ result: 'timed-out', attempts: '3', durationSeconds: '240' });
      expect((await harness.effects()).retries).toHaveLength(3);
    });
  });

  test('the status read and the resends before it do not count', async () => {
    const action = answer({ status: 429, headers: { 'retry-after': '50' } });
    await withHarness({ builds, faults: [{ on: 'retry', count: 2, action }] }, async (harness) => {
      const step = await harness.run({ inputs: SHORT });
      expect(step.outputs).toMatchObject({ result: 'timed-out', durationSeconds: '150' });
      expect(harness.clock.now()).toBe(250_000);
    });
  });
});
