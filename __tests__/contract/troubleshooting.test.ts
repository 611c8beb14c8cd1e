/** The sentences that the page quotes are those that the code says. */

import { readdirSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parseSync } from '@swc/core';
import { marked } from 'marked';
import { RESULT_OF_CODE } from '../../src/lib/errors.js';
import { read, root } from './pages.js';

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
