// Builds dist from src: compiles TypeScript to ESM, then makes one bundle with its licences and copies main.js and post.js beside it.
import { execFileSync } from 'node:child_process';
import { copyFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const at = (...path) => join(root, ...path);
const node = (script, ...args) => execFileSync(process.execPath, [script, ...args], { cwd: root, stdio: 'inherit' });
// ncc and tsc do not delete files of earlier builds.
const empty = (directory) => rmSync(at(directory), { recursive: true, force: true });

/** Names of the packages whose modules are in the bundle. */
function bundledPackages(modules) {
  const names = modules.flatMap(({ name = '', modules: inner = [] }) => {
    const [, own] = /node_modules\/((?:@[^/]+\/)?[^/ ]+)/.exec(name) ?? [];
    return [...(own ? [own] : []), ...bundledPackages(inner)];
  });
  return [...new Set(names)].sort();
}

/** Used instead of ncc's --license, which omits most packages of an ESM bundle. */
function licenceOf(name) {
  const { version, license } = JSON.parse(readFileSync(at('node_modules', name, 'package.json'), 'utf8'));
  const file = readdirSync(at('node_modules', name)).find((entry) => /^licen[cs]e/i.test(entry));
  if (!file) throw new Error(`${name} comes without a licence file`);
  const text = readFileSync(at('node_modules', name, file), 'utf8')
    .replace(/\r\n/g, '\n')
    .trim();
  return `${name} ${version} (${license})\n\n${text}\n`;
}

empty('build');
node('node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json');
// tsc indents by four and breaks every line it can: the bundle is smaller, and reads like the sources, in their format.
node('node_modules/@biomejs/biome/bin/biome', 'format', '--write', '--vcs-enabled=false', '--log-level=error', 'build');
empty('dist');
const ncc = 'node_modules/@vercel/ncc/dist/ncc/cli.js';
node(ncc, 'build', 'build/index.js', '-o', 'dist', '--no-cache', '--stats-out', 'build/stats.json');
for (const entry of ['main.js', 'post.js']) copyFileSync(at('build', entry), at('dist', entry));
const { modules } = JSON.parse(readFileSync(at('build/stats.json'), 'utf8'));
writeFileSync(
  at('dist/LICENSES.txt'),
  bundledPackages(modules)
    .map(licenceOf)
    .join(`\n${'-'.repeat(80)}\n\n`),
);
