/** Reads TypeScript sources for the architecture rules: their imports, their code without comments, cycles. */

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

export interface Import {
  readonly from: string;
  /** `import type`, `export type … from`, or a list of which every name is a type. */
  readonly typeOnly: boolean;
  readonly form: 'static' | 'dynamic' | 'type query';
}

export interface Source {
  /** Relative to the root, with slashes. */
  readonly path: string;
  readonly text: string;
  /** The text with comments and the contents of strings blanked. */
  readonly code: string;
  readonly imports: readonly Import[];
}

export function sourcesIn(folder: string): Source[] {
  const entries = readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort()
    .map(readSource);
}

function readSource(path: string): Source {
  const text = readFileSync(join(ROOT, path), 'utf8');
  return { path, text, code: codeOf(text), imports: importsOf(text) };
}

/** URLs and apostrophes inside a template are neither comments nor strings. */
const COMMENT_OR_STRING = /\/\*[\s\S]*?\*\/|(?<!:)\/\/[^\n]*|(?<!\w)'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"/g;

function codeOf(text: string): string {
  return text.replace(COMMENT_OR_STRING, (token) => (/^['"]/.test(token) ? "''" : token.replace(/[^\n]/g, ' ')));
}

function withoutComments(text: string): string {
  return text.replace(COMMENT_OR_STRING, (token) => (token.startsWith('/') ? ' ' : token));
}

const STATIC = /(?:^|\n)\s*(import|export)\s+(type\s+)?(?:([\w*{}\s,$]+?)\s*from\s*)?['"]([^'"]+)['"]/g;
const CALL = /(typeof\s+)?import\(\s*['"]([^'"]+)['"]\s*\)/g;

function importsOf(text: string): Import[] {
  const plain = withoutComments(text);
  const statics = [...plain.matchAll(STATIC)].map(([, , type, names = '', from = '']): Import => {
    const listed = /^\{([\s\S]*)\}$/
      .exec(names.trim())?.[1]
      ?.split(',')
      .map((name) => name.trim())
      .filter(Boolean);
    const onlyTypes = listed !== undefined && listed.length > 0 && listed.every((name) => /^type\s/.test(name));
    return { from, typeOnly: type !== undefined || onlyTypes, form: 'static' };
  });
  const calls = [...plain.matchAll(CALL)].map(
    ([, query, from = '']): Import => ({
      from,
      typeOnly: query !== undefined,
      form: query === undefined ? 'dynamic' : 'type query',
    }),
  );
  return [...statics, ...calls];
}

/** The path, relative to the root, of the source that a relative import refers to. */
export function targetOf(source: Source, { from }: Import): string | undefined {
  if (!from.startsWith('.')) return undefined;
  return posix.join(posix.dirname(source.path), from).replace(/\.js$/, '.ts');
}

/** Cycles of imports, each of them once, as `a → b → a`. */
export function cyclesIn(sources: readonly Source[]): string[] {
  const next = new Map(sources.map((s) => [s.path, s.imports.flatMap((i) => targetOf(s, i) ?? [])]));
  const done = new Set<string>();
  const cycles: string[] = [];
  const walk = (path: string, trail: readonly string[]): void => {
    const at = trail.indexOf(path);
    if (at >= 0) cycles.push([...trail.slice(at), path].join(' → '));
    if (at >= 0 || done.has(path)) return;
    for (const target of next.get(path) ?? []) walk(target, [...trail, path]);
    done.add(path);
  };
  for (const { path } of sources) walk(path, []);
  return cycles;
}
