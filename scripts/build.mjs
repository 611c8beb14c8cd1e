// Builds dist from src: compiles TypeScript to ESM, then makes one CommonJS bundle with its licences, and the entries beside it.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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

/**
 * Modules that a step over plain http does without: `tls` starts a thread that parses all root certificates. ncc opens
 * every module at the start and has no option for it. docs/ARCHITECTURE.md says what this relies on.
 */
const OPENED_LATE = ['assert', 'https', 'tls', 'zlib'];
const OPEN_LATE = `const openLate = (name) =>
  new Proxy({}, { get: (_, member) => (member === '__esModule' ? undefined : require(name)[member]) });\n`;

function withLateModules(bundle) {
  return OPENED_LATE.reduce((text, name) => {
    const opened = new RegExp(`= require\\(("(?:node:)?${name}")\\);$`, 'gm');
    if (!opened.test(text))
      throw new Error(`OPENED_LATE in scripts/build.mjs: the bundle opens ${name} in another way`);
    return text.replace(opened, '= openLate($1);');
  }, OPEN_LATE + bundle);
}

/** An entry of a few lines, which is not bundled. tsc compiles to one module system only. */
function asCommonJs(entry) {
  const changed = entry.replace("void import('./index.js')", "require('./index.js')").replace(/^export \{\};\n/m, '');
  if (/\b(?:import|export)\b/.test(changed)) throw new Error(`The entry is not CommonJS:\n${changed}`);
  return changed;
}

empty('build');
node('node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json');
// tsc indents by four and breaks every line it can: the bundle is smaller, and reads like the sources, in their format.
node('node_modules/@biomejs/biome/bin/biome', 'format', '--write', '--vcs-enabled=false', '--log-level=error', 'build');
// Without a "type", ncc makes CommonJS, which starts faster than ESM.
writeFileSync(at('build/package.json'), '{}\n');
empty('dist');
const ncc = 'node_modules/@vercel/ncc/dist/ncc/cli.js';
node(ncc, 'build', 'build/index.js', '-o', 'dist', '--no-cache', '--stats-out', 'build/stats.json');
writeFileSync(at('dist/package.json'), '{ "type": "commonjs" }\n');
writeFileSync(at('dist/index.js'), withLateModules(readFileSync(at('dist/index.js'), 'utf8')));
writeFileSync(at('dist/post.js'), asCommonJs(readFileSync(at('build/post.js'), 'utf8')));
const { modules } = JSON.parse(readFileSync(at('build/stats.json'), 'utf8'));
writeFileSync(
  at('dist/LICENSES.txt'),
  bundledPackages(modules)
    .map(licenceOf)
    .join(`\n${'-'.repeat(80)}\n\n`),
);
