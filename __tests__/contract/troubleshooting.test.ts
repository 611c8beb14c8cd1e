/** The messages that docs/TROUBLESHOOTING.md quotes are messages of the code. */

import { readdirSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parseSync } from '@swc/core';
import { marked } from 'marked';
import { NOTHING_SENT, RESULT_OF_CODE } from '../../src/lib/errors.js';
import { read, root } from './pages.js';

type Node = Readonly<Record<string, unknown>>;

/** Calls `visit` with every node of a syntax tree. */
function walk(node: unknown, visit: (node: Node) => void): void {
  if (Array.isArray(node)) for (const item of node) walk(item, visit);
  if (Array.isArray(node) || typeof node !== 'object' || node === null) return;
  visit(node as Node);
  for (const member of Object.values(node)) walk(member, visit);
}

/** The fixed pieces of each string and template in a tree: the text between the expressions. */
function stringsIn(tree: unknown): string[][] {
  const found: string[][] = [];
  walk(tree, ({ type, quasis, value }) => {
    if (type === 'TemplateLiteral') {
      found.push((quasis as { cooked?: string; raw: string }[]).map(({ cooked, raw }) => cooked ?? raw));
    }
    if (type === 'StringLiteral') found.push([value as string]);
  });
  return found;
}

/** The strings in a tree that are a part of an error (src/lib/errors.ts: ErrorText). */
function partIn(tree: unknown, part: 'problem' | 'consequence'): string[][] {
  const found: string[][] = [];
  walk(tree, ({ type, key, id, value, init }) => {
    const name = (type === 'VariableDeclarator' ? id : key) as { value?: string } | undefined;
    if (name?.value === part) found.push(...stringsIn(value ?? init));
  });
  return found;
}

/** A regular expression for the messages that have these pieces. */
function patternOf(pieces: readonly string[]): string {
  return pieces.map((piece) => piece.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('[\\s\\S]*?');
}

/** What varies in a message: addresses, ids, and the names and states that the page uses as examples. */
const VARIABLE =
  /“[^”]*”|\([^()]*\)|https?:\/\/\S+|#\d+|\b[a-z]-…|[\w-]+-bot|(?:Run tests in )?Test › Linux(?: › Run tests)?|\bstage-\d\b|\b(?:Deploy|demo2?|c0ffee\d+|data\.status)\b|\d+ (?:s|min|h|d)\b/g;

/** Share of the letters of a sentence, without what varies, that are in the sources word by word. */
function shareWrittenIn(pieces: readonly string[], sentence: string): number {
  const fixed = sentence.replace(VARIABLE, '');
  let rest = fixed;
  for (const piece of pieces) rest = rest.replaceAll(piece, '\0');
  const letters = (text: string) => text.replace(/[^\p{L}]/gu, '').length;
  return 1 - letters(rest) / letters(fixed);
}

function treesIn(directory: string): unknown[] {
  return readdirSync(`${root}${directory}`, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => parseSync(read(`${directory}/${name}`), { syntax: 'typescript', target: 'es2023' }));
}

describe('docs/TROUBLESHOOTING.md', () => {
  const page = read('docs/TROUBLESHOOTING.md');
  const tokens = marked.lexer(page);
  const trees = treesIn('src');
  const strings = trees.flatMap(stringsIn);
  // Shorter texts would match anywhere.
  const patternsOf = (texts: readonly string[][]) =>
    texts.filter((pieces) => pieces.join('').trim().length >= 6).map(patternOf);
  const messages = patternsOf(strings).map((pattern) => new RegExp(`^${pattern}\\s*$`));
  const problems = patternsOf(trees.flatMap((tree) => partIn(tree, 'problem'))).map(
    (pattern) => new RegExp(`^${pattern}$`),
  );
  const consequences = [NOTHING_SENT, ...patternsOf(trees.flatMap((tree) => partIn(tree, 'consequence')))];
  const consequence = new RegExp(`; (?:${consequences.join('|')})$`);

  /** `Problem; consequence. Remedy.`, each of them a string of the sources. */
  const isError = (sentence: string) =>
    [...sentence.matchAll(/[.:](?= |$)/g)].some(({ index }) => {
      // In a refusal, the number and the text of the server follow the problem in brackets.
      const problem = sentence.slice(0, index).replace(consequence, '');
      const withoutServerText = problem.replace(/ \([^()]*\)$/, '');
      const remedy = sentence
        .slice(index + 1)
        .trim()
        .replace(/:$/, '');
      return (
        problems.some((pattern) => pattern.test(problem) || pattern.test(withoutServerText)) &&
        (remedy === '' || messages.some((pattern) => pattern.test(remedy)))
      );
    });
  const clauses = strings
    .flat()
    .flatMap((piece) => piece.split(/[()“”\n]/))
    .map((piece) => piece.trim());
  const longestFirst = [...new Set(clauses)].filter((clause) => clause.length >= 4);
  longestFirst.sort((a, b) => b.length - a.length);

  /** The quoted lines of each section. */
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
    // A link may follow a sentence about a build, and a list one about several things.
    const forms = [sentence, sentence.replace(/(?: (?:GET|POST))? https:\/\/\S+$/, ''), `${sentence}\n`];
    const isMessage = forms.some((form) => isError(form) || messages.some((pattern) => pattern.test(form)));
    expect(isMessage ? 'a message of src' : `no message of src reads: ${sentence}`).toBe('a message of src');
    expect(shareWrittenIn(longestFirst, sentence)).toBeGreaterThan(0.9);
  });
});

describe('docs/TROUBLESHOOTING.zh-CN.md', () => {
  const english = read('docs/TROUBLESHOOTING.md');
  const page = read('docs/TROUBLESHOOTING.zh-CN.md');

  test.each(Object.entries(RESULT_OF_CODE))('has a section about %s, and its result', (code, result) => {
    expect(page).toContain(`\n## ${code}\n`);
    expect(page).toMatch(new RegExp(`^\\| \\[\`${code}\`\\]\\(#${code}\\) \\|.*\\| \`${result}\` \\|$`, 'm'));
  });

  test('quotes only messages that the English page has', () => {
    const cells = marked
      .lexer(page)
      .flatMap((token) => (token.type === 'table' && token.header[0].text === '信息' ? token.rows : []))
      .map(([{ text }]) => text as string);
    const quotes = cells.flatMap((text) => [...text.matchAll(/`([^`]+)`/g)].map(([, quote = '']) => quote));
    expect(quotes.length).toBeGreaterThan(50);
    expect(quotes.filter((quote) => !english.includes(quote))).toEqual([]);
  });
});
