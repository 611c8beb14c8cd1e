import { describe, expect, test } from '@jest/globals';
import { collectFailures } from '../../../src/follow/failures.js';
import { NetworkError } from '../../../src/http/network-error.js';
import {
  answer,
  cancelledMeanwhile,
  fakeBkci,
  lost,
  no,
  type Reply,
  type Script,
  wireDetail,
  yes,
} from '../../support/bkci.js';
import { BUILD, buildStatus } from '../../support/builds.js';
import { fakeStep } from '../../support/harness.js';

const DETAIL = wireDetail({ executeCount: 2 }, { executeCount: 2 });
const LOG = yes({ status: 0, logs: [{ message: 'exit status 1' }] });
const badGateway = answer('', { http: 502 });

/** Milliseconds that each request takes. */
async function collect(script: Script, { takes = 0 } = {}) {
  const fake = fakeStep();
  const { client, requests, sent } = fakeBkci(script, { clock: fake.clock, takes });
  const options = { client, build: BUILD, status: buildStatus({ executeCount: 2 }), hasRun: true, logLines: 50 };
  const { failedTasks, logs } = await collectFailures(fake.step, options);
  const { clock } = fake;
  return {
    names: failedTasks.map(({ taskName }) => taskName),
    logs: logs.map(({ lines, missing }) => missing ?? lines.join()),
    requests: requests.map((request) => request.replace(/\?.*/, '')),
    deadlines: sent.map(({ deadlineMs }) => deadlineMs),
    slept: clock.slept,
  };
}

describe('the reads that explain a failure', () => {
  test.each([badGateway, lost(), answer('', { http: 429 }), no(500, 'x', 500)])(
    'are repeated when they fail in passing, so that one failure loses nothing',
    async (reply) => {
      const seen = await collect({ detail: [reply, DETAIL], log: [reply, reply, LOG] });
      expect(seen).toMatchObject({ names: ['Run tests'], logs: ['exit status 1'], slept: [1_000, 1_000, 2_000] });
      expect(seen.requests).toEqual([...Array(2).fill('GET detail'), ...Array(3).fill('GET log')]);
    },
  );

  test('share 15 s, however many of them fail', async () => {
    const always = (reply: Reply) => () => reply;
    const script = { detail: [badGateway, badGateway, badGateway, DETAIL], log: always(badGateway) };
    const seen = await collect(script, { takes: 1_000 });
    // The detail took 10 s of it.
    expect(seen.slept).toEqual([1_000, 2_000, 4_000, 1_000, 2_000]);
    expect(seen.logs).toEqual(['it was not answered (HTTP 502)']);
  });

  test('have what is left of it as their deadline, once repeated', async () => {
    const seen = await collect({ detail: () => lost(), log: () => LOG }, { takes: 3_000 });
    expect(seen.deadlines).toEqual([20_000, 14_000, 9_000, 2_000]);
    expect(seen.slept).toEqual([1_000, 2_000, 4_000]);
  });

  test('do not use it up by taking long', async () => {
    const seen = await collect({ detail: [DETAIL], log: [badGateway, LOG] }, { takes: 19_000 });
    expect(seen.logs).toEqual(['exit status 1']);
  });

  const later = (seconds: number) => answer('', { http: 429, headers: { 'retry-after': String(seconds) } });
  test('keep a pause that the server asks for, or are not repeated', async () => {
    expect((await collect({ detail: [later(9), DETAIL], log: [LOG] })).slept).toEqual([9_000]);
    expect(await collect({ detail: [later(15)], log: [LOG] })).toMatchObject({ slept: [], names: [] });
  });

  test.each([no(2101008, '', 403), answer({}), new NetworkError('connecting', 'CERT_HAS_EXPIRED', 'why')])(
    'are not repeated when that can’t help',
    async (reply) => {
      expect(await collect({ detail: [reply], log: [LOG] })).toMatchObject({ requests: ['GET detail'], slept: [] });
    },
  );

  test('end with the workflow', async () => {
    const fake = fakeStep();
    const { client } = fakeBkci({ detail: [badGateway, cancelledMeanwhile(fake.cancel)] });
    const options = { client, build: BUILD, status: buildStatus({ executeCount: 2 }), hasRun: true, logLines: 50 };
    await expect(collectFailures(fake.step, options)).rejects.toThrow('the workflow was cancelled');
  });
});
