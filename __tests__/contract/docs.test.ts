/** The pages promise what the code does: tables, sentences, snippets and links are held against it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path/posix';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { parseSync } from '@swc/core';
import { marked, type Token } from 'marked';
import { parse } from 'yaml';
import { type DocsWords, fillTables, inputTable, type Language, readAction } from '../../scripts/docs-tables.js';
import { RESULT_OF_CODE } from '../../src/errors.js';

/** Names are relative to the project, with `/` on every system. */
const root = fileURLToPath(new URL('../../', import.meta.url));
const read = (name: string) => readFileSync(`${root}${name}`, 'utf8');
const namesIn = (directory: string, end: string) =>
  readdirSync(`${root}${directory}`)
    .filter((name) => name.endsWith(end))
    .map((name) => join(directory, name));

const actionYaml = read('action.yml');
const action = readAction(actionYaml);
const words = JSON.parse(read('scripts/docs-words.json')) as DocsWords;
const readmes: [string, Language][] = [
  ['README.md', 'en'],
  ['README.zh-CN.md', 'zh'],
];
const pages = [...namesIn('.', '.md'), ...namesIn('docs', '.md')];
const examples = namesIn('examples', '.yml');
const workflows = namesIn('.github/workflows', '.yml');

describe('the tables of the READMEs', () => {
  test.each(readmes)('%s says of inputs and outputs what action.yml says', (name, language) => {
    const drifted = fillTables(read(name), actionYaml, words, language) !== read(name);
    expect(drifted ? `${name} differs from action.yml: run npm run docs` : 'in step').toBe('in step');
  });

  test('every input stands in a group', () => {
    const rows = inputTable(actionYaml, words, 'en').match(/^\| `\w+` \|/gm) ?? [];
    expect(rows).toHaveLength(Object.keys(action.inputs).length);
  });

  test('a description that is missing in Chinese is an error that names it', () => {
    const { wait: _, ...inputs } = words.inputs;
    expect(() => inputTable(actionYaml, { ...words, inputs }, 'zh')).toThrow('inputs has no wait');
  });

  test('the Chinese README has the sections of the English one', () => {
    const depths = (name: string) =>
      marked.lexer(read(name)).flatMap((token) => (token.type === 'heading' ? [token.depth] : []));
    expect(depths('README.zh-CN.md')).toEqual(depths('README.md'));
  });

  test('README.md stays within 250 lines', () => {
    expect(read('README.md').trimEnd().split('\n').length).toBeLessThanOrEqual(250);
  });
});

/** The pieces of each string and template of a source: what stands between its holes. */
function stringsOf(source: string): string[][] {
  const found: string[][] = [];
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) for (const item of node) visit(item);
    if (Array.isArray(node) || typeof node !== 'object' || node === null) return;
    const {
      type,
      quasis = [],
      value,
    } = node as { type?: string; quasis?: { cooked?: string; raw: string }[]; value?: string };
    if (type === 'TemplateLiteral') found.push(quasis.map(({ cooked, raw }) => cooked ?? raw));
    if (type === 'StringLiteral') found.push([value ?? '']);
    for (const member of Object.values(node)) visit(member);
  };
  visit(parseSync(source, { syntax: 'typescript', target: 'es2023' }));
  return found;
}

/** What a message with these pieces can look like. */
function shapeOf(pieces: readonly string[]): RegExp {
  const escaped = pieces.map((piece) => piece.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${escaped.join('[\\s\\S]*?')}\\s*$`);
}

/** What varies in a sentence: addresses, ids, and what the page takes as examples of names and states. */
const VARIABLE =
  /“[^”]*”|\([^()]*\)|https?:\/\/\S+|#\d+|\b[a-z]-…|[\w-]+-bot|(?:Run tests in )?Test › Linux(?: › Run tests)?|\bstage-\d\b|\b(?:Deploy|demo2?|c0ffee\d+|data\.status)\b|\d+ (?:s|min|h|d)\b/g;

/** Share of a sentence, without what varies, that stands in the sources word by word. */
function shareWrittenIn(pieces: readonly string[], sentence: string): number {
  const fixed = sentence.replace(VARIABLE, '');
  let rest = fixed;
  for (const piece of pieces) rest = rest.replaceAll(piece, '\0');
  const letters = (text: string) => text.replace(/[^\p{L}]/gu, '').length;
  return 1 - letters(rest) / letters(fixed);
}

function sourcesIn(directory: string): string[] {
  return readdirSync(`${root}${directory}`, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => read(`${directory}/${name}`));
}

describe('docs/TROUBLESHOOTING.md', () => {
  const page = read('docs/TROUBLESHOOTING.md');
  const tokens = marked.lexer(page);
  const strings = sourcesIn('src').flatMap(stringsOf);
  // What is shorter would fit anywhere.
  const shapes = strings.filter((pieces) => pieces.join('').trim().length >= 6).map(shapeOf);
  const clauses = strings
    .flat()
    .flatMap((piece) => piece.split(/[()“”\n]/))
    .map((piece) => piece.trim());
  const longestFirst = [...new Set(clauses)].filter((clause) => clause.length >= 4);
  longestFirst.sort((a, b) => b.length - a.length);

  /** Sentences by the section in which they are quoted. */
  const quoted = new Map<string, string[]>();
  let section = '';
  for (const token of tokens) {
    if (token.type === 'heading') section = token.text;
    if (token.type === 'code' && token.lang === 'text')
      quoted.set(section, [...(quoted.get(section) ?? []), ...token.text.split('\n')]);
  }
  const sentences = [...quoted].flatMap(([title, lines]) => lines.map((line) => [title, line] as const));

  test.each(Object.entries(RESULT_OF_CODE))(
    'has a section about %s, and its result in the overview',
    (code, result) => {
      expect(quoted.get(code) ?? []).not.toEqual([]);
      expect(page).toMatch(new RegExp(`^\\| \\[\`${code}\`\\]\\(#${code}\\) \\|.*\\| \`${result}\` \\|$`, 'm'));
    },
  );

  test.each(sentences)('%s: %s', (title, line) => {
    const [, severity, sentence = '', code] = /^(Error|Warning|Notice): (.*?)(?: \[([a-z-]+)\])?$/.exec(line) ?? [];
    if (severity === 'Error' && title in RESULT_OF_CODE) expect(code).toBe(title);
    // A link may stand behind a sentence about a build, and a list below one about several things.
    const forms = [sentence, sentence.replace(/ https:\/\/\S+$/, ''), `${sentence}\n`];
    const fits = shapes.some((shape) => forms.some((form) => shape.test(form)));
    expect(fits ? 'a message of src' : `no message of src reads: ${sentence}`).toBe('a message of src');
    expect(shareWrittenIn(longestFirst, sentence)).toBeGreaterThan(0.9);
  });
});

interface Step {
  readonly id?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly with?: object;
}

/** Every step in a YAML value, wherever it stands: what uses an action, or runs a script. */
function stepsIn(value: unknown): Step[] {
  if (typeof value !== 'object' || value === null) return [];
  const { uses, run } = value as Step;
  const own = typeof uses === 'string' || typeof run === 'string' ? [value as Step] : [];
  return [...own, ...Object.values(value).flatMap(stepsIn)];
}

function isThisAction({ uses = '' }: Step): boolean {
  return uses === './' || uses.startsWith('OWNER/REPO@');
}

function codeBlocks(tokens: readonly Token[], language: string): string[] {
  return tokens.flatMap((token) => {
    if (token.type === 'code') return token.lang === language ? [token.text as string] : [];
    return codeBlocks(('tokens' in token && token.tokens) || [], language);
  });
}

const snippets: [string, string][] = [
  ...pages.flatMap((name) =>
    codeBlocks(marked.lexer(read(name)), 'yaml').map((block, index): [string, string] => [
      `${name}, block ${index + 1}`,
      block,
    ]),
  ),
  ...[...examples, ...workflows].map((name): [string, string] => [name, read(name)]),
];

describe('snippets and workflows', () => {
  test.each(snippets)('%s names inputs of action.yml', (_, text) => {
    const given = stepsIn(parse(text))
      .filter(isThisAction)
      .flatMap((step) => Object.keys(step.with ?? {}));
    expect(given.filter((name) => !Object.hasOwn(action.inputs, name))).toEqual([]);
  });

  test.each(snippets)('%s reads outputs of action.yml', (_, text) => {
    // A step that is not in the snippet is taken for this action.
    const others = stepsIn(parse(text))
      .filter((step) => !isThisAction(step))
      .map(({ id }) => id);
    const read = [...text.matchAll(/\bsteps\.([\w-]+)\.outputs\.([\w-]+)/g)].filter(([, id]) => !others.includes(id));
    expect(read.map(([, , name = '']) => name).filter((name) => !Object.hasOwn(action.outputs, name))).toEqual([]);
  });

  test.each(snippets)('%s passes no output into a script but through env', (_, text) => {
    const scripts = stepsIn(parse(text)).map(({ run = '' }) => run);
    expect(scripts.filter((script) => /\$\{\{[^}]*outputs\./.test(script))).toEqual([]);
  });

  test('uses of this action are found at all', () => {
    expect(snippets.flatMap(([, text]) => stepsIn(parse(text)).filter(isThisAction)).length).toBeGreaterThan(8);
  });
});

interface Workflow {
  readonly permissions?: unknown;
  readonly concurrency?: unknown;
  readonly jobs: Readonly<Record<string, { permissions?: unknown; concurrency?: unknown; 'timeout-minutes'?: number }>>;
}

describe.each([...examples, ...workflows])('%s', (name) => {
  const workflow = parse(read(name)) as Workflow;
  const jobs = Object.entries(workflow.jobs);

  test('grants no job more than it names', () => {
    expect(workflow.permissions).toEqual({});
  });

  test('limits the time of each job', () => {
    expect(jobs.filter(([, job]) => !job['timeout-minutes']).map(([id]) => id)).toEqual([]);
  });

  test('says what happens when it is started twice', () => {
    const without = jobs.filter(([, job]) => job.concurrency === undefined).map(([id]) => id);
    expect(workflow.concurrency === undefined ? without : []).toEqual([]);
  });

  test('pins the actions of others by commit, with their version', () => {
    const uses = [...read(name).matchAll(/^ *(?:- )?uses: (.*)$/gm)].map(([, what = '']) => what);
    const ours = /^(?:OWNER\/REPO@v1|\.\/)$/;
    expect(
      uses.filter((what) => !ours.test(what) && !/^[\w.-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(what)),
    ).toEqual([]);
  });
});

describe('the examples', () => {
  test.each(examples)('%s sets projectId as a fence', (name) => {
    for (const step of stepsIn(parse(read(name))).filter(isThisAction)) expect(step.with).toHaveProperty('projectId');
  });

  test.each(readmes)('all stand in %s', (name) => {
    for (const example of examples) expect(read(name)).toContain(`](${example})`);
  });
});

/** As GitHub makes anchors: lower case, without punctuation, dashes for spaces. */
function anchorsOf(markdown: string): Set<string> {
  const headings = marked.lexer(markdown).flatMap((token) => (token.type === 'heading' ? [token.text as string] : []));
  return new Set(
    headings.map((text) =>
      text
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

function linksIn(tokens: readonly Token[]): string[] {
  return tokens.flatMap((token): string[] => {
    const here = token.type === 'link' || token.type === 'image' ? [token.href as string] : [];
    const cells =
      token.type === 'table' ? [...token.header, ...token.rows.flat()] : token.type === 'list' ? token.items : [];
    return [...here, ...linksIn([...(('tokens' in token && token.tokens) || []), ...cells])];
  });
}

describe('links', () => {
  test.each(pages)('%s leads nowhere that is not there', (page) => {
    const broken = linksIn(marked.lexer(read(page))).filter((link) => {
      if (/^https?:/.test(link)) return false;
      const [path = '', anchor] = link.split('#');
      const target = path === '' ? page : join(dirname(page), path);
      if (!existsSync(`${root}${target}`)) return true;
      return anchor !== undefined && !anchorsOf(read(target)).has(decodeURIComponent(anchor));
    });
    expect(broken).toEqual([]);
  });
});
