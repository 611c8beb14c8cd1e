/** The tables of the READMEs agree with action.yml, and the links of all pages lead somewhere. */

import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path/posix';
import { describe, expect, test } from '@jest/globals';
import { marked, type Token } from 'marked';
import { type DocsWords, fillTables, inputTables } from '../../scripts/docs/tables.js';
import { action, actionYaml, pages, read, readmes, root } from './pages.js';

const words = JSON.parse(read('scripts/docs/words.json')) as DocsWords;

describe('the READMEs', () => {
  test.each(readmes)('%s has the inputs and outputs of action.yml', (name, language) => {
    const isOutdated = fillTables(read(name), actionYaml, words, language) !== read(name);
    expect(isOutdated ? `${name} differs from action.yml: run npm run docs` : 'up to date').toBe('up to date');
  });

  test('have every input in one of the groups', () => {
    const rows = inputTables(actionYaml, words, 'en').match(/^\| `\w+` (?:\*\*required\*\* )?\|/gm) ?? [];
    expect(rows).toHaveLength(Object.keys(action.inputs).length);
  });

  test('can’t be written when a Chinese description is missing, and the error names the input', () => {
    const { wait: _, ...inputs } = words.inputs;
    expect(() => inputTables(actionYaml, { ...words, inputs }, 'zh')).toThrow('inputs has no wait');
  });

  test('have the same sections in both languages', () => {
    const depths = (name: string) =>
      marked.lexer(read(name)).flatMap((token) => (token.type === 'heading' ? [token.depth] : []));
    expect(depths('README.zh-CN.md')).toEqual(depths('README.md'));
  });

  test('README.md has at most 285 lines', () => {
    expect(read('README.md').trimEnd().split('\n').length).toBeLessThanOrEqual(285);
  });
});

/** The anchors of the headings as GitHub makes them: lower case, without punctuation, dashes for spaces. */
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
    const own = token.type === 'link' || token.type === 'image' ? [token.href as string] : [];
    const cells =
      token.type === 'table' ? [...token.header, ...token.rows.flat()] : token.type === 'list' ? token.items : [];
    return [...own, ...linksIn([...(('tokens' in token && token.tokens) || []), ...cells])];
  });
}

describe('links', () => {
  test.each(pages)('%s has only links to files and headings that exist', (page) => {
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
