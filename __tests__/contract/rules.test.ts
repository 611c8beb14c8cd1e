/** The architecture rules: which wing may import which, what only some files may do, and who may import a library. */

import { describe, expect, test } from '@jest/globals';
import { cyclesIn, type Import, type Source, sourcesIn, targetOf } from './source.js';

const src = sourcesIn('src');
const standin = sourcesIn('__tests__/standin');

/** Which wing (folder of `src/`) may import which. `entries` are the files that are in no folder. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  lib: [],
  model: ['lib'],
  http: ['lib'],
  github: ['lib'],
  bkci: ['http', 'model', 'lib'],
  inputs: ['bkci', 'github', 'model', 'lib'],
  find: ['inputs', 'bkci', 'github', 'http', 'model', 'lib'],
  plan: ['inputs', 'bkci', 'github', 'model', 'lib'],
  retry: ['plan', 'bkci', 'github', 'model', 'lib'],
  follow: ['bkci', 'github', 'model', 'lib'],
  report: ['find', 'plan', 'retry', 'follow', 'inputs', 'github', 'model', 'lib'],
  run: ['report', 'find', 'plan', 'retry', 'follow', 'inputs', 'bkci', 'github', 'http', 'model', 'lib'],
  entries: ['entries', 'run', 'report', 'github', 'http', 'lib'],
};

/** What only some files may do, and these files. */
const ONLY_IN: readonly (readonly [action: string, pattern: RegExp, files: readonly string[]])[] = [
  ['send a retry', /\.retryBuild\(/, ['src/retry/send.ts']],
  ['send a stop', /\.stopBuild\(/, ['src/follow/stop.ts']],
  ['touch process', /\bprocess\b/, ['src/index.ts', 'src/post.ts']],
  [
    'read the time, set a timer or draw a random number',
    /\bDate\b(?!\.parse\b)|\bset(?:Timeout|Interval|Immediate)\b|\bperformance\b|\bMath\.random\b|node:timers/,
    ['src/lib/clock.ts'],
  ],
  ['parse a date', /\bDate\.parse\b/, ['src/bkci/response.ts']],
  ['print without the runner', /\bconsole\s*[.[]/, []],
];

/** Every way in which a library, or a group of Node's modules, is imported. */
const LIBRARIES: readonly (readonly [library: RegExp, imports: readonly string[]])[] = [
  [/^@actions\/http-client/, ['src/http/http.ts: static', 'src/http/http.ts: static']],
  [/^@actions\/core/, ['src/github/runner.ts: type', 'src/index.ts: static']],
  [/^@actions\/github$/, ['src/find/github-checks.ts: dynamic', 'src/find/github-checks.ts: type query']],
  [/^node:(?:timers|perf_hooks)/, ['src/lib/clock.ts: static']],
  [/^node:https?$/, ['src/http/body.ts: type', 'src/http/http.ts: static', 'src/http/http.ts: static']],
  [/^node:zlib$/, ['src/http/body.ts: static']],
  [/^node:fs/, ['src/github/runner.ts: static']],
  [/^(?!\.|node:|@actions\/(?:core|http-client(?:\/lib\/proxy)?|github)$)/, []],
];

/** `file: import` of every import that a rule forbids. */
function forbiddenImports(
  sources: readonly Source[],
  isForbidden: (entry: Import, source: Source) => boolean,
): string[] {
  return sources.flatMap((source) =>
    source.imports.filter((entry) => isForbidden(entry, source)).map(({ from }) => `${source.path}: ${from}`),
  );
}

/** `file:line: code` of every match outside the files where it is allowed. */
function matchesOutside(pattern: RegExp, allowed: readonly string[] = []): string[] {
  return src
    .filter(({ path }) => !allowed.includes(path))
    .flatMap(({ path, code }) =>
      code.split('\n').flatMap((line, at) => (pattern.test(line) ? [`${path}:${at + 1}: ${line.trim()}`] : [])),
    );
}

function wingOf(path: string): string {
  const [, folder, ...rest] = path.split('/');
  return rest.length === 0 ? 'entries' : (folder ?? '');
}

describe('the scan of the sources', () => {
  test('finds them', () => {
    expect(src.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['src/index.ts', 'src/post.ts', 'src/run/run.ts', 'src/bkci/refusals/rule.ts']),
    );
    expect(standin.length).toBeGreaterThan(10);
  });

  test('distinguishes imports of types from imports of values', () => {
    const of = (path: string) => src.find((source) => source.path === path)?.imports ?? [];
    expect(of('src/index.ts')).toContainEqual({ from: '@actions/core', typeOnly: false, form: 'static' });
    expect(of('src/github/runner.ts')).toContainEqual({ from: '@actions/core', typeOnly: true, form: 'static' });
    expect(of('src/post.ts')).toContainEqual({ from: './index.js', typeOnly: false, form: 'dynamic' });
  });
});

describe('the search for cycles', () => {
  const source = (path: string, ...targets: string[]): Source => ({
    path: `src/${path}.ts`,
    text: '',
    code: '',
    imports: targets.map((target) => ({ from: `./${target}.js`, typeOnly: true, form: 'static' })),
  });

  test('finds a cycle of three files', () => {
    const sources = [source('a', 'b'), source('b', 'c'), source('c', 'd', 'a'), source('d')];
    expect(cyclesIn(sources)).toEqual(['src/a.ts → src/b.ts → src/c.ts → src/a.ts']);
  });

  test('finds none when two files import the same one', () => {
    expect(cyclesIn([source('a', 'b', 'c'), source('b', 'd'), source('c', 'd'), source('d')])).toEqual([]);
  });
});

describe('the wings', () => {
  test('are those in the table', () => {
    expect([...new Set(src.map(({ path }) => wingOf(path)))].sort()).toEqual(Object.keys(MAY_IMPORT).sort());
  });

  test.each(Object.entries(MAY_IMPORT))('%s imports only %j', (wing, allowed) => {
    const own = src.filter(({ path }) => wingOf(path) === wing);
    const outside = (entry: Import, source: Source) => {
      const target = targetOf(source, entry);
      const into = target === undefined ? wing : wingOf(target);
      return into !== wing && !allowed.includes(into);
    };
    expect(forbiddenImports(own, outside)).toEqual([]);
  });

  test.each(ONLY_IN)('only the files in the table %s', (_, pattern, files) => {
    expect(matchesOutside(pattern, files)).toEqual([]);
    for (const file of files) expect(src.find(({ path }) => path === file)?.code).toMatch(pattern);
  });

  test.each(LIBRARIES)('%s is imported only by the files in the table', (library, expected) => {
    const found = src.flatMap(({ path, imports: all }) =>
      all
        .filter(({ from }) => library.test(from))
        .map(({ typeOnly, form }) => `${path}: ${typeOnly && form === 'static' ? 'type' : form}`),
    );
    expect(found.sort()).toEqual(expected);
  });
});

describe('the files of src', () => {
  test('have no let or var at module level', () => {
    expect(matchesOutside(/^(?:export )?(?:let|var)\b/)).toEqual([]);
  });

  test('have no default export', () => {
    expect(matchesOutside(/^export\s+default\b|\bas default\b/)).toEqual([]);
  });

  test('do more than re-export (no barrel files)', () => {
    const onlyExports = ({ code }: Source) =>
      /\bfrom\b/.test(code) &&
      code.replace(/export\s+(?:type\s+)?(?:\*(?:\s+as\s+\w+)?|\{[^}]*\})\s+from\s+'';?/g, '').trim() === '';
    expect(src.filter(onlyExports).map(({ path }) => path)).toEqual([]);
  });

  test('are not called utils, helpers, common or misc', () => {
    expect(src.map(({ path }) => path).filter((path) => /(?:util|helper|common|misc)s?\.ts$/i.test(path))).toEqual([]);
  });

  test('have no import cycles, types included', () => {
    expect(cyclesIn(src)).toEqual([]);
  });

  test('import files that exist, with the suffix .js', () => {
    const files = new Set(src.map(({ path }) => path));
    expect(
      forbiddenImports(src, (entry, s) => entry.from.startsWith('.') && !files.has(targetOf(s, entry) ?? '')),
    ).toEqual([]);
  });

  test('have at most 300 lines', () => {
    const lengths = src.map(({ path, text }) => ({ path, lines: text.split('\n').length - 1 }));
    expect(lengths.filter(({ lines }) => lines > 300)).toEqual([]);
  });

  test('use no any and suppress no check', () => {
    const suppression = /@ts-(?:ignore|nocheck|expect-error)|biome-ignore|eslint-disable|istanbul ignore/;
    expect(matchesOutside(/:\s*any\b|\bas any\b|<any>/)).toEqual([]);
    expect(src.filter(({ text }) => suppression.test(text)).map(({ path }) => path)).toEqual([]);
  });
});

describe('imports between src, tests and stand-in', () => {
  test('src imports nothing from the tests', () => {
    expect(forbiddenImports(src, (entry, s) => !(targetOf(s, entry) ?? 'src/').startsWith('src/'))).toEqual([]);
  });

  test('the stand-in imports nothing from src, so that their agreement proves something', () => {
    const own = standin.filter(({ path }) => !path.endsWith('.test.ts'));
    expect(
      forbiddenImports(
        own,
        (entry, s) => !(targetOf(s, entry) ?? '__tests__/standin/').startsWith('__tests__/standin/'),
      ),
    ).toEqual([]);
  });
});
