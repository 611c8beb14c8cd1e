import { expect, test } from '@jest/globals';
import { kindOf } from '../../../../src/report/wording/tasks.js';

test.each([
  ['SYSTEM', 'system error'],
  ['USER', 'user error'],
  ['THIRD_PARTY', 'third-party error'],
  ['PLUGIN', 'plug-in error'],
  ['', ''],
  ['constructor', ''],
  ['toString', ''],
])('the error type “%s” is a “%s”', (errorType, kind) => {
  expect(kindOf(errorType)).toBe(kind);
});
