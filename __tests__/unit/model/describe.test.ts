import { describe, expect, test } from '@jest/globals';
import { buildName, describeStatus, stateOf } from '../../../src/model/describe.js';
import type { BuildStatus } from '../../../src/model/snapshot.js';
import { buildStatus, NOON, running, stageStatus } from '../../support/builds.js';

describe('describeStatus', () => {
  const MIN = 60_000;
  const gate = [stageStatus({ name: 'Deploy', status: 'PAUSE' })];
  const bare: BuildStatus = { status: 'NEW', stages: [], errors: [] };
  const rows: readonly { name: string; status: BuildStatus; words: string }[] = [
    {
      name: 'failed',
      status: buildStatus(),
      words: 'FAILED in stage Test, execution 1, started by ci-bot, ended 2 h ago',
    },
    {
      name: 'succeeded',
      status: buildStatus({ status: 'SUCCEED', endTime: NOON - 5 * MIN }),
      words: 'SUCCEED, execution 1, started by ci-bot, ended 5 min ago',
    },
    {
      name: 'ended in the queue, with the stages of the execution before',
      status: buildStatus({ status: 'QUEUE_TIMEOUT', executeCount: 2 }),
      words: 'QUEUE_TIMEOUT, execution 2, started by ci-bot, ended 2 h ago',
    },
    {
      name: 'running after a retry of a part, which keeps the start of the first execution',
      status: running({ startTime: NOON - 60 * MIN, queueTime: NOON, serverTime: NOON + 6 * MIN }),
      words: 'RUNNING in stage Test, execution 2, started by ci-bot, for 6 min',
    },
    {
      name: 'running',
      status: running({ startTime: NOON, serverTime: NOON + 6 * MIN }),
      words: 'RUNNING in stage Test, execution 2, started by ci-bot, for 6 min',
    },
    {
      name: 'waiting at a gate',
      status: running({ status: 'STAGE_SUCCESS', stages: gate, startTime: NOON, serverTime: NOON + MIN }),
      words: 'STAGE_SUCCESS, waiting for approval, in stage Deploy, execution 2, started by ci-bot, for 1 min',
    },
    {
      name: 'ended by an unknown gate that was refused',
      status: buildStatus({ status: 'STAGE_SUCCESS', stages: [] }),
      words: 'STAGE_SUCCESS, its gate was refused, execution 1, started by ci-bot, ended 2 h ago',
    },
    {
      name: 'ended by a known gate that was refused',
      status: buildStatus({
        status: 'STAGE_SUCCESS',
        stages: [stageStatus({ status: 'SUCCEED' }), { stageId: 'stage-4', name: 'Deploy' }],
      }),
      words: 'STAGE_SUCCESS, its gate was refused, in stage Deploy, execution 1, started by ci-bot, ended 2 h ago',
    },
    {
      name: 'queued, with the stages of the execution before',
      status: running({ status: 'QUEUE', stages: [stageStatus()], startTime: NOON, serverTime: NOON + MIN }),
      words: 'QUEUE, execution 2, started by ci-bot, for 1 min',
    },
    { name: 'with a status only', status: bare, words: 'NEW' },
    {
      name: 'with commands in its texts',
      status: { ...bare, status: 'A\n::error::B', startedBy: 'x\r##[group]y' },
      words: 'A ::error::B, started by x ##\\[group]y',
    },
  ];
  test.each(rows)('describes a build: $name', ({ status, words }) => {
    expect(describeStatus(status)).toBe(words);
  });

  test('stateOf gives the last stage that ran and did not succeed', () => {
    const stages = [
      stageStatus(),
      stageStatus({ name: 'Deploy', status: 'CANCELED' }),
      stageStatus({ name: 'Later', status: 'UNEXEC' }),
    ];
    expect(stateOf(buildStatus({ stages }))).toBe('FAILED in stage Deploy');
  });

  test('buildName is the number, or the id without a number', () => {
    expect([buildName(42, 'b-1'), buildName(undefined, 'b-1')]).toEqual(['#42', 'b-1']);
  });
});
