import { describe, expect, test } from '@jest/globals';
import { failure, html } from '../../standin/http/answer.js';
import { answer, cutAt, type Fault, reset } from '../../standin/http/faults.js';
import { withHarness } from '../harness.js';
import { ends, failedBuild, gatedBuild, WAIT } from '../support/builds.js';

const HEADER = '| Stage | State | Time |  |';

describe('the stages in the summary of a build that was followed', () => {
  test('after a success are read once, after everything else was written', async () => {
    await withHarness({ builds: failedBuild({}) }, async (harness) => {
      const step = await harness.run({ inputs: WAIT });
      expect(step).toMatchObject({ green: true, outputs: { result: 'succeeded' } });
      expect(step.summary).toContain('**Nightly tests, build 42**');
      expect(step.summary).toContain(HEADER);
      const operations = harness.standin.requests.map(({ operation }) => operation);
      expect(operations.slice(-2)).toEqual(['status', 'detail']);
    });
  });

  test.each([
    ['refused', answer(failure(403, '无权限', 2101008))],
    ['answered with a web page', answer(html(502, 'Bad Gateway'))],
    ['cut', cutAt(100)],
    ['reset', reset()],
  ])('change neither result nor log if the read is %s', async (_, action) => {
    const run = (faults: readonly Fault[]) =>
      withHarness({ builds: failedBuild({}), faults }, async (harness) => {
        const { green, log, annotations, outputs, summary } = await harness.run({ inputs: WAIT });
        const { buildUrl, candidates: _, ...others } = outputs;
        const shown = log.map((line) => line.replaceAll(/http:\/\/\S+/g, 'URL'));
        return { green, shown, annotations, others, hasUrl: buildUrl !== '', hasTable: summary.includes(HEADER) };
      });
    const whole = await run([]);
    expect(whole).toMatchObject({ green: true, hasTable: true });
    expect(await run([{ on: 'detail', count: Number.POSITIVE_INFINITY, action }])).toEqual({
      ...whole,
      hasTable: false,
    });
  });

  test('are shown for a cancelled build, and when time ran out', async () => {
    await withHarness({ builds: failedBuild(ends('CANCELED')) }, async (harness) => {
      expect((await harness.run({ inputs: WAIT })).summary).toContain(HEADER);
    });
    await withHarness({ builds: failedBuild({}) }, async (harness) => {
      expect((await harness.run({ inputs: { ...WAIT, timeoutMinutes: '2' } })).summary).toContain(HEADER);
    });
  });

  test('name the reviewers of the gate at which time ran out', async () => {
    await withHarness({ builds: gatedBuild(() => [{}]) }, async (harness) => {
      const step = await harness.run({ inputs: { ...WAIT, timeoutMinutes: '30' } });
      expect(step.outputs.result).toBe('timed-out');
      expect(step.summary).toMatch(/^## ⏸ /);
      expect(step.summary).toContain('| Deploy | waits for approval (ops-lead, ops-oncall) |');
    });
  });
});
