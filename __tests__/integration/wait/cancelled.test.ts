import { describe, expect, test } from '@jest/globals';
import { type Harness, withHarness } from '../harness.js';
import { failedBuild, WAIT } from '../support/builds.js';

const STOP = { ...WAIT, stopOnAbort: 'true' };

/** Cancels the step some seconds after its start, and fails the test if the step has ended before. */
async function cancelledAt(harness: Harness, seconds: number, inputs: Readonly<Record<string, string>>) {
  const workflow = { cancelled: false };
  harness.clock.at(seconds * 1000, () => {
    workflow.cancelled = true;
    harness.cancel();
  });
  const step = await harness.run({ inputs });
  expect(workflow).toEqual({ cancelled: true });
  return { step, endedAt: harness.clock.now(), effects: await harness.effects() };
}

/** In the queue, at the start, in each stage, and shortly before the end of the build at 1108 s; a stop takes 25 s. */
const STOPPED = [0, 1, 7, 13, 14, 60, 110, 200, 349, 350, 700, 1082].map((seconds) => ({
  seconds,
  result: 'stopped',
  status: 'CANCELED',
  stops: 1,
}));
const MOMENTS = [
  ...STOPPED,
  { seconds: 1084, result: 'stopped', status: 'SUCCEED', stops: 1 },
  { seconds: 1107, result: 'stopped', status: 'SUCCEED', stops: 1 },
  { seconds: 1108, result: 'aborted', status: 'SUCCEED', stops: 0 },
];

describe('the workflow is cancelled while the step follows the build', () => {
  test.each(MOMENTS)(
    '$seconds s after the retry the result is $result and the build ends as $status',
    async (moment) => {
      await withHarness({ builds: failedBuild({}) }, async (harness) => {
        const { step, endedAt, effects } = await cancelledAt(harness, moment.seconds, STOP);
        expect(endedAt).toBe(moment.seconds * 1000);
        expect(step.outputs).toMatchObject({ result: moment.result, retried: 'true', attempts: '1' });
        expect(step).toMatchObject({ green: false, state: { phase: 'over' } });
        expect(effects).toMatchObject({ status: moment.status, retries: [{}] });
        expect(effects.stops).toEqual(
          Array.from({ length: moment.stops }, () => expect.objectContaining({ forced: false })),
        );
        expect(harness.standin.requestsOf('stop')).toHaveLength(moment.stops);
        expect(await harness.post(step.state, { inputs: STOP })).toMatchObject({ log: [], annotations: [] });
        expect(harness.standin.requestsOf('stop')).toHaveLength(moment.stops);
      });
    },
  );

  test.each([0, 60, 700])(
    '%i s after the retry, without stopOnAbort, the step ends at once and the build continues',
    async (seconds) => {
      await withHarness({ builds: failedBuild({}) }, async (harness) => {
        const { step, endedAt, effects } = await cancelledAt(harness, seconds, WAIT);
        expect(endedAt).toBe(seconds * 1000);
        expect(step.outputs).toMatchObject({ result: 'aborted', retried: 'true', attempts: '1' });
        expect(effects.stops).toEqual([]);
        expect(step.state).toEqual({});
      });
    },
  );

  test.each([
    {
      seconds: 72,
      outcome: 'the first attempt is stopped',
      result: 'stopped',
      attempts: '1',
      status: 'CANCELED',
      stops: 1,
    },
    {
      seconds: 97,
      outcome: 'the build ends before the stop',
      result: 'stopped',
      attempts: '1',
      status: 'FAILED',
      stops: 1,
    },
    { seconds: 99, outcome: 'the stop comes too late', result: 'aborted', attempts: '1', status: 'FAILED', stops: 0 },
    {
      seconds: 102,
      outcome: 'the second attempt is stopped',
      result: 'stopped',
      attempts: '2',
      status: 'CANCELED',
      stops: 1,
    },
    {
      seconds: 150,
      outcome: 'the second attempt is stopped',
      result: 'stopped',
      attempts: '2',
      status: 'CANCELED',
      stops: 1,
    },
  ])('$seconds s after the first of two retries, whose build fails at 98 s, $outcome', async (moment) => {
    const fails = { forcedEnd: { status: 'FAILED', afterSeconds: 98 } };
    await withHarness({ builds: failedBuild(fails, fails, {}) }, async (harness) => {
      const { step, effects } = await cancelledAt(harness, moment.seconds, { ...STOP, maxAttempts: '3' });
      const { result, attempts, status } = moment;
      expect(step.outputs).toMatchObject({ result, attempts });
      expect(effects.status).toBe(status);
      expect([effects.retries.length, effects.stops.length]).toEqual([Number(attempts), moment.stops]);
    });
  });
});

describe('the workflow is cancelled before the retry', () => {
  test('during a pause before a repeated status read, no retry and no stop is sent', async () => {
    await withHarness({}, async (harness) => {
      await harness.standin.suspend();
      harness.clock.at(3000, () => harness.cancel());
      const step = await harness.run({ inputs: STOP });
      expect(step.outputs).toMatchObject({ result: 'aborted', retried: 'false', attempts: '0' });
      expect(step.state.phase ?? '').toMatch(/^(?:over)?$/);
    });
  });

  test('during a pause before the retry is resent, it is not sent again and there is nothing to stop', async () => {
    const action = { kind: 'answer', handled: 'never', answer: { status: 429, headers: {}, body: '' } } as const;
    await withHarness({ faults: [{ on: 'retry', count: Infinity, action }] }, async (harness) => {
      harness.clock.at(1000, () => harness.cancel());
      const step = await harness.run({ inputs: STOP });
      expect(step.outputs).toMatchObject({ result: 'aborted', retried: 'false' });
      expect(harness.standin.requestsOf('retry')).toHaveLength(1);
      // The last request is known not to have been delivered, so post has nothing to reconcile.
      expect(await harness.post(step.state, { inputs: STOP })).toMatchObject({ log: [], annotations: [] });
      expect((await harness.effects()).stops).toEqual([]);
    });
  });
});
