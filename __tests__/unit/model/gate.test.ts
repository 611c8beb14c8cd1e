import { describe, expect, test } from '@jest/globals';
import { gateOf } from '../../../src/model/gate.js';
import type { StageStatus } from '../../../src/model/snapshot.js';
import { buildStatus, running, stageStatus } from '../../support/builds.js';

const testStage = (more: Partial<StageStatus> = {}) => stageStatus({ status: 'RUNNING', ...more });

describe('the gate at which a build waits', () => {
  const pending = (stages: StageStatus[]) => running({ status: 'STAGE_SUCCESS', stages });
  const rows = [
    {
      name: 'is a stage, with its approvers',
      now: pending([testStage({ status: 'PAUSE', showMsg: 'ops\nlead' })]),
      gate: { key: 'stage-3', name: 'Stage Test', who: 'ops lead', waitsFor: 'approval' },
    },
    {
      name: 'is a stage without known approvers',
      now: pending([testStage({ status: 'REVIEWING' })]),
      gate: { key: 'stage-3', name: 'Stage Test', waitsFor: 'approval' },
    },
    {
      name: 'is the build itself',
      now: running({ status: 'TRIGGER_REVIEWING', stages: [] }),
      gate: { key: 'build', name: 'The build', waitsFor: 'approval' },
    },
    { name: 'does not exist while the build runs', now: running(), gate: undefined },
    {
      name: 'does not exist after the gate was refused',
      now: buildStatus({ status: 'STAGE_SUCCESS', stages: [testStage({ status: 'PAUSE' })] }),
      gate: undefined,
    },
  ];
  test.each(rows)('$name', ({ now, gate }) => {
    expect(gateOf(now)).toEqual(gate);
  });
});
