/** The environment in which the runner starts the step, from inputs by their names. */

import { createRunner } from '../../src/github/runner.js';
import { type Inputs, readInputs } from '../../src/inputs/inputs.js';
import type { InputName } from '../../src/inputs/names.js';
import { runnerVariables } from '../standin/runner/variables.js';
import { recordActions } from './actions.js';

export type Given = Partial<Record<InputName, string>>;

export const REQUIRED: Given = {
  apiUrl: 'https://devops.example.com',
  projectId: 'demo',
  pipelineId: 'p-1',
  buildId: 'b-1',
  username: 'ci-bot',
};

/** Names as a workflow writes them, misspelt ones too; what is undefined is not given. */
export function environmentOf(given: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> {
  const inputs = Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
  return runnerVariables({ inputs: Object.fromEntries(inputs) });
}

/** What the code reads from inputs, over those that are required. Throws as the code does. */
export function inputs(more: Readonly<Record<string, string | undefined>> = {}, { canSearch = false } = {}): Inputs {
  const environment = environmentOf({ ...REQUIRED, ...more });
  return readInputs(createRunner(recordActions(environment).core, environment), canSearch);
}
