/** Reads the inputs that become credentials and headers, and checks what the API gateway of `apiUrl` requires. */

import { type Api, type Credentials, decodedToken } from '../bkci/endpoints.js';
import { parseHeader, parseHeaderText } from './parse.js';
import type { InputReader } from './reader.js';
import { isCredentialHeader } from './secrets.js';

/** The inputs that hold credentials, or may hold some. */
export const CREDENTIAL_INPUTS = ['accessToken', 'appCode', 'appSecret', 'headers'] as const;
export type CredentialInput = (typeof CREDENTIAL_INPUTS)[number];

export function readCredentials(reader: InputReader, api: Api | undefined): Credentials {
  const username = reader.read('username', parseHeaderText);
  const token = reader.raw('accessToken');
  const accessToken = token === undefined ? undefined : decodedToken(token);
  const appCode = reader.raw('appCode');
  const appSecret = reader.raw('appSecret');
  if (token !== undefined && /[\s\u0000-\u001f\u007f-\u009f\ud800-\udfff]/u.test(token)) {
    reader.problem('accessToken', 'contains white space or a line break; it must be one word');
  }
  if (api?.gateway === 'own') {
    for (const name of ['appCode', 'appSecret'] as const) {
      if (reader.raw(name)) reader.problem(name, 'not used with this apiUrl; only the BlueKing API gateway accepts it');
    }
    if (!reader.raw('username') && !token) reader.missing('username', 'Give username, or accessToken');
  }
  if (!api && !reader.raw('username') && !token && !appCode && !appSecret) {
    reader.missing('username', 'Give username, accessToken, or appCode and appSecret');
  }
  if (api?.gateway === 'bkapi') checkAppCredentials(reader, { appCode, appSecret, token });
  return { username, accessToken, appCode, appSecret };
}

function checkAppCredentials(
  reader: InputReader,
  {
    appCode,
    appSecret,
    token,
  }: { appCode: string | undefined; appSecret: string | undefined; token: string | undefined },
): void {
  if (!appCode && !appSecret && !token) {
    reader.missing('appCode', 'The BlueKing API gateway takes appCode and appSecret, or accessToken');
  }
  if (appCode && !appSecret) reader.missing('appSecret', 'It belongs with appCode');
  if (appSecret && !appCode) reader.missing('appCode', 'It belongs with appSecret');
}

/**
 * Headers that control the connection (RFC 9110 §7.6.1, §10.1.1; RFC 9112 §9.6), and those for a proxy. Node throws for
 * `Trailer`, stops at `Expect`, and hands the socket over for `Upgrade`.
 */
const CONNECTION_HEADER = /^(?:expect|http2-settings|keep-alive|te|trailer|upgrade|proxy-.*)$/;

/** Headers that this action or HTTP itself sets, in lower case, each with the input that sets it if there is one. */
const OWN_HEADERS: Readonly<Record<string, string>> = {
  accept: '',
  'accept-encoding': '',
  connection: '',
  'content-length': '',
  'content-type': '',
  host: '',
  'transfer-encoding': '',
  'user-agent': '',
  'x-bkapi-authorization': 'appCode, appSecret and accessToken',
  'x-devops-channel': 'channelCode',
  'x-devops-uid': 'username',
};

/** Another `Name: ` in a value: a folded block of YAML (`headers: >`) joins its lines. */
const FOLDED = / [A-Za-z][\w-]*: /;
const LANGUAGE_COOKIE = /(?:^|[;\s])blueking_language\s*=/i;

/** Reads the lines of `headers` that are valid; `credentials` says whether one of them is a credential. */
export function readHeaders(reader: InputReader): { values: Record<string, string>; credentials: boolean } {
  const headers = new Map<string, Header>();
  for (const [index, line] of reader.lines('headers').entries()) {
    const parsed = parseHeader(line);
    if ('problem' in parsed) {
      reader.problem('headers', `line ${index + 1}: ${parsed.problem}`);
      continue;
    }
    const key = parsed.value.name.toLowerCase();
    const problem = headers.has(key) ? 'is given twice' : problemOf(key, parsed.value);
    if (problem === undefined) headers.set(key, parsed.value);
    else reader.problem('headers', `${parsed.value.name} ${problem}`);
  }
  const all = [...headers.values()];
  return {
    values: Object.fromEntries(all.map(({ name, value }) => [name, value])),
    credentials: all.some(isCredentialHeader),
  };
}

interface Header {
  readonly name: string;
  readonly value: string;
}

/** Why a header can't be sent, without its value; undefined if it can. */
function problemOf(key: string, { value }: Header): string | undefined {
  const input = Object.hasOwn(OWN_HEADERS, key) ? OWN_HEADERS[key] : undefined;
  if (input !== undefined) return `is set by this action${input === '' ? '' : `; use ${input}`}`;
  if (CONNECTION_HEADER.test(key)) return "controls the connection, so it can't be set";
  if (FOLDED.test(value)) return 'has another header in its value; write headers: | so that each keeps its own line';
  if (key === 'cookie' && LANGUAGE_COOKIE.test(value)) return 'has blueking_language in it; use the input language';
  return undefined;
}
