/** Parses the text of one input into a value, or into a problem that says what is accepted. Pure. */

import { type Api, LANGUAGES, type LanguageTag, parseApi } from '../bkci/endpoints.js';
import { listed } from '../lib/format.js';
import { quote } from '../lib/sanitize.js';
import { ERROR_TYPES, type ErrorType } from '../model/error-type.js';
import { type ConsoleLink, isId, isPathId, pageOf, parseLink, withoutTrailingSlashes } from '../model/link.js';

export type Parsed<T> = { readonly value: T } | { readonly problem: string };

const ok = <T>(value: T): Parsed<T> => ({ value });
const invalid = (problem: string): Parsed<never> => ({ problem });

/** `true` and `false` in the spellings of YAML. */
export function parseFlag(text: string): Parsed<boolean> {
  if (/^(?:true|True|TRUE)$/.test(text)) return ok(true);
  if (/^(?:false|False|FALSE)$/.test(text)) return ok(false);
  return invalid(`${quote(text)} is neither true nor false`);
}

export interface Range {
  readonly min: number;
  readonly max: number;
  readonly whole: boolean;
}

export function parseNumber(text: string, { min, max, whole }: Range): Parsed<number> {
  const value = /^\d{1,9}(?:\.\d{1,6})?$/.test(text) ? Number(text) : Number.NaN;
  const fits = value >= min && value <= max && (!whole || Number.isInteger(value));
  return fits ? ok(value) : invalid(`${quote(text)} is not a ${whole ? 'whole ' : ''}number from ${min} to ${max}`);
}

/** YAML reads an unquoted value that looks like a number as one: a long id becomes 1.23456789012346E+16. */
const MANGLED_NUMBER = /^\d(?:\.\d+)?E\+\d+$/;
const QUOTATION_MARK = /["'`“”‘’]/;

/** An id that becomes a segment of the path. */
export function parseId(text: string): Parsed<string> {
  if (MANGLED_NUMBER.test(text))
    return invalid(`${quote(text)} looks like a number that YAML has rounded; put it in quotes`);
  if (isLink(text)) return misplaced(text, 'buildUrl');
  if (QUOTATION_MARK.test(text))
    return invalid(`${quote(text, 80)} has a quotation mark in it; give the id without quotes`);
  return isPathId(text)
    ? ok(text)
    : invalid(`${quote(text, 80)} is not an id: one word without white space or slashes`);
}

export function parseBuildId(text: string): Parsed<string> {
  return isBuildNumber(text) ? misplaced(text, 'buildNumber') : parseId(text);
}

/**
 * An id, the step id that a user has chosen, or a name. Names have white space, and are looked up to answer with the id,
 * so only what can be neither is refused.
 */
export function parseTaskId(text: string): Parsed<string> {
  if (/^(["'`]).+\1$|^[“‘].+[”’]$/.test(text))
    return invalid(`${quote(text, 80)} has quotation marks around it; give it without quotes`);
  return isId(text.replace(/[\t\p{Zs}]/gu, '_'))
    ? ok(text)
    : invalid(`${quote(text, 80)} is neither an id nor a name: one line without invisible characters`);
}

const isLink = (text: string) => /^https?:/i.test(text) || /\/console\//i.test(text);
const isBuildNumber = (text: string) => /^#?\d+$/.test(text) || /^latest$/i.test(text);
const isBuildId = (text: string) => /^b-[0-9a-f]+$/i.test(text);

const BUILD_INPUTS = { buildUrl: 'a link', buildNumber: 'a build number', buildId: 'the id of a build' };

/** The problem with a value that belongs into another of the inputs that select a build. */
function misplaced(text: string, input: keyof typeof BUILD_INPUTS): Parsed<never> {
  const shown = isLink(text) ? shownAddress(text, 120) : quote(text, 80);
  return invalid(`${shown} looks like ${BUILD_INPUTS[input]}: use ${input}`);
}

/** A value that is sent as a header without change. */
export function parseHeaderText(text: string): Parsed<string> {
  return /^[\x21-\x7e]+(?: +[\x21-\x7e]+)*$/.test(text)
    ? ok(text)
    : invalid(`${quote(text, 80)} has characters that a header can't carry; only ASCII is accepted`);
}

const API_FORMS =
  'accepted are https://devops.example.com, https://devops.example.com/ms/openapi/api/apigw/v3 (or apigw-user, apigw-app, v4), ' +
  'and on the BlueKing API gateway https://bkapi.example.com/api/devops/prod/v4/apigw-user (or apigw-app)';

export function parseApiUrl(text: string): Parsed<{ api: Api; url: URL }> {
  const shown = shownAddress(text, 120);
  if (!URL.canParse(text)) return invalid(`${shown} is not an address; ${API_FORMS}`);
  const url = new URL(text);
  if (!/^https?:$/.test(url.protocol)) return invalid(`${quote(url.protocol, 40)} is not http or https; ${API_FORMS}`);
  if (url.username !== '' || url.password !== '')
    return invalid(`${shown} contains user info before the host; use username and accessToken`);
  if (/[?#]/.test(text)) {
    return invalid(`${shown} contains a query or a fragment; remove it`);
  }
  const api = parseApi(isConsoleRoot(url) ? new URL(url.origin) : url);
  return api ? ok({ api, url }) : invalid(`${shown} is not an API address; ${API_FORMS}`);
}

/** The address of the console, which BK-CI's own gateway serves beside the API. */
function isConsoleRoot({ pathname }: URL): boolean {
  return withoutTrailingSlashes(pathname) === '/console';
}

export function parseConsoleUrl(text: string): Parsed<string> {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isPlain = url && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '';
  if (!url || !isPlain || /[?#]/.test(text) || url.pathname.includes('@')) {
    return invalid(
      `${shownAddress(text, 120)} is not an http(s) address without user info, query and fragment, such as https://devops.example.com`,
    );
  }
  return ok(`${url.origin}${withoutTrailingSlashes(url.pathname).replace(/\/console$/, '')}`);
}

const BUILD_FORM = 'https://devops.example.com/console/pipeline/PROJECT/PIPELINE/detail/BUILD';

export function parseBuildUrl(text: string): Parsed<ConsoleLink> {
  if (isBuildNumber(text)) return misplaced(text, 'buildNumber');
  if (isBuildId(text)) return misplaced(text, 'buildId');
  const link = parseLink(text);
  if (!link) {
    const page = pageOf(text);
    const what = page === undefined ? 'is not the link of a build' : `is the ${page}, not the link of a build`;
    return invalid(`${shownAddress(text, 200)} ${what}, which looks like ${BUILD_FORM}`);
  }
  const invalidId = [link.projectId, link.pipelineId, link.buildId].map(parseId).find((id) => 'problem' in id);
  return invalidId && 'problem' in invalidId ? invalid(`contains an invalid id: ${invalidId.problem}`) : ok(link);
}

export function parseBuildNumber(text: string): Parsed<number | 'latest'> {
  if (/^latest$/i.test(text)) return ok('latest');
  if (isLink(text)) return misplaced(text, 'buildUrl');
  if (isBuildId(text)) return misplaced(text, 'buildId');
  const parsed = parseNumber(text.replace(/^#/, ''), { min: 1, max: 999_999_999, whole: true });
  return 'value' in parsed ? parsed : invalid(`${quote(text, 80)} is neither a build number nor latest`);
}

/** The slug of a GitHub App, which GitHub compares without case. */
export function parseAppSlug(text: string): Parsed<string> {
  const slug = text.toLowerCase();
  if (slug === 'github-actions')
    return invalid(`${quote(text)} is GitHub Actions, as which any workflow can write checks`);
  return /^[a-z0-9-]{1,100}$/.test(slug)
    ? ok(slug)
    : invalid(
        `${quote(text, 80)} is not the slug of a GitHub App: letters, digits and hyphens, as in github.com/apps/SLUG`,
      );
}

export function parseLanguage(text: string): Parsed<LanguageTag> {
  const language = LANGUAGES.find((tag) => tag.toLowerCase() === text.toLowerCase());
  return language ? ok(language) : invalid(`${quote(text, 80)} is not a language of BK-CI: ${listed(LANGUAGES, 'or')}`);
}

/** The failures that are worth a retry: one matches by its type or by its number. At least one of the two is given. */
export interface RetryOn {
  readonly types: readonly ErrorType[];
  readonly codes: readonly number[];
}

/** Error types in any case, and error numbers, separated by commas or white space. */
export function parseRetryOn(text: string): Parsed<RetryOn> {
  const types = new Set<ErrorType>();
  const codes = new Set<number>();
  const unknown: string[] = [];
  for (const word of text.split(/[\s,]+/).filter(Boolean)) {
    // The English pages of BK-CI call this type AGENT (bk-ci: containerError of the locale).
    const name = word.toUpperCase().replace(/^AGENT$/, 'BUILD_MACHINE');
    const type = ERROR_TYPES.find((each) => each === name);
    if (type) types.add(type);
    else if (/^[1-9]\d{0,9}$/.test(word)) codes.add(Number(word));
    else unknown.push(quote(word, 80));
  }
  if (unknown.length === 0 && types.size + codes.size > 0) return ok({ types: [...types], codes: [...codes] });
  const what = unknown.length === 0 ? quote(text, 80) : listed(unknown.slice(0, 5));
  return invalid(`${what} is neither ${listed(ERROR_TYPES, 'or')} nor an error number`);
}

/** RFC 9110 §5.6.2. */
const HEADER_NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** One `Name: value`. A problem never contains the value, which may be a credential. */
export function parseHeader(line: string): Parsed<{ name: string; value: string }> {
  const colon = line.indexOf(':');
  const name = line.slice(0, colon).trimStart();
  const value = line.slice(colon + 1).trim();
  if (colon < 0 || !HEADER_NAME.test(name) || value === '') return invalid('not of the form Name: value');
  if ('problem' in parseHeaderText(value))
    return invalid(`the value of ${name} has characters that a header can't carry; only ASCII is accepted`);
  return ok({ name, value });
}

/**
 * An address for a message, without its user info, query and fragment. Nothing of it is shown where a part of a password
 * may not be recognised as one: a `/`, `?` or `#` in a password ends what URL parsers take for the user info.
 */
export function shownAddress(text: string, max: number): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const mayHoldPassword = url ? `${url.pathname}${url.search}${url.hash}`.includes('@') : /[@?#]/.test(text);
  if (mayHoldPassword) return 'the value, which is not shown because it may contain a password,';
  if (!url) return quote(text, max);
  const host = url.host === '' ? '' : `//${url.host}`;
  const isHostAlone = url.pathname === '/' && !/[/\\](?:$|[?#])/.test(text);
  return quote(`${url.protocol}${host}${isHostAlone ? '' : url.pathname}`, max);
}
