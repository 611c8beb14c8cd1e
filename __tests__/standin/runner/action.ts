import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

export const REPOSITORY = fileURLToPath(new URL('../../..', import.meta.url));

/** The parts of action.yml that the runner uses. */
export interface ActionFile {
  /** Default values by input name; null if an input has none. */
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

/** Adds default values as the runner does: for absent inputs, not for empty ones. */
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
