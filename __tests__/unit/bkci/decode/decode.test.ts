import { describe, expect, test } from '@jest/globals';
import { decodeHistory, decodeLog, decodeRetry } from '../../../../src/bkci/decode/decode.js';
import { BUILD } from '../../../support/builds.js';
import { problemOf } from '../../../support/decode-error.js';

describe('decodeRetry', () => {
  const rows = [
    { name: 'an old server', data: { id: 'b-1' }, expected: { id: 'b-1' } },
    {
      name: 'a new server',
      data: { id: 'b-1', executeCount: 2, projectId: 'demo', pipelineId: 'p-1', num: 42 },
      expected: { id: 'b-1', executeCount: 2, buildNumber: 42 },
    },
    {
      name: 'a count that is not a number',
      data: { id: 'b-1', executeCount: '2', num: null },
      expected: { id: 'b-1' },
    },
  ];
  test.each(rows)('$name', ({ data, expected }) => {
    expect(decodeRetry(data, BUILD)).toEqual(expected);
  });

  const wrong = [
    { name: 'nothing', data: undefined, problem: 'data is not an object' },
    { name: 'true', data: true, problem: 'data is not an object' },
    { name: 'no id', data: {}, problem: 'data.id is not a string' },
    { name: 'an id that is a number', data: { id: 7 }, problem: 'data.id is not a string' },
    { name: 'an empty id', data: { id: '' }, problem: 'data.id is not a string' },
    ...['..', '.', 'a/../b', 'a b', 'b-1\n', '\ud800'].map((id) => ({
      name: `an id that can't stand in a path: ${JSON.stringify(id)}`,
      data: { id },
      problem: 'data.id is not an id',
    })),
  ];
  test.each(wrong)('$name: the error names the field', ({ data, problem }) => {
    expect(problemOf(() => decodeRetry(data, BUILD))).toBe(problem);
  });
});

describe('decodeLog', () => {
  const lines = [{ message: 'a' }, { message: '' }, { message: 7 }, null];
  const rows = [
    { name: 'found', data: { status: 0, logs: lines }, expected: { state: 'found', lines: ['a', '', '', ''] } },
    { name: 'no status', data: { logs: [{ message: 'a' }] }, expected: { state: 'found', lines: ['a'] } },
    { name: 'empty', data: { status: 1, logs: [] }, expected: { state: 'empty', lines: [] } },
    { name: 'expired', data: { status: 2 }, expected: { state: 'expired', lines: [] } },
    { name: 'archived', data: { status: 3 }, expected: { state: 'closed', lines: [] } },
    { name: 'query failed', data: { status: 999 }, expected: { state: 'failed', lines: [] } },
  ];
  test.each(rows)('$name', ({ data, expected }) => {
    expect(decodeLog(data)).toEqual(expected);
  });
});

describe('decodeHistory', () => {
  test('decodes a page', () => {
    const records = [{ id: 'b-2', buildNum: 2 }, { id: 'b-1' }];
    expect(decodeHistory({ count: 7, page: 1, records }, BUILD)).toEqual([
      { buildId: 'b-2', buildNumber: 2 },
      { buildId: 'b-1', buildNumber: 0 },
    ]);
  });

  const wrong = [
    { name: 'no records', data: { count: 1 }, problem: 'data.records is not a list' },
    { name: 'a record that is text', data: { records: ['x'] }, problem: 'data.records[0] is not an object' },
    {
      name: 'a record without an id',
      data: { records: [{ id: 'b-1' }, {}] },
      problem: 'data.records[1].id is not a string',
    },
    { name: 'an id that is a path', data: { records: [{ id: '../x' }] }, problem: 'data.records[0].id is not an id' },
    {
      name: 'a number that is text',
      data: { records: [{ id: 'b-1', buildNum: '7' }] },
      problem: 'data.records[0].buildNum is not a number',
    },
  ];
  test.each(wrong)('$name: the error names the field', ({ data, problem }) => {
    expect(problemOf(() => decodeHistory(data, BUILD))).toBe(problem);
  });
});
