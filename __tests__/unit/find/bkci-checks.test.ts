import { describe, expect, test } from '@jest/globals';
import { newestChecks, unusedCodeccChecks } from '../../../src/find/bkci-checks.js';
import type { CheckRun } from '../../../src/find/github-checks.js';
import type { BuildSelector } from '../../../src/inputs/inputs.js';
import { check, checkOf, HOST, linkOf } from '../../support/checks.js';

const acceptedIds = (run: CheckRun, ids: BuildSelector['ids'] = {}, consoleUrl: string | undefined = HOST) =>
  newestChecks([run], { selector: { ids }, consoleUrl }).map(
    (found) => `${found.projectId}/${found.pipelineId}/${found.buildId}`,
  );

describe('newestChecks accepts a check', () => {
  const rows: readonly { name: string; run: CheckRun; ids?: BuildSelector['ids']; id?: string }[] = [
    { name: 'of BK-CI', run: check() },
    {
      name: 'with underscores in user and project',
      run: checkOf('git_12_3', 'p-1', 'b-1', { externalId: 'a_b_c_git_12_3_p-1_b-1' }),
      id: 'git_12_3/p-1/b-1',
    },
    { name: 'with capitals', run: checkOf('Demo', 'P-1', 'B-1'), id: 'Demo/P-1/B-1' },
    { name: 'with percent-encoding in its link', run: check({ detailsUrl: linkOf('d%65mo', 'p%2d1', 'b-1') }) },
    {
      name: 'with a link to an execution',
      run: check({ detailsUrl: `${linkOf('demo', 'p-1', 'b-1')}/executeDetail/2?x#y` }),
    },
    {
      name: 'with a host in capitals',
      run: check({ detailsUrl: linkOf('demo', 'p-1', 'b-1').replace('devops', 'DEVOPS') }),
    },
    ...[
      'http://devops.example.com',
      'http://devops.example.com:443',
      `${HOST}:443`,
      'http://DEVOPS.example.com:80',
    ].map((console) => ({
      name: `that leads to the console as ${console}`,
      run: check({ detailsUrl: linkOf('demo', 'p-1', 'b-1').replace(HOST, console) }),
    })),
    { name: 'of the given project and pipeline', run: check(), ids: { projectId: 'demo', pipelineId: 'p-1' } },
  ];
  test.each(rows)('$name', ({ run, ids, id = 'demo/p-1/b-1' }) => {
    expect(acceptedIds(run, ids)).toEqual([id]);
  });

  test('of any console if consoleUrl is not known', () => {
    expect(newestChecks([check()], { selector: { ids: {} }, consoleUrl: undefined })).toHaveLength(1);
  });
});

describe('newestChecks rejects a check', () => {
  const rows: readonly { name: string; run: CheckRun; ids?: BuildSelector['ids'] }[] = [
    { name: 'that a workflow wrote', run: check({ app: 'github-actions' }) },
    { name: 'that a workflow wrote, in other letters', run: check({ app: 'GitHub-Actions' }) },
    { name: 'without an app', run: check({ app: '' }) },
    { name: 'without a link', run: check({ detailsUrl: '' }) },
    { name: 'of another CI system', run: check({ detailsUrl: 'https://ci.example.com/1', externalId: '' }) },
    {
      name: 'that leads to another host',
      run: check({ detailsUrl: linkOf('demo', 'p-1', 'b-1').replace(HOST, 'https://evil.example') }),
    },
    {
      name: 'that leads to a host that begins like the known one',
      run: check({ detailsUrl: linkOf('demo', 'p-1', 'b-1').replace(HOST, `${HOST}.evil.example`) }),
    },
    {
      name: 'that leads to another port',
      run: check({ detailsUrl: linkOf('demo', 'p-1', 'b-1').replace(HOST, `${HOST}:8443`) }),
    },
    {
      name: 'with user info in its link',
      run: check({ detailsUrl: linkOf('demo', 'p-1', 'b-1').replace('https://', 'https://a@') }),
    },
    { name: 'without an external id', run: check({ externalId: '' }) },
    { name: 'whose external id names another build', run: check({ externalId: 'ci-bot_demo_p-1_b-2' }) },
    { name: 'whose external id names another pipeline', run: check({ externalId: 'ci-bot_demo_p-2_b-1' }) },
    { name: 'whose external id names another project', run: check({ externalId: 'ci-bot_other_p-1_b-1' }) },
    { name: 'whose external id has something after the build id', run: check({ externalId: 'ci-bot_demo_p-1_b-1_x' }) },
    { name: 'whose external id has no user', run: check({ externalId: 'demo_p-1_b-1' }) },
    { name: 'of another project than the given one', run: check(), ids: { projectId: 'other' } },
    { name: 'of another pipeline than the given one', run: check(), ids: { pipelineId: 'p-2' } },
    { name: 'with a slash in an id', run: checkOf('demo', 'p-1', 'a%2Fb', { externalId: 'u_demo_p-1_a/b' }) },
    {
      name: 'with a line end in an id',
      run: checkOf('demo', 'p-1', 'a%0A::error::x', { externalId: 'u_demo_p-1_a\n::error::x' }),
    },
    { name: 'with a blank in an id', run: checkOf('demo', 'p%201', 'b-1', { externalId: 'u_demo_p 1_b-1' }) },
  ];
  test.each(rows)('$name', ({ run, ids }) => {
    expect(acceptedIds(run, ids)).toEqual([]);
  });
});

describe('newestChecks keeps the newest check of each pipeline', () => {
  const builds = (...runs: CheckRun[]) =>
    newestChecks(runs, { selector: { ids: {} }, consoleUrl: HOST }).map(({ buildId }) => buildId);
  const at = (buildId: string, startedAt: string, more: Partial<CheckRun> = {}) =>
    checkOf('demo', 'p-1', buildId, { startedAt, ...more });

  test('by its start, in any order', () => {
    const [older, newer] = [at('b-1', '2026-01-01T09:00:00Z'), at('b-2', '2026-01-01T10:00:00Z')];
    expect([builds(older, newer), builds(newer, older)]).toEqual([['b-2'], ['b-2']]);
  });
  test('by its id, compared as a number, if both started at the same time', () => {
    const [older, newer] = [at('b-9', '', { id: 9 }), at('b-10', '', { id: 10 })];
    expect([builds(older, newer), builds(newer, older)]).toEqual([['b-10'], ['b-10']]);
  });
  test('by its id if one of them has no time', () => {
    const [older, newer] = [at('b-1', '2026-01-01T10:00:00Z', { id: 1 }), at('b-2', '', { id: 2 })];
    expect([builds(older, newer), builds(newer, older)]).toEqual([['b-2'], ['b-2']]);
  });
  test('for each pipeline', () => {
    expect(builds(check(), checkOf('demo', 'p-2', 'b-2'), checkOf('other', 'p-1', 'b-3'))).toEqual([
      'b-1',
      'b-2',
      'b-3',
    ]);
  });
  test('and a newer forged check does not replace it', () => {
    expect(builds(check(), at('b-2', '2027-01-01T00:00:00Z', { app: 'github-actions' }))).toEqual(['b-1']);
  });
});

describe('newestChecks, with checkApp', () => {
  const found = (app: string, checkApp: string) =>
    newestChecks([check({ app })], { selector: { ids: {}, checkApp }, consoleUrl: HOST }).length;
  test.each([
    ['bk-ci', 'bk-ci'],
    ['bk-ci', 'BK-CI'],
    ['Our-CI', 'our-ci'],
  ])('accepts a check of %s for %s', (app, checkApp) => expect(found(app, checkApp)).toBe(1));
  test.each([
    ['bk-ci', 'bk-ci-2'],
    ['bk-ci-2', 'bk-ci'],
    ['', 'bk-ci'],
    ['github-actions', 'github-actions'],
  ])('rejects a check of %s for %s', (app, checkApp) => expect(found(app, checkApp)).toBe(0));
});

describe('a check of CodeCC', () => {
  const IDS = { projectId: 'git_1', pipelineId: 'p-1' };
  const codecc = (overrides: Partial<CheckRun> = {}) =>
    check({
      name: 'CodeCC',
      detailsUrl: 'https://codecc.example.com/codecc/git_1/task/77/detail',
      externalId: 'ci_bot_git_1_p-1_b-9',
      ...overrides,
    });
  const builds = (run: CheckRun, ids: BuildSelector['ids']) =>
    newestChecks([run], { selector: { ids }, consoleUrl: HOST }).map(({ buildId }) => buildId);
  const unused = (runs: CheckRun[], ids: BuildSelector['ids'] = {}) =>
    unusedCodeccChecks(runs, { selector: { ids }, consoleUrl: HOST }).map(({ externalId }) => externalId);

  test('gives the build of its external id if project and pipeline are known', () => {
    expect(builds(codecc(), IDS)).toEqual(['b-9']);
    expect(builds(codecc({ detailsUrl: `${HOST}/console/codecc/git_1/task/77/detail` }), IDS)).toEqual(['b-9']);
    expect(unused([codecc()], IDS)).toEqual([]);
  });

  const rejected: readonly [string, CheckRun, BuildSelector['ids']][] = [
    ['without the pipeline', codecc(), { projectId: 'git_1' }],
    ['without the project', codecc(), { pipelineId: 'p-1' }],
    ['of another project', codecc(), { ...IDS, projectId: 'git_2' }],
    ['of another pipeline', codecc(), { ...IDS, pipelineId: 'p-2' }],
    ['without a user', codecc({ externalId: 'git_1_p-1_b-9' }), IDS],
    ['with more after the build', codecc({ externalId: 'u_git_1_p-1_b-9_x' }), IDS],
    ['without a build', codecc({ externalId: 'u_git_1_p-1_' }), IDS],
    ['with a slash in the build', codecc({ externalId: 'u_git_1_p-1_b/9' }), IDS],
    ['of a workflow', codecc({ app: 'github-actions' }), IDS],
    ['with another link', codecc({ detailsUrl: 'https://codecc.example.com/x' }), IDS],
    ['with a script as link', codecc({ detailsUrl: 'javascript:/codecc/x' }), IDS],
    ['with user info in its link', codecc({ detailsUrl: 'https://a@codecc.example.com/codecc/x' }), IDS],
  ];
  test.each(rejected)('is rejected %s', (_, run, ids) => expect(builds(run, ids)).toEqual([]));

  test('is listed as not used unless it has passed', () => {
    expect(unused([codecc()])).toEqual(['ci_bot_git_1_p-1_b-9']);
    expect(unused([codecc()], { projectId: 'git_1' })).toEqual(['ci_bot_git_1_p-1_b-9']);
    expect(unused([codecc({ conclusion: 'success' })])).toEqual([]);
    const rerun = codecc({
      id: 2,
      startedAt: '2027-01-01T00:00:00Z',
      conclusion: 'success',
      externalId: 'ci_bot_git_1_p-1_b-10',
    });
    expect(unused([codecc(), rerun])).toEqual([]);
  });
  test.each<[string, CheckRun, BuildSelector['ids']]>([
    ['of another project', codecc(), { projectId: 'git_2' }],
    ['of another pipeline', codecc(), { pipelineId: 'p-2' }],
    ['of a workflow', codecc({ app: 'github-actions' }), {}],
    ['without the external id of BK-CI', codecc({ externalId: 'x' }), {}],
  ])('is not listed %s', (_, run, ids) => expect(unused([run], ids)).toEqual([]));
});
