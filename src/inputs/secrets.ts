/**
 * Which values are secrets, in every form they take, found before anything is checked or printed. Names of projects,
 * pipelines, builds and users are none: masking them would break links and drop the outputs of the job.
 */

import { decodedToken } from '../bkci/endpoints.js';
import type { Runner } from '../github/runner.js';
import { parseHeader } from './parse.js';

const CREDENTIAL_NAME = /auth|cookie|token|secret|key|ticket|session|jwt|passw|pwd|credential|assertion|signature/i;
/** Shorter header values are words like `true`, and masking one would blank it all over the job's log. */
const SHORTEST_HEADER_SECRET = 8;
/** A token or app secret is never this short; a placeholder may be. */
const SHORTEST_SECRET = 4;

/** A header whose value is a credential, judged by its name. */
export function isCredentialHeader({ name, value }: { name: string; value: string }): boolean {
  return CREDENTIAL_NAME.test(name) && value.length >= SHORTEST_HEADER_SECRET;
}

/** Masks all secrets among the inputs, and tells them. */
export function maskSecrets(runner: Runner): readonly string[] {
  const tokens = ['accessToken', 'appSecret', 'githubToken'].map((name) => runner.input(name));
  const headers = runner.inputLines('headers').flatMap((line) => {
    const parsed = parseHeader(line);
    return 'value' in parsed && isCredentialHeader(parsed.value) ? formsOfHeader(parsed.value.value) : [];
  });
  const values = [...tokens.flatMap(formsOfToken).filter((form) => form.length >= SHORTEST_SECRET), ...headers];
  const secrets = [...new Set(values)];
  for (const secret of secrets) runner.secret(secret);
  return secrets;
}

/** As given, as it is, as it stands in an address. */
function formsOfToken(token: string): string[] {
  const decoded = decodedToken(token);
  return [token, decoded, encodeURIComponent(decoded)];
}

/** The whole value, and what stands behind its scheme (`Bearer …`) or inside its cookies. */
function formsOfHeader(value: string): string[] {
  const behindScheme = value.replace(/^[A-Za-z-]+\s+(?=\S)/, '');
  const parts = behindScheme.split(/[;,\s]+/).map((part) => part.replace(/^[^=]*=(?!$)/, ''));
  return [value, ...parts.filter((part) => part.length >= SHORTEST_HEADER_SECRET)];
}
