/** The code has the inputs, outputs and defaults that action.yml declares. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse, parseDocument } from 'yaml';
import { createRunner } from '../../src/github/runner.js';
import { INPUT_NAMES } from '../../src/inputs/names.js';
import type { Result } from '../../src/lib/errors.js';
import { Outputs } from '../../src/report/outputs.js';
import { VERSION } from '../../src/version.js';
import { recordActions } from '../support/actions.js';
import { inputs } from '../support/inputs.js';
import { ROOT } from './source.js';

interface Declared {
  readonly description?: string;
  readonly required?: boolean;
  readonly default?: unknown;
}

interface Manifest {
  readonly name: string;
  readonly description: string;
  readonly author: string;
  readonly branding: { readonly icon: string; readonly color: string };
  readonly inputs: Readonly<Record<string, Declared>>;
  readonly outputs: Readonly<Record<string, Declared>>;
  readonly runs: Readonly<Record<string, unknown>>;
}

/** Every result; the compiler reports one that is missing or unknown. */
const RESULTS: Readonly<Record<Result, true>> = {
  retried: true,
  succeeded: true,
  failed: true,
  cancelled: true,
  'timed-out': true,
  stopped: true,
  aborted: true,
  'not-needed': true,
  found: true,
  refused: true,
  error: true,
};

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const text = read('action.yml');
const manifest = parse(text) as Manifest;
const packageJson = JSON.parse(read('package.json')) as { version: string; license: string; engines: { node: string } };

describe('inputs', () => {
  test('are those that the code reads, and no others', () => {
    expect(Object.keys(manifest.inputs).sort()).toEqual([...INPUT_NAMES].sort());
  });

  test('are all read by the code, not only listed', () => {
    const readers = ['inputs', 'credentials', 'secrets'].map((name) => read(`src/inputs/${name}.ts`)).join('\n');
    const unread = INPUT_NAMES.filter(
      (name) => !new RegExp(`(?:read|flag|number|raw|lines)\\('${name}'`).test(readers),
    );
    expect(unread).toEqual([]);
  });

  test('differ by more than case, hyphens and underscores, since misspelt names are recognised without them', () => {
    expect(new Set(INPUT_NAMES.map((name) => name.toLowerCase().replace(/[-_]/g, ''))).size).toBe(INPUT_NAMES.length);
  });

  test.each(Object.entries(manifest.inputs))(
    '%s has a description of what it is and what happens without it',
    (_, { description = '', default: value }) => {
      expect(description).toMatch(/^[A-Za-z].{10,}\.$/);
      // Where there is a default, the tables show it.
      if (value === undefined) expect(description).toMatch(/left out|required|needs/i);
    },
  );

  test('only apiUrl is declared as required', () => {
    const names = Object.entries(manifest.inputs).filter(([, input]) => input.required === true);
    expect(names.map(([name]) => name)).toEqual(['apiUrl']);
  });
});

describe('defaults', () => {
  const defaults = Object.entries(manifest.inputs).flatMap(([name, input]) =>
    input.default === undefined ? [] : [[name, String(input.default)] as const],
  );

  test('are quoted strings, since YAML would read them as numbers and booleans', () => {
    const document = parseDocument(text);
    const unquoted = defaults.filter(([name]) => {
      const node: unknown = document.getIn(['inputs', name, 'default'], true);
      const { value, type } = node as { value: unknown; type?: string };
      return typeof value !== 'string' || (type === 'PLAIN' && !value.startsWith('${{'));
    });
    expect(unquoted.map(([name]) => name)).toEqual([]);
  });

  test('are the values that the code uses when an input is left out', () => {
    const withDefaults = Object.fromEntries(defaults.filter(([name]) => name !== 'githubToken'));
    expect(inputs({ ...withDefaults, wait: 'true' })).toEqual(inputs({ wait: 'true' }));
    expect(inputs({ ...withDefaults, wait: 'false' })).toEqual(inputs({}));
  });

  test('are declared for every flag and number that has one in the code', () => {
    expect(Object.fromEntries(defaults)).toEqual({
      githubToken: expect.stringMatching(/^\$\{\{ github\.token \}\}$/),
      failedContainer: 'false',
      skip: 'false',
      onlyIfFailed: 'false',
      dryRun: 'false',
      wait: 'false',
      timeoutMinutes: '60',
      pollSeconds: '10',
      maxAttempts: '1',
      retryDelaySeconds: '0',
      stopOnAbort: 'false',
      logLines: '50',
    });
  });
});

describe('outputs', () => {
  test('are those that every run writes, and no others', () => {
    const recorder = recordActions();
    new Outputs(createRunner(recorder.core, {})).complete();
    expect(Object.keys(manifest.outputs).sort()).toEqual(Object.keys(recorder.recorded.outputs).sort());
  });

  test.each(Object.entries(manifest.outputs))('%s has a description', (_, { description = '' }) => {
    expect(description).toMatch(/^\S.{10,}\.$/);
  });

  test('the description of result lists every result, and no others', () => {
    const described = manifest.outputs.result?.description ?? '';
    expect(described.match(/[a-z]+(?:-[a-z]+)*(?=[,.]| or )/g)?.sort()).toEqual(Object.keys(RESULTS).sort());
  });
});

describe('the manifest', () => {
  test('runs the bundle on node24, with entries for main and post and no condition on post', () => {
    expect(manifest.runs).toEqual({ using: 'node24', main: 'dist/index.js', post: 'dist/post.js' });
  });

  test('meets the requirements of the marketplace', () => {
    expect(manifest.name.length).toBeLessThanOrEqual(60);
    expect(manifest.description.length).toBeLessThanOrEqual(125);
    expect(manifest.author).not.toBe('');
    // docs.github.com: metadata-syntax, branding.
    expect(['white', 'black', 'yellow', 'blue', 'green', 'orange', 'red', 'purple', 'gray-dark']).toContain(
      manifest.branding.color,
    );
    expect(manifest.branding.icon).toMatch(/^(?:refresh-cw|refresh-ccw|rotate-cw|rotate-ccw|repeat|play-circle)$/);
  });

  test('the version in the user agent is that of package.json', () => {
    expect(VERSION).toBe(packageJson.version);
  });
});
