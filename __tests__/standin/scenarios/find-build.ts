import type { GithubData } from '../http/github.js';
import { type Check, checkOf } from '../http/github-checks.js';
import type { WorldClock } from '../world/clock.js';
import type { World } from '../world/world.js';
import { nightlyBuild, nightlyPipeline, nightlyWorld } from './nightly.js';
import type { Scenario, ScenarioSetup } from './scenario.js';

const SHA = 'c0ffee'.padEnd(40, '4');
const COMMENT = {
  name: 'issue_comment',
  payload: {
    action: 'created',
    issue: { number: 7, pull_request: { url: 'https://api.github.com/repos/acme/shop/pulls/7' } },
    comment: { body: '/retry', user: { login: 'octocat' } },
    repository: { full_name: 'acme/shop', name: 'shop', owner: { login: 'acme' } },
  },
};

/** A pull request whose head commit has these checks, and a repository that may read them. */
export function githubWith(checks: readonly Check[]): GithubData {
  return {
    repository: 'acme/shop',
    token: 'ghs_standin0000000000000000000000000000',
    scopes: ['checks', 'pull-requests', 'metadata'],
    pulls: { 7: { sha: SHA, ref: 'fix-totals', fork: false } },
    refs: { 'fix-totals': SHA },
    checks,
    permissions: { octocat: 'write', stranger: 'read' },
  };
}

/** Other checks of the pull request: one from GitHub Actions and one from BK-CI that passed. */
function otherChecks(world: World): readonly Check[] {
  return world.builds.slice(0, 1).flatMap((build) => {
    const at = { sha: SHA, console: '{bkci}' };
    const lint = nightlyPipeline({ name: 'Lint' });
    return [
      checkOf(build, { id: 1, ...at, app: 'github-actions', name: 'lint', externalId: '' }),
      checkOf({ ...build, pipeline: lint }, { id: 2, ...at, conclusion: 'success' }),
    ];
  });
}

function commentSetup(world: World, failed: readonly Check[]): ScenarioSetup {
  return {
    world,
    inputs: { apiUrl: '{bkci}', projectId: 'demo', checkApp: 'bk-ci', username: 'ci-bot' },
    github: githubWith([...otherChecks(world), ...failed]),
    event: COMMENT,
  };
}

const failedCheck = (world: World, index: number, overrides: Partial<Check> = {}) =>
  world.builds
    .slice(index, index + 1)
    .map((build) => checkOf(build, { id: 3 + index, sha: SHA, console: '{bkci}', ...overrides }));

const twoBuilds = (clock: WorldClock) =>
  nightlyWorld({ clock, builds: [nightlyBuild(), nightlyBuild(nightlyPipeline({ name: 'Release tests' }))] });

export const FIND_BUILD_SCENARIOS: readonly Scenario[] = [
  {
    name: 'from-a-link',
    description: 'The build is given by its link, as it stands in the address bar.',
    exitCode: 0,
    result: 'retried',
    scale: 1,
    setUp: (clock) => {
      const world = nightlyWorld({ clock });
      const [build] = world.builds;
      const buildUrl = `{bkci}/console/pipeline/demo/${build?.pipeline.id}/detail/${build?.id}/executeDetail/1?from=mail`;
      return { world, inputs: { apiUrl: '{bkci}', buildUrl, username: 'ci-bot' } };
    },
  },
  {
    name: 'retry-comment',
    description: 'Somebody writes /retry on a pull request; the red check of its head commit says which build.',
    exitCode: 0,
    result: 'retried',
    scale: 1,
    setUp: (clock) => {
      const world = nightlyWorld({ clock });
      return commentSetup(world, failedCheck(world, 0));
    },
  },
  {
    name: 'two-red-checks',
    description: 'Two checks are red: both are listed, and nothing is retried.',
    exitCode: 1,
    result: 'error',
    reason: 'ambiguous',
    scale: 1,
    setUp: (clock) => {
      const world = twoBuilds(clock);
      return commentSetup(world, [...failedCheck(world, 0), ...failedCheck(world, 1)]);
    },
  },
  {
    name: 'forged-check',
    description: 'Somebody wrote a check that only looks like one of BK-CI; it is not believed.',
    exitCode: 1,
    result: 'refused',
    reason: 'not-found',
    scale: 1,
    setUp: (clock) => {
      const world = nightlyWorld({ clock });
      return commentSetup(world, failedCheck(world, 0, { app: 'github-actions' }));
    },
  },
];
