import { describe, expect, test } from '@jest/globals';
import { type Harness, withHarness } from '../harness.js';
import { failedBuild, WAIT } from '../support/builds.js';

const STOP = { ...WAIT, stopOnAbort: 'true' };

/** A step that is cancelled some seconds after its start; when it has ended by then, the test shows nothing and fails. */
async function cancelledAt(scene: Harness, seconds: number, inputs: Readonly<Record<string, string>>) {
  const workflow = { cancelled: false };
  scene.clock.at(seconds * 1000, () => {
    workflow.cancelled = true;
    scene.cancel();
  });
  const ended = await scene.run({ inputs });
  expect(workflow).toEqual({ cancelled: true });
  return { ended, endedAt: scene.clock.now(), effects: await scene.effects() };
}

/** Queue, start, each stage, and the seconds around its end at 1108 s; a stop takes 3 s. */
const STOPPED = [0, 1, 7, 13, 14, 60, 110, 200, 349, 350, 700, 1104].map((seconds) => ({
  seconds,
  result: 'stopped',
  status: 'CANCELED',
  stops: 1,
}));
const MOMENTS = [
  ...STOPPED,
  { seconds: 1105, result: 'stopped', status: 'SUCCEED', stops: 1 },
  { seconds: 1107, result: 'stopped', status: 'SUCCEED', stops: 1 },
  { seconds: 1108, result: 'aborted', status: 'SUCCEED', stops: 0 },
];

describe('the workflow is cancelled while the build is followed', () => {
  test.each(MOMENTS)('$seconds s after the retry: $result, and the build ends as $status', async (moment) => {
    await withHarness({ builds: failedBuild({}) }, async (scene) => {
      const { ended, endedAt, effects } = await cancelledAt(scene, moment.seconds, STOP);
      expect(endedAt).toBe(moment.seconds * 1000);
      expect(ended.outputs).toMatchObject({ result: moment.result, retried: 'true', attempts: '1' });
      expect(ended).toMatchObject({ green: false, state: { phase: 'over' } });
      expect(effects).toMatchObject({ status: moment.status, retries: [{}] });
      expect(effects.stops).toEqual(
        Array.from({ length: moment.stops }, () => expect.objectContaining({ forced: false })),
      );
      expect(scene.standin.requestsOf('stop')).toHaveLength(moment.stops);
      expect(await scene.post(ended.state, { inputs: STOP })).toMatchObject({ log: [], annotations: [] });
      expect(scene.standin.requestsOf('stop')).toHaveLength(moment.stops);
    });
  });

  test.each([0, 60, 700])(
    '%i s after the retry, without stopOnAbort: no sleep is slept out, and the build goes on',
    async (seconds) => {
      await withHarness({ builds: failedBuild({}) }, async (scene) => {
        const { ended, endedAt, effects } = await cancelledAt(scene, seconds, WAIT);
        expect(endedAt).toBe(seconds * 1000);
        expect(ended.outputs).toMatchObject({ result: 'aborted', retried: 'true', attempts: '1' });
        expect(effects.stops).toEqual([]);
        expect(ended.state).toEqual({});
      });
    },
  );

  test.each([
    {
      seconds: 96,
      outcome: 'the first attempt is stopped',
      result: 'stopped',
      attempts: '1',
      status: 'CANCELED',
      stops: 1,
    },
    {
      seconds: 99,
      outcome: 'its end comes before the stop',
      result: 'stopped',
      attempts: '1',
      status: 'FAILED',
      stops: 1,
    },
    { seconds: 101, outcome: 'the stop comes too late', result: 'aborted', attempts: '1', status: 'FAILED', stops: 0 },
    { seconds: 102, outcome: 'the second is stopped', result: 'stopped', attempts: '2', status: 'CANCELED', stops: 1 },
    { seconds: 150, outcome: 'the second is stopped', result: 'stopped', attempts: '2', status: 'CANCELED', stops: 1 },
  ])('$seconds s after the first of two retries, which fails at 100 s: $outcome', async (moment) => {
    const fails = { forcedEnd: { status: 'FAILED', afterSeconds: 100 } };
    await withHarness({ builds: failedBuild(fails, fails, {}) }, async (scene) => {
      const { ended, effects } = await cancelledAt(scene, moment.seconds, { ...STOP, maxAttempts: '3' });
      const { result, attempts, status } = moment;
      expect(ended.outputs).toMatchObject({ result, attempts });
      expect(effects.status).toBe(status);
      expect([effects.retries.length, effects.stops.length]).toEqual([Number(attempts), moment.stops]);
    });
  });
});

describe('the workflow is cancelled before the retry', () => {
  test('while a look is sent again: nothing is sent, nothing is stopped', async () => {
    await withHarness({}, async (scene) => {
      await scene.standin.suspend();
      scene.clock.at(3000, () => scene.cancel());
      const ended = await scene.run({ inputs: STOP });
      expect(ended.outputs).toMatchObject({ result: 'aborted', retried: 'false', attempts: '0' });
      expect(ended.state.phase).toMatch(/^(?:over)?$/);
    });
  });

  test('while a retry that was not delivered waits for its next send: not sent again, nothing to stop', async () => {
    const action = { kind: 'answer', handled: 'never', answer: { status: 429, headers: {}, body: '' } } as const;
    await withHarness({ faults: [{ on: 'retry', count: Infinity, action }] }, async (scene) => {
      scene.clock.at(1000, () => scene.cancel());
      const ended = await scene.run({ inputs: STOP });
      expect(ended.outputs).toMatchObject({ result: 'aborted', retried: 'false' });
      expect(scene.standin.requestsOf('retry')).toHaveLength(1);
      // The last send is known not to have arrived, so post has nothing to find out.
      expect(await scene.post(ended.state, { inputs: STOP })).toMatchObject({ log: [], annotations: [] });
      expect((await scene.effects()).stops).toEqual([]);
    });
  });
});
