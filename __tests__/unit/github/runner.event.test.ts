import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { createRunner } from '../../../src/github/runner.js';
import { recordActions } from '../../support/actions.js';
import { codeOf } from '../../support/errors.js';
import { eventFile, eventFolder } from '../../support/event-file.js';

describe('the event of the workflow run', () => {
  const read = (text: string) => createRunner(recordActions().core, { GITHUB_EVENT_PATH: eventFile(text) }).event();

  test('is read from its file', () => {
    expect(read('{"issue":{"number":7}}')).toEqual({ issue: { number: 7 } });
  });
  test('is empty if there is no file, or no object in it', () => {
    expect([createRunner(recordActions().core, {}).event(), read('7'), read('null')]).toEqual([{}, {}, {}]);
  });
  test('causes an error with a code if its file is broken or missing', async () => {
    const missing = createRunner(recordActions().core, { GITHUB_EVENT_PATH: join(eventFolder, 'none.json') });
    expect([await codeOf(() => read('{"a":')), await codeOf(() => missing.event())]).toEqual([
      'input-invalid',
      'input-invalid',
    ]);
  });
});
