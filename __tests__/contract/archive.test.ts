/** The archive of a commit, which a runner downloads for every job: it has only what the action needs, and runs. */

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

const root = fileURLToPath(new URL('../..', import.meta.url));
const directory = mkdtempSync(join(tmpdir(), 'archive-'));

beforeAll(() => {
  // With the .gitattributes of the work tree, since they may not be committed yet.
  const archive = ['archive', '--worktree-attributes', '--format=tar', 'HEAD'];
  const tar = execFileSync('git', archive, { cwd: root, maxBuffer: 2 ** 28 });
  writeFileSync(join(directory, 'action.tar'), tar);
  execFileSync('tar', ['-xf', 'action.tar'], { cwd: directory });
  rmSync(join(directory, 'action.tar'));
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe('the archive that a runner downloads', () => {
  test('contains the action, its licences and its README, and nothing else', () => {
    expect(readdirSync(directory).sort()).toEqual(['LICENSE', 'README.md', 'action.yml', 'dist']);
    const chunks = readdirSync(join(directory, 'dist')).map((name) => name.replace(/^\d+(?=\.index\.js$)/, 'N'));
    expect(chunks.sort()).toEqual(['LICENSES.txt', 'N.index.js', 'index.js', 'package.json', 'post.js']);
  });

  test('runs without other files', () => {
    const { PATH = '' } = process.env;
    const main = spawnSync(process.execPath, ['dist/index.js'], { cwd: directory, env: { PATH }, encoding: 'utf8' });
    expect(main.stdout).toContain('5 inputs need a change; nothing was sent');
    expect({ status: main.status, stderr: main.stderr }).toEqual({ status: 1, stderr: '' });
    const post = spawnSync(process.execPath, ['dist/post.js'], { cwd: directory, env: { PATH }, encoding: 'utf8' });
    expect({ status: post.status, output: post.stdout + post.stderr }).toEqual({ status: 0, output: '' });
  });
});
