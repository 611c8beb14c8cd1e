/** Renders a job summary as GitHub does (GFM, then HTML), and returns its elements or its text. */

import { marked } from 'marked';
import { type DefaultTreeAdapterTypes, parseFragment } from 'parse5';

type Node = DefaultTreeAdapterTypes.ChildNode;

/** Elements in order, each as `depth tag attribute="value"`; comments count as elements. Text is left out. */
export function elementsOf(markdown: string): string[] {
  return elementsIn(marked.parse(markdown, { gfm: true, async: false }));
}

/** The same of HTML. */
export function elementsIn(html: string): string[] {
  const walk = (nodes: readonly Node[], depth: number): string[] =>
    nodes.flatMap((node) => {
      if (node.nodeName === '#text') return [];
      // The action writes only one kind of comment, a space after an @; any other comes from the text under test.
      if (node.nodeName === '#comment' && 'data' in node && node.data === ' ') return [];
      if (!('tagName' in node)) return [`${depth} ${node.nodeName}`];
      const attributes = node.attrs.map(({ name, value }) => ` ${name}="${value}"`);
      return [`${depth} ${node.tagName}${attributes.join('')}`, ...walk(node.childNodes, depth + 1)];
    });
  return walk(parseFragment(html).childNodes, 0);
}

/** The text that is shown. */
export function textOf(markdown: string): string {
  const html = marked.parse(markdown, { gfm: true, async: false });
  const walk = (nodes: readonly Node[]): string =>
    nodes.map((node) => ('value' in node ? node.value : 'childNodes' in node ? walk(node.childNodes) : '')).join('');
  return walk(parseFragment(html).childNodes);
}

/** Texts with a meaning in Markdown, in HTML or on GitHub. */
export const MARKUP: readonly string[] = [
  ...[
    '<img src=x onerror=alert(1)>',
    '<a href="http://evil.example">',
    '</a>',
    '<script>',
    '<!--',
    '-->',
    '<![CDATA[',
    '<?x',
  ],
  ...[
    '<details>',
    '</details>',
    '</summary>',
    '</pre>',
    '</sub>',
    '</td>',
    '<table>',
    '<br>',
    '</p>',
    '<',
    '>',
    '</',
    '/>',
  ],
  ...[
    '![a](http://evil.example/i.png)',
    '[a](http://evil.example)',
    '[a][b]',
    '[a]: http://evil.example',
    '[^1]',
    '[^1]: x',
    '[x]',
    '[ ]',
  ],
  ...[
    '<http://evil.example>',
    'http://evil.example',
    'https://evil.example/?a=b',
    'www.evil.example',
    'WWW.Evil.example',
    'ftp://evil.example',
  ],
  ...['a@evil.example', 'mailto:a@evil.example', '@octocat', '#1', 'GH-1', 'o/r#1', ':tada:', 'javascript:alert(1)'],
  ...[
    '`',
    '``',
    '```',
    '```js',
    '~~~',
    '~~',
    '|',
    '||',
    '\\',
    '*',
    '**',
    '***',
    '_',
    '__',
    '$',
    '$$',
    '$`',
    '^',
    '!',
    '(',
    ')',
    '[',
    ']',
  ],
  ...[
    '# ',
    '## ',
    '- ',
    '+ ',
    '* ',
    '1. ',
    '1) ',
    '> ',
    '---',
    '===',
    '***',
    '    ',
    '\t',
    '\n',
    '\n\n',
    '\r',
    '\n- ',
    '\n# ',
    '\n| - | - |\n',
  ],
  ...[
    '&lt;img&gt;',
    '&#60;',
    '&#x3c;',
    '&amp;',
    '&',
    '"',
    "'",
    'word',
    'a b',
    '后台',
    '\u00a0',
    '\u202e',
    '\u200b',
    '\ud83d',
  ],
];
