import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { commitFromEvent } from '../../../src/github/event.js';
import { createRunner } from '../../../src/github/runner.js';
import { recordActions } from '../../support/actions.js';
import { codeOf } from '../../support/errors.js';
import { environmentOf } from '../../support/inputs.js';

const folder = mkdtempSync(join(tmpdir(), 'runner-'));
let files = 0;
afterAll(() => rmSync(folder, { recursive: true }));

/** The path of an event file with this text. */
function eventFile(text: string): string {
  files += 1;
  const path = join(folder, `event-${files}.json`);
  writeFileSync(path, text);
  return path;
}

describe('the event of the workflow run', () => {
  const read = (text: string) => createRunner(recordActions().core, { GITHUB_EVENT_PATH: eventFile(text) }).event();

  test('is read from its file', () => {
    expect(read('{"issue":{"number":7}}')).toEqual({ issue: { number: 7 } });
  });
  test('is empty where there is none, or no object', () => {
    expect([createRunner(recordActions().core, {}).event(), read('7'), read('null')]).toEqual([{}, {}, {}]);
  });
  test('that is broken or missing is an error of ours', async () => {
    const missing = createRunner(recordActions().core, { GITHUB_EVENT_PATH: join(folder, 'none.json') });
    expect([await codeOf(() => read('{"a":')), await codeOf(() => missing.event())]).toEqual([
      'input-invalid',
      'input-invalid',
    ]);
  });
});

describe('the commit whose checks may tell the build', () => {
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
      name: 'a commit that is none',
      event: 'check_run',
      payload: { check_run: { head_sha: '../main' } },
      commit: undefined,
    },
    {
      name: 'a number that is none',
      event: 'issue_comment',
      payload: comment({ number: '7', pull_request: {} }),
      commit: undefined,
    },
  ];
  const search = (event: string, payload: unknown, inputs: Readonly<Record<string, string>> = {}) => {
    const environment = {
      ...environmentOf(inputs),
      GITHUB_EVENT_NAME: event,
      GITHUB_EVENT_PATH: eventFile(JSON.stringify(payload)),
    };
    return commitFromEvent(createRunner(recordActions(environment).core, environment));
  };
  test.each(rows)('$name', ({ event, payload, commit }) => {
    expect(search(event, payload)).toEqual(commit);
  });

  test('is the input ref before anything else', () => {
    expect(search('push', {}, { ref: 'main' })).toEqual({ ref: 'main' });
  });
  test('is not looked for when the inputs name the build, so that a broken event file does not matter', () => {
    expect(search('pull_request', pullRequest, { buildId: 'b-1' })).toBeUndefined();
    const broken = {
      ...environmentOf({ buildUrl: 'x' }),
      GITHUB_EVENT_NAME: 'pull_request',
      GITHUB_EVENT_PATH: eventFile('{'),
    };
    expect(commitFromEvent(createRunner(recordActions(broken).core, broken))).toBeUndefined();
  });
});
