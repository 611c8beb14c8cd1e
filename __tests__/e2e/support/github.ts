import { expect } from '@jest/globals';
import { type GithubData, startGithub } from '../../standin/http/github.js';
import { type Check, checkOf } from '../../standin/http/github-checks.js';
import type { Listener, ListenerOptions } from '../../standin/http/listener.js';
import type { StepResult } from '../../standin/runner/runner.js';
import { githubWith } from '../../standin/scenarios/find-build.js';
import { nightlyBuild, nightlyPipeline, nightlyWorld } from '../../standin/scenarios/nightly.js';
import type { World } from '../../standin/world/world.js';
import type { Server } from '../../support/standin.js';
import { type ActionRunOptions, runMain, withServer } from '../harness.js';

export const SHA = 'c0ffee'.padEnd(40, '4');
export const TOKEN = githubWith([]).token;

/** Makes check runs of BK-CI for builds of the stand-in; for the first build by default. */
export type Checks = (check: (overrides?: Partial<Check>, index?: number) => Check) => readonly Check[];

export interface SearchSetup {
  readonly checks: Checks;
  readonly github?: Partial<GithubData>;
  readonly inputs?: Readonly<Record<string, string>>;
  readonly event?: ActionRunOptions['event'];
  /** Path of the API on GitHub Enterprise Server. */
  readonly apiPath?: string;
  readonly world?: World;
  /** Faults of GitHub. */
  readonly faults?: ListenerOptions['faults'];
}

export interface SearchRun {
  readonly step: StepResult;
  readonly github: Listener;
  readonly server: Server;
}

export function twoPipelines(): World {
  const release = nightlyPipeline({ name: 'Release tests' });
  return nightlyWorld({ builds: [nightlyBuild(), nightlyBuild(release)] });
}

/** Runs a step without buildId on a GitHub whose commit has these checks. */
export async function runWithChecks(setup: SearchSetup, verify: (run: SearchRun) => unknown): Promise<void> {
  const { checks, inputs = {}, event, apiPath = '', world = nightlyWorld(), faults = [] } = setup;
  await withServer({ world }, async (server) => {
    const { apiUrl } = server.ids;
    const ids = { next: 10 };
    const check = (overrides: Partial<Check> = {}, index = 0) => {
      const build = world.builds[index];
      if (!build) throw new Error('no such build');
      ids.next += 1;
      return checkOf(build, { id: ids.next, sha: SHA, console: apiUrl, ...overrides });
    };
    const github = await startGithub({ ...githubWith(checks(check)), ...setup.github }, { faults });
    try {
      const step = await runMain({
        inputs: { apiUrl, username: 'ci-bot', githubToken: TOKEN, ...inputs },
        env: { GITHUB_API_URL: `${github.url}${apiPath}` },
        ...(event ? { event } : {}),
        secrets: [TOKEN],
      });
      await verify({ step, github, server });
      expect({ problems: github.problems, stderr: step.stderr }).toEqual({ problems: [], stderr: '' });
      expect(`${step.stdout.replace(/^::add-mask::.*$/gm, '')}${JSON.stringify(step.outputs)}`).not.toContain(TOKEN);
      expect(server.standin.requests.map(({ headers }) => JSON.stringify(headers)).join()).not.toContain(TOKEN);
    } finally {
      await github.close();
    }
  });
}
