import { describe, expect, test } from '@jest/globals';
import { apiGatewayError, failure } from '../../standin/http/answer.js';
import { answer, type Fault, type FaultAction, json, loginPage } from '../../standin/http/faults.js';
import { TOKEN } from '../../standin/world/access.js';
import { type Harness, type HarnessOptions, withHarness } from '../harness.js';

type Status = Record<string, unknown>;

/** Changes the data of an answer; the answer is otherwise BK-CI's own. */
const changed = (change: (data: Status) => Status): FaultAction => ({
  kind: 'rewrite',
  handled: 'first',
  rewrite: (reply) => {
    const body = JSON.parse(reply.body) as { data: Status };
    return { ...reply, body: JSON.stringify({ ...body, data: change(body.data) }) };
  },
});

const succeeded = (data: Status, more: Status): Status => ({
  ...data,
  status: 'SUCCEED',
  endTime: Date.now(),
  stageStatus: [],
  ...more,
});

async function retries({ effects }: Harness): Promise<readonly string[]> {
  return (await effects()).retries.map(({ user }) => user);
}

describe('an answer about another build', () => {
  const foreign = changed((data) => succeeded(data, { id: `b-${'f'.repeat(32)}` }));

  test('as the first look: nothing is sent', async () => {
    await withHarness({ faults: [{ on: 'status', action: foreign, count: Infinity }] }, async (harness) => {
      const step = await harness.run({ inputs: { wait: 'true' } });
      expect(step.outputs).toMatchObject({ result: 'error', reason: 'unexpected-answer', retried: 'false' });
      expect(step.log.at(-1)).toContain('data.id is not the one that was asked for');
      expect(harness.standin.requestsOf('retry')).toEqual([]);
    });
  });

  test('while the build is followed: its success is not believed', async () => {
    const faults: Fault[] = [{ on: 'status', action: foreign, nth: 2, count: 5 }];
    await withHarness({ faults }, async (harness) => {
      const step = await harness.run({ inputs: { wait: 'true' } });
      expect(step.outputs).toMatchObject({ result: 'succeeded', retried: 'true', executeCount: '2' });
      expect(harness.standin.requestsOf('status').length).toBeGreaterThan(10);
    });
  });

  test('after a lost answer: it does not show that the retry took effect', async () => {
    const faults: Fault[] = [
      { on: 'retry', action: { kind: 'reset', handled: 'never' } },
      { on: 'status', action: changed((data) => ({ ...data, id: 'b-other', status: 'RUNNING' })), nth: 2, count: 5 },
    ];
    await withHarness({ faults }, async (harness) => {
      const step = await harness.run();
      expect(step.outputs).toMatchObject({ result: 'error', reason: 'answer-lost', retried: 'false' });
      expect(await retries(harness)).toEqual([]);
    });
  });

  test.each(['id', 'pipelineId'])('as the detail, by its %s: nothing is sent', async (name) => {
    const faults: Fault[] = [{ on: 'detail', action: changed((data) => ({ ...data, [name]: 'other' })) }];
    await withHarness({ faults }, async (harness) => {
      const step = await harness.run({ inputs: { taskId: 'run-tests' } });
      expect(step.outputs).toMatchObject({ result: 'error', reason: 'unexpected-answer' });
      expect(harness.standin.requestsOf('retry')).toEqual([]);
    });
  });
});

describe('the success of an execution before the retry', () => {
  const count = (value: string) => ({ buildParameters: [{ key: 'BK_CI_RETRY_COUNT', value }] });
  const rows = [
    { name: 'with a lower count', more: count('0'), builds: {} },
    { name: 'with the count of the variables', more: { ...count('0'), variables: { BK_CI_RETRY_COUNT: '1' } } },
    { name: 'without a count and without an end time', more: { buildParameters: [], endTime: undefined, retry: true } },
    { name: 'without a count and with an earlier end time', more: { buildParameters: [], endTime: 1, retry: true } },
  ];
  test.each(rows)('is not the end of the retry: $name', async ({ more }) => {
    let queueTime: unknown;
    const keepQueueTime = (data: Status) => {
      queueTime = data.queueTime;
      return data;
    };
    const faults: Fault[] = [
      { on: 'status', action: changed(keepQueueTime) },
      { on: 'status', action: changed((data) => succeeded(data, { queueTime, ...more })), nth: 2, count: 5 },
    ];
    await withHarness({ faults }, async (harness) => {
      const step = await harness.run({ inputs: { wait: 'true', timeoutMinutes: '60' } });
      expect(step.outputs).toMatchObject({ result: 'succeeded', executeCount: '2' });
      expect(harness.standin.requestsOf('status').length).toBeGreaterThan(10);
    });
  });
});

describe('an answer that contradicts itself is not sent again', () => {
  const limit = { code: 1642901, message: 'm', result: false };
  const rows = [
    { name: '429 with an acceptance', action: json({ status: 0, data: { id: 'b-1' } }, 429, 'first') },
    { name: '429 with data', action: json({ ...limit, data: { id: 'b-1' } }, 429, 'first') },
    { name: 'a limit with status 0', action: json({ ...limit, status: 0, data: null }, 200, 'first') },
    { name: 'a limit with HTTP 504', action: json(limit, 504, 'first') },
    { name: 'a deployment with data', action: json({ status: 503, result: true, data: { id: 'b' } }, 503, 'first') },
    { name: '2100111 somewhere', action: answer(failure(500, 'after 2100111, retried', 500), 'first') },
    {
      name: 'a limit after the retry',
      action: answer(apiGatewayError(429, 1642901, { name: 'X', message: 'm' }), 'first'),
    },
    { name: 'a login page after the retry', action: { ...loginPage(), handled: 'first' as const } },
  ];
  test.each(rows)('$name', async ({ action }) => {
    await withHarness({ faults: [{ on: 'retry', action }] }, async (harness) => {
      const step = await harness.run();
      expect(step.outputs).toMatchObject({ result: 'retried', retried: 'true', executeCount: '2' });
      expect(harness.standin.requestsOf('retry')).toHaveLength(1);
      expect(await retries(harness)).toEqual(['ci-bot']);
    });
  });
});

describe('BK-CI received the only request twice and answers with the refusal of the second', () => {
  const refusal = (status = 2100002) => answer(failure(400, '不能为空', status), 'first');
  const secondRefused: HarnessOptions = { faults: [{ on: 'retry', action: refusal() }] };

  test.each([2100002, 2101129, 2101901, 2101114, 2101273, 2101110])('%i: the retry took effect', async (status) => {
    await withHarness({ faults: [{ on: 'retry', action: refusal(status) }] }, async (harness) => {
      const step = await harness.run();
      expect(step.outputs).toMatchObject({ result: 'retried', retried: 'true', executeCount: '2', reason: '' });
      expect(step.log).toContain(
        'Accepted  execution 2, as the build itself shows; BK-CI refused a second delivery of the request',
      );
      expect(await retries(harness)).toEqual(['ci-bot']);
    });
  });

  test('the build is not stopped when the workflow is cancelled, neither by main nor by post', async () => {
    await withHarness(secondRefused, async (harness) => {
      harness.clock.at(60_000, () => harness.cancel());
      const step = await harness.run({ inputs: { wait: 'true', stopOnAbort: 'true' } });
      expect(step.outputs).toMatchObject({ result: 'aborted' });
      await harness.post(step.state);
      expect((await harness.effects()).stops).toEqual([]);
    });
  });

  test('without a user name: red, in doubt', async () => {
    await withHarness(secondRefused, async (harness) => {
      const apiUrl = `${harness.standin.url}/api/devops/prod/v4/apigw-user`;
      const step = await harness.run({ inputs: { apiUrl, username: '', accessToken: TOKEN } });
      expect(step.green).toBe(false);
      expect(step.outputs).toMatchObject({ result: 'refused', reason: 'already-running', retried: 'false' });
      expect(step.summary).toContain('may have been retried');
      expect(step.log.at(-1)).toContain('it is not known whether this retry started it');
    });
  });

  test('with maxAttempts: the next attempt is not “not retried again” while the build runs', async () => {
    await withHarness(secondRefused, async (harness) => {
      const step = await harness.run({ inputs: { wait: 'true', maxAttempts: '3' } });
      expect(step.outputs).toMatchObject({ result: 'succeeded', attempts: '1' });
    });
  });
});

describe('another user retries the build before this retry arrives', () => {
  const other = (harness: Harness) => ({
    beforePostRequest: () => void harness.standin.world.retryAs('release-bot', harness.buildId),
  });

  test('the step is red, even with wait', async () => {
    await withHarness({}, async (harness) => {
      const step = await harness.run({ inputs: { wait: 'true' }, ...other(harness) });
      expect([step.green, step.outputs]).toMatchObject([false, { reason: 'already-running', retried: 'false' }]);
    });
  });

  test('with onlyIfFailed and wait the build is followed, as one that ran from the start', async () => {
    await withHarness({}, async (harness) => {
      const step = await harness.run({ inputs: { wait: 'true', onlyIfFailed: 'true' }, ...other(harness) });
      expect(step.outputs).toMatchObject({ result: 'not-needed', retried: 'false' });
      expect(step.log).toContain('Running   already; waiting for its end first (onlyIfFailed: true)');
      expect(await retries(harness)).toEqual(['release-bot']);
      expect((await harness.effects()).stops).toEqual([]);
    });
  });
});
