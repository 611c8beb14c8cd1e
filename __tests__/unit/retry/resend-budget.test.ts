import { describe, expect, test } from '@jest/globals';
import type { BuildReader } from '../../../src/bkci/client.js';
import { NetworkError } from '../../../src/http/network-error.js';
import { ResendBudget, resending } from '../../../src/retry/resend-budget.js';
import {
  answer,
  fakeBkci,
  lost,
  no,
  type Reply,
  type Script,
  unreached,
  wireDetail,
  wireStatus,
  yes,
} from '../../support/bkci.js';
import { BUILD } from '../../support/builds.js';
import { errorOf } from '../../support/errors.js';
import { fakeStep } from '../../support/harness.js';

const START = 5_000_000;

/** Reads the status within a budget that begins at START and, in milliseconds from there, may end before its time. */
async function readWithin(script: Script, latest?: number, environment = {}) {
  const { step, clock, log } = fakeStep(environment, { start: START });
  const { client, requests } = fakeBkci(script);
  const budget = new ResendBudget(step, latest === undefined ? undefined : START + latest);
  const error = await errorOf(() => budget.read(() => client.buildStatus(BUILD)));
  return { error, requests, log: log(), elapsed: clock.now() - START };
}

describe('a read that fails again and again', () => {
  test('is sent for two minutes at most, whenever they began', async () => {
    const { error, requests, log, elapsed } = await readWithin({ status: () => lost() });
    expect(log[0]).toBe('Resend    in 2 s, the read was not answered: connection reset');
    expect([error.code, requests.length > 2, elapsed > 20_000, elapsed <= 120_000]).toEqual([
      'not-delivered',
      true,
      true,
      true,
    ]);
    expect(error.message).toContain('Check that this runner reaches the address of apiUrl');
  });

  test('says that the request was not delivered, if no connection came about', async () => {
    const { log } = await readWithin({ status: () => unreached() });
    expect(log[0]).toBe('Resend    in 2 s, the request was not delivered: connection refused');
  });

  test.each([
    { latest: 10_000, limit: 'timeoutMinutes ends before that' },
    { latest: 119_999, limit: 'timeoutMinutes ends before that' },
    { latest: 120_000, limit: 'this step sends a request again for 2 min at most' },
    { latest: undefined, limit: 'this step sends a request again for 2 min at most' },
  ])('names the limit that a Retry-After exceeds, with $latest ms left', async ({ latest, limit }) => {
    const tooOften = answer('', { http: 429, headers: { 'retry-after': '600' } });
    const { error, elapsed } = await readWithin({ status: () => tooOften }, latest);
    expect(error.message).toContain(`asked for a wait of 10 min, but ${limit}. Run it again later.`);
    expect(elapsed).toBe(0);
  });

  test.each([{ 'retry-after': '7' }, { 'x-bkapi-ratelimit-reset': '7' }])(
    'is repeated when %j allows it',
    async (headers) => {
      const { elapsed } = await readWithin({ status: [answer('', { http: 429, headers }), no(2101163, '', 404)] });
      expect(elapsed).toBe(7_000);
    },
  );

  test('is not sent after the latest time', async () => {
    const { requests, elapsed } = await readWithin({ status: () => lost() }, 3_000);
    expect([requests.length, elapsed]).toEqual([2, 2_000]);
  });

  test('ends with any other error at once', async () => {
    const { step } = fakeStep();
    const defect = new TypeError('x');
    const read = () => Promise.reject(defect);
    await expect(new ResendBudget(step).read(read)).rejects.toBe(defect);
  });
});

describe('on a runner of GitHub’s own', () => {
  const messageOf = async (reply: Reply, environment = { RUNNER_ENVIRONMENT: 'github-hosted' }) =>
    (await readWithin({ status: () => reply }, undefined, environment)).error.message;
  const HINT = "This runner is one of GitHub's own, which does not reach the internal addresses of a company";

  test.each([
    unreached(),
    unreached('ENOTFOUND', 'unknown host'),
    unreached('EAI_AGAIN', 'the name server did not answer'),
    unreached('ETIMEDOUT', 'connection timed out'),
    unreached('DEADLINE', 'no connection within 20 s'),
  ])('a server that is not reached may be an internal one ($code)', async (failure) => {
    expect(await messageOf(failure)).toContain(HINT);
    expect(await messageOf(failure, { RUNNER_ENVIRONMENT: 'self-hosted' })).not.toContain(HINT);
  });

  test.each([lost(), answer('', { http: 429 }), answer('', { http: 502 })])(
    'a server that is reached is none',
    async (reply) => {
      expect(await messageOf(reply)).not.toContain(HINT);
    },
  );

  test('what is known to help is said instead', async () => {
    const failure = new NetworkError('connecting', 'CERT_HAS_EXPIRED', 'why', { remedy: 'Do this.' });
    expect(await messageOf(failure)).toMatch(
      /^BK-CI could not be reached: why; nothing was retried\. Do this\. GET https:\S+\/status$/,
    );
  });
});

describe('the reader of a budget', () => {
  const reads: readonly [string, Script, (reader: BuildReader) => Promise<unknown>][] = [
    ['status', { status: [lost(), wireStatus()] }, (reader) => reader.buildStatus(BUILD)],
    ['detail', { detail: [lost(), wireDetail()] }, (reader) => reader.buildDetail(BUILD)],
    [
      'history',
      { history: [lost(), yes({ records: [] })] },
      (reader) => reader.buildHistory(BUILD, { page: 1, pageSize: 1 }),
    ],
  ];
  test.each(reads)('sends the %s again, and returns it', async (name, script, read) => {
    const { step } = fakeStep();
    const { client, requests } = fakeBkci(script);
    expect(await read(resending(client, new ResendBudget(step)))).toBeDefined();
    expect(requests.map((request) => request.replace(/\?.*/, ''))).toEqual([`GET ${name}`, `GET ${name}`]);
  });
});
