import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

export const REPOSITORY = fileURLToPath(new URL('../../..', import.meta.url));

/** What the runner takes from action.yml. */
export interface ActionFile {
  /** Defaults by input name; null without one. */
  readonly inputs: Readonly<Record<string, string | null>>;
  readonly main: string;
  readonly post: string | null;
}

export function readAction(directory = REPOSITORY): ActionFile {
  const file = parse(readFileSync(join(directory, 'action.yml'), 'utf8')) as {
    inputs?: Record<string, { default?: unknown } | null>;
    runs: { main: string; post?: string };
  };
  const inputs = Object.entries(file.inputs ?? {}).map(([name, input]) => [name, input?.default?.toString() ?? null]);
  const { main, post } = file.runs;
  return { inputs: Object.fromEntries(inputs), main: join(directory, main), post: post ? join(directory, post) : null };
}

/** Inputs as the runner completes them: defaults for what is absent, none for what is empty. */
export function withDefaults(
  action: ActionFile,
  inputs: Readonly<Record<string, string>>,
  githubToken = '',
): Readonly<Record<string, string>> {
  const names = new Set(Object.keys(inputs).map((name) => name.toLowerCase()));
  const defaults = Object.entries(action.inputs)
    .filter(([name]) => !names.has(name.toLowerCase()))
    .map(([name, value]) => [name, (value ?? '').replace(/\$\{\{\s*github\.token\s*\}\}/, githubToken)]);
  return { ...Object.fromEntries(defaults), ...inputs };
}
