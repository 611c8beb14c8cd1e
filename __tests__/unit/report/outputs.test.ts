import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createRunner } from '../../../src/github/runner.js';
import { Outputs } from '../../../src/report/outputs.js';
import { recordActions } from '../../support/actions.js';
import { BUILD, failedTask } from '../../support/builds.js';
import { ATOMS } from '../../support/runner-vectors.js';

describe('the outputs', () => {
  test('are written as soon as they are known, and again only when they change', () => {
    const recorder = recordActions();
    const outputs = new Outputs(createRunner(recorder.core, {}));
    outputs.update({ ...BUILD, executeCount: 1 });
    outputs.update({ executeCount: 1, retried: true });
    outputs.update({ executeCount: 2 });
    outputs.complete();
    const { writes } = recorder.recorded;
    expect(writes.slice(0, 6)).toEqual([
      'projectId=demo',
      'pipelineId=p-1',
      'buildId=b-1',
      'executeCount=1',
      'retried=true',
      'executeCount=2',
    ]);
    expect(writes).not.toContain('retried=false');
  });

  test('are single lines within the limit, and valid JSON, with any text from the server', async () => {
    const text = fc
      .array(fc.constantFrom(...ATOMS, 'y'.repeat(3000)), { maxLength: 12 })
      .map((atoms) => atoms.join(''));
    await fc.assert(
      fc.asyncProperty(text, text, async (one, two) => {
        const recorder = recordActions();
        const outputs = new Outputs(createRunner(recorder.core, {}));
        outputs.update({
          buildId: one,
          buildStatus: two,
          message: `${one}\n${two}`,
          failedTasks: [failedTask({ taskName: one, errorMessage: two })],
        });
        const { failedTasks = '', ...texts } = recorder.recorded.outputs;
        for (const value of Object.values(texts)) {
          expect(value).not.toMatch(/[\n\r\u2028\u2029]/);
          expect(value.length).toBeLessThanOrEqual(1000);
        }
        expect(failedTasks).not.toMatch(/[\n\r]/);
        expect(JSON.parse(failedTasks)).toHaveLength(1);
      }),
      { numRuns: 500 },
    );
  });
});
