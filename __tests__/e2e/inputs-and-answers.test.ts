import { describe, expect } from '@jest/globals';
import { failure } from '../standin/http/answer.js';
import { answer, type FaultAction, json, loginPage } from '../standin/http/faults.js';
import type { StepResult } from '../standin/runner/runner.js';
import { runMain, startMain, waitForOutput, withServer } from './harness.js';
import { concurrentTests } from './support/concurrent-tests.js';

const concurrentTest = concurrentTests();

function expectOneError({ exitCode, annotations, stdout, stderr, outputs }: StepResult, reason: string): void {
  expect({ exitCode, stderr, retried: outputs.retried, reason: outputs.reason }).toEqual({
    exitCode: 1,
    stderr: '',
    retried: 'false',
    reason,
  });
  expect(annotations.filter(({ level }) => level === 'error')).toHaveLength(1);
  expect(stdout).not.toMatch(/^\s+at .+:\d+:\d+/m);
}

describe('inputs', () => {
  concurrentTest('without any input the error names all four that are missing', async () => {
    const step = await runMain({});
    expectOneError(step, 'input-invalid');
    for (const name of ['apiUrl', 'projectId', 'pipelineId', 'buildId'])
      expect(step.annotations[0]?.message).toContain(`${name}: missing`);
  });

  concurrentTest('all invalid inputs are reported at once with their values, and nothing is sent', async () => {
    await withServer({}, async ({ ids, standin }) => {
      const inputs = {
        ...ids,
        failedContainer: 'maybe',
        'task-id': 'e-1',
        pollSeconds: '0',
        maxAttempts: '3',
        stopOnAbort: 'true',
        buildId: 'b/1',
        appSecret: 'shh-shh-shh',
      };
      const step = await runMain({ inputs });
      expectOneError(step, 'input-invalid');
      const message = step.annotations[0]?.message ?? '';
      expect(message).toMatch(/^7 inputs need a change; nothing was sent:\n(?: {2}.*\n){6} {2}.* \[input-invalid\]$/);
      for (const line of [
        'appSecret: not used with this apiUrl; only the BlueKing API gateway accepts it',
        'buildId: “b/1” is not an id: one word without white space or slashes',
        'failedContainer: “maybe” is neither true nor false',
        'maxAttempts: 3 needs wait: true',
        'pollSeconds: “0” is not a number from 1 to 300',
        'stopOnAbort: true needs wait: true',
      ])
        expect(message).toContain(`  ${line}`);
      expect(message).toMatch(/ {2}task-id: not an input; did you mean taskId\?/i);
      expect(standin.requestLines()).toEqual([]);
    });
  });
});

describe('names of inputs', () => {
  concurrentTest('one that is nearly right is refused, and the build is not rerun as a whole', async () => {
    await withServer({}, async ({ ids, standin }) => {
      const step = await runMain({ inputs: { ...ids, failedContiner: 'true' } });
      expectOneError(step, 'input-invalid');
      expect(step.annotations[0]?.message).toContain('failedcontiner: not an input; did you mean failedContainer?');
      expect(standin.requestLines()).toEqual([]);
    });
  });

  concurrentTest('one that is nearly right in env: of the job is refused as well', async () => {
    await withServer({}, async ({ ids, standin }) => {
      const step = await runMain({ inputs: ids, env: { INPUT_DRY_RUN: 'true' } });
      expectOneError(step, 'input-invalid');
      expect(standin.requestLines()).toEqual([]);
    });
  });

  concurrentTest('those of a wrapper, which passes their values on, are no mistakes', async () => {
    await withServer({}, async ({ ids, effects }) => {
      const env = { INPUT_BUILD: ids.buildId, INPUT_PROJECT: ids.projectId, INPUT_DRY_RUN: 'false' };
      const step = await runMain({ inputs: ids, env });
      expect(step.exitCode).toBe(0);
      expect(effects().retries).toHaveLength(1);
    });
  });
});

describe('the address of the console', () => {
  concurrentTest('is taken as apiUrl, and links point to the same host', async () => {
    await withServer({}, async ({ ids, standin, effects }) => {
      const step = await runMain({ inputs: { ...ids, apiUrl: `${standin.url}/console/` } });
      expect(step.exitCode).toBe(0);
      expect(step.outputs.buildUrl).toMatch(new RegExp(`^${standin.url}/console/pipeline/`));
      expect(effects().retries).toHaveLength(1);
    });
  });
});

describe('language', () => {
  concurrentTest('goes with every request, beside the cookie of the user', async () => {
    await withServer({}, async ({ ids, standin }) => {
      const inputs = { ...ids, language: 'zh-CN', headers: 'Cookie: session=abc' };
      expect((await runMain({ inputs })).exitCode).toBe(0);
      const cookies = standin.requests.map(({ headers }) => headers.cookie);
      expect(new Set(cookies)).toEqual(new Set(['session=abc; blueking_language=zh-CN']));
    });
  });
});

describe('a locked pipeline', () => {
  const message = '流水线: 流水线锁定';
  const refusals: [string, FaultAction][] = [
    ['HTTP 200', json({ status: 2101047, message, data: null })],
    ['HTTP 400', answer(failure(400, message, 2101047))],
  ];
  concurrentTest.each(
    refusals,
    (name) => `refuses with ${name}, and the step fails with code and message`,
    async (action) => {
      await withServer({ faults: [{ on: 'retry', action }] }, async ({ ids, effects }) => {
        const step = await runMain({ inputs: ids });
        expectOneError(step, 'refused');
        expect(step.outputs).toMatchObject({ result: 'refused', status: '2101047', message });
        expect(step.annotations[0]?.message).toContain(`2101047 “${message}”`);
        expect(effects().retries).toEqual([]);
      });
    },
  );
});

describe('BK-CI answers every request with', () => {
  const cases: [string, FaultAction][] = [
    ['an empty 200', answer({})],
    ['HTTP 204', answer({ status: 204, headers: {} })],
    ['a login page', loginPage()],
    ['null', json(null)],
    ['[]', json([])],
    ['{"status":0}', json({ status: 0 })],
    ['an object without status', json({ data: { id: 'b-1' } })],
    ['an id that is a number', json({ status: 0, data: { id: 42 } })],
  ];
  concurrentTest.each(
    cases,
    (name) => `${name}: exit code 1 and one error`,
    async (action) => {
      await withServer({ faults: [{ on: 'any', count: Infinity, action }] }, async ({ ids }) => {
        expectOneError(await runMain({ inputs: ids }), 'unexpected-answer');
      });
    },
  );
});

concurrentTest(
  'a server that gives the answer to the retry for every request gets no retry, as it tells no status',
  async () => {
    await withServer({}, async ({ ids, standin }) => {
      const { buildId } = ids;
      const action = json({ data: { id: buildId }, message: null, status: 0 });
      standin.inject({ on: 'any', count: Infinity, action });
      expectOneError(await runMain({ inputs: ids }), 'unexpected-answer');
      expect(standin.requests.map(({ method }) => method)).toEqual(['GET']);
    });
  },
);

concurrentTest('if the answer names another build, the step warns and uses that build', async () => {
  const action = json({ data: { id: 'b-other' }, message: null, status: 0 });
  await withServer({ faults: [{ on: 'retry', action }] }, async ({ ids }) => {
    const step = await runMain({ inputs: ids });
    expect(step.exitCode).toBe(0);
    expect(step.outputs.buildId).toBe('b-other');
    expect(step.annotations).toMatchObject([{ level: 'warning', message: expect.stringContaining('“b-other”') }]);
  });
});

concurrentTest('a refused connection is logged while the request is tried again', async () => {
  await withServer({}, async ({ ids, standin }) => {
    await standin.suspend();
    const step = startMain({ inputs: ids });
    await waitForOutput(step, /^Resend .*connection refused/m);
    step.signal('SIGINT');
    const { exitCode, outputs } = await step.done;
    expect({ exitCode, result: outputs.result }).toEqual({ exitCode: 1, result: 'aborted' });
  });
});
