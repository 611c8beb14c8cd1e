import { describe, expect, test } from '@jest/globals';
import { run } from '../../../src/run/run.js';
import type { Breakable } from '../../support/actions.js';
import { acceptedAs, endedIn, failedDetail, runningIn } from '../../support/attempts.js';
import { executions, fakeBkci, type Reply, type Script, unreached, wireStatus, yes } from '../../support/bkci.js';
import { fakeStep } from '../../support/harness.js';
import { environmentOf, REQUIRED } from '../../support/inputs.js';

/** Makes a reply during which a file of the runner breaks. */
type Breaking = (reply: Reply) => Reply;

async function runWith(
  file: Breakable,
  scriptOf: (breaking: Breaking) => Script,
  { inputs = {}, atStart = false }: { inputs?: Readonly<Record<string, string>>; atStart?: boolean } = {},
) {
  const broken: Breakable[] = atStart ? [file] : [];
  const fake = fakeStep(environmentOf({ ...REQUIRED, ...inputs }), { broken });
  const breaking: Breaking = (reply) => () => {
    broken.push(file);
    if (typeof reply === 'function') throw new Error('a reply is expected');
    return reply;
  };
  const { http, requests } = fakeBkci({ log: () => yes({ status: 0, logs: [] }), ...scriptOf(breaking) });
  const green = await run(fake.step, http);
  const retries = requests.filter((request) => request === 'POST retry').length;
  const stops = requests.filter((request) => request === 'POST stop').length;
  return { green, retries, stops, requests, ...fake.recorder.recorded };
}

const FAILED_BUILD = [wireStatus()];
const FOLLOW = { wait: 'true', maxAttempts: '2' };
const STOP = { wait: 'true', stopOnAbort: 'true' };
const NOT_RETRIED = /::The outputs of this step can't be written .*; the build was not retried\. /;
const ACCEPTED = /::The retry of build #42 was accepted\. The outputs .* get .*\/detail\/b-1\/executeDetail\/2 \[/;
const errorsIn = (log: readonly string[]) => log.filter((line) => line.startsWith('::error'));

describe('outputs that can’t be written', () => {
  test('from the beginning: nothing is asked', async () => {
    const { green, requests, log } = await runWith('setOutput', () => ({}), { atStart: true });
    expect([green, requests, errorsIn(log).length]).toEqual([false, [], 1]);
    expect(log.at(-1)).toMatch(/The outputs of this step can't be written .*; nothing was sent\. .*\[input-invalid\]$/);
  });

  test.each([{ dryRun: 'true' }, { onlyIfFailed: 'true' }])(
    'make a step red that sends nothing: %j',
    async (inputs) => {
      const script = (breaking: Breaking) => ({
        status: [breaking(wireStatus({ status: 'SUCCEED', stageStatus: [] }))],
        detail: [failedDetail(1)],
      });
      const { green, retries, log } = await runWith('setOutput', script, { inputs });
      expect([green, retries, errorsIn(log).length]).toEqual([false, 0, 1]);
      expect(errorsIn(log)[0]).toContain('later steps don');
    },
  );

  const moments: readonly {
    name: string;
    script: (breaking: Breaking) => Script;
    retries: number;
    /** Of the one error about outputs. */
    text: RegExp;
  }[] = [
    {
      name: 'at the look',
      script: (breaking) => executions([], [breaking(wireStatus())]),
      retries: 0,
      text: NOT_RETRIED,
    },
    {
      name: 'before the retry is sent again',
      script: (breaking) => executions([breaking(unreached())], FAILED_BUILD),
      retries: 1,
      text: NOT_RETRIED,
    },
    {
      name: 'at the answer to the retry',
      script: (breaking) => executions([breaking(acceptedAs(2))], FAILED_BUILD, [endedIn(2, 'SUCCEED')]),
      retries: 1,
      text: ACCEPTED,
    },
    {
      name: 'while the build is followed',
      script: (breaking) =>
        executions([acceptedAs(2)], FAILED_BUILD, [runningIn(2), breaking(runningIn(2)), endedIn(2, 'SUCCEED')]),
      retries: 1,
      text: ACCEPTED,
    },
    {
      name: 'at the end',
      script: (breaking) => executions([acceptedAs(2)], FAILED_BUILD, [breaking(endedIn(2, 'SUCCEED'))]),
      retries: 1,
      text: ACCEPTED,
    },
    {
      name: 'between two attempts',
      script: (breaking) => ({
        ...executions([acceptedAs(2)], FAILED_BUILD, [endedIn(2, 'FAILED')]),
        detail: () => breaking(failedDetail(2)),
      }),
      retries: 1,
      text: ACCEPTED,
    },
  ];
  test.each(moments)(
    'from $name on: no further retry is sent, and the step is red',
    async ({ script, retries, text }) => {
      const result = await runWith('setOutput', script, { inputs: FOLLOW });
      expect([result.green, result.retries]).toEqual([false, retries]);
      expect(errorsIn(result.log).filter((line) => line.includes("can't be written"))).toEqual([
        expect.stringMatching(text),
      ]);
    },
  );
});

describe('state that can’t be written', () => {
  test('from the beginning, with stopOnAbort: no retry is sent', async () => {
    const { green, retries, outputs, log } = await runWith('saveState', () => executions([], FAILED_BUILD), {
      inputs: STOP,
      atStart: true,
    });
    expect([green, retries, outputs.reason, outputs.retried]).toEqual([false, 0, 'input-invalid', 'false']);
    expect(log.at(-1)).toMatch(/The state for the post step .* can't be written .*; the build was not retried\. /);
  });

  test('before the retry is sent again, with stopOnAbort: it is not', async () => {
    const script = (breaking: Breaking) => executions([breaking(unreached())], FAILED_BUILD);
    const { retries, outputs, state } = await runWith('saveState', script, { inputs: STOP });
    expect([retries, outputs.result, state.phase]).toEqual([1, 'error', 'sending']);
  });

  test('between two attempts, with stopOnAbort: the second one is not sent, and the first one is reported', async () => {
    const script = (breaking: Breaking) => ({
      ...executions([acceptedAs(2)], FAILED_BUILD, [endedIn(2, 'FAILED')]),
      detail: () => breaking(failedDetail(2)),
    });
    const inputs = { ...STOP, maxAttempts: '2' };
    const { green, retries, outputs, log } = await runWith('saveState', script, { inputs });
    expect([green, retries, outputs.result, outputs.attempts]).toEqual([false, 1, 'failed', '1']);
    expect(log.find((line) => line.startsWith('::warning'))).toMatch(
      /^::warning::The build is not retried again: The state for the post step .* can't be written/,
    );
  });

  test('without stopOnAbort is not noticed', async () => {
    const script = () => executions([acceptedAs(2)], FAILED_BUILD, [endedIn(2, 'SUCCEED')]);
    const { green, log } = await runWith('saveState', script, { inputs: { wait: 'true' }, atStart: true });
    expect([green, log.filter((line) => line.startsWith('::'))]).toEqual([true, []]);
  });

  test('at the time limit: the stop is left to post', async () => {
    const script = (breaking: Breaking) =>
      executions([acceptedAs(2)], FAILED_BUILD, [breaking(runningIn(2)), runningIn(2)]);
    const { stops, state, log } = await runWith('saveState', script, { inputs: { ...STOP, timeoutMinutes: '1' } });
    expect([stops, state.phase]).toEqual([0, 'running']);
    expect(log.at(-1)).toMatch(/nothing was sent: the state .*; the post step of this action tries once more/);
  });
});
