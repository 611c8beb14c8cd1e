import { describe, expect, test } from '@jest/globals';
import { answer, reset } from '../../standin/http/faults.js';
import { withHarness } from '../harness.js';
import { NOT_DELIVERED } from './outcomes.js';

const accepted = { result: 'retried', reason: '', retried: 'true', attempts: '1', executeCount: '2', status: '0' };
const never = { result: 'error', reason: 'not-delivered', retried: 'false', attempts: '0' };

describe.each(NOT_DELIVERED)('the retry meets $name', ({ action }) => {
  test('twice: it is sent a third time and takes effect once', async () => {
    await withHarness({ faults: [{ on: 'retry', count: 2, action }] }, async (scene) => {
      const ended = await scene.run();
      expect(ended.outputs).toMatchObject(accepted);
      expect(ended.annotations).toEqual([]);
      expect(ended.log.filter((line) => line.startsWith('Resend '))).toHaveLength(2);
      expect(scene.standin.requestsOf('retry')).toHaveLength(3);
      expect((await scene.effects()).retries).toHaveLength(1);
    });
  });

  test('every time: red after five sends, within two minutes, without effect', async () => {
    await withHarness({ faults: [{ on: 'retry', count: Infinity, action }] }, async (scene) => {
      const ended = await scene.run();
      expect(ended.green).toBe(false);
      expect(ended.outputs).toMatchObject(never);
      expect(scene.standin.requestsOf('retry')).toHaveLength(5);
      expect(scene.clock.now()).toBeLessThan(120_000);
      expect((await scene.effects()).retries).toHaveLength(0);
      expect(ended.log.at(-1)).toMatch(
        /^Error: POST http.* failed 5 times in .* the build was not retried\..* \[not-delivered\]$/,
      );
    });
  });

  test('then an answer is lost although BK-CI acted: never sent again', async () => {
    const faults = [
      { on: 'retry', action },
      { on: 'retry', nth: 2, action: reset('first') },
    ] as const;
    await withHarness({ faults }, async (scene) => {
      const { outputs } = await scene.run();
      expect(outputs).toMatchObject({ ...accepted, status: '' });
      expect(scene.standin.requestsOf('retry')).toHaveLength(2);
      expect((await scene.effects()).retries).toHaveLength(1);
    });
  });
});

/** A proxy in front that limits requests. */
const comeBackIn = (seconds: string) => answer({ status: 429, headers: { 'retry-after': seconds } });

describe('BK-CI says when to come back', () => {
  test('in 40 s: it is sent again after exactly 40 s', async () => {
    await withHarness({ faults: [{ on: 'retry', action: comeBackIn('40') }] }, async (scene) => {
      const ended = await scene.run();
      expect(ended.outputs).toMatchObject(accepted);
      expect(scene.clock.pauses).toEqual([40_000]);
    });
  });

  test('in an hour: red at once, saying so', async () => {
    await withHarness({ faults: [{ on: 'retry', action: comeBackIn('3600') }] }, async (scene) => {
      const ended = await scene.run();
      expect(ended.outputs).toMatchObject(never);
      expect(scene.clock.pauses).toEqual([]);
      expect(ended.log.at(-1)).toContain('The server asks to stay away for 1 h');
      expect(scene.standin.requestsOf('retry')).toHaveLength(1);
    });
  });

  test('in words that are no time: the usual pause', async () => {
    await withHarness({ faults: [{ on: 'retry', action: comeBackIn('soon') }] }, async (scene) => {
      expect((await scene.run()).outputs).toMatchObject(accepted);
      expect(scene.clock.pauses).toEqual([2000]);
    });
  });
});

describe('look and retry share one budget', () => {
  test('of two minutes: what the look has used up is missing for the retry', async () => {
    const faults = [
      { on: 'status', count: 4, action: comeBackIn('25') },
      { on: 'retry', count: Infinity, action: comeBackIn('15') },
    ] as const;
    await withHarness({ faults }, async (scene) => {
      const ended = await scene.run();
      expect(ended.outputs).toMatchObject(never);
      expect(scene.clock.pauses).toEqual([25_000, 25_000, 25_000, 25_000, 15_000]);
      expect(scene.standin.requestsOf('retry')).toHaveLength(2);
    });
  });

  test('a look that never comes through: nothing is sent', async () => {
    await withHarness({ faults: [{ on: 'status', count: Infinity, action: reset() }] }, async (scene) => {
      const ended = await scene.run();
      expect(ended.outputs).toMatchObject({ ...never, executeCount: '' });
      expect(ended.log.at(-1)).toMatch(
        /^Error: GET .* failed 5 times in .*; nothing was retried\. .* \[not-delivered\]$/,
      );
      expect(scene.standin.requestsOf('retry')).toEqual([]);
    });
  });
});

describe('BK-CI is away', () => {
  test('for 15 s from the start: the step looks until it is back, then retries once', async () => {
    await withHarness({}, async (scene) => {
      await scene.standin.suspend();
      scene.clock.at(15_000, () => scene.standin.resume());
      const ended = await scene.run();
      expect(ended.outputs).toMatchObject(accepted);
      expect((await scene.effects()).retries).toHaveLength(1);
    });
  });

  test('for ever: red, and the address is named', async () => {
    await withHarness({}, async (scene) => {
      await scene.standin.suspend();
      const ended = await scene.run();
      expect(ended.outputs).toMatchObject(never);
      expect(ended.log.at(-1)).toContain(`GET ${scene.standin.url}/ms/openapi/api/apigw/v3/`);
      expect(ended.log.at(-1)).toContain('connection refused');
    });
  });

  test('between look and retry, for 10 s: the retry is sent again and takes effect once', async () => {
    await withHarness({}, async (scene) => {
      const { standin, clock } = scene;
      clock.at(10_000, () => standin.resume());
      const ended = await scene.run({ beforePostRequest: (nth) => (nth === 1 ? standin.suspend() : undefined) });
      expect(ended.outputs).toMatchObject(accepted);
      expect(clock.pauses).toEqual([2000, 5000, 12_000]);
      expect((await scene.effects()).retries).toHaveLength(1);
    });
  });
});
