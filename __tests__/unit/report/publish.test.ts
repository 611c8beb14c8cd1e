import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createRunner } from '../../../src/github/runner.js';
import { ActionError } from '../../../src/lib/errors.js';
import type { Conclusion } from '../../../src/report/outcome.js';
import { Outputs } from '../../../src/report/outputs.js';
import { publish } from '../../../src/report/publish.js';
import type { RunRecord } from '../../../src/report/record.js';
import { type Recorded, recordActions } from '../../support/actions.js';
import { failedTask } from '../../support/builds.js';
import { conclusionsOf, ONCE, record, recordOf } from '../../support/record.js';
import { readAsRunner } from '../../support/runner-grammar.js';
import { ATOMS, VECTORS } from '../../support/runner-vectors.js';

async function published(conclusion: Conclusion, runRecord: RunRecord = record()): Promise<Recorded> {
  const recorder = recordActions();
  const runner = createRunner(recorder.core, {});
  await publish({ runner, outputs: new Outputs(runner) }, conclusion, runRecord);
  return recorder.recorded;
}

const FAILED = { result: 'failed', gateRefused: false } as const;

describe('a conclusion is published', () => {
  test('as one error for each failed plug-in and for the build, then logs, then the verdict once more', async () => {
    const log = { task: failedTask(), lines: ['running 128 tests', '##\\[error]exit status 1'] };
    const expired = { task: failedTask({ taskName: 'Lint' }), lines: [], missing: 'it has expired' };
    expect((await published(FAILED, record({ logs: [log, expired] }))).log).toEqual([
      '::error title=BK-CI #42%3A Test › Linux › Run tests::Run tests failed in Test › Linux: “exit status 1” (code 2199001, user error)',
      expect.stringMatching(
        /^::error title=BK-CI #42 failed again::Build #42 failed again, execution 2, after 4 min 2 s: Run tests in Test › Linux\. https:/,
      ),
      '::group::Log of Test › Linux › Run tests (last 2 lines)',
      '| running 128 tests',
      '| ##\\[error]exit status 1',
      '::endgroup::',
      'Log       of Test › Linux › Lint is not shown: it has expired',
      expect.stringMatching(/^Failed {4}Build #42 failed again, execution 2, after 4 min 2 s: Run tests in .* https:/),
    ]);
  });

  test.each([
    [1, 'Log       of 1 more failed plug-in is not shown: see the build'],
    [7, 'Log       of 7 more failed plug-ins is not shown: see the build'],
  ])('with a line about the %d logs that were not read', async (more, line) => {
    const failedTasks = Array.from({ length: 5 + more }, (_, at) => failedTask({ containerName: `shard ${at}` }));
    const logs = failedTasks.slice(0, 5).map((task) => ({ task, lines: ['x'] }));
    const { log } = await published(FAILED, record({ failedTasks, logs }));
    expect([log.find((text) => text.startsWith('::group')), log.filter((text) => text.startsWith('Log '))]).toEqual([
      '::group::Log of Test › shard 0 › Run tests (last 1 line)',
      [line],
    ]);
  });

  test('without a line about logs if none are wanted', async () => {
    expect((await published(FAILED)).log.filter((line) => line.includes('Log '))).toEqual([]);
  });

  test('as the request, the answer and one error after a refusal', async () => {
    const response = { http: 400, status: 2101047, message: 'locked\nby ops', requestId: '5f1c' };
    const error = new ActionError(
      'refused',
      { problem: 'BK-CI refused' },
      { response, request: 'POST https://h/retry' },
    );
    const recorded = await published(error, record({ accepted: undefined }));
    expect(recorded.log).toEqual([
      'Sent      POST https://h/retry',
      'Refused   HTTP 400, request id 5f1c',
      '          | locked',
      '          | by ops',
      '::error title=Retry BK-CI build::BK-CI refused. [refused]',
    ]);
    expect(recorded.outputs).toMatchObject({
      result: 'refused',
      reason: 'refused',
      status: '2101047',
      message: 'locked by ops',
    });
  });

  test('even if the summary and the outputs can’t be written', async () => {
    const recorder = recordActions({}, { broken: ['summary', 'setOutput'] });
    const runner = createRunner(recorder.core, {});
    await publish({ runner, outputs: new Outputs(runner) }, FAILED, record());
    expect(recorder.recorded.log.filter((line) => line.startsWith('::error'))).toHaveLength(3);
  });

  describe('with outputs that can’t be written', () => {
    const errorsOf = async (conclusion: Conclusion, more: Partial<RunRecord>) => {
      const recorder = recordActions({}, { broken: ['setOutput'] });
      const runner = createRunner(recorder.core, {});
      const outputs = new Outputs(runner);
      outputs.update({ buildId: 'b-1' });
      const { problem } = outputs;
      const shown = conclusion instanceof ActionError && problem ? problem.with({ consequence: 'x' }) : conclusion;
      await publish({ runner, outputs }, shown, record(more));
      return recorder.recorded.log.filter((line) => line.startsWith('::error'));
    };

    test('after an accepted retry says so first, with the outputs and the link', async () => {
      expect((await errorsOf({ result: 'succeeded' }, {}))[0]).toBe(
        "::error title=Retry BK-CI build::The retry of build #42 was accepted. The outputs of this step can't be written (GITHUB_OUTPUT: Missing file at path: /setOutput), so later steps don't get buildId, projectId, pipelineId, buildNumber, buildUrl, executeCount, buildStatus, retried, attempts, result, durationSeconds, reason, failedTasks, candidates, status and message. Running this step again would retry the build once more. https://devops.example.com/console/pipeline/demo/p-1/detail/b-1/executeDetail/2 [input-invalid]",
      );
    });

    test('without an accepted retry says which outputs are missing', async () => {
      const errors = await errorsOf({ result: 'found' }, { accepted: undefined });
      expect(errors).toEqual([
        expect.stringMatching(/^::error title=Retry BK-CI build::The outputs of .* get buildId, .*\. Look at the disk/),
      ]);
    });

    test('says it once when the run ended with that error', async () => {
      const errors = await errorsOf(new ActionError('bug', { problem: '' }), { accepted: undefined });
      expect(errors).toEqual([expect.stringMatching(/^::error .*The outputs of this step can't be written .*; x\. /)]);
    });
  });

  const results: readonly (readonly [Conclusion, string, string])[] = [
    [{ result: 'retried' }, 'retried', ''],
    [{ result: 'aborted' }, 'aborted', ''],
    [{ result: 'timed-out', stop: { kind: 'sent' } }, 'timed-out', ''],
    [new ActionError('already-running', { problem: 'p' }), 'refused', 'already-running'],
    [new ActionError('too-many-executions', { problem: 'p' }), 'refused', 'too-many-executions'],
    [new ActionError('task-unknown', { problem: 'p' }), 'refused', 'task-unknown'],
    [new ActionError('not-found', { problem: 'p' }), 'refused', 'not-found'],
    [new ActionError('forbidden', { problem: 'p' }), 'refused', 'forbidden'],
    [new ActionError('refused', { problem: 'p' }), 'refused', 'refused'],
    [new ActionError('input-invalid', { problem: 'p' }), 'error', 'input-invalid'],
    [new ActionError('ambiguous', { problem: 'p' }), 'error', 'ambiguous'],
    [new ActionError('unauthorized', { problem: 'p' }), 'error', 'unauthorized'],
    [new ActionError('not-delivered', { problem: 'p' }), 'error', 'not-delivered'],
    [new ActionError('answer-lost', { problem: 'p' }), 'error', 'answer-lost'],
    [new ActionError('unexpected-answer', { problem: 'p' }), 'error', 'unexpected-answer'],
    [new ActionError('bug', { problem: 'p' }), 'error', 'bug'],
  ];
  test.each(results.map(([conclusion, result, reason]) => ({ conclusion, result, reason })))(
    'with result $result and reason “$reason”',
    async ({ conclusion, result, reason }) => {
      expect((await published(conclusion)).outputs).toMatchObject({ result, reason });
    },
  );
});

describe('the published outputs', () => {
  test('are all written, each once', async () => {
    const { outputs, writes } = await published(FAILED);
    expect(outputs).toEqual({
      result: 'failed',
      reason: '',
      durationSeconds: '242',
      failedTasks: JSON.stringify([failedTask()]),
      candidates: '[]',
      buildId: 'b-1',
      projectId: 'demo',
      pipelineId: 'p-1',
      buildNumber: '42',
      buildUrl: 'https://devops.example.com/console/pipeline/demo/p-1/detail/b-1/executeDetail/2',
      buildStatus: 'FAILED',
      executeCount: '2',
      retried: 'true',
      attempts: '1',
      status: '',
      message: '',
    });
    expect(writes).toHaveLength(Object.keys(outputs).length);
  });

  test('link to the build, not to its last execution, while it is not known whether it was retried', async () => {
    const { outputs } = await published({ result: 'aborted' }, record({ phase: 'sending', executeCount: 1 }));
    expect(outputs.buildUrl).toBe('https://devops.example.com/console/pipeline/demo/p-1/detail/b-1');
  });

  test('have no duration before a retry was accepted', async () => {
    expect((await published({ result: 'timed-out' }, record({ accepted: undefined }))).outputs).toMatchObject({
      durationSeconds: '',
    });
  });

  test('have the duration in whole seconds, and none for a build that is not followed', async () => {
    const runRecord = record({ elapsedMs: 2_900 });
    expect((await published({ result: 'succeeded' }, runRecord)).outputs).toMatchObject({ durationSeconds: '2' });
    expect((await published({ result: 'retried' }, runRecord)).outputs).toMatchObject({ durationSeconds: '' });
  });

  test('have status and message of the answer to the retry, not to a later read', async () => {
    const error = new ActionError(
      'not-found',
      { problem: 'm' },
      { response: { http: 404, status: 2101163, message: 'gone' } },
    );
    expect((await published(error, record({ accepted: ONCE }))).outputs).toMatchObject({ status: '', message: '' });
  });

  test('have failedTasks only after a failure', async () => {
    for (const [name, conclusion] of conclusionsOf(() => 'x')) {
      const { failedTasks = '' } = (await published(conclusion)).outputs;
      expect([name, failedTasks === '[]']).toEqual([name, !name.startsWith('failed')]);
    }
  });

  test('have valid JSON in a list that is too long', async () => {
    const failedTasks = Array.from({ length: 200 }, (_, at) =>
      failedTask({ taskName: `T${at}`, errorMessage: 'x'.repeat(1000) }),
    );
    const { outputs } = await published(FAILED, record({ failedTasks }));
    const parsed = JSON.parse(outputs.failedTasks ?? '') as { taskName: string }[];
    expect(outputs.failedTasks?.length).toBeLessThanOrEqual(60_000);
    expect(parsed.length).toBeGreaterThan(10);
    expect(parsed).toEqual(failedTasks.slice(0, parsed.length));
  });
});

describe('with any text from the server', () => {
  const text = fc.oneof(
    fc.constantFrom(...VECTORS.map((vector) => vector.text)),
    fc.array(fc.constantFrom(...ATOMS, 'z'.repeat(2000)), { maxLength: 10 }).map((atoms) => atoms.join('')),
  );
  const OWN_COMMANDS = new Set(['error', 'group', 'endgroup']);

  test('only commands of this action are run, and annotations fit into the limit of the runner', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(text, { minLength: 2, maxLength: 12 }),
        fc.integer({ min: 0, max: 12 }),
        async (texts, tasks) => {
          let at = 0;
          const next = () => {
            at += 1;
            return texts[at % texts.length] ?? '';
          };
          const runRecord = recordOf(next, { tasks, logs: 2, numbered: true, candidates: 1 });
          for (const [, conclusion] of conclusionsOf(next)) {
            const { commands } = readAsRunner((await published(conclusion, runRecord)).stdout);
            const errors = commands.filter(({ name }) => name === 'error');
            expect(commands.filter(({ name }) => !OWN_COMMANDS.has(name))).toEqual([]);
            expect(errors.length).toBeLessThanOrEqual(10);
            expect(Math.max(0, ...errors.map(({ data }) => data.length))).toBeLessThan(4096);
            expect(commands.filter(({ name }) => name === 'group').length).toBe(
              commands.filter(({ name }) => name === 'endgroup').length,
            );
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});
