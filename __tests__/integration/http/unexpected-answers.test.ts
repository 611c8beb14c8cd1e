import { describe, expect, test } from '@jest/globals';
import type { Answer } from '../../standin/http/answer.js';
import { answer, type FaultAction, flood, json, loginPage, redirect } from '../../standin/http/faults.js';
import { TOKEN } from '../../standin/world/access.js';
import { type Harness, withHarness } from '../harness.js';
import { rawServer } from '../support/raw-server.js';

const always = (action: FaultAction) => [{ on: 'any', count: Infinity, action }] as const;
const onlyRetry = (action: FaultAction) => [{ on: 'retry', count: Infinity, action }] as const;

/** The step has failed with one error that ends with its code, and without a stack trace. */
function expectOneError(step: Awaited<ReturnType<Harness['run']>>, code: string): void {
  expect(step.green).toBe(false);
  const errors = step.annotations.filter(({ level }) => level === 'error');
  expect(errors).toHaveLength(1);
  expect(errors[0]?.message).toMatch(new RegExp(`\\[${code}\\]$`));
  expect(step.log.join('\n')).not.toMatch(/^\s+at .*:\d+/m);
  expect(step.outputs).toMatchObject({ reason: code, retried: 'false', attempts: '0', failedTasks: '[]' });
}

describe('the address does not lead to the API', () => {
  const credentials = { accessToken: TOKEN, headers: 'X-Proxy-Token: abcdefgh12345' };

  test.each([301, 302, 303, 307, 308])(
    'a redirect with status %i is not followed, and its target receives no request',
    async (status) => {
      const target = await rawServer(({ socket }) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'));
      try {
        const to = `${target.url}/login?session=abc`;
        await withHarness({ faults: always(redirect(to, status)) }, async (harness) => {
          const step = await harness.run({ inputs: credentials });
          expectOneError(step, 'unexpected-answer');
          expect(step.log.at(-1)).toContain(`answered with a redirect to ${target.url}`);
          expect(step.log.join('\n')).not.toContain('session=abc');
          expect(harness.standin.requestLines()).toHaveLength(1);
          expect(target.received).toEqual([]);
        });
      } finally {
        await target.close();
      }
    },
  );

  test.each([
    ['a relative redirect', '/login/'],
    ['a redirect without a target', ''],
    ['a redirect to an invalid address', 'http://[::'],
  ])('%s is not followed', async (_, location) => {
    await withHarness({ faults: always(redirect(location)) }, async (harness) => {
      expectOneError(await harness.run(), 'unexpected-answer');
      expect(harness.standin.requestLines()).toHaveLength(1);
    });
  });

  test('if only the retry is redirected, the step fails after one POST and follows no redirect', async () => {
    const target = await rawServer(() => undefined);
    try {
      await withHarness({ faults: onlyRetry(redirect(`${target.url}/retry`, 307)) }, async (harness) => {
        expectOneError(await harness.run({ inputs: credentials }), 'unexpected-answer');
        expect(harness.standin.requestsOf('retry')).toHaveLength(1);
        expect(target.received).toEqual([]);
        expect((await harness.effects()).retries).toEqual([]);
      });
    } finally {
      await target.close();
    }
  });

  test('a login page with HTTP 200 is an unexpected answer', async () => {
    await withHarness({ faults: always(loginPage()) }, async (harness) => {
      expectOneError(await harness.run(), 'unexpected-answer');
      expect(harness.standin.requestLines()).toHaveLength(1);
    });
  });

  test('a login page in answer to the retry is an unexpected answer', async () => {
    await withHarness({ faults: onlyRetry(loginPage()) }, async (harness) => {
      expectOneError(await harness.run(), 'unexpected-answer');
      expect(harness.standin.requestsOf('retry')).toHaveLength(1);
    });
  });
});

const NOTHING: readonly [string, FaultAction][] = [
  ['HTTP 204', answer({ status: 204, headers: {} })],
  ['an empty 200', answer({})],
  ['null', json(null)],
  ['[]', json([])],
  ['{}', json({})],
  ['{"status":0}', json({ status: 0 })],
  ['an object without status', json({ data: { id: 'b-1', status: 'FAILED' } })],
  ['an id that is a number', json({ status: 0, data: { id: 42 } })],
  ['plain text', answer({ body: 'pong', headers: {} })],
  ['only a byte order mark', answer({ body: '\ufeff' })],
  ['an answer of another API', json({ code: 0, result: true, message: 'OK', data: { id: 'b-1' } })],
];

describe('every request is answered with', () => {
  test.each(NOTHING)('%s: one error and at most one POST', async (_, action) => {
    await withHarness({ faults: always(action) }, async (harness) => {
      expectOneError(await harness.run(), 'unexpected-answer');
      expect(harness.standin.requestsOf('retry').length).toBeLessThan(2);
    });
  });
});

test('if the status read returns no data although wait needs it, nothing is sent', async () => {
  await withHarness({ faults: always(json({ status: 0 })) }, async (harness) => {
    expectOneError(await harness.run({ inputs: { wait: 'true' } }), 'unexpected-answer');
    expect(harness.standin.requestsOf('retry')).toEqual([]);
  });
});

describe('the retry is answered with', () => {
  test.each(NOTHING)('%s: one POST, one error', async (_, action) => {
    await withHarness({ faults: onlyRetry(action) }, async (harness) => {
      expectOneError(await harness.run(), 'unexpected-answer');
      expect(harness.standin.requestsOf('retry')).toHaveLength(1);
    });
  });
});

describe('an answer that is too large', () => {
  test('to the status read is read once and not to its end, and nothing is sent', async () => {
    await withHarness({ faults: [{ on: 'status', count: Infinity, action: flood(3) }] }, async (harness) => {
      const step = await harness.run();
      expectOneError(step, 'unexpected-answer');
      expect(step.log.at(-1)).toContain('the answer is larger than 2 MiB');
      expect(harness.standin.requestLines()).toHaveLength(1);
    });
  });

  test('to the read of the detail is read once, and a taskId that is certain is retried without it', async () => {
    await withHarness({ faults: [{ on: 'detail', count: Infinity, action: flood(65) }] }, async (harness) => {
      const step = await harness.run({ inputs: { taskId: 'stage-3' } });
      expect(step.outputs).toMatchObject({ result: 'retried', attempts: '1' });
      expect(harness.standin.requestsOf('detail')).toHaveLength(1);
    });
  });

  test('is one above the limit of its operation: a detail of 11 MiB is read', async () => {
    const pad = (answer: Answer) => ({ ...answer, body: `${answer.body}${' '.repeat(11 * 1024 * 1024)}` });
    const action = { kind: 'rewrite', handled: 'first', rewrite: pad } as const;
    await withHarness({ faults: [{ on: 'detail', count: Infinity, action }] }, async (harness) => {
      const step = await harness.run({ inputs: { taskId: 'stage-3' } });
      expect(step.outputs).toMatchObject({ result: 'retried', attempts: '1' });
      expect(step.annotations.filter(({ level }) => level === 'warning')).toEqual([]);
    });
  });

  test('to the retry counts as a lost answer', async () => {
    await withHarness({ faults: onlyRetry(flood(3)) }, async (harness) => {
      expect((await harness.run()).outputs).toMatchObject({ result: 'retried', attempts: '1' });
      expect((await harness.effects()).retries).toHaveLength(1);
    });
  });
});

describe('a refusal with HTTP 200', () => {
  test.each([
    ['of BK-CI', { status: 2101047, message: '流水线: 流水线锁定', data: null }, 'refused', '2101047'],
    ['whose status is text', { status: '2101047', message: 'locked' }, 'refused', '2101047'],
    ['of the API gateway', { code: 1640301, message: 'no', result: false, data: null }, 'forbidden', '1640301'],
    ['without a code', { result: false, message: 'no', status: 0, data: { id: 'b-1' } }, 'refused', '0'],
  ])('%s fails the step with its code and message', async (_, body, reason, status) => {
    await withHarness({ faults: onlyRetry(json(body)) }, async (harness) => {
      const step = await harness.run();
      expectOneError(step, reason);
      expect(step.outputs).toMatchObject({ result: 'refused', status, message: body.message });
      expect(harness.standin.requestsOf('retry')).toHaveLength(1);
    });
  });
});
