import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'marked';
import type { Scenario } from '../scenarios/scenario.js';
import type { ScenarioResult } from './text.js';

/** Styles close to a job summary on GitHub: column width, fonts and tables. */
const STYLE = `
body { margin: 32px auto; max-width: 1012px; padding: 0 24px; color: #1f2328; background: #fff;
  font: 16px/1.5 -apple-system, BlinkMacSystemFont, "Segoe UI", "Noto Sans", Helvetica, Arial, sans-serif; }
header { color: #59636e; margin-bottom: 24px; }
h2.part { font-size: 14px; color: #59636e; font-weight: 600; margin: 32px 0 8px; }
.box { border: 1px solid #d1d9e0; border-radius: 6px; padding: 16px 24px; overflow-x: auto; }
.box h2 { font-size: 24px; font-weight: 600; margin: 0 0 16px; padding-bottom: 7px; border-bottom: 1px solid #d1d9e0b3; }
.box p, .box table, .box details { margin: 0 0 16px; }
a { color: #0969da; }
table { border-collapse: collapse; display: block; width: max-content; max-width: 100%; overflow: auto; }
th, td { border: 1px solid #d1d9e0; padding: 6px 13px; }
tr:nth-child(2n) { background: #f6f8fa; }
code { background: #818b981f; border-radius: 6px; padding: 3px 6px; font-size: 85%; }
pre { background: #f6f8fa; border-radius: 6px; padding: 16px; overflow: auto; font-size: 85%; line-height: 1.45; }
pre, code { font-family: ui-monospace, SFMono-Regular, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace; }
pre.log { background: #fff; border: 1px solid #d1d9e0; white-space: pre-wrap; overflow-wrap: anywhere; }
.error { color: #d1242f; } .warning { color: #9a6700; } .notice { color: #0969da; }
sub { font-size: 75%; }
`;

/** Writes the HTML page of a scenario and returns its path. */
export function writePage(directory: string, scenario: Scenario, result: ScenarioResult): string {
  mkdirSync(directory, { recursive: true });
  const path = join(directory, `${scenario.name}.html`);
  writeFileSync(path, page(scenario, result));
  return path;
}

function page({ name, description: about }: Scenario, { main, post }: ScenarioResult): string {
  const summary = [main.summary, post?.summary ?? ''].filter((text) => text.trim() !== '');
  const log = [...main.log, ...(post?.log ?? [])].map(logLine).join('\n');
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(name)}</title><style>${STYLE}</style></head><body>
<header>${escapeHtml(name)}: ${escapeHtml(about)}</header>
<h2 class="part">Job summary</h2>
${summary.length === 0 ? '<p>None.</p>' : summary.map((text) => `<div class="box">${markdown(text)}</div>`).join('\n')}
<h2 class="part">Log</h2>
<pre class="log">${log}</pre>
</body></html>
`;
}

function markdown(text: string): string {
  return parse(text, { gfm: true, async: false });
}

function logLine(line: string): string {
  const level = /^\s*(Error|Warning|Notice):/.exec(line)?.[1]?.toLowerCase();
  return level ? `<span class="${level}">${escapeHtml(line)}</span>` : escapeHtml(line);
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
