import { describe, expect, test } from '@jest/globals';
import { failure } from '../../standin/http/answer.js';
import {
  answer,
  badGateway,
  deploying,
  type FaultAction,
  json,
  loginPage,
  reset,
  tooManyRequests,
} from '../../standin/http/faults.js';
import { withHarness } from '../harness.js';
import { failedBuild, WAIT } from '../support/builds.js';

const MINUTE = 60_000;
const OUTAGES: [string, FaultAction][] = [
  ['502', badGateway()],
  ['resets', reset()],
  ['503 of a deployment', deploying()],
  ['429', tooManyRequests()],
  ['a login page', loginPage()],
  ['an empty 200', answer({})],
  ['500', answer(failure(500, '服务器错误。'))],
];
const builds = failedBuild({});

/** Starts one minute after the retry. */
const window = (minutes: number) => ({ since: 'retry', fromMs: MINUTE, toMs: (1 + minutes) * MINUTE }) as const;

describe.each(OUTAGES)('BK-CI answers with %s while the step polls', (_, action) => {
  test('for half a minute: the outage is not reported', async () => {
    await withHarness({ builds, faults: [{ on: 'any', during: window(0.5), action }] }, async (harness) => {
      const step = await harness.run({ inputs: WAIT });
      expect(step.outputs.result).toBe('succeeded');
      expect(step.annotations).toEqual([]);
      expect(step.log.join('\n')).not.toContain('back ');
    });
  });

  test('for three minutes: one warning, one line when BK-CI answers again, and the step keeps polling', async () => {
    await withHarness({ builds, faults: [{ on: 'any', during: window(3), action }] }, async (harness) => {
      const step = await harness.run({ inputs: WAIT });
      expect(step.outputs.result).toBe('succeeded');
      expect(step.annotations).toMatchObject([
        { level: 'warning', message: expect.stringMatching(/^BK-CI has not answered for 1 min/) },
      ]);
      expect(step.log.filter((line) => /^ +\d+:\d\d {2}back {7}after 3 min/.test(line))).toHaveLength(1);
    });
  });

  test('forever: the step fails after five minutes, and not much later', async () => {
    const during = { since: 'retry', fromMs: MINUTE, toMs: Infinity } as const;
    await withHarness({ builds, faults: [{ on: 'any', during, action }] }, async (harness) => {
      const step = await harness.run({ inputs: WAIT });
      expect(step.outputs).toMatchObject({ result: 'error', reason: 'not-delivered', retried: 'true', attempts: '1' });
      expect(step.log.at(-1)).toMatch(/^Error: BK-CI has not answered for 5 min.* \[not-delivered\]$/);
      expect(harness.clock.now()).toBeGreaterThanOrEqual(6 * MINUTE - 10_000);
      expect(harness.clock.now()).toBeLessThan(6 * MINUTE + 20_000);
    });
  });
});

describe('BK-CI refuses connections while the step polls', () => {
  test('for two minutes: one warning, and the step keeps polling', async () => {
    await withHarness({ builds }, async (harness) => {
      const { standin, clock } = harness;
      clock.at(MINUTE, () => standin.suspend());
      clock.at(3 * MINUTE, () => standin.resume());
      const step = await harness.run({ inputs: WAIT });
      expect(step.outputs.result).toBe('succeeded');
      expect(step.annotations).toHaveLength(1);
    });
  });
});

describe('timeoutMinutes passes during an outage', () => {
  test('the result is timed-out', async () => {
    const during = { since: 'retry', fromMs: MINUTE, toMs: Infinity } as const;
    await withHarness({ builds, faults: [{ on: 'any', during, action: badGateway() }] }, async (harness) => {
      const step = await harness.run({ inputs: { ...WAIT, timeoutMinutes: '3' } });
      expect(step.outputs.result).toBe('timed-out');
      expect(Number(step.outputs.durationSeconds)).toBe(180);
    });
  });
});

describe('an error that does not pass by itself ends the polling at once', () => {
  const filter = 'Verification failed : token过期错误: Access token expired in: 14400000';
  test.each<[string, FaultAction, string, string]>([
    ['the token has expired', answer({ status: 400, headers: {}, body: filter }), 'unauthorized', 'error'],
    ['the permission is withdrawn', answer(failure(403, '流水线: 用户无VIEW权限', 2101008)), 'forbidden', 'refused'],
    ['the build is gone', answer(failure(404, '流水线构建不存在', 2101163)), 'not-found', 'refused'],
    [
      'the app is unknown',
      json({ code: 1640001, result: false, message: 'app not found' }, 400),
      'unauthorized',
      'error',
    ],
  ])('%s', async (_, action, reason, result) => {
    const during = { since: 'retry', fromMs: MINUTE, toMs: Infinity } as const;
    await withHarness({ builds, faults: [{ on: 'status', during, action }] }, async (harness) => {
      const step = await harness.run({ inputs: WAIT });
      expect(step.outputs).toMatchObject({ result, reason, retried: 'true', attempts: '1', executeCount: '2' });
      expect(harness.clock.now()).toBeLessThan(MINUTE + 20_000);
      expect(step.annotations.map(({ level }) => level)).toEqual(['error']);
    });
  });
});
