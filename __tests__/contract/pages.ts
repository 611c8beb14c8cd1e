/** Names of the documentation pages, the examples and the workflows, and a reader for them. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path/posix';
import { fileURLToPath } from 'node:url';
import { type Language, readAction } from '../../scripts/docs/tables.js';

/** Names are relative to the root of the project, with `/` on every system. */
export const root = fileURLToPath(new URL('../../', import.meta.url));
export const read = (name: string) => readFileSync(`${root}${name}`, 'utf8');
const namesIn = (directory: string, end: string) =>
  readdirSync(`${root}${directory}`)
    .filter((name) => name.endsWith(end))
    .map((name) => join(directory, name));

export const actionYaml = read('action.yml');
export const action = readAction(actionYaml);
export const readmes: [string, Language][] = [
  ['README.md', 'en'],
  ['README.zh-CN.md', 'zh'],
];
export const pages = [...namesIn('.', '.md'), ...namesIn('docs', '.md')];
export const examples = namesIn('examples', '.yml');
export const workflows = namesIn('.github/workflows', '.yml');
