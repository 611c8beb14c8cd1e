import { describe, expect, test } from '@jest/globals';
import { ambiguousError, findByChecks } from '../../../src/find/by-checks.js';
import { BUILD } from '../../support/builds.js';
import { check, checkOf, HOST, linkOf } from '../../support/checks.js';
import { errorOf } from '../../support/errors.js';
import { find } from '../../support/find-build.js';

describe('findBuild, by the checks of a commit', () => {
  const green = { conclusion: 'success' };
  const running = { status: 'in_progress', conclusion: '' };

  test('finds the build whose check failed', async () => {
    const result = await find({
      checks: [check(), checkOf('demo', 'p-2', 'b-2', green), check({ app: 'github-actions', name: 'x' })],
    }).result;
    expect(result).toEqual({
      kind: 'build',
      build: BUILD,
      candidates: [{ ...BUILD, buildUrl: linkOf('demo', 'p-1', 'b-1'), name: 'Nightly@PULL_REQUEST' }],
      explanation: 'check “Nightly@PULL_REQUEST” of commit a1b2c3d4e5 failed: build b-1',
    });
  });

  test('finds no build if several checks failed; the error lists them with links to the known console', async () => {
    const hostile = 'Nightly\n::error::x\u202e';
    const result = await find({ checks: [check({ name: hostile }), checkOf('demo', 'p-2', 'b-2')], ref: 'main' })
      .result;
    if (result.kind !== 'ambiguous') throw new Error(`it was ${result.kind}`);
    const error = ambiguousError(result);
    expect([error.code, error.message.split('\n')]).toEqual([
      'ambiguous',
      [
        '2 BK-CI checks of main have failed, and one build is retried at a time; nothing was sent. Give pipelineId or buildUrl, or run a matrix over the output candidates:',
        `  “Nightly ::error::x”: ${linkOf('demo', 'p-1', 'b-1')}`,
        `  “Nightly@PULL_REQUEST”: ${linkOf('demo', 'p-2', 'b-2')}`,
      ],
    ]);
  });

  test('lists twenty of many builds at most', () => {
    const candidates = Array.from({ length: 21 }, (_, index) => ({ ...BUILD, buildUrl: '', name: `n${index}` }));
    const { message } = ambiguousError({ kind: 'ambiguous', candidates, commit: 'main' });
    expect([message.split('\n').length, message.split('\n').at(-1)]).toEqual([21, '  “n19”: demo / p-1 / b-1']);
  });

  test('does not count a failed check that runs again', async () => {
    const rerun = check({ id: 2, startedAt: '2026-01-01T01:00:00Z', ...running });
    const error = await errorOf(() => find({ checks: [check(), rerun] }).result);
    expect([error.code, error.message]).toEqual([
      'not-found',
      expect.stringContaining('(2 check runs seen, 1 of BK-CI: 0 passed, 1 still runs)'),
    ]);
  });

  const none = [
    {
      name: 'all passed',
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
    'without a failed check ($name): none with onlyIfFailed, an error without it',
    async ({ checks, counts, remedy }) => {
      expect(await find({ checks, onlyIfFailed: true }).result).toEqual({
        kind: 'none',
        why: `no BK-CI check of commit a1b2c3d4e5 has failed (${counts})`,
      });
      const error = await errorOf(() => find({ checks }).result);
      expect([error.code, error.message]).toEqual([
        'not-found',
        `No failed BK-CI check was found at commit a1b2c3d4e5 (2 check runs seen, 2 of BK-CI: ${counts}); nothing was sent. ${remedy} or buildId, or set onlyIfFailed: true to do nothing when all is green.`,
      ]);
    },
  );

  test('is an error with onlyIfFailed as well if checks are running and none has passed', async () => {
    const error = await errorOf(() => find({ checks: [check(running)], onlyIfFailed: true }).result);
    expect([error.code, error.message]).toEqual([
      'not-found',
      'No failed BK-CI check was found at commit a1b2c3d4e5 (1 check run seen, 1 of BK-CI: 0 passed, 1 still runs); nothing was sent. Wait for its end, or give buildUrl or buildId.',
    ]);
  });

  test('is an error with onlyIfFailed as well if there is no check of BK-CI', async () => {
    const { result } = find({
      checks: [check({ app: 'github-actions' })],
      onlyIfFailed: true,
      selector: { ids: { projectId: 'demo' } },
    });
    const error = await errorOf(() => result);
    expect([error.code, error.message]).toEqual([
      'not-found',
      expect.stringContaining('(1 check run seen, 0 of BK-CI with projectId demo: 0 passed, 0 still run)'),
    ]);
  });

  test('the error names another console that checks point to', async () => {
    const otherConsole = check({
      detailsUrl: linkOf('demo', 'p-1', 'b-1').replace(HOST, 'https://console.example.com'),
    });
    const error = await errorOf(() => find({ checks: [otherConsole] }).result);
    expect([error.code, error.message]).toEqual([
      'not-found',
      expect.stringContaining(
        `nothing was sent. 1 more points to “https://console.example.com” instead of ${HOST}: set consoleUrl if that is your BK-CI's. Give buildUrl`,
      ),
    ]);
    expect((await errorOf(() => find({ checks: [] }).result)).message).not.toContain('set consoleUrl');
  });

  test('the error does not count checks of the known console among those of another one', async () => {
    const link = linkOf('demo', 'p-2', 'b-2').replace(HOST, 'https://other.example');
    const otherConsole = checkOf('demo', 'p-2', 'b-2', { detailsUrl: link });
    const error = await errorOf(() => find({ checks: [check(green), otherConsole] }).result);
    expect([error.code, error.message]).toEqual([
      'not-found',
      expect.stringContaining('1 more points to “https://other.example” instead of'),
    ]);
  });

  test('a candidate has no link if consoleUrl is not known', () => {
    const search = { selector: { ids: {} }, consoleUrl: undefined, onlyIfFailed: false };
    expect(findByChecks(search, { ref: 'main', checks: [check()] })).toMatchObject({ candidates: [{ buildUrl: '' }] });
  });
});
