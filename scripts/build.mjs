// src → dist: TypeScript to plain ESM, one bundle with its licences, and post's own few lines beside it.
import { execFileSync } from 'node:child_process';
import { copyFileSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const node = (script, ...args) => execFileSync(process.execPath, [script, ...args], { cwd: root, stdio: 'inherit' });

// ncc never deletes a chunk of an earlier build, and tsc never a module.
const empty = (directory) => rmSync(`${root}${directory}`, { recursive: true, force: true });

empty('build');
node('node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json');
empty('dist');
node(
  'node_modules/@vercel/ncc/dist/ncc/cli.js',
  'build',
  'build/index.js',
  '-o',
  'dist',
  '--no-cache',
  '--license',
  'LICENSES.txt',
);
copyFileSync(`${root}build/post.js`, `${root}dist/post.js`);
