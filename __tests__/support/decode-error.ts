/** Returns the message of a DecodeError, as a value to compare. */

import { DecodeError } from '../../src/bkci/decode/fields.js';

/** The message of the DecodeError that `act` throws, or `none`. */
export function problemOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof DecodeError) return error.message;
    throw error;
  }
  return 'none';
}
