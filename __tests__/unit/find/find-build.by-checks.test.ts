import { describe, expect, test } from '@jest/globals';
import { ambiguousError, findByChecks } from '../../../src/find/by-checks.js';
import { BUILD } from '../../support/builds.js';
import { check, checkOf, HOST, linkOf } from '../../support/checks.js';
import { errorOf } from '../../support/errors.js';
import { find } from '../../support/find-build.js';

describe('findBuild, by the checks of a commit', () => {
  const green = { conclusion: 'success' };
  const running = { status: 'in_progress', conclusion: '' };
  const BELIEVED =
    'The BK-CI checks were believed because one GitHub App, “bk-ci”, wrote all of them. If it is the one of your BK-CI, set checkApp: bk-ci, so that checks of other apps never count.';

  test('finds the build whose check failed', async () => {
    const result = await find({
      checks: [check(), checkOf('demo', 'p-2', 'b-2', green), check({ app: 'github-actions', name: 'x' })],
    }).result;
    expect(result).toEqual({
      kind: 'build',
      build: BUILD,
      candidates: [{ ...BUILD, buildUrl: linkOf('demo', 'p-1', 'b-1'), name: 'Nightly@PULL_REQUEST' }],
      explanation: 'check “Nightly@PULL_REQUEST” of commit a1b2c3d4e5 failed: build b-1',
      notices: [BELIEVED],
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

  test('if all passed: none with onlyIfFailed, an error without it', async () => {
    const checks = [check(green), checkOf('demo', 'p-2', 'b-2', green)];
    expect(await find({ checks, onlyIfFailed: true }).result).toEqual({
      kind: 'none',
      why: 'no BK-CI check of commit a1b2c3d4e5 has failed (2 passed, 0 still run)',
      notices: [BELIEVED],
    });
    const error = await errorOf(() => find({ checks }).result);
    expect([error.code, error.message]).toEqual([
      'not-found',
      'No failed BK-CI check was found at commit a1b2c3d4e5 (2 check runs seen, 2 of BK-CI: 2 passed, 0 still run); nothing was sent. Give buildUrl or buildId, or set onlyIfFailed: true to do nothing when all is green.',
    ]);
  });

  const unproven = [
    { name: 'one still running', more: running, counts: '1 passed, 1 still runs', remedy: 'Wait for its end, or give' },
    {
      name: 'one that claims success while it runs',
      more: { status: 'in_progress', conclusion: 'success' },
      counts: '1 passed, 1 still runs',
      remedy: 'Wait for its end, or give',
    },
    ...['cancelled', 'timed_out', 'action_required', 'stale', 'neutral', 'skipped', 'startup_failure', ''].map(
      (conclusion) => ({
        name: `one that ended as “${conclusion}”`,
        more: { conclusion },
        counts: '1 passed, 0 still run, 1 ended otherwise',
        remedy: 'Give',
      }),
    ),
  ];
  test.each(unproven)('is an error with onlyIfFailed as well beside a green check: $name', async (row) => {
    const { more, counts, remedy } = row;
    for (const checks of [
      [check(green), checkOf('demo', 'p-2', 'b-2', more)],
      [checkOf('demo', 'p-2', 'b-2', more), check(green)],
    ]) {
      const error = await errorOf(() => find({ checks, onlyIfFailed: true }).result);
      expect([error.code, error.message]).toEqual([
        'not-found',
        `No failed BK-CI check was found at commit a1b2c3d4e5 (2 check runs seen, 2 of BK-CI: ${counts}); nothing was sent. ${remedy} buildUrl or buildId.`,
      ]);
    }
  });

  test('finds a failed check beside running ones', async () => {
    const checks = [check(), checkOf('demo', 'p-2', 'b-2', running)];
    expect(await find({ checks, onlyIfFailed: true }).result).toMatchObject({ kind: 'build', build: BUILD });
  });

  test('is an error that names the apps if several wrote checks of BK-CI', async () => {
    const older = check({ app: 'bk-ci', startedAt: '2025-01-01T00:00:00Z' });
    for (const checks of [
      [older, check({ app: 'evil-ci', ...green })],
      [older, checkOf('demo', 'p-2', 'b-2', { app: 'evil-ci' })],
    ]) {
      for (const onlyIfFailed of [true, false]) {
        const error = await errorOf(() => find({ checks, onlyIfFailed }).result);
        expect([error.code, error.message]).toEqual([
          'ambiguous',
          'The BK-CI checks of commit a1b2c3d4e5 were written by 2 GitHub Apps: “bk-ci” and “evil-ci”; nothing was sent. Set checkApp to the one that your BK-CI reports with.',
        ]);
      }
    }
  });

  test('with checkApp, checks of other apps do not count, and there is no notice', async () => {
    const checks = [check({ app: 'Bk-Ci' }), check({ app: 'evil-ci', id: 9, ...green })];
    const result = await find({ checks, selector: { ids: {}, checkApp: 'bk-ci' } }).result;
    expect(result).toMatchObject({ kind: 'build', build: BUILD, notices: [] });
    const error = await errorOf(() => find({ checks, selector: { ids: {}, checkApp: 'other' } }).result);
    expect(error.message).toContain('(2 check runs seen, 0 of BK-CI');
  });

  test('a CodeCC check is named as not used in the error, or in a notice, or is the build', async () => {
    const detailsUrl = 'https://codecc.example.com/codecc/demo/task/7/detail';
    const codecc = check({ name: 'CodeCC', detailsUrl, externalId: 'u_demo_p-9_b-9' });
    const hint = 'The CodeCC check “CodeCC” was not used: give projectId and pipelineId to use it.';
    expect((await errorOf(() => find({ checks: [codecc] }).result)).message).toContain(
      `nothing was sent. ${hint} Give`,
    );
    expect((await find({ checks: [codecc, check()] }).result).notices).toEqual([BELIEVED, hint]);
    expect(
      await find({ checks: [codecc, check()], selector: { ids: { projectId: 'demo', pipelineId: 'p-9' } } }).result,
    ).toMatchObject({ build: { projectId: 'demo', pipelineId: 'p-9', buildId: 'b-9' }, notices: [BELIEVED] });
  });

  test('links keep the scheme of the known console', async () => {
    const http = linkOf('demo', 'p-1', 'b-1').replace('https:', 'http:');
    expect(await find({ checks: [check({ detailsUrl: http })] }).result).toMatchObject({
      candidates: [{ buildUrl: linkOf('demo', 'p-1', 'b-1') }],
    });
  });

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
