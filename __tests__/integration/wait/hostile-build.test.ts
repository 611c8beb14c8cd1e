import { describe, expect, test } from '@jest/globals';
import { hostile } from '../../standin/http/hostile.js';
import { nightlyPipeline, testsFail } from '../../standin/scenarios/nightly.js';
import { commandsIn } from '../../support/runner-grammar.js';
import { withHarness } from '../harness.js';
import { failedBuild, WAIT } from '../support/builds.js';

const failedAgain = () => failedBuild(testsFail(nightlyPipeline()));

interface Task {
  readonly stageName: string;
  readonly taskName: string;
  readonly errorMessage: string;
}

/** A text of the server that begins with a command in every name and message. */
const LEADING = '::add-mask::e';

describe('a build that fails, and whose every text is a command', () => {
  test.each([
    ['at its start', LEADING],
    ['after white space', ` \t${LEADING}`],
    ['after an escaped line end', `a\\n${LEADING}`],
    ['at its start, and longer than any title', `${LEADING} ${'x'.repeat(500)}`],
  ])('%s: outputs are harmless in a log, also by the recipe of the README', async (_, text) => {
    await withHarness(
      { builds: failedAgain(), faults: [{ on: 'any', count: Infinity, action: hostile(text) }] },
      async (harness) => {
        const step = await harness.run({ inputs: WAIT });
        expect(step.outputs.result).toBe('failed');
        const tasks = JSON.parse(step.outputs.failedTasks ?? '') as Task[];
        expect(tasks.length).toBeGreaterThan(0);
        const recipe = tasks.map((task) => `${task.stageName} › ${task.taskName} › ${task.errorMessage}`);
        const printed = [
          ...Object.values(step.outputs),
          ...recipe,
          ...recipe.map((line) => line.replaceAll('\\n', '\n')),
        ];
        expect(commandsIn(printed.join('\n'))).toEqual([]);
        for (const { title } of step.annotations) expect((title ?? '').length).toBeLessThanOrEqual(200);
      },
    );
  });

  test('its log comes after all annotations, and the verdict is the last line', async () => {
    const matched = 'src/a.ts(1,1): error TS1: not found';
    await withHarness(
      { builds: failedAgain(), faults: [{ on: 'any', count: Infinity, action: hostile(matched) }] },
      async (harness) => {
        const { log } = await harness.run({ inputs: WAIT });
        const lastError = log.findLastIndex((line) => line.startsWith('Error: '));
        const firstLogLine = log.findIndex((line) => line.trim() === `| ${matched}`);
        expect(firstLogLine).toBeGreaterThan(lastError);
        expect(log.at(-1)).toMatch(/^Failed {4}Build #42 failed again/);
      },
    );
  });
});
