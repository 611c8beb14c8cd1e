import { describe, expect, test } from '@jest/globals';
import { countOfRetry, isLater, otherStarter } from '../../../src/model/execution.js';
import { look } from '../../support/builds.js';

const { executeCount: _, ...uncounted } = look();

describe('the count of a retry', () => {
  test('is one more than before', () => expect(countOfRetry(look({ executeCount: 2 }), false)).toBe(3));
  test('stays, for a plug-in inside a running build', () => expect(countOfRetry(look(), true)).toBe(1));
  test('is not known where the server does not count', () => expect(countOfRetry(uncounted, false)).toBeUndefined());
  test('is not known where nobody looked', () => expect(countOfRetry(undefined, false)).toBeUndefined());
});

describe('an execution is later than ours', () => {
  const rows = [
    { name: 'when it counts more', seen: look({ executeCount: 3 }), ours: 2, later: true },
    { name: 'not when it is ours', seen: look({ executeCount: 2 }), ours: 2, later: false },
    { name: 'not when it is the one before', seen: look({ executeCount: 1 }), ours: 2, later: false },
    { name: 'not when it is not counted', seen: uncounted, ours: 2, later: false },
    { name: 'not when ours is not', seen: look({ executeCount: 9 }), ours: undefined, later: false },
  ];
  test.each(rows)('$name', ({ seen, ours, later }) => expect(isLater(seen, ours)).toBe(later));
});

describe('somebody else has started it', () => {
  const { startedBy: __, ...nobody } = look();
  const rows = [
    { name: 'when the names differ', seen: look({ startedBy: 'ops' }), username: 'ci-bot', other: 'ops' },
    { name: 'in one line', seen: look({ startedBy: 'o\n::error::ps' }), username: 'ci-bot', other: 'o ::error::ps' },
    { name: 'not when it is the same name', seen: look(), username: 'ci-bot', other: undefined },
    { name: 'not that anybody knew, without a name of ours', seen: look(), username: undefined, other: undefined },
    { name: 'not that anybody knew, without one of theirs', seen: nobody, username: 'ci-bot', other: undefined },
  ];
  test.each(rows)('$name', ({ seen, username, other }) => expect(otherStarter(seen, username)).toBe(other));
});
