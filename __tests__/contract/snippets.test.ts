/** What can be copied from the pages, and what runs in this repository, uses the action as it is. */

import { describe, expect, test } from '@jest/globals';
import { marked, type Token } from 'marked';
import { parse } from 'yaml';
import { action, examples, pages, read, readmes, workflows } from './pages.js';

interface Step {
  readonly id?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly with?: object;
}

/** Every step in a YAML value, wherever it stands: what uses an action, or runs a script. */
function stepsIn(value: unknown): Step[] {
  if (typeof value !== 'object' || value === null) return [];
  const { uses, run } = value as Step;
  const own = typeof uses === 'string' || typeof run === 'string' ? [value as Step] : [];
  return [...own, ...Object.values(value).flatMap(stepsIn)];
}

function isThisAction({ uses = '' }: Step): boolean {
  return uses === './' || uses.startsWith('OWNER/REPO@');
}

function codeBlocks(tokens: readonly Token[], language: string): string[] {
  return tokens.flatMap((token) => {
    if (token.type === 'code') return token.lang === language ? [token.text as string] : [];
    return codeBlocks(('tokens' in token && token.tokens) || [], language);
  });
}

const snippets: [string, string][] = [
  ...pages.flatMap((name) =>
    codeBlocks(marked.lexer(read(name)), 'yaml').map((block, index): [string, string] => [
      `${name}, block ${index + 1}`,
      block,
    ]),
  ),
  ...[...examples, ...workflows].map((name): [string, string] => [name, read(name)]),
];

describe('snippets and workflows', () => {
  test.each(snippets)('%s names inputs of action.yml', (_, text) => {
    const given = stepsIn(parse(text))
      .filter(isThisAction)
      .flatMap((step) => Object.keys(step.with ?? {}));
    expect(given.filter((name) => !Object.hasOwn(action.inputs, name))).toEqual([]);
  });

  test.each(snippets)('%s reads outputs of action.yml', (_, text) => {
    // A step that is not in the snippet is taken for this action.
    const others = stepsIn(parse(text))
      .filter((step) => !isThisAction(step))
      .map(({ id }) => id);
    const read = [...text.matchAll(/\bsteps\.([\w-]+)\.outputs\.([\w-]+)/g)].filter(([, id]) => !others.includes(id));
    expect(read.map(([, , name = '']) => name).filter((name) => !Object.hasOwn(action.outputs, name))).toEqual([]);
  });

  test.each(snippets)('%s passes no output into a script but through env', (_, text) => {
    const scripts = stepsIn(parse(text)).map(({ run = '' }) => run);
    expect(scripts.filter((script) => /\$\{\{[^}]*outputs\./.test(script))).toEqual([]);
  });

  test('uses of this action are found at all', () => {
    expect(snippets.flatMap(([, text]) => stepsIn(parse(text)).filter(isThisAction)).length).toBeGreaterThan(8);
  });
});

interface Workflow {
  readonly permissions?: unknown;
  readonly concurrency?: unknown;
  readonly jobs: Readonly<Record<string, { permissions?: unknown; concurrency?: unknown; 'timeout-minutes'?: number }>>;
}

describe.each([...examples, ...workflows])('%s', (name) => {
  const workflow = parse(read(name)) as Workflow;
  const jobs = Object.entries(workflow.jobs);

  test('grants no job more than it names', () => {
    expect(workflow.permissions).toEqual({});
  });

  test('limits the time of each job', () => {
    expect(jobs.filter(([, job]) => !job['timeout-minutes']).map(([id]) => id)).toEqual([]);
  });

  test('says what happens when it is started twice', () => {
    const without = jobs.filter(([, job]) => job.concurrency === undefined).map(([id]) => id);
    expect(workflow.concurrency === undefined ? without : []).toEqual([]);
  });

  test('pins the actions of others by commit, with their version', () => {
    const uses = [...read(name).matchAll(/^ *(?:- )?uses: (.*)$/gm)].map(([, what = '']) => what);
    const ours = /^(?:OWNER\/REPO@v1|\.\/)$/;
    expect(
      uses.filter((what) => !ours.test(what) && !/^[\w.-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(what)),
    ).toEqual([]);
  });
});

describe('the examples', () => {
  test.each(examples)('%s sets projectId as a fence', (name) => {
    for (const step of stepsIn(parse(read(name))).filter(isThisAction)) expect(step.with).toHaveProperty('projectId');
  });

  test.each(readmes)('all stand in %s', (name) => {
    for (const example of examples) expect(read(name)).toContain(`](${example})`);
  });
});
