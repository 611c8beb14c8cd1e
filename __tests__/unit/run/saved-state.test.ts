import { describe, expect, test } from '@jest/globals';
import { createRunner } from '../../../src/github/runner.js';
import { readSavedRetry, saveRetry } from '../../../src/run/saved-state.js';
import { runnerVariables } from '../../standin/runner/variables.js';
import { recordActions } from '../../support/actions.js';
import { BUILD } from '../../support/builds.js';

describe('the retry that main saves for post', () => {
  const saved = {
    phase: 'sending',
    build: BUILD,
    api: 'https://h/ms/openapi/api/apigw/v3',
    baseline: { status: 'FAILED' },
  } as const;
  /** What post reads after main has run `act`; `overrides` replace entries of the state. */
  const readBack = (
    act: (runner: ReturnType<typeof createRunner>) => void,
    overrides: Readonly<Record<string, string>> = {},
  ) => {
    const recorder = recordActions();
    act(createRunner(recorder.core, {}));
    const environment = runnerVariables({ state: { ...recorder.recorded.state, ...overrides } });
    return readSavedRetry(createRunner(recordActions().core, environment));
  };

  test('is read as it was saved', () => {
    expect(readBack((runner) => saveRetry(runner, saved))).toEqual(saved);
  });
  test('is undefined if main has deleted it, or saved none', () => {
    const deleted = readBack((runner) => {
      saveRetry(runner, saved);
      saveRetry(runner, undefined);
    });
    expect([deleted, readBack(() => {})]).toEqual([undefined, undefined]);
  });
  test.each(['', '{', 'null', '7', '{}', '{"build":{}}', '{"build":{"projectId":"a","pipelineId":"b"},"api":"c"}'])(
    'is undefined for other text: %s',
    (retry) => {
      expect(readBack((runner) => saveRetry(runner, saved), { retry })).toBeUndefined();
    },
  );
});
