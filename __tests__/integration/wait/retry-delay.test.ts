import { describe, expect, test } from '@jest/globals';
import {
  nightlyBuild,
  nightlyPipeline,
  pluginId,
  STYLE_PROBLEMS,
  testsFail,
  tolerantPipeline,
} from '../../standin/scenarios/nightly.js';
import { withHarness } from '../harness.js';
import { failedBuild, WAIT } from '../support/builds.js';

const failing = testsFail(nightlyPipeline());
const DELAYED = { ...WAIT, maxAttempts: '3', retryDelaySeconds: '300' };
/** How long the first attempt takes, in milliseconds. */
const timeOf = (builds: ReturnType<typeof failedBuild>) =>
  withHarness({ builds }, async (harness) => {
    await harness.run({ inputs: WAIT });
    return harness.clock.now();
  });
const WHOLE = { taskId: '', failedContainer: false, skip: false };
const PAUSE = 'Pause     5 min before attempt';

describe('retryDelaySeconds', () => {
  test('pauses before each further attempt and its look, never after the last', async () => {
    await withHarness({ builds: failedBuild(failing) }, async (harness) => {
      const step = await harness.run({ inputs: DELAYED });
      expect(step.outputs).toMatchObject({ result: 'failed', attempts: '3' });
      expect(step.log.filter((line) => line.startsWith(PAUSE))).toEqual([`${PAUSE} 2 of 3`, `${PAUSE} 3 of 3`]);
      const withPause = harness.clock.now();
      await withHarness({ builds: failedBuild(failing) }, async (other) => {
        await other.run({ inputs: { ...DELAYED, retryDelaySeconds: '0' } });
        expect(withPause - other.clock.now()).toBeCloseTo(600_000);
      });
    });
  });

  test('a retry of somebody else in the pause is seen, and no other is sent', async () => {
    await withHarness({ builds: failedBuild(failing, {}) }, async (harness) => {
      const { standin, ids, clock } = harness;
      clock.at((await timeOf(failedBuild(failing))) + 60_000, () =>
        standin.world.retry({ ...ids, ...WHOLE, user: 'ops-lead' }),
      );
      const step = await harness.run({ inputs: DELAYED });
      expect(step.outputs).toMatchObject({ result: 'failed', attempts: '1' });
      expect(step.annotations[0]?.message).toContain('ops-lead has retried it meanwhile');
    });
  });

  test('what is told of the failure then is that of this execution, not of the one that runs', async () => {
    const tolerant = tolerantPipeline();
    const { plugins } = testsFail(tolerant);
    const broken = { plugins: { ...plugins, [pluginId(tolerant, 'Check style')]: STYLE_PROBLEMS } };
    const builds = [nightlyBuild(tolerant, { scripts: [broken, broken, {}] })];
    const runWith = (retryInPause: boolean) =>
      withHarness({ builds }, async (harness) => {
        const { standin, ids, clock } = harness;
        const at = (await timeOf(builds)) + 60_000;
        if (retryInPause) clock.at(at, () => standin.world.retry({ ...ids, ...WHOLE, user: 'ops-lead' }));
        const step = await harness.run({ inputs: { ...DELAYED, maxAttempts: retryInPause ? '3' : '1' } });
        return { ...step, errors: step.annotations.flatMap(({ level, title }) => (level === 'error' ? [title] : [])) };
      });
    const [alone, other] = [await runWith(false), await runWith(true)];
    expect(alone.outputs.failedTasks).toContain('"tolerated":true');
    expect(other.outputs.failedTasks).toBe(alone.outputs.failedTasks);
    expect(other.errors).toEqual(alone.errors);
    const stagesOf = (summary: string) => summary.split('\n').filter((line) => /^\| (?:Build|Test|Deploy) /.test(line));
    expect(stagesOf(other.summary)).toEqual(stagesOf(alone.summary));
    expect(other.summary).toContain('exit status 1');
  });

  test('one that would pass timeoutMinutes is not begun', async () => {
    await withHarness({ builds: failedBuild(failing) }, async (harness) => {
      const step = await harness.run({ inputs: { ...DELAYED, timeoutMinutes: '9' } });
      expect(step.outputs).toMatchObject({ result: 'failed', attempts: '1' });
      expect(step.log).toContain('Attempt   2 of 3 is not started: after a pause of 5 min, timeoutMinutes is used up');
      expect(step.log.join('\n')).not.toContain(PAUSE);
    });
  });

  test('a cancellation in it ends the step as aborted, with nothing left for post', async () => {
    await withHarness({ builds: failedBuild(failing) }, async (harness) => {
      const inputs = { ...DELAYED, stopOnAbort: 'true' };
      harness.clock.at((await timeOf(failedBuild(failing))) + 60_000, () => harness.cancel());
      const step = await harness.run({ inputs });
      expect(step).toMatchObject({
        green: false,
        outputs: { result: 'aborted', attempts: '1' },
        state: { phase: 'over' },
      });
      expect(harness.standin.requestsOf('stop')).toEqual([]);
      expect(await harness.post(step.state, { inputs })).toMatchObject({ log: [] });
      expect(harness.standin.requestsOf('stop')).toEqual([]);
    });
  });

  test('has no effect on a single attempt, and is no error', async () => {
    await withHarness({ builds: failedBuild(failing) }, async (harness) => {
      const step = await harness.run({ inputs: { ...WAIT, retryDelaySeconds: '300' } });
      expect(step.outputs).toMatchObject({ result: 'failed', attempts: '1' });
      expect(step.log.join('\n')).not.toContain('Pause');
    });
  });
});
