/**
 * `npm run shots`: pictures of both READMEs and of every kind of job summary, light and dark, with GitHub's published
 * style sheet, in build/shots; and the picture in the READMEs, docs/demo-{light,dark}.png. A package of its own, which
 * nothing else needs; Chromium is the system's (`CHROMIUM` names another one than /usr/bin/chromium):
 *
 *     npm ci && npm run build && npm install --prefix scripts/shots && npm run shots
 */

import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parse } from 'marked';
import puppeteer from 'puppeteer-core';

const root = fileURLToPath(new URL('../..', import.meta.url));
const shots = join(root, 'build/shots');
const pages = join(shots, 'pages');
const css = createRequire(import.meta.url).resolve('github-markdown-css/github-markdown.css');

/** A README as GitHub shows it; alerts are GitHub's own, and no part of its style of Markdown. */
function writeReadme(name) {
  const html = parse(readFileSync(join(root, name), 'utf8')).replace(
    /<blockquote>\s*<p>\[!(\w)(\w+)\]\s*/g,
    (_, first, rest) =>
      `<blockquote class="markdown-alert markdown-alert-note"><p class="markdown-alert-title">${first}${rest.toLowerCase()}</p><p>`,
  );
  const page = `<!doctype html><meta charset="utf-8"><base href="${pathToFileURL(root)}/"><style>
:root { color-scheme: light dark } body { margin: 0 } .markdown-body { padding: 32px }</style>
<article class="markdown-body">${html}</article>`;
  writeFileSync(join(pages, name.replace(/\.md$/, '.html')), page);
}

async function shoot(browser, file, scheme) {
  const page = await browser.newPage();
  const isPicture = basename(file) === 'picture.html';
  const isReadme = basename(file).startsWith('README');
  await page.setViewport({
    width: isPicture ? 920 : 1012,
    height: isReadme ? 1000 : 100,
    deviceScaleFactor: isPicture ? 1.5 : 1,
  });
  await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
  await page.goto(pathToFileURL(file).href);
  await page.addStyleTag({ path: css });
  const path = isPicture
    ? join(root, `docs/demo-${scheme}.png`)
    : join(shots, `${basename(file, '.html')}.${scheme}.png`);
  await page.screenshot({ path, fullPage: true });
  if (isReadme) await page.screenshot({ path: path.replace('.png', '.first-screen.png'), fullPage: false });
  await page.close();
  console.log(path);
}

mkdirSync(pages, { recursive: true });
const npm = (...words) => execFileSync('npm', ['run', '--silent', ...words], { cwd: root, stdio: 'inherit' });
if (!process.argv.includes('--no-demo')) npm('demo', '--', '--all', '--html', pages);

const browser = await puppeteer.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
});
const schemes = ['light', 'dark'];
// The READMEs come last, since they show the picture.
for (const scheme of schemes) await shoot(browser, join(pages, 'picture.html'), scheme);
for (const name of ['README.md', 'README.zh-CN.md']) writeReadme(name);
for (const name of readdirSync(pages).filter((name) => name !== 'picture.html'))
  for (const scheme of schemes) await shoot(browser, join(pages, name), scheme);
await browser.close();
