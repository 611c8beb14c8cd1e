import { DecodeError } from '../../src/bkci/decode/fields.js';

/** The message of the DecodeError that an act ends with. */
export function problemOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof DecodeError) return error.message;
    throw error;
  }
  return 'none';
}
