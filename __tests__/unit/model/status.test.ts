import { describe, expect, test } from '@jest/globals';
import { executionsSince, movedSince } from '../../../src/model/execution.js';
import type { Baseline } from '../../../src/model/snapshot.js';
import { isFinished, isRefusedGate, meaningOfBuild, meaningOfPart } from '../../../src/model/status.js';

/** Every value of bk-ci: BuildStatus.kt; what a build means by it, what a part means by it. */
const TABLE: readonly (readonly [status: string, build: string, part: string])[] = [
  ['SUCCEED', 'succeeded', 'succeeded'],
  ['FAILED', 'failed', 'failed'],
  ['CANCELED', 'cancelled', 'cancelled'],
  ['RUNNING', 'running', 'running'],
  ['TERMINATE', 'failed', 'failed'],
  ['REVIEWING', 'waits for a person', 'waits for a person'],
  ['REVIEW_ABORT', 'failed', 'failed'],
  ['REVIEW_PROCESSED', 'unknown', 'succeeded'],
  ['HEARTBEAT_TIMEOUT', 'failed', 'failed'],
  ['PREPARE_ENV', 'running', 'running'],
  ['UNEXEC', 'unknown', 'not run'],
  ['SKIP', 'unknown', 'succeeded'],
  ['QUALITY_CHECK_FAIL', 'failed', 'failed'],
  ['QUEUE', 'running', 'running'],
  ['LOOP_WAITING', 'running', 'running'],
  ['CALL_WAITING', 'running', 'running'],
  ['TRY_FINALLY', 'running', 'running'],
  ['QUEUE_TIMEOUT', 'failed', 'failed'],
  ['EXEC_TIMEOUT', 'failed', 'failed'],
  ['QUEUE_CACHE', 'running', 'running'],
  ['RETRY', 'running', 'running'],
  ['PAUSE', 'waits for a person', 'waits for a person'],
  ['STAGE_SUCCESS', 'waits for a person', 'succeeded'],
  ['QUOTA_FAILED', 'failed', 'failed'],
  ['DEPENDENT_WAITING', 'running', 'running'],
  ['QUALITY_CHECK_PASS', 'unknown', 'succeeded'],
  ['QUALITY_CHECK_WAIT', 'waits for a person', 'waits for a person'],
  ['TRIGGER_REVIEWING', 'waits for a person', 'waits for a person'],
  ['UNKNOWN', 'unknown', 'unknown'],
  ['BRAND_NEW', 'unknown', 'unknown'],
  ['succeed', 'unknown', 'unknown'],
  ['constructor', 'unknown', 'unknown'],
  ['__proto__', 'unknown', 'unknown'],
];

describe('what a status means', () => {
  test.each(TABLE.map(([status, build, part]) => ({ status, build, part })))(
    '$status: a build $build, a part $part',
    ({ status, build, part }) => {
      expect({ build: meaningOfBuild({ status }), part: meaningOfPart(status) }).toEqual({ build, part });
    },
  );

  test('only SUCCEED is a success of a build', () => {
    const fine = TABLE.filter(([status]) => meaningOfBuild({ status, startTime: 1, endTime: 2 }) === 'succeeded');
    expect(fine.map(([status]) => status)).toEqual(['SUCCEED']);
  });

  test('a part without a status did not run', () => {
    expect([undefined, ''].map(meaningOfPart)).toEqual(['not run', 'not run']);
  });
});

describe('STAGE_SUCCESS', () => {
  const rows = [
    {
      name: 'without an end waits at its gate',
      times: { startTime: 1 },
      expected: ['waits for a person', false, false],
    },
    {
      name: 'with an end of 0 waits at its gate',
      times: { startTime: 1, endTime: 0 },
      expected: ['waits for a person', false, false],
    },
    {
      name: 'with an end before its start waits at its gate',
      times: { startTime: 5, endTime: 4 },
      expected: ['waits for a person', false, false],
    },
    {
      name: 'with an end was refused at its gate',
      times: { startTime: 1, endTime: 2 },
      expected: ['failed', true, true],
    },
  ] as const;
  test.each(rows)('$name', ({ times, expected }) => {
    const build = { status: 'STAGE_SUCCESS', ...times };
    expect([meaningOfBuild(build), isFinished(build), isRefusedGate(build)]).toEqual(expected);
  });

  test('nothing else is a refused gate', () => {
    expect(isRefusedGate({ status: 'FAILED', startTime: 1, endTime: 2 })).toBe(false);
  });
});

describe('a build is finished', () => {
  const rows = [
    { name: 'when its state is final', build: { status: 'FAILED' }, finished: true },
    { name: 'when it was cancelled', build: { status: 'CANCELED' }, finished: true },
    { name: 'not while it runs', build: { status: 'RUNNING', startTime: 1 }, finished: false },
    { name: 'not while it is queued', build: { status: 'QUEUE', startTime: 0 }, finished: false },
    { name: 'not in an unknown state without an end', build: { status: 'NEW', startTime: 1 }, finished: false },
    { name: 'in an unknown state with an end', build: { status: 'NEW', startTime: 1, endTime: 2 }, finished: true },
  ];
  test.each(rows)('$name', ({ build, finished }) => {
    expect(isFinished(build)).toBe(finished);
  });
});

describe('movedSince', () => {
  const before: Baseline = { status: 'FAILED', executeCount: 1, queueTime: 10, startTime: 11, endTime: 20 };
  const { executeCount: _, ...uncounted } = before;
  const { endTime: __, ...open } = before;
  const rows: readonly { name: string; before?: Baseline; now: Baseline; moved: boolean }[] = [
    { name: 'the same look', now: before, moved: false },
    { name: 'one execution more', now: { ...before, executeCount: 2 }, moved: true },
    {
      name: 'one execution more, already ended the same way',
      now: { ...before, executeCount: 2, endTime: 30 },
      moved: true,
    },
    {
      name: 'an older execution, whatever its times say',
      now: { ...open, executeCount: 0, status: 'QUEUE', queueTime: 9 },
      moved: false,
    },
    { name: 'the same count, queued anew', now: { ...before, queueTime: 25 }, moved: true },
    { name: 'the same count, ended anew', now: { ...before, endTime: 30 }, moved: true },
    { name: 'the same count, end gone', now: open, moved: true },
    { name: 'no counts, the same', before: uncounted, now: uncounted, moved: false },
    { name: 'no counts, queued anew', before: uncounted, now: { ...uncounted, queueTime: 25 }, moved: true },
    { name: 'no count now, the same times', now: uncounted, moved: false },
    { name: 'no count before, the same times', before: uncounted, now: before, moved: false },
    { name: 'no count now, queued anew', now: { ...uncounted, queueTime: 25 }, moved: true },
    { name: 'no count before, queued anew', before: uncounted, now: { ...before, queueTime: 25 }, moved: true },
    { name: 'finished before, unfinished now', before: { status: 'FAILED' }, now: { status: 'QUEUE' }, moved: true },
    {
      name: 'finished before, in a state nobody knows now',
      before: { status: 'FAILED' },
      now: { status: 'NEW' },
      moved: true,
    },
    {
      name: 'another final state without times',
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

  test('executions are counted only where both looks have a count', () => {
    const counts = [
      executionsSince(before, { ...before, executeCount: 3 }),
      executionsSince(uncounted, before),
      executionsSince(before, uncounted),
    ];
    expect(counts).toEqual([2, undefined, undefined]);
  });
});
