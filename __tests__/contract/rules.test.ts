/** The rules of the house: what may import what, and what only one place may do. */
import { describe, expect, test } from '@jest/globals';
import { cyclesIn, type Import, type Source, sourcesIn, targetOf } from './source.js';

const src = sourcesIn('src');
const standin = sourcesIn('__tests__/standin');

/** `file: import` of every import that a rule forbids. */
function imports(sources: readonly Source[], forbidden: (entry: Import, source: Source) => boolean): string[] {
  return sources.flatMap((source) =>
    source.imports.filter((entry) => forbidden(entry, source)).map(({ from }) => `${source.path}: ${from}`),
  );
}

/** `file:line: code` of every match outside the files where it is allowed. */
function places(pattern: RegExp, allowed: readonly string[] = []): string[] {
  return src
    .filter(({ path }) => !allowed.includes(path))
    .flatMap(({ path, code }) =>
      code.split('\n').flatMap((line, at) => (pattern.test(line) ? [`${path}:${at + 1}: ${line.trim()}`] : [])),
    );
}

describe('the scanner', () => {
  test('sees the sources', () => {
    expect(src.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['src/index.ts', 'src/post.ts', 'src/run.ts', 'src/bkci/http.ts', 'src/report/lines.ts']),
    );
    expect(standin.length).toBeGreaterThan(10);
  });

  test('tells imports of types from imports of values', () => {
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

  test('finds a long one', () => {
    const sources = [source('a', 'b'), source('b', 'c'), source('c', 'd', 'a'), source('d')];
    expect(cyclesIn(sources)).toEqual(['src/a.ts → src/b.ts → src/c.ts → src/a.ts']);
  });

  test('finds none where two ways lead to one file', () => {
    expect(cyclesIn([source('a', 'b', 'c'), source('b', 'd'), source('c', 'd'), source('d')])).toEqual([]);
  });
});

describe('each library has one door', () => {
  test('@actions/http-client is imported in bkci/http.ts only', () => {
    expect(imports(src, ({ from }) => from.startsWith('@actions/http-client'))).toEqual([
      'src/bkci/http.ts: @actions/http-client',
    ]);
  });

  test('@actions/core is a value in index.ts only', () => {
    expect(imports(src, ({ from, typeOnly }) => from.startsWith('@actions/core') && !typeOnly)).toEqual([
      'src/index.ts: @actions/core',
    ]);
  });

  test('@actions/github is loaded by import() in github/checks.ts only', () => {
    const loaded = src.flatMap(({ path, imports: all }) =>
      all.filter(({ from, typeOnly }) => from === '@actions/github' && !typeOnly).map(({ form }) => `${path}: ${form}`),
    );
    expect(loaded).toEqual(['src/github/checks.ts: dynamic']);
    expect(imports(src, ({ from }, { path }) => from === '@actions/github' && path !== 'src/github/checks.ts')).toEqual(
      [],
    );
  });

  test('nothing else is imported but Node and these', () => {
    const ours = /^(?:\.|node:|@actions\/(?:core|http-client|github)$)/;
    expect(imports(src, ({ from }) => !ours.test(from))).toEqual([]);
  });
});

describe('effects have one place', () => {
  test('process is touched in the entries only', () => {
    expect(places(/\bprocess\b/, ['src/index.ts', 'src/post.ts'])).toEqual([]);
  });

  test('time and chance are asked for in clock.ts only', () => {
    const time =
      /\bDate\b(?!\.parse\b)|\bset(?:Timeout|Interval|Immediate)\b|\bperformance\b|\bMath\.random\b|node:timers/;
    expect(places(time, ['src/clock.ts'])).toEqual([]);
  });

  test('dates are parsed in bkci/answer.ts only', () => {
    expect(places(/\bDate\.parse\b/, ['src/bkci/answer.ts'])).toEqual([]);
  });

  test('node:timers and node:perf_hooks are imported in clock.ts only', () => {
    const timers = /^node:(?:timers|perf_hooks)/;
    expect(imports(src, ({ from }, { path }) => timers.test(from) && path !== 'src/clock.ts')).toEqual([]);
  });

  test('nothing is printed past the runner', () => {
    expect(places(/\bconsole\s*[.[]/)).toEqual([]);
  });
});

describe('modules', () => {
  test('keep no state: no module-level let or var', () => {
    expect(places(/^(?:export )?(?:let|var)\b/)).toEqual([]);
  });

  test('have no default export', () => {
    expect(places(/^export\s+default\b|\bas default\b/)).toEqual([]);
  });

  test('are no barrels', () => {
    const onlyExports = ({ code }: Source) =>
      /\bfrom\b/.test(code) &&
      code.replace(/export\s+(?:type\s+)?(?:\*(?:\s+as\s+\w+)?|\{[^}]*\})\s+from\s+'';?/g, '').trim() === '';
    expect(src.filter(onlyExports).map(({ path }) => path)).toEqual([]);
  });

  test('are not called utils, helpers or common', () => {
    expect(src.map(({ path }) => path).filter((path) => /(?:util|helper|common|misc)s?\.ts$/i.test(path))).toEqual([]);
  });

  test('import each other without a cycle, types included', () => {
    expect(cyclesIn(src)).toEqual([]);
  });

  test('are imported with a .js suffix, and exist', () => {
    const files = new Set(src.map(({ path }) => path));
    expect(imports(src, (entry, s) => entry.from.startsWith('.') && !files.has(targetOf(s, entry) ?? ''))).toEqual([]);
  });

  test('are short: 200 lines at most', () => {
    const long = src.map(({ path, text }) => ({ path, lines: text.split('\n').length - 1 }));
    expect(long.filter(({ lines }) => lines > 200)).toEqual([]);
  });

  test('use no any and silence no check', () => {
    const silenced = /@ts-(?:ignore|nocheck|expect-error)|biome-ignore|eslint-disable|istanbul ignore/;
    expect(places(/:\s*any\b|\bas any\b|<any>/)).toEqual([]);
    expect(src.filter(({ text }) => silenced.test(text)).map(({ path }) => path)).toEqual([]);
  });
});

describe('layers', () => {
  const below = /^src\/(?:bkci\/.*|clock|errors|text|given)\.ts$/;
  const belowReports = /^src\/(?:report\/.*|github\/.*|bkci\/.*|errors|text|given|input-names)\.ts$/;

  test('bkci/ imports nothing above it', () => {
    const bkci = src.filter(({ path }) => path.startsWith('src/bkci/'));
    expect(imports(bkci, (e, s) => e.from.startsWith('.') && !below.test(targetOf(s, e) ?? ''))).toEqual([]);
  });

  test('report/ imports nothing of the steps it tells of', () => {
    const report = src.filter(({ path }) => path.startsWith('src/report/'));
    expect(imports(report, (e, s) => e.from.startsWith('.') && !belowReports.test(targetOf(s, e) ?? ''))).toEqual([]);
  });

  test('what everybody uses uses nobody', () => {
    const leaves = ['text', 'errors', 'clock', 'given', 'version', 'input-names'].map((name) => `src/${name}.ts`);
    expect(
      imports(
        src.filter(({ path }) => leaves.includes(path)),
        ({ from }) => from.startsWith('.'),
      ),
    ).toEqual([]);
  });

  test('nobody imports the entries, or the story that they start', () => {
    const above = ['src/index.ts', 'src/post.ts', 'src/run.ts', 'src/cleanup.ts'];
    const entries = ['src/index.ts', 'src/post.ts'];
    const upward = (e: Import, s: Source) => above.includes(targetOf(s, e) ?? '') && !entries.includes(s.path);
    expect(imports(src, upward)).toEqual([]);
  });

  test('the sources import nothing of the tests', () => {
    expect(imports(src, (entry, s) => !(targetOf(s, entry) ?? 'src/').startsWith('src/'))).toEqual([]);
  });

  test('the stand-in imports nothing of the sources: only so is agreement evidence', () => {
    const helpers = /\.test\.ts$/;
    const own = standin.filter(({ path }) => !helpers.test(path));
    expect(
      imports(own, (entry, s) => !(targetOf(s, entry) ?? '__tests__/standin/').startsWith('__tests__/standin/')),
    ).toEqual([]);
  });
});
