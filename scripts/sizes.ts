/** Compares the sizes of the files that a runner downloads and loads with sizes.json; fails if one is exceeded. */

import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const limits = JSON.parse(readFileSync(join(root, 'sizes.json'), 'utf8')) as Record<string, number>;

/** Size of the archive of the last commit, as GitHub makes it for a runner. */
const archive = execFileSync('git', ['archive', '--format=tar.gz', 'HEAD'], { cwd: root, maxBuffer: 2 ** 28 }).length;
const chunks = readdirSync(join(root, 'dist')).filter((name) => /^\d+\.index\.js$/.test(name));
const size = (name: string) => statSync(join(root, 'dist', name)).size;
const measured: Record<string, number> = {
  'dist/index.js': size('index.js'),
  'dist/post.js': size('post.js'),
  'dist chunks': chunks.reduce((sum, name) => sum + size(name), 0),
  archive,
};

let failed = false;
for (const [name, bytes] of Object.entries(measured)) {
  const limit = limits[name];
  const fits = limit !== undefined && bytes <= limit;
  failed ||= !fits;
  console.log(
    `${fits ? 'ok  ' : 'FAIL'}  ${name.padEnd(14)} ${String(bytes).padStart(7)} bytes, at most ${limit ?? 'not in sizes.json'}`,
  );
}
process.exit(failed ? 1 : 0);
