import { describe, expect, test } from '@jest/globals';
import { createRunner } from '../../../src/github/runner.js';
import { recordActions } from '../../support/actions.js';
import { environmentOf } from '../../support/inputs.js';

describe('the runner', () => {
  test('finds inputs by their names in the environment, and lists those that are not empty', () => {
    const environment = { ...environmentOf({ taskId: ' e-1 ', 'failed-container': 'x', skip: '' }), OTHER: 'x' };
    const runner = createRunner(recordActions(environment).core, environment);
    expect([runner.input('taskId'), runner.input('skip'), runner.inputNames()]).toEqual([
      'e-1',
      '',
      ['TASKID', 'FAILED-CONTAINER'],
    ]);
  });

  test('removes secrets from everything it prints or writes', async () => {
    const recorder = recordActions();
    const runner = createRunner(recorder.core, {});
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

  test('continues if a file of the runner is missing', async () => {
    const recorder = recordActions({}, { broken: ['setOutput', 'saveState', 'summary'] });
    const runner = createRunner(recorder.core, {});
    runner.output('result', 'failed');
    runner.saveState('phase', 'over');
    await runner.writeSummary('#');
    expect(recorder.recorded.debug).toEqual([
      'Output result could not be written: Error: Missing file at path: /setOutput',
      'State phase could not be written: Error: Missing file at path: /saveState',
      'The job summary could not be written: Error: Missing file at path: /summary',
    ]);
  });
});
