/** The stage the story is played on: a step, with what this run was asked, whom it asks, and what it has learned. */

import type { Client } from '../bkci/client.js';
import type { StepContext } from '../github/step.js';
import type { Inputs } from '../inputs/inputs.js';
import type { RunState } from './state.js';

/** A Scene is a Step: what only needs runner, clock and signal takes a Step, and is handed the scene. */
export interface RunContext extends StepContext {
  readonly inputs: Inputs;
  readonly client: Client;
  readonly state: RunState;
}
