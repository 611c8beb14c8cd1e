import { describe, expect, test } from '@jest/globals';
import { nightlyPipeline, testsFail } from '../../standin/scenarios/nightly.js';
import { type HarnessOptions, withHarness } from '../harness.js';
import { ends, failedBuild, WAIT } from '../support/builds.js';

/** The failed execution ran for 5 min 23 s, without the 13 s in the queue. */
const AS_LONG_AS_BEFORE = 323 + 13;
const failsAgain = failedBuild(testsFail(nightlyPipeline()));

/** The pauses of a step that follows the build, and the time that it took. */
function follow(builds: HarnessOptions['builds'], inputs: Readonly<Record<string, string>> = {}) {
  return withHarness(builds ? { builds } : {}, async ({ clock, run }) => {
    const { outputs } = await run({ inputs: { ...WAIT, ...inputs } });
    return { pauses: clock.pauses, seconds: Number(outputs.durationSeconds), result: outputs.result };
  });
}

describe('the pauses between two looks', () => {
  test('are shortest when the build has run as long as before', async () => {
    const { pauses, seconds, result } = await follow(failsAgain);
    expect([result, pauses[0]]).toEqual(['failed', 10_000]);
    expect(pauses.slice(-6, -1).every((pause) => pause < 5000)).toBe(true);
    expect(seconds).toBeLessThanOrEqual(AS_LONG_AS_BEFORE + 2);
  });

  test('are those of an unknown length if the build ran longer than timeoutMinutes', async () => {
    const { pauses, result } = await follow(failsAgain, { timeoutMinutes: '5' });
    expect([result, pauses.slice(0, 10)]).toEqual(['timed-out', Array(10).fill(2000)]);
  });

  test('are short at the beginning for a part of the build, whose length is not known', async () => {
    const { pauses } = await follow(failsAgain, { taskId: 'stage-3' });
    expect(pauses.slice(0, 10)).toEqual(Array(10).fill(2000));
  });

  test('are never longer than pollSeconds, nor than ten seconds by default', async () => {
    const longest = async (inputs = {}) =>
      Math.max(...(await follow(failedBuild(ends('SUCCEED', 3000)), inputs)).pauses);
    expect(await longest()).toBe(10_000);
    expect(await longest({ pollSeconds: '45' })).toBe(45_000);
    expect(await longest({ pollSeconds: '1' })).toBe(1000);
  });
});
