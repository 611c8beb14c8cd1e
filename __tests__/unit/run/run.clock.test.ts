import { describe, expect, test } from '@jest/globals';
import { run } from '../../../src/run/run.js';
import { accepted, ends, failedIn, runs } from '../../support/attempts.js';
import { executions, fakeBkci, lost, type Reply, unreached, wireStatus, yes } from '../../support/bkci.js';
import { fakeStep } from '../../support/harness.js';
import { environmentOf, REQUIRED } from '../../support/inputs.js';

const many = (count: number, reply: () => Reply) => Array.from({ length: count }, reply);

/** Sends again, settles, follows for long, attempts again, and meets an outage. */
const EVENTFUL = () =>
  executions(
    [unreached(), lost(), unreached(), accepted(3)],
    [wireStatus()],
    [wireStatus()],
    [wireStatus(), ...many(111, () => runs(2)), ends(2, 'FAILED')],
    [ends(2, 'FAILED')],
    [runs(3), ...many(45, () => lost()), runs(3), ends(3, 'FAILED')],
  );

async function begun(start: number) {
  const environment = environmentOf({ ...REQUIRED, wait: 'true', maxAttempts: '2', stopOnAbort: 'true' });
  const { step, clock, recorder, log } = fakeStep(environment, { start });
  const script = { ...EVENTFUL(), detail: () => failedIn(3), log: () => yes({ status: 0, logs: [] }) };
  const { http, requests, sent } = fakeBkci(script);
  const green = await run(step, http);
  const { outputs, state, summary } = recorder.recorded;
  const deadlines = sent.map(({ deadlineMs }) => deadlineMs);
  return { green, requests, deadlines, outputs, state, summary, log: log(), slept: clock.slept.map(Math.round) };
}

describe('a run', () => {
  test('does not depend on where the clock begins', async () => {
    const atZero = await begun(0);
    expect(atZero.outputs).toMatchObject({ result: 'failed', attempts: '2' });
    expect(atZero.log.filter((line) => line.startsWith('Resend'))).toHaveLength(2);
    expect(atZero.log.filter((line) => /still |back /.test(line))).toHaveLength(3);
    expect(await begun(1_000_000_000)).toEqual(atZero);
  });
});
