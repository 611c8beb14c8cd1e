/** Everything a run needs: step context, inputs, API client, state. */

import type { Client } from '../bkci/client.js';
import type { StepContext } from '../github/step.js';
import type { Inputs } from '../inputs/inputs.js';
import type { RunState } from './state.js';

/** A StepContext itself, so that it can be passed on to whatever needs only runner, clock and signal. */
export interface RunContext extends StepContext {
  readonly inputs: Inputs;
  readonly client: Client;
  readonly state: RunState;
}
