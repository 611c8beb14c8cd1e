import { describe, expect, test } from '@jest/globals';
import { decodeStatus } from '../../../../src/bkci/decode/decode.js';
import { BUILD } from '../../../support/builds.js';
import { problemOf } from '../../../support/decode-error.js';

describe('decodeStatus', () => {
  test('decodes a full answer', () => {
    const data = {
      id: 'b-1',
      userId: 'ci-bot',
      status: 'FAILED',
      buildNum: 42,
      currentQueuePosition: 3,
      startTime: 2,
      endTime: 3,
      queueTime: 1,
      currentTimestamp: 4,
      retry: true,
      buildParameters: [
        { key: 'x', value: 9 },
        { key: 'BK_CI_RETRY_COUNT', value: '1' },
      ],
      stageStatus: [
        { stageId: 'stage-2', name: 'Build', status: 'SUCCEED', startEpoch: 5, elapsed: 9, timeCost: { totalCost: 7 } },
        { stageId: 'stage-3', status: 'PAUSE', elapsed: 8, showMsg: 'ops' },
      ],
      errorInfoList: [
        {
          stageId: 'stage-2',
          containerId: '1',
          taskId: 'e-1',
          taskName: 't',
          errorType: 1,
          errorCode: 2199001,
          errorMsg: 'm',
        },
      ],
      variables: { secret: 'x' },
    };
    expect(decodeStatus(data, BUILD)).toEqual({
      status: 'FAILED',
      startTime: 2,
      endTime: 3,
      queueTime: 1,
      executeCount: 2,
      buildNumber: 42,
      startedBy: 'ci-bot',
      serverTime: 4,
      queuePosition: 3,
      stages: [
        { stageId: 'stage-2', name: 'Build', status: 'SUCCEED', startEpoch: 5, durationMs: 7 },
        { stageId: 'stage-3', name: 'stage-3', status: 'PAUSE', durationMs: 8, showMsg: 'ops' },
      ],
      errors: [
        {
          stageId: 'stage-2',
          containerId: '1',
          taskId: 'e-1',
          taskName: 't',
          errorType: 'USER',
          errorCode: 2199001,
          errorMessage: 'm',
        },
      ],
    });
  });

  test('decodes the short answer of an old server', () => {
    expect(decodeStatus({ status: 'RUNNING', startTime: 0, endTime: null }, BUILD)).toEqual({
      status: 'RUNNING',
      startTime: 0,
      stages: [],
      errors: [],
    });
  });

  test('accepts any type for fields that are only shown', () => {
    const odd = {
      status: 'NEW',
      userId: 7,
      buildNum: '42',
      currentTimestamp: 'now',
      currentQueuePosition: {},
      stageStatus: ['x', null, { name: 'no id' }, { stageId: 's', name: 3, status: 4, timeCost: 'x' }],
      errorInfoList: [null, { errorType: 9, errorCode: 'x', errorMsg: 5, taskId: 6 }],
      buildParameters: [null, 'x'],
    };
    expect(decodeStatus(odd, BUILD)).toEqual({
      status: 'NEW',
      stages: [{ stageId: 's', name: 's' }],
      errors: [{}, { errorType: '9' }],
    });
  });

  const counts = [
    {
      name: 'one more than the parameter',
      data: { buildParameters: [{ key: 'BK_CI_RETRY_COUNT', value: '3' }] },
      count: 4,
    },
    {
      name: 'the parameter as a number',
      data: { buildParameters: [{ key: 'BK_CI_RETRY_COUNT', value: 3 }] },
      count: 4,
    },
    { name: 'never retried', data: { retry: false }, count: 1 },
    { name: 'no field about retries', data: {}, count: undefined },
    { name: 'a field about retries that is no boolean', data: { retry: 'false' }, count: undefined },
    {
      name: 'the variable of that name, which changes before the state does',
      data: { variables: { BK_CI_RETRY_COUNT: '3' } },
      count: undefined,
    },
    { name: 'retried, without the parameter', data: { retry: true }, count: undefined },
    ...['', ' ', 'x', '-1', '1.5', 'NaN', null, true, [], {}].map((value) => ({
      name: `retried, and the parameter is ${JSON.stringify(value)}`,
      data: { retry: true, buildParameters: [{ key: 'BK_CI_RETRY_COUNT', value }] },
      count: undefined,
    })),
  ];
  test.each(counts)('execution count: $name', ({ data, count }) => {
    expect(decodeStatus({ status: 'FAILED', ...data }, BUILD).executeCount).toBe(count);
  });

  const SECRET = 'hunter2hunter2';
  const wrong = [
    { name: 'nothing', data: undefined, problem: 'data is not an object' },
    { name: 'null', data: null, problem: 'data is not an object' },
    { name: 'a list', data: [SECRET], problem: 'data is not an object' },
    { name: 'text', data: SECRET, problem: 'data is not an object' },
    { name: 'no status', data: { x: SECRET }, problem: 'data.status is not a string' },
    { name: 'an empty status', data: { status: '' }, problem: 'data.status is not a string' },
    { name: 'a status that is a number', data: { status: 22 }, problem: 'data.status is not a string' },
    ...(['startTime', 'endTime', 'queueTime'] as const).map((name) => ({
      name: `${name} that is text`,
      data: { status: 'FAILED', [name]: SECRET },
      problem: `data.${name} is not a number`,
    })),
  ];
  test.each(wrong)('$name: the error names the field, not its value', ({ data, problem }) => {
    expect(problemOf(() => decodeStatus(data, BUILD))).toBe(problem);
  });
});
