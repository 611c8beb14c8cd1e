import { describe, expect, test } from '@jest/globals';
import { createRunner, type Runner } from '../../../src/github/runner.js';
import { recordActions } from '../../support/actions.js';
import { errorOf } from '../../support/errors.js';
import { environmentOf } from '../../support/inputs.js';

describe('the runner', () => {
  test('finds inputs by their names in the environment, and lists all of them', () => {
    const environment = { ...environmentOf({ taskId: ' e-1 ', 'failed-container': 'x', skip: '' }), OTHER: 'x' };
    const runner = createRunner(recordActions(environment).core, environment);
    expect([runner.input('taskId'), runner.input('skip'), runner.inputNames()]).toEqual([
      'e-1',
      '',
      ['TASKID', 'FAILED-CONTAINER', 'SKIP'],
    ]);
  });

  test('removes secrets from everything it prints or writes', async () => {
    const recorder = recordActions();
    const runner = createRunner(recorder.core, { GITHUB_STEP_SUMMARY: '/summary' });
    runner.secret('hunter2');
    runner.info('a hunter2 b');
    runner.debug('hunter2');
    runner.group('hunter2', ['hunter2']);
    runner.annotate('error', 'hunter2', 'hunter2');
    runner.output('message', 'hunter2');
    await runner.writeSummary('# hunter2');
    const { log, debug, outputs, summary } = recorder.recorded;
    expect({ log, debug, outputs, summary }).toEqual({
      log: ['a *** b', '::group::***', '***', '::endgroup::', '::error title=***::***'],
      debug: ['***'],
      outputs: { message: '***' },
      summary: '# ***',
    });
  });

  test.each(['info', 'annotate'] as const)('leaves no part of a secret where a long text is cut: %s', (method) => {
    const recorder = recordActions();
    const runner = createRunner(recorder.core, {});
    runner.secret('hunter2hunter2');
    for (const before of [990, 995, 3990, 3995]) {
      const text = `${'x '.repeat(before / 2)}hunter2hunter2`;
      if (method === 'info') runner.info(text);
      else runner.annotate('error', text.replace(/(.{900}) /g, '$1\n'));
    }
    expect(recorder.recorded.log.join('\n')).not.toContain('hunter');
  });

  test('cuts an annotation at 4,000 characters', () => {
    const recorder = recordActions();
    createRunner(recorder.core, {}).annotate('error', 'line\n'.repeat(3000));
    expect(recorder.recorded.log[0]?.replaceAll('%0A', '\n').length).toBe('::error::'.length + 4000);
  });

  test('cuts the title of an annotation at 200 characters, and leaves no part of a secret there', () => {
    const recorder = recordActions();
    const runner = createRunner(recorder.core, {});
    runner.secret('hunter2hunter2');
    runner.annotate('error', 'x', `${'y'.repeat(195)}hunter2hunter2${'z'.repeat(100)}`);
    expect(recorder.recorded.log).toEqual([`::error title=${'y'.repeat(195)}***z…::x`]);
  });

  const writes = [
    { name: 'outputs', variable: 'GITHUB_OUTPUT', broken: 'setOutput', write: (r: Runner) => r.output('result', 'x') },
    {
      name: 'state',
      variable: 'GITHUB_STATE',
      broken: 'saveState',
      write: (r: Runner) => r.saveState('phase', 'over'),
    },
  ] as const;
  test.each(writes)('throws if the file for $name can’t be written', async ({ variable, broken, write }) => {
    const runner = createRunner(recordActions({}, { broken: [broken] }).core, {});
    const { code, message } = await errorOf(() => write(runner));
    expect([code, message]).toEqual([
      'input-invalid',
      expect.stringContaining(
        `can't be written (${variable}: Missing file at path: /${broken}); nothing was sent. Look`,
      ),
    ]);
  });

  test.each(writes)('writes nothing behind an entry for $name that may be cut', async ({ broken, write }) => {
    const brokenNames = [broken];
    const recorder = recordActions({}, { broken: brokenNames });
    const runner = createRunner(recorder.core, {});
    const first = await errorOf(() => write(runner));
    brokenNames.pop();
    expect(await errorOf(() => write(runner))).toBe(first);
    expect([recorder.recorded.writes, recorder.recorded.state]).toEqual([[], {}]);
  });

  test('warns if the file for the summary can’t be written, and never throws', async () => {
    const recorder = recordActions({}, { broken: ['summary'] });
    await createRunner(recorder.core, { GITHUB_STEP_SUMMARY: '/summary' }).writeSummary('#');
    expect(recorder.recorded.log).toEqual([
      '::warning::The job summary could not be written (GITHUB_STEP_SUMMARY: Missing file at path: /summary).',
    ]);
  });

  test('writes no summary, and says nothing of it, where the runner gives no file', async () => {
    const recorder = recordActions({}, { broken: ['summary'] });
    await createRunner(recorder.core, {}).writeSummary('#');
    expect(recorder.recorded.log).toEqual([]);
  });
});
