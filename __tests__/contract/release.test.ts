/** The last step of release.yml, run on the tags of a repository: the major tag only moves forward. */

import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { read } from './pages.js';

interface Workflow {
  readonly jobs: Readonly<
    Record<string, { readonly steps: readonly { readonly name?: string; readonly run?: string }[] }>
  >;
}

const workflow = parse(read('.github/workflows/release.yml')) as Workflow;
const script = workflow.jobs.publish?.steps.find(({ name }) => name === 'Move the major tag forward')?.run ?? '';

const directory = { path: '' };

beforeEach(() => {
  directory.path = mkdtempSync(join(tmpdir(), 'release-'));
  writeFileSync(join(directory.path, 'gh'), '#!/bin/sh\necho "$*" >> "$GH_LOG"\n');
  chmodSync(join(directory.path, 'gh'), 0o755);
});

afterEach(() => rmSync(directory.path, { recursive: true, force: true }));

/** What the step asks GitHub for when `tag` is released in a repository with these tags. */
function requestsFor(tag: string, tags: readonly string[]): string[] {
  const log = join(directory.path, 'log');
  const git = (args: readonly string[], input = '') =>
    execFileSync('git', args, { cwd: directory.path, input, stdio: ['pipe', 'pipe', 'pipe'] });
  git(['init', '-q']);
  git(['-c', 'user.name=x', '-c', 'user.email=x@example.com', 'commit', '-q', '--allow-empty', '-m', 'x']);
  git(['update-ref', '--stdin'], tags.map((name) => `create refs/tags/${name} HEAD\n`).join(''));
  // As a runner starts a `run:` step.
  execFileSync('bash', ['-e', '-c', script], {
    cwd: directory.path,
    stdio: 'pipe',
    env: {
      PATH: `${directory.path}:${process.env.PATH}`,
      TAG: tag,
      GITHUB_REPOSITORY: 'acme/shop',
      GH_LOG: log,
    },
  });
  return existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : [];
}

describe('a release', () => {
  const forward: readonly [string, readonly string[]][] = [
    ['v1.0.0', ['v1.0.0']],
    ['v1.1.0', ['v1', 'v1.0.0', 'v1.1.0']],
    ['v1.0.10', ['v1', 'v1.0.9', 'v1.0.10']],
    ['v1.10.0', ['v1', 'v1.9.3', 'v1.10.0']],
    ['v1.2.0', ['v1', 'v1.2.0', 'v1.2.0-rc.1', 'v1.3.0-beta', 'v2', 'v2.0.0', 'v10.0.0', 'v1.x.y']],
    ['v2.0.0', ['v1', 'v1.9.0', 'v2.0.0']],
  ];
  test.each(forward)('%s moves its major tag, among the tags %j', (tag, tags) => {
    const [major] = tag.split('.');
    expect(requestsFor(tag, tags)).toEqual([
      expect.stringMatching(
        new RegExp(`^api --silent -X PATCH repos/acme/shop/git/refs/tags/${major} -f sha=[0-9a-f]{40} -F force=true$`),
      ),
    ]);
  });

  const back: readonly [string, readonly string[]][] = [
    ['v1.0.1', ['v1', 'v1.0.0', 'v1.0.1', 'v1.1.0']],
    ['v1.9.9', ['v1', 'v1.9.9', 'v1.10.0']],
    ['v1.1.2', ['v1', 'v1.1.2', 'v1.1.10', 'v2', 'v2.0.0']],
  ];
  test.each(back)('%s leaves its major tag where it is, among the tags %j', (tag, tags) => {
    expect(requestsFor(tag, tags)).toEqual([]);
  });
});
