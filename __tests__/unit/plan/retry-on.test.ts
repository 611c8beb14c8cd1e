import { describe, expect, test } from '@jest/globals';
import type { RetryOn } from '../../../src/inputs/parse.js';
import type { BuildDetail, Plugin } from '../../../src/model/detail.js';
import type { BuildStatus } from '../../../src/model/snapshot.js';
import { decide, type RetryRequest } from '../../../src/plan/decide.js';
import { buildDetail, buildStatus, job, plugin, running, stage, taskError } from '../../support/builds.js';
import { errorOf } from '../../support/errors.js';

const INFRASTRUCTURE: RetryOn = { types: ['SYSTEM', 'THIRD_PARTY', 'BUILD_MACHINE'], codes: [2199001, 77] };

function decideWith(detail: BuildDetail, status: BuildStatus = buildStatus(), more: Partial<RetryRequest> = {}) {
  const request = { retry: {}, onlyIfFailed: false, retryOn: INFRASTRUCTURE, ...more };
  return decide(request, status, detail, 'b-1');
}
const refused = (...args: Parameters<typeof decideWith>) => errorOf(() => decideWith(...args));

const ofPlugins = (...plugins: Partial<Plugin>[]) =>
  buildDetail({
    stages: [stage({ jobs: [job({ plugins: plugins.map((each, at) => plugin({ id: `e-${at}`, ...each })) })] })],
  });
const SYSTEM = { errorType: 'SYSTEM' } as const;
const USER = { errorType: 'USER', errorCode: 1, errorMessage: 'exit status 1' } as const;

type Row = readonly [name: string, detail: BuildDetail, status?: BuildStatus];
const withStatus = (rows: readonly Row[]) =>
  rows.map(([name, detail, status = buildStatus()]) => [name, detail, status] as const);

describe('retryOn lets a retry pass', () => {
  const rows: Row[] = [
    ['by type', ofPlugins(SYSTEM)],
    ['by number', ofPlugins({ ...USER, errorCode: 77 })],
    ['by a type in lower case, as a server might write it', ofPlugins({ errorType: 'third_party' })],
    [
      'if each of several failures matches, one by type and one by number',
      ofPlugins(SYSTEM, { ...USER, errorCode: 2199001 }),
    ],
    ['whatever was tolerated', ofPlugins({ ...USER, continuesOnFailure: true }, SYSTEM)],
    ['whatever BK-CI ended because of it (fast kill)', ofPlugins({ ...USER, errorCode: 2199010 }, SYSTEM)],
    [
      'by the list of errors, if that alone says why a job was ended',
      buildDetail({
        stages: [
          stage({
            jobs: [
              job({ plugins: [plugin(SYSTEM)] }),
              job({ id: '2', plugins: [plugin({ id: 'e-2', status: 'CANCELED' })] }),
            ],
          }),
        ],
      }),
      buildStatus({ errors: [taskError({ ...USER, errorCode: 2199010, containerId: '2', taskId: 'e-2' })] }),
    ],
    [
      'by the list of errors, for a job without machine',
      buildDetail({ stages: [stage({ jobs: [job({ plugins: [], machineStatus: 'FAILED' })] })] }),
      buildStatus({ errors: [taskError({ taskId: 'startVM-1', errorType: 'BUILD_MACHINE' })] }),
    ],
  ];
  test.each(withStatus(rows))('%s', (_, detail, status) => {
    expect(decideWith(detail, status)).toMatchObject({ kind: 'plan' });
  });
});

describe('retryOn refuses a retry', () => {
  const rows: Row[] = [
    ['if the type is another', ofPlugins(USER)],
    ['if neither type nor number are told', ofPlugins({})],
    ['if one of several failures does not match', ofPlugins(SYSTEM, USER)],
    ['for a type that is not known', ofPlugins({ errorType: '9' })],
    ['if all that is told was ended because of something else', ofPlugins({ ...USER, errorCode: 2199010 })],
    ['of a build that has succeeded', ofPlugins({ status: 'SUCCEED' }), buildStatus({ status: 'SUCCEED' })],
    ['of a build that was cancelled', ofPlugins({ status: 'CANCELED' }), buildStatus({ status: 'CANCELED' })],
    [
      'if only tolerated failures are told',
      buildDetail({
        stages: [stage({ status: 'SUCCEED', jobs: [job({ continuesOnFailure: true, plugins: [plugin(SYSTEM)] })] })],
      }),
    ],
    [
      'of a build that waited too long in the queue: its errors are those of the execution before',
      ofPlugins({ ...SYSTEM, executeCount: 1 }),
      buildStatus({ status: 'QUEUE_TIMEOUT', executeCount: 2, errors: [taskError(SYSTEM)] }),
    ],
    [
      'of a build that was stopped by force',
      ofPlugins({ ...SYSTEM, executeCount: 1 }),
      buildStatus({ status: 'TERMINATE', executeCount: 2, errors: [taskError(SYSTEM)] }),
    ],
    [
      'at a refused gate',
      ofPlugins({ status: 'SUCCEED' }),
      buildStatus({ status: 'STAGE_SUCCESS', errors: [taskError(SYSTEM)] }),
    ],
  ];
  test.each(withStatus(rows))('%s', async (_, detail, status) => {
    for (const retry of [{}, { taskId: 'stage-3' }, { failedContainer: true }]) {
      expect((await refused(detail, status, { retry })).code).toBe('not-retryable');
    }
  });

  test('naming what failed, its type, number and words', async () => {
    expect((await refused(ofPlugins(SYSTEM, USER))).message).toBe(
      'Build #42 failed for a reason that retryOn does not name: Run tests in Test › Linux (USER 1): “exit status 1”; nothing was sent. Look into the failure; to retry such ones as well, add their type or number to retryOn.',
    );
    expect((await refused(ofPlugins({}))).message).toContain('Run tests in Test › Linux (without a type or number);');
  });

  test.each([
    ['SUCCEED', 'SUCCEED', 'Set onlyIfFailed: true to leave green builds alone.'],
    [
      'CANCELED',
      'CANCELED in stage Test',
      'Leave retryOn out to retry it all the same, or set onlyIfFailed: true to leave it alone.',
    ],
    ['QUEUE_TIMEOUT', 'QUEUE_TIMEOUT', 'Leave retryOn out to retry it all the same.'],
    ['STAGE_SUCCESS', 'STAGE_SUCCESS, its gate was refused', 'Leave retryOn out to retry it all the same.'],
    ['FAILED', 'FAILED in stage Test', 'Leave retryOn out to retry it all the same.'],
  ])('naming the state if there is nothing to match: %s', async (status, shown, remedy) => {
    const green = buildDetail({ stages: [stage({ status: 'SUCCEED', jobs: [] })] });
    const { message } = await refused(green, buildStatus({ status }));
    expect(message).toBe(`Build #42 has no failure that retryOn could match (${shown}); nothing was sent. ${remedy}`);
  });
});

describe('inside a running build, retryOn judges the plug-in alone', () => {
  const detail = ofPlugins(SYSTEM, USER, { ...SYSTEM, status: 'CANCELED' });
  const decideOn = (taskId: string) => decideWith(detail, running(), { retry: { taskId } });
  test('that matches', () => expect(decideOn('e-0')).toMatchObject({ kind: 'plan', parameters: { taskId: 'e-0' } }));
  test.each(['e-1', 'e-2'])('that does not match, or was cancelled: %s', async (taskId) => {
    expect((await errorOf(() => decideOn(taskId))).code).toBe('not-retryable');
  });
});

describe('retryOn comes after', () => {
  test('onlyIfFailed', () => {
    expect(decideWith(ofPlugins({}), buildStatus({ status: 'SUCCEED' }), { onlyIfFailed: true })).toMatchObject({
      kind: 'not-needed',
    });
    expect(decideWith(ofPlugins({}), running(), { onlyIfFailed: true })).toMatchObject({ kind: 'follow' });
  });

  test('maxExecuteCount', async () => {
    expect((await refused(ofPlugins(USER), buildStatus(), { maxExecuteCount: 1 })).code).toBe('too-many-executions');
  });
});
