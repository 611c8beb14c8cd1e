import { describe, expect, test } from '@jest/globals';
import { no, yes } from '../../support/bkci.js';
import { codeOf, errorOf } from '../../support/errors.js';
import { find } from '../../support/find-build.js';

describe('findBuild, by number', () => {
  const ids = { projectId: 'demo', pipelineId: 'p-1' };
  const record = (buildNum: number) => ({ id: `b-${buildNum}`, buildNum });
  const page = (from: number, count: number) =>
    yes({ records: Array.from({ length: count }, (_, index) => record(from - index)) });

  test('searches page by page', async () => {
    const { result, requests } = find({
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

  test('latest is the first build of the first page', async () => {
    const { result, requests } = find({
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
      name: 'a number that is newer than all builds',
      wanted: 300,
      history: [page(200, 100)],
      pageSize: 100,
      message:
        'Pipeline p-1 has no build with the number 300; nothing was sent. Seen: builds 101 to 200. Check buildNumber, pipelineId and projectId.',
    },
    {
      name: 'a number whose build was deleted',
      wanted: 5,
      history: [yes({ records: [record(7), record(6), record(4)] })],
      pageSize: 100,
      message:
        'Pipeline p-1 has no build with the number 5; nothing was sent. Seen: builds 4 to 7. Check buildNumber, pipelineId and projectId.',
    },
    {
      name: 'latest of a pipeline without builds',
      wanted: 'latest',
      history: [page(0, 0)],
      pageSize: 1,
      message: 'Pipeline p-1 has no build yet; nothing was sent. Check buildNumber, pipelineId and projectId.',
    },
  ] as const;
  test.each(none)('$name is not found, after one page', async ({ wanted, history, pageSize, message }) => {
    const { result, requests } = find({ selector: { ids, buildNumber: wanted }, script: { history } });
    const error = await errorOf(() => result);
    expect([error.code, error.message]).toEqual(['not-found', message]);
    expect(requests).toEqual([`GET history?page=1&pageSize=${pageSize}`]);
  });

  describe('on v4, which searches for the number alone', () => {
    const access = { api: { gateway: 'own', version: 'v4', root: 'https://devops.example.com/api/apigw/v4' } } as const;
    const errorWith = async (newest: ReturnType<typeof page>) => {
      const history = [page(0, 0), newest];
      const { result, requests } = find({ selector: { ids, buildNumber: 999 }, script: { history }, access });
      const { code, message } = await errorOf(() => result);
      expect(requests.at(-1)).toBe('GET history?pipelineId=p-1&page=1&pageSize=1');
      return `${message} [${code}]`;
    };

    test('the newest build is named, of which nothing follows about the others', async () => {
      expect(await errorWith(page(12, 1))).toBe(
        'Pipeline p-1 has no build with the number 999; nothing was sent. The newest is build 12. Check buildNumber, pipelineId and projectId. [not-found]',
      );
    });

    test('a pipeline without builds', async () => {
      expect(await errorWith(page(0, 0))).toBe(
        'Pipeline p-1 has no build with the number 999; nothing was sent. Check buildNumber, pipelineId and projectId. [not-found]',
      );
    });
  });

  test('stops after the page with a smaller number', async () => {
    const records = Array.from({ length: 101 }, (_, index) => record(200 - index)).filter(
      ({ buildNum }) => buildNum !== 150,
    );
    const { result, requests } = find({
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

  test('stops after twenty pages', async () => {
    const { result, requests } = find({
      selector: { ids, buildNumber: 1 },
      script: { history: (index) => page(100_000 - 100 * index, 100) },
    });
    const error = await errorOf(() => result);
    expect([error.code, error.message]).toEqual([
      'not-found',
      expect.stringContaining('Seen: builds 98001 to 100000.'),
    ]);
    expect(requests).toHaveLength(20);
  });

  test('is forbidden if the history is refused', async () => {
    const { result } = find({ selector: { ids, buildNumber: 1 }, script: { history: [no(2101008, '', 403)] } });
    expect(await codeOf(() => result)).toBe('forbidden');
  });
});
