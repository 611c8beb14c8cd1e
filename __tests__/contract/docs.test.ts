/** The pages promise what the code does: tables and links are held against it. */

import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path/posix';
import { describe, expect, test } from '@jest/globals';
import { marked, type Token } from 'marked';
import { type DocsWords, fillTables, inputTable } from '../../scripts/docs-tables.js';
import { action, actionYaml, pages, read, readmes, root } from './pages.js';

const words = JSON.parse(read('scripts/docs-words.json')) as DocsWords;

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
