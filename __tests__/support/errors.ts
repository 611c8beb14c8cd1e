/** Returns the error that a function throws, as a value to compare. */

import { ActionError, type ErrorCode } from '../../src/lib/errors.js';

/** The ActionError that `act` throws; any other result fails the test. */
export async function errorOf(act: () => unknown): Promise<ActionError> {
  try {
    await act();
  } catch (error) {
    if (error instanceof ActionError) return error;
    throw error;
  }
  throw new Error('it ended without an error');
}

export async function codeOf(act: () => unknown): Promise<ErrorCode> {
  return (await errorOf(act)).code;
}
