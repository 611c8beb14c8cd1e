/** `npm run docs`: updates the tables of both READMEs from action.yml and scripts/docs/words.json. */
import { readFileSync, writeFileSync } from 'node:fs';
import { type DocsWords, fillTables, type Language } from './tables.js';

const root = new URL('../..', import.meta.url);
const read = (name: string) => readFileSync(new URL(name, root), 'utf8');

const yaml = read('action.yml');
const words = JSON.parse(read('scripts/docs/words.json')) as DocsWords;
const pages: readonly [string, Language][] = [
  ['README.md', 'en'],
  ['README.zh-CN.md', 'zh'],
];

for (const [name, language] of pages) {
  const before = read(name);
  const after = fillTables(before, yaml, words, language);
  if (after !== before) writeFileSync(new URL(name, root), after);
  console.log(`${name}: ${after === before ? 'up to date' : 'tables written anew'}`);
}
