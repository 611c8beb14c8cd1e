import { describe, expect, test } from '@jest/globals';
import {
  expectedExecution,
  movedSince,
  type OwnExecution,
  otherStarter,
  type Whose,
  whoseExecution,
} from '../../../src/model/execution.js';
import type { Baseline, BuildStatus } from '../../../src/model/snapshot.js';
import { buildStatus } from '../../support/builds.js';

const { executeCount: _, ...uncounted } = buildStatus();

describe('expectedExecution', () => {
  test('is one more than before the retry', () =>
    expect(expectedExecution(buildStatus({ executeCount: 2 }), false)).toBe(3));
  test('is the same for a plug-in of a running build', () => expect(expectedExecution(buildStatus(), true)).toBe(1));
  test('is not known if the server gives no count', () => expect(expectedExecution(uncounted, false)).toBeUndefined());
  test('is not known without a status', () => expect(expectedExecution(undefined, false)).toBeUndefined());
});

describe('whoseExecution', () => {
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
    { name: 'a status without a count is ours', own: { executeCount: 2 }, status: uncounted, whose: 'ours' },
    {
      name: 'any count is ours if the expected count is not known',
      own: {},
      status: buildStatus({ executeCount: 9 }),
      whose: 'ours',
    },
    {
      name: 'the baseline itself is before ours',
      own: { baseline },
      status: baseline,
      whose: 'before ours',
    },
    {
      name: 'a status that differs from the baseline is ours',
      own: { baseline },
      status: buildStatus({ executeCount: 2 }),
      whose: 'ours',
    },
    {
      name: 'the same count with another starter is somebody else’s',
      own: { executeCount: 2, username: 'ops' },
      status: buildStatus({ executeCount: 2 }),
      whose: "somebody else's",
    },
    {
      name: 'a count decides, whatever the times are',
      own: { executeCount: 4, baseline: buildStatus({ executeCount: 3 }) },
      status: buildStatus({ executeCount: 3, endTime: 9_999_999_999_999, status: 'SUCCEED' }),
      whose: 'before ours',
    },
    {
      name: 'the baseline decides if the count is lost',
      own: { executeCount: 4, baseline: buildStatus({ executeCount: 3 }) },
      status: buildStatus({ executeCount: undefined, status: 'SUCCEED' }),
      whose: 'before ours',
    },
    {
      name: 'a higher count with another starter is newer',
      own: { executeCount: 2, username: 'ops' },
      status: buildStatus({ executeCount: 3 }),
      whose: 'newer',
    },
  ];
  test.each(rows)('$name', ({ own, status, whose }) => expect(whoseExecution(own, status)).toBe(whose));
});

describe('otherStarter', () => {
  const unnamed = buildStatus({ startedBy: undefined });
  const rows: readonly {
    name: string;
    status: Pick<BuildStatus, 'startedBy'>;
    username: string | undefined;
    other: string | undefined;
  }[] = [
    {
      name: 'is the starter if the names differ',
      status: buildStatus({ startedBy: 'ops' }),
      username: 'ci-bot',
      other: 'ops',
    },
    {
      name: 'is sanitised',
      status: buildStatus({ startedBy: 'o\n::error::ps' }),
      username: 'ci-bot',
      other: 'o ::error::ps',
    },
    { name: 'is undefined for the same name', status: buildStatus(), username: 'ci-bot', other: undefined },
    {
      name: 'is undefined without a user name',
      status: buildStatus(),
      username: undefined,
      other: undefined,
    },
    { name: 'is undefined without a starter', status: unnamed, username: 'ci-bot', other: undefined },
  ];
  test.each(rows)('$name', ({ status, username, other }) => expect(otherStarter(status, username)).toBe(other));
});

const before: Baseline = { status: 'FAILED', executeCount: 1, queueTime: 10, startTime: 11, endTime: 20 };
const { executeCount: ___, ...beforeUncounted } = before;

describe('movedSince', () => {
  const { endTime: __, ...unended } = before;
  const rows: readonly { name: string; before?: Baseline; now: Baseline; moved: boolean }[] = [
    { name: 'the same status', now: before, moved: false },
    { name: 'a higher count', now: { ...before, executeCount: 2 }, moved: true },
    {
      name: 'a higher count, already ended with the same status',
      now: { ...before, executeCount: 2, endTime: 30 },
      moved: true,
    },
    {
      name: 'a lower count with other times',
      now: { ...unended, executeCount: 0, status: 'QUEUE', queueTime: 9 },
      moved: false,
    },
    { name: 'the same count, a later queue time', now: { ...before, queueTime: 25 }, moved: false },
    { name: 'the same count, a later end time', now: { ...before, endTime: 30 }, moved: false },
    { name: 'the same count, no end time any more', now: unended, moved: false },
    { name: 'the same count, running', now: { ...unended, status: 'RUNNING' }, moved: false },
    {
      name: 'no counts, an earlier queue time',
      before: beforeUncounted,
      now: { ...beforeUncounted, queueTime: 9 },
      moved: false,
    },
    ...(['queueTime', 'endTime'] as const).flatMap((name) => [
      {
        name: `no counts, ${name} is missing now`,
        before: beforeUncounted,
        now: { ...beforeUncounted, [name]: undefined },
        moved: false,
      },
      {
        name: `no counts, ${name} was missing before`,
        before: { ...beforeUncounted, [name]: undefined },
        now: beforeUncounted,
        moved: false,
      },
      {
        name: `no counts, ${name} was 0`,
        before: { ...beforeUncounted, [name]: 0 },
        now: beforeUncounted,
        moved: false,
      },
      {
        name: `no counts, ${name} is 0 now`,
        before: beforeUncounted,
        now: { ...beforeUncounted, [name]: 0 },
        moved: false,
      },
    ]),
    { name: 'no counts, the same times', before: beforeUncounted, now: beforeUncounted, moved: false },
    {
      name: 'no counts, another queue time',
      before: beforeUncounted,
      now: { ...beforeUncounted, queueTime: 25 },
      moved: true,
    },
    { name: 'no count now, the same times', now: beforeUncounted, moved: false },
    { name: 'no count before, the same times', before: beforeUncounted, now: before, moved: false },
    { name: 'no count now, another queue time', now: { ...beforeUncounted, queueTime: 25 }, moved: true },
    {
      name: 'no count before, another queue time',
      before: beforeUncounted,
      now: { ...before, queueTime: 25 },
      moved: true,
    },
    { name: 'finished before, unfinished now', before: { status: 'FAILED' }, now: { status: 'QUEUE' }, moved: true },
    {
      name: 'finished before, an unknown status now',
      before: { status: 'FAILED' },
      now: { status: 'NEW' },
      moved: true,
    },
    {
      name: 'another final status without times',
      before: { status: 'FAILED' },
      now: { status: 'CANCELED' },
      moved: false,
    },
    { name: 'running before and now', before: { status: 'RUNNING' }, now: { status: 'RUNNING' }, moved: false },
    {
      name: 'waiting before, running now',
      before: { status: 'STAGE_SUCCESS' },
      now: { status: 'RUNNING' },
      moved: false,
    },
  ];
  test.each(rows)('$name', ({ before: base = before, now, moved }) => {
    expect(movedSince(base, now)).toBe(moved);
  });
});
