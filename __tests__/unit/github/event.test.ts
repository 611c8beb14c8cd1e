import { describe, expect, test } from '@jest/globals';
import { actionPages, commitFromEvent } from '../../../src/github/event.js';
import { createRunner } from '../../../src/github/runner.js';
import { recordActions } from '../../support/actions.js';
import { eventFile } from '../../support/event-file.js';
import { environmentOf } from '../../support/inputs.js';

describe('commitFromEvent', () => {
  const SHA = 'a1b2c3d4e5f6a7b8c9d0a1b2c3d4e5f6a7b8c9d0';
  const pullRequest = { pull_request: { head: { sha: SHA } } };
  const comment = (issue: unknown) => ({ issue });
  const rows = [
    { name: 'a pull request', event: 'pull_request', payload: pullRequest, commit: { ref: SHA } },
    { name: 'a pull request of a fork', event: 'pull_request_target', payload: pullRequest, commit: { ref: SHA } },
    { name: 'a review', event: 'pull_request_review', payload: pullRequest, commit: { ref: SHA } },
    {
      name: 'a comment on a pull request',
      event: 'issue_comment',
      payload: comment({ number: 7, pull_request: {} }),
      commit: { pullRequest: 7 },
    },
    { name: 'a comment on an issue', event: 'issue_comment', payload: comment({ number: 7 }), commit: undefined },
    { name: 'a check run', event: 'check_run', payload: { check_run: { head_sha: SHA } }, commit: { ref: SHA } },
    { name: 'a check suite', event: 'check_suite', payload: { check_suite: { head_sha: SHA } }, commit: { ref: SHA } },
    { name: 'a push', event: 'push', payload: { after: SHA, head_commit: { id: SHA } }, commit: undefined },
    { name: 'a schedule', event: 'schedule', payload: {}, commit: undefined },
    { name: 'a payload without its commit', event: 'pull_request', payload: {}, commit: undefined },
    {
      name: 'an invalid commit',
      event: 'check_run',
      payload: { check_run: { head_sha: '../main' } },
      commit: undefined,
    },
    {
      name: 'an invalid number of a pull request',
      event: 'issue_comment',
      payload: comment({ number: '7', pull_request: {} }),
      commit: undefined,
    },
  ];
  const commitOf = (event: string, payload: unknown, inputs: Readonly<Record<string, string>> = {}) => {
    const environment = {
      ...environmentOf(inputs),
      GITHUB_EVENT_NAME: event,
      GITHUB_EVENT_PATH: eventFile(JSON.stringify(payload)),
    };
    return commitFromEvent(createRunner(recordActions(environment).core, environment));
  };
  test.each(rows)('$name', ({ event, payload, commit }) => {
    expect(commitOf(event, payload)).toEqual(commit);
  });

  test('prefers the input ref', () => {
    expect(commitOf('push', {}, { ref: 'main' })).toEqual({ ref: 'main' });
  });
  test('does not read the event, which may be broken, if the inputs name the build', () => {
    expect(commitOf('pull_request', pullRequest, { buildId: 'b-1' })).toBeUndefined();
    const broken = {
      ...environmentOf({ buildUrl: 'x' }),
      GITHUB_EVENT_NAME: 'pull_request',
      GITHUB_EVENT_PATH: eventFile('{'),
    };
    expect(commitFromEvent(createRunner(recordActions(broken).core, broken))).toBeUndefined();
  });
});

describe('actionPages', () => {
  const VALID = {
    GITHUB_SERVER_URL: 'https://github.example.com',
    GITHUB_ACTION_REPOSITORY: 'mirrors/retry-bk-ci',
    GITHUB_ACTION_REF: 'releases/v1.2.0',
  };
  const pagesOf = (environment: Readonly<Record<string, string>>) =>
    actionPages(createRunner(recordActions(environment).core, environment));

  test('are those of the version that runs, on the server of the runner', () => {
    expect(pagesOf(VALID)).toBe('https://github.example.com/mirrors/retry-bk-ci/blob/releases/v1.2.0/docs');
  });

  test.each([
    ['GITHUB_SERVER_URL', ['', 'javascript:alert(1)', 'https://h/x', 'https://h?']],
    ['GITHUB_ACTION_REPOSITORY', ['', 'acme', 'acme/x/y', 'acme/x)', 'acme/<x>', ' acme/x']],
    ['GITHUB_ACTION_REF', ['', '..', 'v1/../../evil', 'v1)', 'v1 v2', '/v1', 'v1/', 'v1#x', 'v1?x', 'v1\n']],
  ])('are not known if %s has another form', (name, values) => {
    for (const value of values) expect([value, pagesOf({ ...VALID, [name]: value })]).toEqual([value, undefined]);
  });
});
