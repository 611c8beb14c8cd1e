import { describe, expect, test } from '@jest/globals';
import { type Change, changesSince, runningNow } from '../../../src/follow/progress.js';
import type { BuildStatus, StageStatus } from '../../../src/model/snapshot.js';
import { buildStatus, NOON, running, stageStatus } from '../../support/builds.js';

const testStage = (more: Partial<StageStatus> = {}) => stageStatus({ status: 'RUNNING', ...more });
const runningWith = (...stages: StageStatus[]) => running({ stages });
const DEPLOY: StageStatus = { stageId: 'stage-4', name: 'Deploy' };
const refused = (...behind: StageStatus[]) =>
  buildStatus({ status: 'STAGE_SUCCESS', executeCount: 2, stages: [testStage({ status: 'SUCCEED' }), ...behind] });
const queued = (queuePosition?: number) =>
  running({ status: 'QUEUE', stages: [stageStatus()], ...(queuePosition === undefined ? {} : { queuePosition }) });

describe('the changes between two reads', () => {
  const rows: readonly { name: string; before?: BuildStatus; now: BuildStatus; changes: readonly Change[] }[] = [
    {
      name: 'a queued build, with its position',
      now: queued(3),
      changes: [{ state: 'queued', text: '3 in the queue' }],
    },
    { name: 'a queued build without a known position', now: queued(), changes: [{ state: 'queued', text: '' }] },
    {
      name: 'another position in the queue',
      before: queued(3),
      now: queued(1),
      changes: [{ state: 'queued', text: '1 in the queue' }],
    },
    { name: 'nothing when the position is not told any more', before: queued(1), now: queued(), changes: [] },
    { name: 'nothing at the same position in the queue', before: queued(3), now: queued(3), changes: [] },
    {
      name: 'a build that waits for its start is queued',
      now: running({ status: 'TRIGGER_REVIEWING', stages: [] }),
      changes: [{ state: 'queued', text: '' }],
    },
    {
      name: 'nothing about the old stages of a queued build',
      before: buildStatus(),
      now: queued(1),
      changes: [{ state: 'queued', text: '1 in the queue' }],
    },
    {
      name: 'a stage that started',
      before: queued(1),
      now: runningWith(testStage()),
      changes: [{ state: 'running', text: 'Test' }],
    },
    {
      name: 'nothing when a stage is still running',
      before: runningWith(testStage()),
      now: runningWith(testStage()),
      changes: [],
    },
    {
      name: 'nothing when a stage changes to another running status',
      before: runningWith(testStage()),
      now: runningWith(testStage({ status: 'LOOP_WAITING' })),
      changes: [],
    },
    {
      name: 'a succeeded stage, with its time',
      before: runningWith(testStage()),
      now: runningWith(testStage({ status: 'SUCCEED', durationMs: 228_000 })),
      changes: [{ state: 'succeeded', text: 'Test, 3 min 48 s' }],
    },
    {
      name: 'a failed stage without a known time',
      before: runningWith(testStage()),
      now: runningWith(testStage({ status: 'FAILED' })),
      changes: [{ state: 'failed', text: 'Test' }],
    },
    {
      name: 'a cancelled stage',
      before: runningWith(testStage()),
      now: runningWith(testStage({ status: 'CANCELED' })),
      changes: [{ state: 'cancelled', text: 'Test' }],
    },
    {
      name: 'two changes between two reads',
      before: runningWith(testStage()),
      now: runningWith(testStage({ status: 'SUCCEED' }), testStage({ stageId: 'stage-4', name: 'Deploy' })),
      changes: [
        { state: 'succeeded', text: 'Test' },
        { state: 'running', text: 'Deploy' },
      ],
    },
    {
      name: 'nothing when a stage has not run yet',
      before: runningWith(),
      now: runningWith(testStage({ status: 'UNEXEC' })),
      changes: [],
    },
    {
      name: 'nothing when a stage has an unknown status',
      before: runningWith(testStage()),
      now: runningWith(testStage({ status: 'NEW' })),
      changes: [],
    },
    {
      name: 'a waiting gate',
      before: runningWith(testStage({ status: '' })),
      now: runningWith(testStage({ status: 'PAUSE' })),
      changes: [{ state: 'waiting', text: 'Test' }],
    },
    {
      name: 'an approved gate',
      before: runningWith(testStage({ status: 'PAUSE' })),
      now: runningWith(testStage()),
      changes: [
        { state: 'approved', text: 'Test' },
        { state: 'running', text: 'Test' },
      ],
    },
    {
      name: 'a stage that failed at its gate',
      before: runningWith(testStage({ status: 'PAUSE' })),
      now: runningWith(testStage({ status: 'FAILED' })),
      changes: [{ state: 'failed', text: 'Test' }],
    },
    {
      name: 'a refused gate, followed by a finally stage',
      before: runningWith(
        testStage({ status: 'SUCCEED' }),
        stageStatus({ stageId: 'stage-4', name: 'Deploy', status: 'REVIEWING' }),
      ),
      now: refused(DEPLOY, { stageId: 'stage-5', name: 'Tell' }, testStage({ stageId: 'stage-6', name: 'Tidy up' })),
      changes: [
        { state: 'refused', text: 'Deploy' },
        { state: 'running', text: 'Tidy up' },
      ],
    },
    {
      name: 'a gate that was refused between two reads',
      before: runningWith(testStage()),
      now: refused(DEPLOY),
      changes: [
        { state: 'succeeded', text: 'Test' },
        { state: 'refused', text: 'Deploy' },
      ],
    },
    {
      name: 'a refused gate whose stage has REVIEW_ABORT',
      now: refused({ stageId: 'stage-4', name: 'Sign' }, { ...DEPLOY, status: 'REVIEW_ABORT' }),
      changes: [{ state: 'refused', text: 'Deploy' }],
    },
    {
      name: 'nothing about a stage that was kept from the execution before',
      now: runningWith(
        stageStatus({ status: 'SUCCEED', startEpoch: NOON - 60_000 }),
        testStage({ stageId: 'stage-4', name: 'Deploy' }),
      ),
      changes: [{ state: 'running', text: 'Deploy' }],
    },
    {
      name: 'nothing about a finished stage without a start time',
      now: runningWith(stageStatus({ status: 'SUCCEED' })),
      changes: [],
    },
    {
      name: 'a stage that started and ended before the first read',
      now: runningWith(stageStatus({ status: 'SUCCEED', startEpoch: NOON + 2000, durationMs: 1000 })),
      changes: [{ state: 'succeeded', text: 'Test, 1 s' }],
    },
    {
      name: 'a hostile name on one line',
      before: runningWith(),
      now: runningWith(testStage({ name: 'a\r::error::b\n##[group]c' })),
      changes: [{ state: 'running', text: 'a ::error::b ##\\[group]c' }],
    },
  ];
  test.each(rows)('$name', ({ before, now, changes }) => {
    expect(changesSince(before, now)).toEqual(changes);
  });
});

describe('the running stages', () => {
  const rows = [
    { name: 'are one', now: runningWith(testStage()), text: 'Test' },
    { name: 'are two', now: runningWith(testStage(), testStage({ name: 'Lint' })), text: 'Test, Lint' },
    { name: 'are none, so the status of the build is shown', now: runningWith(), text: 'RUNNING' },
  ];
  test.each(rows)('$name', ({ now, text }) => {
    expect(runningNow(now)).toBe(text);
  });
});
