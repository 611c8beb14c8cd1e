import { beforeAll, describe, expect, test } from '@jest/globals';
import { withDefaults } from '../standin/runner/action.js';
import type { StepResult } from '../standin/runner/runner.js';
import { type Scenario, stage } from '../standin/scenarios/scenario.js';
import { SCENARIOS } from '../standin/scenarios/scenarios.js';
import { sleep } from '../standin/world/clock.js';
import { ACTION, runPost, startMain } from './harness.js';
import { pooled } from './support/pool.js';
import { shown } from './support/shown.js';

/** A minute of looking: integration/matrix/log-of-a-lost-answer.test.ts shows it in no time. */
const TOO_LONG = new Set(['answer-lost']);

/** Commands that this action gives; a server gives none. */
const OURS = new Set(['error', 'warning', 'notice', 'debug', 'group', 'endgroup', 'add-mask']);

interface Played {
  readonly main: StepResult;
  readonly post: StepResult;
  readonly problems: readonly string[];
  readonly text: string;
}

async function play(scenario: Scenario): Promise<Played> {
  const set = await stage(scenario);
  const { standin, github, githubToken } = set;
  try {
    const inputs = withDefaults(ACTION, set.inputs, githubToken);
    const step = { inputs, ...set.around, secrets: githubToken === '' ? [] : [githubToken] };
    const started = startMain(step);
    const interrupt = async ({ name, afterMs }: NonNullable<typeof set.signal>) => {
      await standin.seen('retry');
      await sleep(afterMs);
      started.signal(name);
    };
    const [main] = await Promise.all([started.done, set.signal && interrupt(set.signal)]);
    const post = await runPost({ ...step, state: main.state });
    const addresses = { [standin.url]: 'http://bk-ci', ...(github ? { [github.url]: 'http://github' } : {}) };
    const text = shown({ main, post, bkci: standin.requests, github: github?.requests ?? [], addresses });
    return { main, post, text, problems: [...standin.problems, ...(github?.problems ?? [])] };
  } finally {
    await set.close();
  }
}

const played = new Map<string, Played>();

describe('scenario', () => {
  const chosen = SCENARIOS.filter(({ name }) => !TOO_LONG.has(name));

  // All together, since most of their time is waiting; those that follow a build begin first.
  beforeAll(async () => {
    const slowFirst = chosen.toSorted((a, b) => b.scale - a.scale);
    await pooled(12, slowFirst, async (scenario) => played.set(scenario.name, await play(scenario)));
  }, 60_000);

  test.each(chosen)('$name: $about', ({ name, exitCode, result, reason = '' }) => {
    const end = played.get(name);
    if (!end) throw new Error('not played');
    expect(end.problems).toEqual([]);
    expect({ exitCode: end.main.exitCode, green: end.main.green, ...end.main.outputs }).toMatchObject({
      exitCode,
      green: exitCode === 0,
      result,
      reason,
    });
    expect(end.post).toMatchObject({ exitCode: 0, stderr: '' });
    expect(end.main.stderr).toBe('');
    expect(end.main.commands.filter((command) => !OURS.has(command.name))).toEqual([]);
    expect(end.main.annotations.filter(({ title }) => !/^(?:BK-CI |Retry BK-CI build$|$)/.test(title))).toEqual([]);
    expect(end.text).toMatchSnapshot();
  });
});
