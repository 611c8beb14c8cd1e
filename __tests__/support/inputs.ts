/** Reads inputs from the environment in which the runner would start the step. */

import { createRunner } from '../../src/github/runner.js';
import { type Inputs, readInputs } from '../../src/inputs/inputs.js';
import type { InputName } from '../../src/inputs/names.js';
import { runnerVariables } from '../standin/runner/variables.js';
import { recordActions } from './actions.js';

export type InputValues = Partial<Record<InputName, string>>;

export const REQUIRED: InputValues = {
  apiUrl: 'https://devops.example.com',
  projectId: 'demo',
  pipelineId: 'p-1',
  buildId: 'b-1',
  username: 'ci-bot',
};

/** The environment for inputs by their names in a workflow, which may be misspelt. Undefined values are left out. */
export function environmentOf(values: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> {
  const inputs = Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
  return runnerVariables({ inputs: Object.fromEntries(inputs) });
}

/** The result of `readInputs` for the required inputs and `overrides`; throws like `readInputs`. */
export function inputs(
  overrides: Readonly<Record<string, string | undefined>> = {},
  { canSearch = false } = {},
): Inputs {
  const environment = environmentOf({ ...REQUIRED, ...overrides });
  return readInputs(createRunner(recordActions(environment).core, environment), canSearch);
}
