import { describe, expect, test } from '@jest/globals';
import { isFinished, isRefusedGate, meaningOfBuild, meaningOfPart } from '../../../src/model/status.js';

/** What every value of BuildStatus.kt (bk-ci) means for a build and for a part. */
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

describe('meaningOfBuild and meaningOfPart', () => {
  test.each(TABLE.map(([status, build, part]) => ({ status, build, part })))(
    '$status: build $build, part $part',
    ({ status, build, part }) => {
      expect({ build: meaningOfBuild({ status }), part: meaningOfPart(status) }).toEqual({ build, part });
    },
  );

  test('of a build, only SUCCEED is a success', () => {
    const successes = TABLE.filter(([status]) => meaningOfBuild({ status, startTime: 1, endTime: 2 }) === 'succeeded');
    expect(successes.map(([status]) => status)).toEqual(['SUCCEED']);
  });

  test('a part without a status did not run', () => {
    expect([undefined, ''].map(meaningOfPart)).toEqual(['not run', 'not run']);
  });
});

describe('STAGE_SUCCESS', () => {
  const rows = [
    {
      name: 'without an end time waits at its gate',
      times: { startTime: 1 },
      expected: ['waits for a person', false, false],
    },
    {
      name: 'with an end time of 0 waits at its gate',
      times: { startTime: 1, endTime: 0 },
      expected: ['waits for a person', false, false],
    },
    {
      name: 'with an end time before its start waits at its gate',
      times: { startTime: 5, endTime: 4 },
      expected: ['waits for a person', false, false],
    },
    {
      name: 'with an end time was refused at its gate',
      times: { startTime: 1, endTime: 2 },
      expected: ['failed', true, true],
    },
  ] as const;
  test.each(rows)('$name', ({ times, expected }) => {
    const build = { status: 'STAGE_SUCCESS', ...times };
    expect([meaningOfBuild(build), isFinished(build), isRefusedGate(build)]).toEqual(expected);
  });

  test('is the only status of a refused gate', () => {
    expect(isRefusedGate({ status: 'FAILED', startTime: 1, endTime: 2 })).toBe(false);
  });
});

describe('isFinished', () => {
  const rows = [
    { name: 'true for a failed build', build: { status: 'FAILED' }, finished: true },
    { name: 'true for a cancelled build', build: { status: 'CANCELED' }, finished: true },
    { name: 'false for a running build', build: { status: 'RUNNING', startTime: 1 }, finished: false },
    { name: 'false for a queued build', build: { status: 'QUEUE', startTime: 0 }, finished: false },
    {
      name: 'false for an unknown status without an end time',
      build: { status: 'NEW', startTime: 1 },
      finished: false,
    },
    {
      name: 'true for an unknown status with an end time',
      build: { status: 'NEW', startTime: 1, endTime: 2 },
      finished: true,
    },
  ];
  test.each(rows)('$name', ({ build, finished }) => {
    expect(isFinished(build)).toBe(finished);
  });
});
