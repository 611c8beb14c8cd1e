import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createRunner } from '../../../src/github/runner.js';
import { Outputs } from '../../../src/report/outputs.js';
import { recordActions } from '../../support/actions.js';
import { BUILD, failedTask } from '../../support/builds.js';
import { commandsIn } from '../../support/runner-grammar.js';
import { ATOMS, VECTORS } from '../../support/runner-vectors.js';

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

  test('hold no command where a later step prints them, whole, in words or by jq', () => {
    for (const { text } of VECTORS) {
      const recorder = recordActions();
      const outputs = new Outputs(createRunner(recorder.core, {}));
      const candidate = { ...BUILD, buildUrl: 'http://[::1]:8080/x', name: text };
      outputs.update({
        message: text,
        buildStatus: text,
        pipelineId: text,
        candidates: [candidate],
        failedTasks: [failedTask({ stageName: text, taskName: text, errorMessage: `a\\n${text}` })],
      });
      const { failedTasks = '', candidates = '', ...texts } = recorder.recorded.outputs;
      const members = [failedTasks, candidates].flatMap((json) =>
        (JSON.parse(json) as Readonly<Record<string, unknown>>[]).flatMap(Object.values).map(String),
      );
      const printed = [...Object.values(texts), ...members];
      const words = printed.flatMap((value) => value.split(/\s+/));
      const echoed = printed.map((value) => value.replaceAll('\\n', '\n'));
      expect(commandsIn([...printed, ...words, ...echoed].join('\n'))).toEqual([]);
      expect(members).toContain('http://[::1]:8080/x');
    }
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
