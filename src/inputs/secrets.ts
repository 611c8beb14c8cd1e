/**
 * Finds and masks the secrets among the inputs, in all their forms, before anything is checked or printed. Names of
 * projects, pipelines, builds and users are not secrets: masking them would break links and drop outputs of the job.
 */

import { decodedToken } from '../bkci/endpoints.js';
import type { Runner } from '../github/runner.js';
import { encodedForms } from './encoded-forms.js';
import { parseHeader } from './parse.js';

const CREDENTIAL_NAME = /auth|cookie|token|secret|key|ticket|session|jwt|passw|pwd|credential|assertion|signature/i;
/** Shorter header values are words like `true`, which would then be masked in the whole log of the job. */
const SHORTEST_HEADER_SECRET = 8;
/** Whether a header is a credential, according to its name. */
export function isCredentialHeader({ name, value }: { name: string; value: string }): boolean {
  return CREDENTIAL_NAME.test(name) && value.length >= SHORTEST_HEADER_SECRET;
}

/** A token, a password or an app secret is never shorter, but a placeholder may be. */
const SHORTEST_SECRET = 4;

/** Masks all secrets among the inputs, and returns them. */
export function maskSecrets(runner: Runner): readonly string[] {
  const tokens = ['accessToken', 'appSecret', 'githubToken'].map((name) => runner.input(name));
  const headers = runner.inputLines('headers').flatMap((line) => {
    const parsed = parseHeader(line);
    return 'value' in parsed && isCredentialHeader(parsed.value) ? secretsOfHeader(parsed.value.value) : [];
  });
  const secrets = [...new Set([...tokens.flatMap(secretsOfToken), ...headers].flatMap(encodedForms))];
  for (const secret of secrets) runner.secret(secret);
  return secrets;
}

/** As given and decoded, and each line of it: line by line is how it may be printed. */
function secretsOfToken(token: string): string[] {
  const lines = token.split(/[\r\n]+/).map((line) => line.trim());
  const values = [token, ...lines].flatMap((value) => [value, decodedToken(value)]);
  return values.filter((value) => value.length >= SHORTEST_SECRET);
}

/** The whole value, what follows a scheme (`Bearer …`), each cookie and its value, and the login in `Basic …`. */
function secretsOfHeader(value: string): string[] {
  const [scheme, rest] = /^[A-Za-z-]+ /.test(value) ? splitAt(value, value.indexOf(' ')) : ['', value];
  const credential = rest.trim();
  const parts = credential.split(/[;,\s]+/).flatMap((part) => [part, unquoted(splitAt(part, part.indexOf('='))[1])]);
  const long = [value, credential, ...parts, ...parts.map(decodedToken)].filter(
    (part) => part.length >= SHORTEST_HEADER_SECRET,
  );
  return [...long, ...(/^basic$/i.test(scheme) ? secretsOfLogin(credential) : [])];
}

/** The text before and behind a character; all of it is the second for a character that it does not have. */
function splitAt(text: string, at: number): [before: string, behind: string] {
  return [text.slice(0, Math.max(0, at)), text.slice(at + 1)];
}

function unquoted(text: string): string {
  return text.length > 1 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : text;
}

/** `user:password` in Base64, and the password alone (RFC 7617). */
function secretsOfLogin(credential: string): string[] {
  const login = Buffer.from(credential, 'base64').toString('utf8');
  const [, password] = splitAt(login, login.indexOf(':'));
  return [login, password].filter((value) => value.length >= SHORTEST_SECRET && !value.includes('\ufffd'));
}
