import { describe, expect, test } from '@jest/globals';
import { type Change, changesSince, runningNow } from '../../../src/follow/progress.js';
import { gateOf } from '../../../src/model/gate.js';
import type { BuildStatus, StageStatus } from '../../../src/model/snapshot.js';
import { buildStatus, NOON, running, stageStatus } from '../../support/builds.js';

const test1 = (more: Partial<StageStatus> = {}) => stageStatus({ status: 'RUNNING', ...more });
const with1 = (...stages: StageStatus[]) => running({ stages });
const DEPLOY: StageStatus = { stageId: 'stage-4', name: 'Deploy' };
const refused = (...behind: StageStatus[]) =>
  buildStatus({ status: 'STAGE_SUCCESS', executeCount: 2, stages: [test1({ status: 'SUCCEED' }), ...behind] });
const queued = (queuePosition?: number) =>
  running({ status: 'QUEUE', stages: [stageStatus()], ...(queuePosition === undefined ? {} : { queuePosition }) });

describe('what changed between two looks', () => {
  const rows: readonly { name: string; before?: BuildStatus; now: BuildStatus; changes: readonly Change[] }[] = [
    { name: 'queued, with its place', now: queued(3), changes: [{ state: 'queued', text: '3 in the queue' }] },
    { name: 'queued, nobody knows where', now: queued(), changes: [{ state: 'queued', text: '' }] },
    {
      name: 'queued at another place',
      before: queued(3),
      now: queued(1),
      changes: [{ state: 'queued', text: '1 in the queue' }],
    },
    { name: 'queued at the same place', before: queued(3), now: queued(3), changes: [] },
    {
      name: 'waiting for its start is queued as well',
      now: running({ status: 'TRIGGER_REVIEWING', stages: [] }),
      changes: [{ state: 'queued', text: '' }],
    },
    {
      name: 'the old stages of a queued build are not told',
      before: buildStatus(),
      now: queued(1),
      changes: [{ state: 'queued', text: '1 in the queue' }],
    },
    {
      name: 'a stage that started',
      before: queued(1),
      now: with1(test1()),
      changes: [{ state: 'running', text: 'Test' }],
    },
    { name: 'a stage that goes on', before: with1(test1()), now: with1(test1()), changes: [] },
    {
      name: 'a stage that goes on in another running state',
      before: with1(test1()),
      now: with1(test1({ status: 'LOOP_WAITING' })),
      changes: [],
    },
    {
      name: 'a stage that succeeded, with its time',
      before: with1(test1()),
      now: with1(test1({ status: 'SUCCEED', durationMs: 228_000 })),
      changes: [{ state: 'succeeded', text: 'Test, 3 min 48 s' }],
    },
    {
      name: 'a stage that failed, without one',
      before: with1(test1()),
      now: with1(test1({ status: 'FAILED' })),
      changes: [{ state: 'failed', text: 'Test' }],
    },
    {
      name: 'a stage that was cancelled',
      before: with1(test1()),
      now: with1(test1({ status: 'CANCELED' })),
      changes: [{ state: 'cancelled', text: 'Test' }],
    },
    {
      name: 'a stage that was skipped over between two looks',
      before: with1(test1()),
      now: with1(test1({ status: 'SUCCEED' }), test1({ stageId: 'stage-4', name: 'Deploy' })),
      changes: [
        { state: 'succeeded', text: 'Test' },
        { state: 'running', text: 'Deploy' },
      ],
    },
    { name: 'a stage that did not run yet', before: with1(), now: with1(test1({ status: 'UNEXEC' })), changes: [] },
    {
      name: 'a stage in a state nobody knows',
      before: with1(test1()),
      now: with1(test1({ status: 'NEW' })),
      changes: [],
    },
    {
      name: 'a gate',
      before: with1(test1({ status: '' })),
      now: with1(test1({ status: 'PAUSE' })),
      changes: [{ state: 'waiting', text: 'Test' }],
    },
    {
      name: 'a gate that was approved',
      before: with1(test1({ status: 'PAUSE' })),
      now: with1(test1()),
      changes: [
        { state: 'approved', text: 'Test' },
        { state: 'running', text: 'Test' },
      ],
    },
    {
      name: 'a stage that failed at its gate',
      before: with1(test1({ status: 'PAUSE' })),
      now: with1(test1({ status: 'FAILED' })),
      changes: [{ state: 'failed', text: 'Test' }],
    },
    {
      name: 'a gate that was refused, with a finally stage behind it',
      before: with1(
        test1({ status: 'SUCCEED' }),
        stageStatus({ stageId: 'stage-4', name: 'Deploy', status: 'REVIEWING' }),
      ),
      now: refused(DEPLOY, { stageId: 'stage-5', name: 'Tell' }, test1({ stageId: 'stage-6', name: 'Tidy up' })),
      changes: [
        { state: 'refused', text: 'Deploy' },
        { state: 'running', text: 'Tidy up' },
      ],
    },
    {
      name: 'a gate that was refused between two looks',
      before: with1(test1()),
      now: refused(DEPLOY),
      changes: [
        { state: 'succeeded', text: 'Test' },
        { state: 'refused', text: 'Deploy' },
      ],
    },
    {
      name: 'a gate that was refused, as a server says that leaves it as it stood',
      now: refused({ stageId: 'stage-4', name: 'Sign' }, { ...DEPLOY, status: 'REVIEW_ABORT' }),
      changes: [{ state: 'refused', text: 'Deploy' }],
    },
    {
      name: 'a stage that was kept from the execution before',
      now: with1(
        stageStatus({ status: 'SUCCEED', startEpoch: NOON - 60_000 }),
        test1({ stageId: 'stage-4', name: 'Deploy' }),
      ),
      changes: [{ state: 'running', text: 'Deploy' }],
    },
    {
      name: 'a finished stage of which nobody knows when it began',
      now: with1(stageStatus({ status: 'SUCCEED' })),
      changes: [],
    },
    {
      name: 'a stage that began and ended before the first look',
      now: with1(stageStatus({ status: 'SUCCEED', startEpoch: NOON + 2000, durationMs: 1000 })),
      changes: [{ state: 'succeeded', text: 'Test, 1 s' }],
    },
    {
      name: 'hostile names stay on their line',
      before: with1(),
      now: with1(test1({ name: 'a\r::error::b\n##[group]c' })),
      changes: [{ state: 'running', text: 'a ::error::b ##\\[group]c' }],
    },
  ];
  test.each(rows)('$name', ({ before, now, changes }) => {
    expect(changesSince(before, now)).toEqual(changes);
  });
});

describe('what runs', () => {
  const rows = [
    { name: 'one stage', now: with1(test1()), text: 'Test' },
    { name: 'two stages', now: with1(test1(), test1({ name: 'Lint' })), text: 'Test, Lint' },
    { name: 'no stage', now: with1(), text: 'RUNNING' },
  ];
  test.each(rows)('$name', ({ now, text }) => {
    expect(runningNow(now)).toBe(text);
  });
});

describe('the gate that holds a build', () => {
  const pending = (stages: StageStatus[]) => running({ status: 'STAGE_SUCCESS', stages });
  const rows = [
    {
      name: 'a stage, and who may decide',
      now: pending([test1({ status: 'PAUSE', showMsg: 'ops\nlead' })]),
      gate: { key: 'stage-3', name: 'Stage Test', who: 'ops lead', waitsFor: 'approval' },
    },
    {
      name: 'a stage, nobody knows who',
      now: pending([test1({ status: 'REVIEWING' })]),
      gate: { key: 'stage-3', name: 'Stage Test', waitsFor: 'approval' },
    },
    {
      name: 'the build itself',
      now: running({ status: 'TRIGGER_REVIEWING', stages: [] }),
      gate: { key: 'build', name: 'The build', waitsFor: 'approval' },
    },
    { name: 'none while it runs', now: running(), gate: undefined },
    {
      name: 'none once the gate was refused',
      now: buildStatus({ status: 'STAGE_SUCCESS', stages: [test1({ status: 'PAUSE' })] }),
      gate: undefined,
    },
  ];
  test.each(rows)('$name', ({ now, gate }) => {
    expect(gateOf(now)).toEqual(gate);
  });
});
