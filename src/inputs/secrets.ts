/**
 * Finds and masks the secrets among the inputs, in all their forms, before anything is checked or printed. Names of
 * projects, pipelines, builds and users are not secrets: masking them would break links and drop outputs of the job.
 */

import { decodedToken } from '../bkci/endpoints.js';
import type { Runner } from '../github/runner.js';
import { parseHeader } from './parse.js';

const CREDENTIAL_NAME = /auth|cookie|token|secret|key|ticket|session|jwt|passw|pwd|credential|assertion|signature/i;
/** Shorter header values are words like `true`, which would then be masked in the whole log of the job. */
const SHORTEST_HEADER_SECRET = 8;
/** Whether a header is a credential, according to its name. */
export function isCredentialHeader({ name, value }: { name: string; value: string }): boolean {
  return CREDENTIAL_NAME.test(name) && value.length >= SHORTEST_HEADER_SECRET;
}

/** A token or an app secret is never shorter, but a placeholder may be. */
const SHORTEST_SECRET = 4;

/** Masks all secrets among the inputs, and returns them. */
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

/** As given, decoded, and encoded as in a URL. */
function formsOfToken(token: string): string[] {
  const decoded = decodedToken(token);
  return [token, decoded, encodeURIComponent(decoded)];
}

/** The whole value, the part after a scheme (`Bearer …`), and the values of cookies. */
function formsOfHeader(value: string): string[] {
  const credential = value.replace(/^[A-Za-z-]+\s+(?=\S)/, '');
  const parts = credential.split(/[;,\s]+/).map((part) => part.replace(/^[^=]*=(?!$)/, ''));
  return [value, ...parts.filter((part) => part.length >= SHORTEST_HEADER_SECRET)];
}
