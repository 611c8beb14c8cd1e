import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'marked';
import type { Scenario } from '../scenarios/scenario.js';
import type { ScenarioResult } from './text.js';

/** A box of a page, with its heading. */
interface Part {
  readonly heading: string;
  readonly html: string;
}

/** Styles close to GitHub's: column width, fonts and tables; light or dark as the browser prefers. */
const STYLE = `
:root { color-scheme: light dark; --text: #1f2328; --muted: #59636e; --back: #fff; --line: #d1d9e0; --soft: #f6f8fa;
  --link: #0969da; --error: #d1242f; --warning: #9a6700; }
@media (prefers-color-scheme: dark) { :root { --text: #f0f6fc; --muted: #9198a1; --back: #0d1117; --line: #3d444d;
  --soft: #151b23; --link: #4493f8; --error: #f85149; --warning: #d29922; } }
body { margin: 0 auto; max-width: 1012px; padding: 24px; color: var(--text); background: var(--back);
  font: 16px/1.5 -apple-system, BlinkMacSystemFont, "Segoe UI", "Noto Sans", Helvetica, Arial, sans-serif; }
header, h2.part { color: var(--muted); }
h2.part { font-size: 14px; font-weight: 600; margin: 24px 0 8px; }
h2.part:first-child { margin-top: 0; }
.markdown-body, pre.log { border: 1px solid var(--line); border-radius: 6px; padding: 16px 24px; overflow-x: auto; }
.markdown-body a { color: var(--link); }
.markdown-body table { border-collapse: collapse; margin-bottom: 16px; }
.markdown-body th, .markdown-body td { border: 1px solid var(--line); padding: 6px 13px; }
.markdown-body pre, .markdown-body code { background: var(--soft); }
pre, code { font: 85%/1.5 ui-monospace, SFMono-Regular, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace; }
pre.log { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; }
.error { color: var(--error); } .warning { color: var(--warning); } .notice { color: var(--link); }
`;

/** Writes the HTML page of a scenario and returns its path. */
export function writePage(directory: string, { name, description }: Scenario, { main, post }: ScenarioResult): string {
  const summaries = [main.summary, post?.summary ?? ''].filter((text) => text.trim() !== '');
  const parts = [...summaries.map((text) => summaryPart('Job summary', text)), logPart('Log', main.log)];
  if (post !== null && post.log.length > 0) parts.push(logPart('Log of the post step', post.log));
  mkdirSync(directory, { recursive: true });
  const path = join(directory, `${name}.html`);
  writeFileSync(path, htmlPage(name, [`<header>${escapeHtml(`${name}: ${description}`)}</header>`, ...parts.map(box)]));
  return path;
}

export function summaryPart(heading: string, markdown: string): Part {
  return { heading, html: `<article class="markdown-body">${parse(markdown, { gfm: true, async: false })}</article>` };
}

export function logPart(heading: string, lines: readonly string[]): Part {
  return { heading, html: `<pre class="log">${lines.map(logLine).join('\n')}</pre>` };
}

export function box({ heading, html }: Part): string {
  return `<h2 class="part">${escapeHtml(heading)}</h2>\n${html}`;
}

export function htmlPage(title: string, blocks: readonly string[]): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(title)}</title><style>${STYLE}</style></head><body>
${blocks.join('\n')}
</body></html>
`;
}

function logLine(line: string): string {
  const level = /^\s*(Error|Warning|Notice):/.exec(line)?.[1]?.toLowerCase();
  return level ? `<span class="${level}">${escapeHtml(line)}</span>` : escapeHtml(line);
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
