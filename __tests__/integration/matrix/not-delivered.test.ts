import { describe, expect, test } from '@jest/globals';
import { answer, reset } from '../../standin/http/faults.js';
import { withHarness } from '../harness.js';
import { NOT_DELIVERED } from './outcomes.js';

const accepted = { result: 'retried', reason: '', retried: 'true', attempts: '1', executeCount: '2', status: '0' };
const never = { result: 'error', reason: 'not-delivered', retried: 'false', attempts: '0' };

describe.each(NOT_DELIVERED)('the retry is answered with $name', ({ action }) => {
  test('twice: it is sent a third time and takes effect once', async () => {
    await withHarness({ faults: [{ on: 'retry', count: 2, action }] }, async (harness) => {
      const step = await harness.run();
      expect(step.outputs).toMatchObject(accepted);
      expect(step.annotations).toEqual([]);
      expect(step.log.filter((line) => line.startsWith('Resend '))).toHaveLength(2);
      expect(harness.standin.requestsOf('retry')).toHaveLength(3);
      expect((await harness.effects()).retries).toHaveLength(1);
    });
  });

  test('every time: the step fails after five requests within two minutes, without effect', async () => {
    await withHarness({ faults: [{ on: 'retry', count: Infinity, action }] }, async (harness) => {
      const step = await harness.run();
      expect(step.green).toBe(false);
      expect(step.outputs).toMatchObject(never);
      expect(harness.standin.requestsOf('retry')).toHaveLength(5);
      expect(harness.clock.now()).toBeLessThan(120_000);
      expect((await harness.effects()).retries).toHaveLength(0);
      expect(step.log.at(-1)).toMatch(
        /^Error: BK-CI .* \(5 tries in .*\); the build was not retried\..* POST http\S+ \[not-delivered\]$/,
      );
    });
  });

  test('once, and then an answer is lost although BK-CI has retried: it is not sent again', async () => {
    const faults = [
      { on: 'retry', action },
      { on: 'retry', nth: 2, action: reset('first') },
    ] as const;
    await withHarness({ faults }, async (harness) => {
      const { outputs } = await harness.run();
      expect(outputs).toMatchObject({ ...accepted, status: '' });
      expect(harness.standin.requestsOf('retry')).toHaveLength(2);
      expect((await harness.effects()).retries).toHaveLength(1);
    });
  });
});

/** The answer of a proxy that limits requests. */
const comeBackIn = (seconds: string) => answer({ status: 429, headers: { 'retry-after': seconds } });

describe('BK-CI answers with Retry-After', () => {
  test('of 40 s: the retry is sent again after exactly 40 s', async () => {
    await withHarness({ faults: [{ on: 'retry', action: comeBackIn('40') }] }, async (harness) => {
      const step = await harness.run();
      expect(step.outputs).toMatchObject(accepted);
      expect(harness.clock.pauses).toEqual([40_000]);
    });
  });

  test('of one hour: the step fails at once with this reason', async () => {
    await withHarness({ faults: [{ on: 'retry', action: comeBackIn('3600') }] }, async (harness) => {
      const step = await harness.run();
      expect(step.outputs).toMatchObject(never);
      expect(harness.clock.pauses).toEqual([]);
      expect(step.log.at(-1)).toContain(
        'The server asked for a wait of 1 h, but this step sends a request again for 2 min at most',
      );
      expect(harness.standin.requestsOf('retry')).toHaveLength(1);
    });
  });

  test('that is not a time: the retry is sent again after the usual pause', async () => {
    await withHarness({ faults: [{ on: 'retry', action: comeBackIn('soon') }] }, async (harness) => {
      expect((await harness.run()).outputs).toMatchObject(accepted);
      expect(harness.clock.pauses).toEqual([2000]);
    });
  });
});

describe('status read and retry share one time limit of two minutes', () => {
  test('the retry has only the time that the status read has left', async () => {
    const faults = [
      { on: 'status', count: 4, action: comeBackIn('25') },
      { on: 'retry', count: Infinity, action: comeBackIn('15') },
    ] as const;
    await withHarness({ faults }, async (harness) => {
      const step = await harness.run();
      expect(step.outputs).toMatchObject(never);
      expect(harness.clock.pauses).toEqual([25_000, 25_000, 25_000, 25_000, 15_000]);
      expect(harness.standin.requestsOf('retry')).toHaveLength(2);
    });
  });

  test('if the status read is never delivered, no retry is sent', async () => {
    await withHarness({ faults: [{ on: 'status', count: Infinity, action: reset() }] }, async (harness) => {
      const step = await harness.run();
      expect(step.outputs).toMatchObject({ ...never, executeCount: '' });
      expect(step.log.at(-1)).toMatch(
        /^Error: BK-CI .* \(5 tries in .*\); nothing was retried\. .* GET http\S+ \[not-delivered\]$/,
      );
      expect(harness.standin.requestsOf('retry')).toEqual([]);
    });
  });
});

describe('BK-CI refuses connections', () => {
  test('for 15 s from the start: the step repeats its status read, then retries once', async () => {
    await withHarness({}, async (harness) => {
      await harness.standin.suspend();
      harness.clock.at(15_000, () => harness.standin.resume());
      const step = await harness.run();
      expect(step.outputs).toMatchObject(accepted);
      expect((await harness.effects()).retries).toHaveLength(1);
    });
  });

  test('forever: the step fails with an error that names the address', async () => {
    await withHarness({}, async (harness) => {
      await harness.standin.suspend();
      const step = await harness.run();
      expect(step.outputs).toMatchObject(never);
      expect(step.log.at(-1)).toContain(`GET ${harness.standin.url}/ms/openapi/api/apigw/v3/`);
      expect(step.log.at(-1)).toContain('connection refused');
    });
  });

  test('for 10 s between status read and retry: the retry is sent again and takes effect once', async () => {
    await withHarness({}, async (harness) => {
      const { standin, clock } = harness;
      clock.at(10_000, () => standin.resume());
      const step = await harness.run({ beforePostRequest: (nth) => (nth === 1 ? standin.suspend() : undefined) });
      expect(step.outputs).toMatchObject(accepted);
      expect(clock.pauses).toEqual([2000, 5000, 12_000]);
      expect((await harness.effects()).retries).toHaveLength(1);
    });
  });
});
