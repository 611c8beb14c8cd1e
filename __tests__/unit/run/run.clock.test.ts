import { describe, expect, test } from '@jest/globals';
import { run } from '../../../src/run/run.js';
import { acceptedAs, endedIn, failedDetail, runningIn } from '../../support/attempts.js';
import { executions, fakeBkci, lost, type Reply, unreached, wireStatus, yes } from '../../support/bkci.js';
import { fakeStep } from '../../support/harness.js';
import { environmentOf, REQUIRED } from '../../support/inputs.js';

const repeat = (count: number, reply: () => Reply) => Array.from({ length: count }, reply);

/** Resends, reconciles a lost answer, follows for long, retries again, and has an outage. */
const eventfulScript = () =>
  executions(
    [unreached(), lost(), unreached(), acceptedAs(3)],
    [wireStatus()],
    [wireStatus()],
    [wireStatus(), ...repeat(111, () => runningIn(2)), endedIn(2, 'FAILED')],
    [endedIn(2, 'FAILED')],
    [runningIn(3), ...repeat(45, () => lost()), runningIn(3), endedIn(3, 'FAILED')],
  );

async function runFrom(start: number) {
  const environment = environmentOf({ ...REQUIRED, wait: 'true', maxAttempts: '2', stopOnAbort: 'true' });
  const { step, clock, recorder, log } = fakeStep(environment, { start });
  const script = { ...eventfulScript(), detail: () => failedDetail(3), log: () => yes({ status: 0, logs: [] }) };
  const { http, requests, sent } = fakeBkci(script);
  const green = await run(step, http);
  const { outputs, state, summary } = recorder.recorded;
  const deadlines = sent.map(({ deadlineMs }) => deadlineMs);
  return { green, requests, deadlines, outputs, state, summary, log: log(), slept: clock.slept.map(Math.round) };
}

describe('a run', () => {
  test('does not depend on the start time of the clock', async () => {
    const atZero = await runFrom(0);
    expect(atZero.outputs).toMatchObject({ result: 'failed', attempts: '2' });
    expect(atZero.log.filter((line) => line.startsWith('Resend'))).toHaveLength(2);
    expect(atZero.log.filter((line) => /still |back /.test(line))).toHaveLength(3);
    expect(await runFrom(1_000_000_000)).toEqual(atZero);
  });
});
