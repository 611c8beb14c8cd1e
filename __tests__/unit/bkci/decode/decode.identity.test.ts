import { describe, expect, test } from '@jest/globals';
import { decodeDetail, decodeHistory, decodeRetry, decodeStatus } from '../../../../src/bkci/decode/decode.js';
import { BUILD } from '../../../support/builds.js';
import { problemOf } from '../../../support/decode-error.js';

const status = (more: object) => decodeStatus({ status: 'SUCCEED', ...more }, BUILD);
const detail = (more: object) => decodeDetail({ model: { stages: [] }, ...more }, BUILD);
const retry = (more: object) => decodeRetry({ id: 'b-1', ...more }, BUILD);
const record = { id: 'b-1', status: 'FAILED' };
const history = (more: object) => decodeHistory({ records: [{ ...record, ...more }] }, BUILD);

const rows = [
  { name: 'a status of another build', decode: status, field: 'id', right: 'b-1' },
  { name: 'a detail of another build', decode: detail, field: 'id', right: 'b-1' },
  { name: 'a detail of another pipeline', decode: detail, field: 'pipelineId', right: 'p-1' },
  { name: 'a retry in another project', decode: retry, field: 'projectId', right: 'demo' },
  { name: 'a retry in another pipeline', decode: retry, field: 'pipelineId', right: 'p-1' },
  { name: 'a history of another pipeline', decode: history, field: 'pipelineId', right: 'p-1' },
];

describe.each(rows)('$name', ({ decode, field, right }) => {
  const wrong = [`${right}0`, right.toUpperCase(), ` ${right}`, '', 0, 7, false, {}, [right]];
  test.each(wrong)('is no answer: %j', (value) => {
    expect(problemOf(() => decode({ [field]: value }))).toBe(`data.${field} is not the one that was asked for`);
  });

  test.each([right, null, undefined])('is an answer: %j', (value) => {
    expect(() => decode({ [field]: value })).not.toThrow();
  });
});
