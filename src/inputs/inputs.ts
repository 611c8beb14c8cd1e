/** Reads all inputs of action.yml into one typed value, or throws one error that lists every problem. */

import type { Access, Credentials, RetryParameters } from '../bkci/endpoints.js';
import type { Runner } from '../github/runner.js';
import { listed } from '../lib/format.js';
import type { BuildRef, ConsoleLink } from '../model/link.js';
import { readCredentials, readHeaders } from './credentials.js';
import type { InputName } from './names.js';
import { nearMisses } from './near-misses.js';
import {
  parseApiUrl,
  parseAppSlug,
  parseBuildId,
  parseBuildNumber,
  parseBuildUrl,
  parseConsoleUrl,
  parseHeaderText,
  parseId,
  parseLanguage,
  parseRetryOn,
  parseTaskId,
  type RetryOn,
} from './parse.js';
import { InputReader } from './reader.js';

export interface FollowOptions {
  /** Milliseconds since the first accepted retry, for all attempts together. */
  readonly timeoutMs: number;
  /** Longest pause between two reads of the status, in milliseconds. */
  readonly pollMs: number;
  readonly maxAttempts: number;
  /** Pause before each further attempt, in milliseconds. */
  readonly retryDelayMs: number;
  readonly stopOnAbort: boolean;
}

/** Selects the build by ids or a number, by a link, or by the checks of a commit. */
export interface BuildSelector {
  readonly ids: { readonly [Id in keyof BuildRef]?: string | undefined };
  readonly link?: ConsoleLink | undefined;
  readonly buildNumber?: number | 'latest' | undefined;
  /** Slug of the GitHub App that BK-CI reports its checks with; checks of other apps don't count. */
  readonly checkApp?: string | undefined;
  readonly githubToken?: string | undefined;
}

export interface Inputs {
  readonly access: Access;
  readonly selector: BuildSelector;
  /** Base address of links to builds; undefined if it is not known. */
  readonly consoleUrl?: string | undefined;
  readonly retry: RetryParameters;
  readonly onlyIfFailed: boolean;
  /** Which failures are worth a retry; undefined for all. */
  readonly retryOn?: RetryOn | undefined;
  readonly maxExecuteCount?: number | undefined;
  readonly dryRun: boolean;
  /** Undefined if the build is not followed. */
  readonly follow?: FollowOptions | undefined;
  /** How many lines of each failed plug-in's log to show. */
  readonly logLines: number;
  /** Warnings about inputs that are valid but unsafe. */
  readonly warnings: readonly string[];
}

/**
 * @param canSearch whether the event or the input `ref` names a commit whose checks can be searched for the build.
 * @throws ActionError `input-invalid` that lists every problem.
 */
export function readInputs(runner: Runner, canSearch: boolean): Inputs {
  const reader = new InputReader(runner);
  for (const name of nearMisses(runner)) reader.misspelt(name);
  const address = reader.raw('apiUrl')
    ? reader.read('apiUrl', parseApiUrl)
    : reader.missing('apiUrl', 'Give the address of BK-CI, such as https://devops.example.com');
  const credentials = readCredentials(reader, address?.api);
  const headers = readHeaders(reader);
  const selector = readSelector(reader, { canSearch, hasCommit: runner.environment('GITHUB_SHA') !== '' });
  const retry = readRetry(reader);
  const follow = readFollow(reader, retry);
  const consoleUrl =
    reader.read('consoleUrl', parseConsoleUrl) ??
    selector.link?.consoleUrl ??
    (address?.api.gateway === 'own' ? address.url.origin : undefined);
  const channelCode = reader.read('channelCode', parseHeaderText);
  const language = reader.read('language', parseLanguage);
  const retryOn = reader.read('retryOn', parseRetryOn);
  const maxExecuteCount = reader.number('maxExecuteCount', { min: 1, max: 1000, whole: true });
  const rest = {
    onlyIfFailed: reader.flag('onlyIfFailed'),
    dryRun: reader.flag('dryRun'),
    logLines: reader.number('logLines', { min: 0, max: 1000, whole: true }) ?? 50,
  };
  reader.throwIfInvalid();
  if (!address) throw new Error('an address without a problem has a value');
  const access = { api: address.api, credentials, headers: headers.values, channelCode, language };
  const warnings = plainHttpWarning(address.url, credentials, headers.credentials);
  return {
    access,
    selector,
    retry,
    warnings,
    ...rest,
    consoleUrl,
    retryOn,
    maxExecuteCount,
    follow,
  };
}

interface CommitKnown {
  /** See `readInputs`. */
  readonly canSearch: boolean;
  /** Whether the workflow runs for a commit, which `ref` could name. */
  readonly hasCommit: boolean;
}

function readSelector(reader: InputReader, commit: CommitKnown): BuildSelector {
  const ids = {
    projectId: reader.read('projectId', parseId),
    pipelineId: reader.read('pipelineId', parseId),
    buildId: reader.read('buildId', parseBuildId),
  };
  const link = reader.read('buildUrl', parseBuildUrl);
  const buildNumber = reader.read('buildNumber', parseBuildNumber);
  for (const name of ['projectId', 'pipelineId', 'buildId'] as const) {
    if (link && ids[name] !== undefined && ids[name] !== link[name]) {
      reader.problem(name, `${ids[name]} is not the ${name} of buildUrl, which is ${link[name]}`);
    }
  }
  const selectors = (['buildUrl', 'buildId', 'buildNumber'] as const).filter((name) => reader.raw(name));
  if (reader.raw('buildNumber') && selectors.length > 1) {
    reader.problem('buildNumber', `given together with ${listed(selectors.slice(0, -1))}; give only one of them`);
  }
  if (reader.raw('ref') && selectors.length > 0) {
    reader.problem('ref', `given together with ${listed(selectors)}; give only one of them`);
  }
  const checkApp = reader.read('checkApp', parseAppSlug);
  reportMissing(reader, commit);
  return { ids, link, buildNumber, checkApp, githubToken: reader.raw('githubToken') };
}

/** Without a commit there is no search, so that an empty buildId never leads to another build. */
function reportMissing(reader: InputReader, { canSearch, hasCommit }: CommitKnown): void {
  const has = (name: InputName) => reader.isGiven(name);
  if (has('buildUrl')) return;
  const isSearch = !has('buildId') && !has('buildNumber');
  if (isSearch && canSearch) return;
  for (const name of ['projectId', 'pipelineId'] as const) {
    if (!has(name)) reader.missing(name, 'Give it, or buildUrl');
  }
  const hint = hasCommit ? `, such as “ref: \${{ github.sha }}”` : '';
  if (isSearch) reader.missing('buildId', `Give buildId (b-…), buildNumber, buildUrl, or ref${hint}`);
}

function readRetry(reader: InputReader): RetryParameters {
  const taskId = reader.read('taskId', parseTaskId);
  const failedContainer = reader.flag('failedContainer');
  const skip = reader.flag('skip');
  if (skip && !reader.raw('taskId')) reader.problem('skip', 'true needs taskId, which says what to skip');
  if (skip && failedContainer)
    reader.problem('skip', 'true together with failedContainer: true; give only one of them');
  return { failedContainer, skip, taskId };
}

function readFollow(reader: InputReader, { skip }: RetryParameters): FollowOptions | undefined {
  const wait = reader.flag('wait');
  const minutes = reader.number('timeoutMinutes', { min: 0.1, max: 7200, whole: false }) ?? 60;
  const seconds = reader.number('pollSeconds', { min: 1, max: 300, whole: false }) ?? 10;
  const maxAttempts = reader.number('maxAttempts', { min: 1, max: 10, whole: true }) ?? 1;
  const delay = reader.number('retryDelaySeconds', { min: 0, max: 3600, whole: false }) ?? 0;
  const stopOnAbort = reader.flag('stopOnAbort');
  if (maxAttempts > 1 && skip)
    reader.problem('maxAttempts', `${maxAttempts} together with skip: true; a skip is not repeated`);
  if (maxAttempts > 1 && !wait) reader.problem('maxAttempts', `${maxAttempts} needs wait: true`);
  if (stopOnAbort && !wait) reader.problem('stopOnAbort', 'true needs wait: true');
  if (!wait) return undefined;
  return {
    timeoutMs: minutes * 60_000,
    pollMs: seconds * 1000,
    maxAttempts,
    retryDelayMs: delay * 1000,
    stopOnAbort,
  };
}

function plainHttpWarning(url: URL, credentials: Credentials, credentialHeaders: boolean): string[] {
  const hasSecret = credentials.accessToken || credentials.appSecret || credentialHeaders;
  const isLoopback = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(url.hostname);
  if (url.protocol === 'https:' || isLoopback || !hasSecret) return [];
  return [`apiUrl is ${url.origin}: credentials travel unencrypted. Use https.`];
}
