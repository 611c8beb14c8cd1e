import { describe, expect, test } from '@jest/globals';
import {
  expectedExecution,
  type OwnExecution,
  otherStarter,
  type Whose,
  whoseExecution,
} from '../../../src/model/execution.js';
import type { BuildStatus } from '../../../src/model/snapshot.js';
import { buildStatus } from '../../support/builds.js';

const { executeCount: _, ...uncounted } = buildStatus();

describe('the count of a retry', () => {
  test('is one more than before', () => expect(expectedExecution(buildStatus({ executeCount: 2 }), false)).toBe(3));
  test('stays, for a plug-in inside a running build', () => expect(expectedExecution(buildStatus(), true)).toBe(1));
  test('is not known where the server does not count', () =>
    expect(expectedExecution(uncounted, false)).toBeUndefined());
  test('is not known where nobody looked', () => expect(expectedExecution(undefined, false)).toBeUndefined());
});

describe('whose execution a status shows', () => {
  const baseline = buildStatus({ executeCount: 1 });
  const rows: readonly { name: string; own: OwnExecution; status: BuildStatus; whose: Whose }[] = [
    {
      name: 'a higher count is newer',
      own: { executeCount: 2 },
      status: buildStatus({ executeCount: 3 }),
      whose: 'newer',
    },
    {
      name: 'the same count is ours',
      own: { executeCount: 2 },
      status: buildStatus({ executeCount: 2 }),
      whose: 'ours',
    },
    {
      name: 'a lower count is before ours',
      own: { executeCount: 2 },
      status: buildStatus({ executeCount: 1 }),
      whose: 'before ours',
    },
    { name: 'one that is not counted counts as ours', own: { executeCount: 2 }, status: uncounted, whose: 'ours' },
    {
      name: 'so does any, where our count is not known',
      own: {},
      status: buildStatus({ executeCount: 9 }),
      whose: 'ours',
    },
    {
      name: 'what has not moved from the baseline is before ours',
      own: { baseline },
      status: baseline,
      whose: 'before ours',
    },
    { name: 'what has moved is ours', own: { baseline }, status: buildStatus({ executeCount: 2 }), whose: 'ours' },
    {
      name: 'another starter than the user is somebody else',
      own: { executeCount: 2, username: 'ops' },
      status: buildStatus({ executeCount: 2 }),
      whose: "somebody else's",
    },
    {
      name: 'a higher count is newer whoever started it',
      own: { executeCount: 2, username: 'ops' },
      status: buildStatus({ executeCount: 3 }),
      whose: 'newer',
    },
  ];
  test.each(rows)('$name', ({ own, status, whose }) => expect(whoseExecution(own, status)).toBe(whose));
});

describe('somebody else has started it', () => {
  const nobody = buildStatus({ startedBy: undefined });
  const rows: readonly {
    name: string;
    seen: Pick<BuildStatus, 'startedBy'>;
    username: string | undefined;
    other: string | undefined;
  }[] = [
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
