import { describe, expect, test } from '@jest/globals';
import type { Acts } from '../../standin/http/faults.js';
import { type Ended, type Scene, withScene } from '../harness.js';
import { fastClock } from '../support/fast-clock.js';
import { LOST, type LostOutcome, SAYS_NOTHING } from './outcomes.js';

/** When BK-CI does what it was asked, in seconds after the connection is gone. */
const LATE = [1, 4, 31, 59, 60];

interface Verdict {
  readonly ended: Ended;
  readonly effects: number;
  readonly posts: number;
}

async function retry(ending: LostOutcome, acts: Acts): Promise<Verdict> {
  const clock = fastClock(ending.silent ? { deadlines: { 75000: 300 } } : {});
  return withScene({ clock, faults: [{ on: 'retry', what: ending.mischief(acts) }] }, async (scene: Scene) => {
    const ended = await scene.run();
    const { retries } = await scene.truth();
    return { ended, effects: retries.length, posts: scene.standin.of('retry').length };
  });
}

const accepted = { result: 'retried', reason: '', retried: 'true', attempts: '1', executeCount: '2' };
const unknown = { result: 'error', retried: 'false', attempts: '0', executeCount: '1' };

describe.each([...LOST, ...SAYS_NOTHING])('the answer is $name', (ending) => {
  test('and BK-CI has not acted: red, nothing is sent again', async () => {
    const { ended, effects, posts } = await retry(ending, 'never');
    expect({ effects, posts, green: ended.green }).toEqual({ effects: 0, posts: 1, green: false });
    const reason = ending.answered ? 'unexpected-answer' : 'answer-lost';
    expect(ended.outputs).toMatchObject({ ...unknown, reason });
    expect(ended.annotations.map(({ level }) => level)).toEqual(['error']);
    expect(ended.log.at(-1)).toMatch(
      /^Error: It is not known whether build #42 was retried: .*if it shows execution 2/,
    );
    expect(ended.log.at(-1)).toMatch(new RegExp(`\\[${reason}\\]$`));
  });

  test('and BK-CI has acted: accepted, once', async () => {
    const { ended, effects, posts } = await retry(ending, 'first');
    expect({ effects, posts, green: ended.green }).toEqual({ effects: 1, posts: 1, green: true });
    expect(ended.outputs).toMatchObject(accepted);
    expect(ended.annotations).toEqual([]);
  });
});

describe.each(LOST)('the answer is $name', (ending) => {
  test.each(LATE)('and BK-CI acts %i s later: accepted, once', async (seconds) => {
    const { ended, effects, posts } = await retry(ending, { afterMs: seconds * 1000 });
    expect({ effects, posts, green: ended.green }).toEqual({ effects: 1, posts: 1, green: true });
    expect(ended.outputs).toMatchObject(accepted);
  });
});

describe('BK-CI acts later than anybody can wait for', () => {
  test('the step says that it does not know, and does not send again', async () => {
    const [reset] = LOST;
    if (!reset) throw new Error('no ending');
    const { ended, effects, posts } = await retry(reset, { afterMs: 90_000 });
    expect({ effects, posts, green: ended.green }).toEqual({ effects: 1, posts: 1, green: false });
    expect(ended.outputs).toMatchObject({ ...unknown, reason: 'answer-lost' });
    expect(ended.log.at(-1)).toContain('Open the build: if it still shows execution 1, run this step again');
  });
});
