import { describe, expect, test } from '@jest/globals';
import type { Handling } from '../../standin/http/faults.js';
import { type Harness, type RunResult, withHarness } from '../harness.js';
import { fastClock } from '../support/fast-clock.js';
import { LOST, type LostOutcome, NO_INFORMATION } from './outcomes.js';

/** Seconds between the end of the connection and the moment BK-CI handles the request. */
const DELAYS_SECONDS = [1, 4, 31, 59, 60];

interface RetryResult {
  readonly step: RunResult;
  readonly retries: number;
  readonly posts: number;
}

async function retry(lostOutcome: LostOutcome, handled: Handling): Promise<RetryResult> {
  const clock = fastClock(lostOutcome.silent ? { deadlines: { 75000: 300 } } : {});
  return withHarness(
    { clock, faults: [{ on: 'retry', action: lostOutcome.action(handled) }] },
    async (harness: Harness) => {
      const step = await harness.run();
      const { retries } = await harness.effects();
      return { step, retries: retries.length, posts: harness.standin.requestsOf('retry').length };
    },
  );
}

const accepted = { result: 'retried', reason: '', retried: 'true', attempts: '1', executeCount: '2' };
const unknown = { result: 'error', retried: 'false', attempts: '0', executeCount: '1' };

describe.each([...LOST, ...NO_INFORMATION])('the answer is $name', (lostOutcome) => {
  test('and BK-CI has not retried: the step fails, and nothing is sent again', async () => {
    const { step, retries, posts } = await retry(lostOutcome, 'never');
    expect({ retries, posts, green: step.green }).toEqual({ retries: 0, posts: 1, green: false });
    const reason = lostOutcome.answered ? 'unexpected-answer' : 'answer-lost';
    expect(step.outputs).toMatchObject({ ...unknown, reason });
    expect(step.annotations.map(({ level }) => level)).toEqual(['error']);
    expect(step.log.at(-1)).toMatch(/^Error: It is not known whether build #42 was retried: .*if it shows execution 2/);
    expect(step.log.at(-1)).toMatch(new RegExp(`\\[${reason}\\]$`));
  });

  test('and BK-CI has retried: it counts as accepted once', async () => {
    const { step, retries, posts } = await retry(lostOutcome, 'first');
    expect({ retries, posts, green: step.green }).toEqual({ retries: 1, posts: 1, green: true });
    expect(step.outputs).toMatchObject(accepted);
    expect(step.annotations).toEqual([]);
  });
});

describe.each(LOST)('the answer is $name', (lostOutcome) => {
  test.each(DELAYS_SECONDS)('and BK-CI retries %i s later: it counts as accepted once', async (seconds) => {
    const { step, retries, posts } = await retry(lostOutcome, { afterMs: seconds * 1000 });
    expect({ retries, posts, green: step.green }).toEqual({ retries: 1, posts: 1, green: true });
    expect(step.outputs).toMatchObject(accepted);
  });
});

describe('BK-CI retries after the step has stopped reading the build', () => {
  test('the step reports that the outcome is unknown and does not send again', async () => {
    const [reset] = LOST;
    if (!reset) throw new Error('no outcome');
    const { step, retries, posts } = await retry(reset, { afterMs: 90_000 });
    expect({ retries, posts, green: step.green }).toEqual({ retries: 1, posts: 1, green: false });
    expect(step.outputs).toMatchObject({ ...unknown, reason: 'answer-lost' });
    expect(step.log.at(-1)).toContain(
      'In a few minutes, open the build: if it still shows execution 1, it was not retried',
    );
  });
});
