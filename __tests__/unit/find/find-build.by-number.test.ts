import { describe, expect, test } from '@jest/globals';
import { no, yes } from '../../support/bkci.js';
import { codeOf, errorOf } from '../../support/errors.js';
import { find } from '../../support/find-build.js';

describe('a build by its number', () => {
  const ids = { projectId: 'demo', pipelineId: 'p-1' };
  const record = (buildNum: number) => ({ id: `b-${buildNum}`, buildNum });
  const page = (from: number, count: number) =>
    yes({ records: Array.from({ length: count }, (_, at) => record(from - at)) });

  test('is looked for page by page', async () => {
    const { result: result, requests } = find({
      selector: { ids, buildNumber: 42 },
      script: { history: [page(200, 100), page(100, 100)] },
    });
    expect(await result).toMatchObject({
      kind: 'build',
      build: { ...ids, buildId: 'b-42' },
      explanation: 'build b-42 is number 42 of the pipeline',
      candidates: [{ name: '#42' }],
    });
    expect(requests).toEqual(['GET history?page=1&pageSize=100', 'GET history?page=2&pageSize=100']);
  });

  test('latest is the first of the first page', async () => {
    const { result: result, requests } = find({
      selector: { ids, buildNumber: 'latest' },
      script: { history: [page(7, 1)] },
    });
    expect(await result).toMatchObject({
      build: { buildId: 'b-7' },
      explanation: 'build b-7 is the latest, number 7 of the pipeline',
    });
    expect(requests).toEqual(['GET history?page=1&pageSize=1']);
  });

  const none = [
    {
      name: 'that is newer than all',
      wanted: 300,
      history: [page(200, 100)],
      asks: 100,
      says: 'Pipeline p-1 has no build with the number 300; nothing was sent. Seen: builds 101 to 200. Check buildNumber, pipelineId and projectId.',
    },
    {
      name: 'that was deleted',
      wanted: 5,
      history: [yes({ records: [record(7), record(6), record(4)] })],
      asks: 100,
      says: 'Pipeline p-1 has no build with the number 5; nothing was sent. Seen: builds 4 to 7. Check buildNumber, pipelineId and projectId.',
    },
    {
      name: 'of a pipeline without builds',
      wanted: 'latest',
      history: [page(0, 0)],
      asks: 1,
      says: 'Pipeline p-1 has no build yet; nothing was sent. Check buildNumber, pipelineId and projectId.',
    },
  ] as const;
  test.each(none)('$name is not found, on one page', async ({ wanted, history, asks, says }) => {
    const { result: result, requests } = find({ selector: { ids, buildNumber: wanted }, script: { history } });
    const error = await errorOf(() => result);
    expect([error.code, error.message]).toEqual(['not-found', says]);
    expect(requests).toEqual([`GET history?page=1&pageSize=${asks}`]);
  });

  test('is not looked for beyond the page that has passed it', async () => {
    const records = Array.from({ length: 101 }, (_, at) => record(200 - at)).filter(({ buildNum }) => buildNum !== 150);
    const { result: result, requests } = find({
      selector: { ids, buildNumber: 150 },
      script: { history: () => yes({ records }) },
    });
    const error = await errorOf(() => result);
    expect([error.code, error.message]).toEqual([
      'not-found',
      expect.stringContaining('no build with the number 150; nothing was sent. Seen: builds 100 to 200.'),
    ]);
    expect(requests).toHaveLength(1);
  });

  test('is not looked for without end', async () => {
    const { result: result, requests } = find({
      selector: { ids, buildNumber: 1 },
      script: { history: (at) => page(100_000 - 100 * at, 100) },
    });
    const error = await errorOf(() => result);
    expect([error.code, error.message]).toEqual([
      'not-found',
      expect.stringContaining('Seen: builds 98001 to 100000.'),
    ]);
    expect(requests).toHaveLength(20);
  });

  test('of a pipeline that is closed to us is refused', async () => {
    const { result: result } = find({ selector: { ids, buildNumber: 1 }, script: { history: [no(2101008, '', 403)] } });
    expect(await codeOf(() => result)).toBe('forbidden');
  });
});
