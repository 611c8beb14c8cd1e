import { describe, expect, test } from '@jest/globals';
import { expectedExecution, isNewerExecution, otherStarter } from '../../../src/model/execution.js';
import { buildStatus } from '../../support/builds.js';

const { executeCount: _, ...uncounted } = buildStatus();

describe('the count of a retry', () => {
  test('is one more than before', () => expect(expectedExecution(buildStatus({ executeCount: 2 }), false)).toBe(3));
  test('stays, for a plug-in inside a running build', () => expect(expectedExecution(buildStatus(), true)).toBe(1));
  test('is not known where the server does not count', () =>
    expect(expectedExecution(uncounted, false)).toBeUndefined());
  test('is not known where nobody looked', () => expect(expectedExecution(undefined, false)).toBeUndefined());
});

describe('an execution is later than ours', () => {
  const rows = [
    { name: 'when it counts more', seen: buildStatus({ executeCount: 3 }), accepted: 2, later: true },
    { name: 'not when it is ours', seen: buildStatus({ executeCount: 2 }), accepted: 2, later: false },
    { name: 'not when it is the one before', seen: buildStatus({ executeCount: 1 }), accepted: 2, later: false },
    { name: 'not when it is not counted', seen: uncounted, accepted: 2, later: false },
    { name: 'not when ours is not', seen: buildStatus({ executeCount: 9 }), accepted: undefined, later: false },
  ];
  test.each(rows)('$name', ({ seen, accepted, later }) => expect(isNewerExecution(seen, accepted)).toBe(later));
});

describe('somebody else has started it', () => {
  const { startedBy: __, ...nobody } = buildStatus();
  const rows = [
    { name: 'when the names differ', seen: buildStatus({ startedBy: 'ops' }), username: 'ci-bot', other: 'ops' },
    {
      name: 'in one line',
      seen: buildStatus({ startedBy: 'o\n::error::ps' }),
      username: 'ci-bot',
      other: 'o ::error::ps',
    },
    { name: 'not when it is the same name', seen: buildStatus(), username: 'ci-bot', other: undefined },
    {
      name: 'not that anybody knew, without a name of ours',
      seen: buildStatus(),
      username: undefined,
      other: undefined,
    },
    { name: 'not that anybody knew, without one of theirs', seen: nobody, username: 'ci-bot', other: undefined },
  ];
  test.each(rows)('$name', ({ seen, username, other }) => expect(otherStarter(seen, username)).toBe(other));
});
