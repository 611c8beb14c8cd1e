import { beforeAll, describe, expect, test } from '@jest/globals';
import { withDefaults } from '../standin/runner/action.js';
import type { StepResult } from '../standin/runner/runner.js';
import { type Scenario, startScenario } from '../standin/scenarios/scenario.js';
import { SCENARIOS } from '../standin/scenarios/scenarios.js';
import { sleep } from '../standin/world/clock.js';
import { ACTION, runPost, startMain } from './harness.js';
import { formatResult } from './support/format-result.js';
import { mapConcurrently } from './support/pool.js';

/** Takes a minute; integration/matrix/lost-answer-log.test.ts tests it with a fast clock. */
const TOO_SLOW = new Set(['answer-lost']);

/** The commands that this action prints; text from the server must not add any. */
const OWN_COMMANDS = new Set(['error', 'warning', 'notice', 'debug', 'group', 'endgroup', 'add-mask']);

interface ScenarioRun {
  readonly main: StepResult;
  readonly post: StepResult;
  readonly problems: readonly string[];
  readonly text: string;
}

async function runScenario(scenario: Scenario): Promise<ScenarioRun> {
  const running = await startScenario(scenario);
  const { standin, github, githubToken } = running;
  try {
    const inputs = withDefaults(ACTION, running.inputs, githubToken);
    const options = { inputs, ...running.stepOptions, secrets: githubToken === '' ? [] : [githubToken] };
    const step = startMain(options);
    const interrupt = async ({ name, afterMs }: NonNullable<typeof running.signal>) => {
      await standin.waitForRequest('retry');
      await sleep(afterMs);
      step.signal(name);
    };
    const [main] = await Promise.all([step.done, running.signal && interrupt(running.signal)]);
    const post = await runPost({ ...options, state: main.state });
    const addresses = { [standin.url]: 'http://bk-ci', ...(github ? { [github.url]: 'http://github' } : {}) };
    const text = formatResult({ main, post, bkci: standin.requests, github: github?.requests ?? [], addresses });
    return { main, post, text, problems: [...standin.problems, ...(github?.problems ?? [])] };
  } finally {
    await running.close();
  }
}

const runs = new Map<string, ScenarioRun>();

describe('scenario', () => {
  const chosen = SCENARIOS.filter(({ name }) => !TOO_SLOW.has(name));

  // All scenarios run concurrently, since they mostly wait; those that follow a build start first.
  beforeAll(async () => {
    const slowFirst = chosen.toSorted((a, b) => b.scale - a.scale);
    await mapConcurrently(12, slowFirst, async (scenario) => runs.set(scenario.name, await runScenario(scenario)));
  }, 60_000);

  test.each(chosen)('$name: $description', ({ name, exitCode, result, reason = '' }) => {
    const run = runs.get(name);
    if (!run) throw new Error('not run');
    expect(run.problems).toEqual([]);
    expect({ exitCode: run.main.exitCode, green: run.main.green, ...run.main.outputs }).toMatchObject({
      exitCode,
      green: exitCode === 0,
      result,
      reason,
    });
    expect(run.post).toMatchObject({ exitCode: 0, stderr: '' });
    expect(run.main.stderr).toBe('');
    expect(run.main.commands.filter((command) => !OWN_COMMANDS.has(command.name))).toEqual([]);
    expect(run.main.annotations.filter(({ title }) => !/^(?:BK-CI |Retry BK-CI build$|$)/.test(title))).toEqual([]);
    expect(run.text).toMatchSnapshot();
  });
});
