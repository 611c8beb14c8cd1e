import * as core from '@actions/core';
import { describe, expect, test } from '@jest/globals';
import { type Actions, createRunner } from '../../../src/github/runner.js';
import { readSavedRetry, saveRetry } from '../../../src/run/saved-state.js';
import { runnerVariables } from '../../standin/runner/variables.js';
import { recordActions } from '../../support/actions.js';
import { BUILD } from '../../support/builds.js';
import { environmentOf } from '../../support/inputs.js';

/** What an act prints, with the real toolkit below. */
function printed(act: (runner: ReturnType<typeof createRunner>) => void): string {
  const { write } = process.stdout;
  let text = '';
  process.stdout.write = (chunk: string | Uint8Array) => {
    text += String(chunk);
    return true;
  };
  try {
    act(createRunner(core, {}));
  } finally {
    process.stdout.write = write;
  }
  return text;
}

describe('the recorder of these tests', () => {
  test('prints what @actions/core prints', () => {
    const act = (runner: ReturnType<typeof createRunner>) => {
      runner.secret('hunter2,100%');
      runner.info('Build     #42');
      runner.debug('look, 50%\nnext');
      runner.group('Log of a: b, 10%', ['| x', '| ##[error]y']);
      runner.annotate('error', 'one\ntwo: 100%, ok', 'BK-CI #42: Test, 1%');
      runner.annotate('warning', 'plain');
      runner.annotate('notice', '', 'title');
    };
    const recorder = recordActions();
    act(createRunner(recorder.core, {}));
    expect(recorder.recorded.stdout).toBe(printed(act));
  });

  test('reads what @actions/core reads', () => {
    const environment = environmentOf({ 'task-id': ' e-1 ', headers: ' X-A: 1\n\n  X-B: 2\n', 'a b': 'c' });
    const read = (actions: Actions) =>
      ['task-id', 'headers', 'a b', 'absent'].map((name) => [actions.getInput(name), actions.getMultilineInput(name)]);
    const before = { ...process.env };
    try {
      Object.assign(process.env, environment);
      expect(read(recordActions(environment).core)).toEqual(read(core));
    } finally {
      for (const name of Object.keys(environment)) delete process.env[name];
    }
    expect(process.env).toEqual(before);
  });
});

describe('the runner', () => {
  test('finds inputs as the runner names them, and lists those that were given', () => {
    const environment = { ...environmentOf({ taskId: ' e-1 ', 'failed-container': 'x', skip: '' }), OTHER: 'x' };
    const runner = createRunner(recordActions(environment).core, environment);
    expect([runner.input('taskId'), runner.input('skip'), runner.inputNames()]).toEqual([
      'e-1',
      '',
      ['TASKID', 'FAILED-CONTAINER'],
    ]);
  });

  test('takes a secret out of everything it prints or writes', async () => {
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

  test.each(['info', 'annotate'] as const)('leaves no piece of a secret where a long text is cut: %s', (way) => {
    const recorder = recordActions();
    const runner = createRunner(recorder.core, {});
    runner.secret('hunter2hunter2');
    for (const before of [990, 995, 3990, 3995]) {
      const text = `${'x '.repeat(before / 2)}hunter2hunter2`;
      if (way === 'info') runner.info(text);
      else runner.annotate('error', text.replace(/(.{900}) /g, '$1\n'));
    }
    expect(recorder.recorded.log.join('\n')).not.toContain('hunter');
  });

  test('cuts an annotation below what the runner keeps', () => {
    const recorder = recordActions();
    createRunner(recorder.core, {}).annotate('error', 'line\n'.repeat(3000));
    expect(recorder.recorded.log[0]?.replaceAll('%0A', '\n').length).toBe('::error::'.length + 4000);
  });

  test('goes on when a file of the runner is missing', async () => {
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

describe('what main leaves for post', () => {
  const saved = {
    phase: 'sending',
    build: BUILD,
    api: 'https://h/ms/openapi/api/apigw/v3',
    baseline: { status: 'FAILED' },
  } as const;
  /** What post reads of a state that main wrote, with members replaced. */
  const readBack = (
    act: (runner: ReturnType<typeof createRunner>) => void,
    more: Readonly<Record<string, string>> = {},
  ) => {
    const recorder = recordActions();
    act(createRunner(recorder.core, {}));
    const environment = runnerVariables({ state: { ...recorder.recorded.state, ...more } });
    return readSavedRetry(createRunner(recordActions().core, environment));
  };

  test('comes back as it was written', () => {
    expect(readBack((runner) => saveRetry(runner, saved))).toEqual(saved);
  });
  test('is nothing when main told the end itself, or wrote none', () => {
    const over = readBack((runner) => {
      saveRetry(runner, saved);
      saveRetry(runner, undefined);
    });
    expect([over, readBack(() => {})]).toEqual([undefined, undefined]);
  });
  test.each(['', '{', 'null', '7', '{}', '{"build":{}}', '{"build":{"projectId":"a","pipelineId":"b"},"api":"c"}'])(
    'is nothing when it is not what main writes: %s',
    (retry) => {
      expect(readBack((runner) => saveRetry(runner, saved), { retry })).toBeUndefined();
    },
  );
});
