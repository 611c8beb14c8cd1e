/** The snippets on the pages, the examples and the workflows use inputs and outputs that action.yml declares. */

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

/** Every step at any depth of a YAML value: whatever has `uses` or `run`. */
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
  test.each(snippets)('%s sets only inputs of action.yml', (_, text) => {
    const names = stepsIn(parse(text))
      .filter(isThisAction)
      .flatMap((step) => Object.keys(step.with ?? {}));
    expect(names.filter((name) => !Object.hasOwn(action.inputs, name))).toEqual([]);
  });

  test.each(snippets)('%s reads only outputs of action.yml', (_, text) => {
    // A step that is not in the snippet counts as a use of this action.
    const otherIds = stepsIn(parse(text))
      .filter((step) => !isThisAction(step))
      .map(({ id }) => id);
    const outputs = [...text.matchAll(/\bsteps\.([\w-]+)\.outputs\.([\w-]+)/g)].filter(
      ([, id]) => !otherIds.includes(id),
    );
    expect(outputs.map(([, , name = '']) => name).filter((name) => !Object.hasOwn(action.outputs, name))).toEqual([]);
  });

  test.each(snippets)('%s passes outputs to scripts through env only', (_, text) => {
    const scripts = stepsIn(parse(text)).map(({ run = '' }) => run);
    expect(scripts.filter((script) => /\$\{\{[^}]*outputs\./.test(script))).toEqual([]);
  });

  test('more than eight uses of this action are found', () => {
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

  test('grants no permission to the workflow as a whole', () => {
    expect(workflow.permissions).toEqual({});
  });

  test('has a timeout for each job', () => {
    expect(jobs.filter(([, job]) => !job['timeout-minutes']).map(([id]) => id)).toEqual([]);
  });

  test('sets concurrency for the workflow or for each job', () => {
    const without = jobs.filter(([, job]) => job.concurrency === undefined).map(([id]) => id);
    expect(workflow.concurrency === undefined ? without : []).toEqual([]);
  });

  test('pins other actions by commit, with their version', () => {
    const uses = [...read(name).matchAll(/^ *(?:- )?uses: (.*)$/gm)].map(([, use = '']) => use);
    const thisAction = /^(?:OWNER\/REPO@v1(?: # pinned: .*)?|\.\/)$/;
    expect(
      uses.filter((use) => !thisAction.test(use) && !/^[\w.-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(use)),
    ).toEqual([]);
  });
});

describe('the examples', () => {
  test.each(examples)('%s sets projectId, which the build must match', (name) => {
    for (const step of stepsIn(parse(read(name))).filter(isThisAction)) expect(step.with).toHaveProperty('projectId');
  });

  test.each(examples)(
    '%s runs only where the inputs that limit it have a value, since an empty one limits nothing',
    (name) => {
      const { jobs } = parse(read(name)) as { jobs: Readonly<Record<string, { if?: string }>> };
      for (const job of Object.values(jobs)) {
        const inputs = stepsIn(job).filter(isThisAction)[0]?.with as Readonly<Record<string, string>> | undefined;
        // With ids alone, an empty projectId is an error.
        const needsLimits = inputs && (inputs.buildUrl || !(inputs.buildId || inputs.buildNumber));
        const limits = [inputs?.projectId, inputs?.checkApp].flatMap(
          (value) => /^\$\{\{ (\S+) \}\}$/.exec(value ?? '')?.[1] ?? [],
        );
        for (const limit of needsLimits ? limits : []) expect(job.if).toContain(`${limit} != ''`);
      }
    },
  );

  test.each(examples)('%s asks the GitHub server that it runs on, and shows how to pin this action', (name) => {
    expect(read(name)).not.toMatch(/\bgh (?:api|pr|issue)\b|api\.github\.com/);
    expect(read(name)).toContain('# pinned: OWNER/REPO@');
  });

  test.each(readmes)('are all linked in %s', (name) => {
    for (const example of examples) expect(read(name)).toContain(`](${example})`);
  });
});
