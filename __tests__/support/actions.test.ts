import * as core from '@actions/core';
import { describe, expect, test } from '@jest/globals';
import { type Actions, createRunner } from '../../src/github/runner.js';
import { recordActions } from './actions.js';
import { environmentOf } from './inputs.js';

/** What `act` prints through the real toolkit. */
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

describe('recordActions', () => {
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
