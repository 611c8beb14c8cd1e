import { describe, expect, test } from '@jest/globals';
import { ambiguous, type Located } from '../../src/candidates.js';
import type { CheckRun } from '../../src/github/checks.js';
import type { Where } from '../../src/inputs.js';
import { locate } from '../../src/locate.js';
import { ResendBudget } from '../../src/resending.js';
import { fakeBkci, no, type Script, yes } from '../support/bkci.js';
import { BUILD } from '../support/builds.js';
import { check, checkOf, HOST, linkOf, SHA } from '../support/checks.js';
import { errorOf } from '../support/errors.js';
import { fakeStep } from '../support/step.js';

interface Search {
  readonly where?: Partial<Where>;
  readonly script?: Script;
  readonly checks?: readonly CheckRun[];
  readonly ref?: string;
  readonly onlyIfFailed?: boolean;
}

interface Found {
  readonly located: Located;
  readonly requests: readonly string[];
}

/** Locates, with these checks on the commit; reading them where there are none fails the test. */
async function find({ where = {}, script = {}, checks, ref = SHA, onlyIfFailed = false }: Search): Promise<Found> {
  const { step } = fakeStep();
  const { cancelled } = step;
  const { client, requests } = fakeBkci(script);
  const readChecks = async () => {
    if (!checks) throw new Error('the checks were read');
    return { ref, checks };
  };
  const budget = new ResendBudget(step);
  const search = {
    where: { ids: {}, ...where },
    client,
    budget,
    consoleUrl: HOST,
    onlyIfFailed,
    cancelled,
    readChecks,
  };
  return { located: await locate(search), requests };
}

const CANDIDATE = { ...BUILD, buildUrl: linkOf('demo', 'p-1', 'b-1'), name: 'b-1' };

describe('a build by its number', () => {
  const ids = { projectId: 'demo', pipelineId: 'p-1' };
  const record = (buildNum: number) => ({ id: `b-${buildNum}`, buildNum });
  const page = (from: number, count: number) =>
    yes({ records: Array.from({ length: count }, (_, at) => record(from - at)) });

  test('is looked for page by page', async () => {
    const { located, requests } = await find({
      where: { ids, buildNumber: 42 },
      script: { history: [page(200, 100), page(100, 100)] },
    });
    expect(located).toMatchObject({
      kind: 'build',
      build: { ...ids, buildId: 'b-42' },
      how: 'build b-42 is number 42 of the pipeline',
      candidates: [{ name: '#42' }],
    });
    expect(requests).toEqual(['GET history?page=1&pageSize=100', 'GET history?page=2&pageSize=100']);
  });

  test('latest is the first of the first page', async () => {
    const { located, requests } = await find({
      where: { ids, buildNumber: 'latest' },
      script: { history: [page(7, 1)] },
    });
    expect(located).toMatchObject({
      build: { buildId: 'b-7' },
      how: 'build b-7 is the latest, number 7 of the pipeline',
    });
    expect(requests).toEqual(['GET history?page=1&pageSize=1']);
  });

  const none = [
    {
      name: 'that is newer than all',
      wanted: 300,
      history: [page(200, 100), page(100, 100), page(0, 0)],
      says: 'Pipeline p-1 has no build with the number 300; nothing was sent. Seen: builds 101 to 200. Check buildNumber, pipelineId and projectId.',
      pages: 1,
    },
    {
      name: 'that was deleted',
      wanted: 5,
      history: [yes({ records: [record(7), record(6), record(4)] })],
      says: 'Pipeline p-1 has no build with the number 5; nothing was sent. Seen: builds 4 to 7. Check buildNumber, pipelineId and projectId.',
      pages: 1,
    },
    {
      name: 'of a pipeline without builds',
      wanted: 'latest',
      history: [page(0, 0)],
      says: 'Pipeline p-1 has no build yet; nothing was sent. Check buildNumber, pipelineId and projectId.',
      pages: 1,
    },
  ] as const;
  test.each(none)('$name is not found', async ({ wanted, history, says }) => {
    const error = await errorOf(() => find({ where: { ids, buildNumber: wanted }, script: { history } }));
    expect([error.code, error.message]).toEqual(['not-found', says]);
  });

  test('is not looked for beyond the page that has passed it', async () => {
    const records = Array.from({ length: 101 }, (_, at) => record(200 - at)).filter(({ buildNum }) => buildNum !== 150);
    const error = await errorOf(() =>
      find({ where: { ids, buildNumber: 150 }, script: { history: [yes({ records })] } }),
    );
    expect(error.message).toContain('no build with the number 150; nothing was sent. Seen: builds 100 to 200.');
  });

  test('is not looked for without end', async () => {
    const error = await errorOf(() =>
      find({ where: { ids, buildNumber: 1 }, script: { history: (at) => page(100_000 - 100 * at, 100) } }),
    );
    expect(error.message).toContain('Seen: builds 98001 to 100000.');
  });

  test('of a pipeline that is closed to us is refused', async () => {
    const error = await errorOf(() =>
      find({ where: { ids, buildNumber: 1 }, script: { history: [no(2101008, '', 403)] } }),
    );
    expect(error.code).toBe('forbidden');
  });
});

describe('a build by the checks of a commit', () => {
  const green = { conclusion: 'success' };
  const running = { status: 'in_progress', conclusion: '' };

  test('is the one whose check failed', async () => {
    const { located } = await find({
      checks: [check(), checkOf('demo', 'p-2', 'b-2', green), check({ app: 'github-actions', name: 'x' })],
    });
    expect(located).toEqual({
      ...{ kind: 'build', build: BUILD, candidates: [{ ...CANDIDATE, name: 'Nightly@PULL_REQUEST' }] },
      how: 'check “Nightly@PULL_REQUEST” of commit a1b2c3d4e5 failed: build b-1',
    });
  });

  test('is none of several, which are listed with links of ours', async () => {
    const evil = 'Nightly\n::error::x\u202e';
    const { located } = await find({ checks: [check({ name: evil }), checkOf('demo', 'p-2', 'b-2')], ref: 'main' });
    if (located.kind !== 'several') throw new Error(`it was ${located.kind}`);
    const error = ambiguous(located);
    expect([error.code, error.message.split('\n')]).toEqual([
      'ambiguous',
      [
        '2 BK-CI checks of main have failed, and one build is retried at a time; nothing was sent. Give pipelineId or buildUrl, or run a matrix over the output candidates:',
        `  “Nightly ::error::x”: ${linkOf('demo', 'p-1', 'b-1')}`,
        `  “Nightly@PULL_REQUEST”: ${linkOf('demo', 'p-2', 'b-2')}`,
      ],
    ]);
  });

  test('a check that runs again after its failure is no candidate', async () => {
    const again = check({ id: 2, startedAt: '2026-01-01T01:00:00Z', ...running });
    expect((await errorOf(() => find({ checks: [check(), again] }))).message).toContain(
      '(2 check runs seen, 1 of BK-CI: 0 passed, 1 still runs)',
    );
  });

  const none = [
    {
      name: 'all green',
      checks: [check(green), checkOf('demo', 'p-2', 'b-2', green)],
      counts: '2 passed, 0 still run',
      remedy: 'Give buildUrl',
    },
    {
      name: 'some still running',
      checks: [check(green), checkOf('demo', 'p-2', 'b-2', running)],
      counts: '1 passed, 1 still runs',
      remedy: 'Wait for its end, or give buildUrl',
    },
    {
      name: 'one cancelled',
      checks: [check(green), checkOf('demo', 'p-2', 'b-2', { conclusion: 'cancelled' })],
      counts: '1 passed, 0 still run, 1 ended otherwise',
      remedy: 'Give buildUrl',
    },
  ];
  test.each(none)(
    'none failed, $name: nothing to do with onlyIfFailed, an error without',
    async ({ checks, counts, remedy }) => {
      expect((await find({ checks, onlyIfFailed: true })).located).toEqual({
        kind: 'none',
        why: `no BK-CI check of commit a1b2c3d4e5 has failed (${counts})`,
      });
      const error = await errorOf(() => find({ checks }));
      expect([error.code, error.message]).toEqual([
        'not-found',
        `No failed BK-CI check was found at commit a1b2c3d4e5 (2 check runs seen, 2 of BK-CI: ${counts}); nothing was sent. ${remedy} or buildId, or set onlyIfFailed: true to do nothing when all is green.`,
      ]);
    },
  );

  test('checks that only run are an error with onlyIfFailed too: none is proven to be fine', async () => {
    const error = await errorOf(() => find({ checks: [check(running)], onlyIfFailed: true }));
    expect([error.code, error.message]).toEqual([
      'not-found',
      'No failed BK-CI check was found at commit a1b2c3d4e5 (1 check run seen, 1 of BK-CI: 0 passed, 1 still runs); nothing was sent. Wait for its end, or give buildUrl or buildId.',
    ]);
  });

  test('no check of BK-CI at all is an error, with onlyIfFailed too', async () => {
    const error = await errorOf(() =>
      find({ checks: [check({ app: 'github-actions' })], onlyIfFailed: true, where: { ids: { projectId: 'demo' } } }),
    );
    expect([error.code, error.message]).toEqual([
      'not-found',
      expect.stringContaining('(1 check run seen, 0 of BK-CI with projectId demo: 0 passed, 0 still run)'),
    ]);
  });

  test('checks that point to another console are told, in case it is the right one', async () => {
    const elsewhere = check({ detailsUrl: linkOf('demo', 'p-1', 'b-1').replace(HOST, 'https://console.example.com') });
    expect((await errorOf(() => find({ checks: [elsewhere] }))).message).toContain(
      `nothing was sent. 1 more points to “https://console.example.com” instead of ${HOST}: set consoleUrl if that is your BK-CI's. Give buildUrl`,
    );
    expect((await errorOf(() => find({ checks: [] }))).message).not.toContain('set consoleUrl');
  });
});
