import { describe, expect, test } from '@jest/globals';
import { createRunner } from '../../../src/github/runner.js';
import { accessToSave, readSavedRetry, saveRetry } from '../../../src/run/saved-state.js';
import { runnerVariables } from '../../standin/runner/variables.js';
import { recordActions } from '../../support/actions.js';
import { BUILD } from '../../support/builds.js';
import { inputs } from '../../support/inputs.js';

const BKAPI = 'https://bkapi.example.com/api/devops/prod/v4/apigw-app';

describe('the retry that main saves for post', () => {
  const saved = {
    phase: 'sending',
    build: BUILD,
    api: 'https://h/ms/openapi/api/apigw/v3',
    username: 'ci-bot',
    channelCode: 'AM',
    consoleUrl: 'https://h/bk',
    credentials: ['accessToken', 'headers'],
    baseline: { status: 'FAILED', endTime: 7 },
    executeCount: 2,
    unsure: true,
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
  const readInstead = (retry: string) => readBack((runner) => saveRetry(runner, saved), { retry });

  test('is read as it was saved', () => {
    const { phase, build, api } = saved;
    const least = { phase, build, api, credentials: [] };
    expect(readBack((runner) => saveRetry(runner, saved))).toEqual(saved);
    expect(readBack((runner) => saveRetry(runner, least))).toEqual(least);
  });

  test('is nothing if main has deleted it, or saved none', () => {
    const deleted = readBack((runner) => {
      saveRetry(runner, saved);
      saveRetry(runner, undefined);
    });
    expect([deleted, readBack(() => {})]).toEqual(['nothing', 'nothing']);
  });

  test.each(['', '{', 'null', '7', '[]', '{}', '{"build":{}}'])('is unreadable as other text: %s', (retry) => {
    expect(readInstead(retry)).toBe('unreadable');
  });

  test('is unreadable with a phase that main does not know', () => {
    expect(readBack((runner) => saveRetry(runner, saved), { phase: 'begun' })).toBe('unreadable');
  });

  const changes: readonly (readonly [name: string, change: Readonly<Record<string, unknown>>])[] = [
    ['no build', { build: undefined }],
    ['an id that leaves its path', { build: { ...BUILD, buildId: '..' } }],
    ['an id that is a number', { build: { ...BUILD, projectId: 7 } }],
    ['no API', { api: undefined }],
    ['an API without a type', { api: 'https://h' }],
    ['an API that is no address', { api: 'h/ms/openapi/api/apigw/v3' }],
    ['an API with a query', { api: 'https://h/ms/openapi/api/apigw/v3?x=y' }],
    ['an API with user info', { api: 'https://me:secret@h/ms/openapi/api/apigw/v3' }],
    ['a username with a line break', { username: 'ci-bot\r\nX-Evil: 1' }],
    ['a username that is an object', { username: {} }],
    ['a channel with a line break', { channelCode: 'AM\n' }],
    ['a console that is no address', { consoleUrl: 'javascript:alert(1)' }],
    ['no list of credentials', { credentials: undefined }],
    ['an unknown credential', { credentials: ['githubToken'] }],
    ['a baseline without a status', { baseline: {} }],
    ['a time that is a text', { baseline: { status: 'FAILED', endTime: '7' } }],
    ['a count that is a text', { executeCount: '2' }],
    ['a doubt that is a text', { unsure: 'yes' }],
  ];
  test.each(changes)('is unreadable with %s', (_, change) => {
    const { phase: __, ...retry } = saved;
    expect(readInstead(JSON.stringify({ ...retry, ...change }))).toBe('unreadable');
  });
});

describe('what is saved of the access', () => {
  test('on BK-CI’s own gateway has no credential, only their names', () => {
    const secrets = { accessToken: 'hunter2hunter2', headers: 'X-Site-Token: hunter2hunter2' };
    const access = accessToSave(inputs({ ...secrets, channelCode: 'AM' }));
    expect(access).toEqual({
      api: 'https://devops.example.com/ms/openapi/api/apigw/v3',
      username: 'ci-bot',
      channelCode: 'AM',
      consoleUrl: 'https://devops.example.com',
      credentials: ['accessToken', 'headers'],
    });
    expect(JSON.stringify(access)).not.toContain('hunter2');
  });

  test('on the API gateway has no credential, only their names', () => {
    const access = accessToSave(inputs({ apiUrl: BKAPI, appCode: 'app', appSecret: 'hunter2hunter2' }));
    expect(access).toEqual({ api: BKAPI, username: 'ci-bot', credentials: ['appCode', 'appSecret'] });
    expect(JSON.stringify(access)).not.toContain('hunter2');
  });
});
