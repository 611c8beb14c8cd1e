/**
 * What main saves for post, as state of the runner. It holds no credential and no text of the server, since debug
 * logging prints it. Post needs nothing else of main: in nested composite actions, the runner evaluates the inputs of a
 * post step wrongly (actions/runner).
 */

import { type Access, parseApi } from '../bkci/endpoints.js';
import type { Runner } from '../github/runner.js';
import { CREDENTIAL_INPUTS, type CredentialInput } from '../inputs/credentials.js';
import type { Inputs } from '../inputs/inputs.js';
import { parseConsoleUrl, parseHeaderText } from '../inputs/parse.js';
import { isPathId } from '../model/link.js';
import type { Baseline } from '../model/snapshot.js';
import type { LeftRetry } from './lifecycle.js';

/** Whom the retry was sent to, and in whose name. */
export interface SavedAccess {
  /** Root of the API; post sends its credentials nowhere else. */
  readonly api: string;
  readonly username?: string | undefined;
  readonly channelCode?: string | undefined;
  readonly consoleUrl?: string | undefined;
  /** The inputs with credentials that main had. Their values are read from the inputs again. */
  readonly credentials: readonly CredentialInput[];
}

export type SavedRetry = LeftRetry & SavedAccess;

export function accessToSave({ access, consoleUrl }: Pick<Inputs, 'access' | 'consoleUrl'>): SavedAccess {
  const { api, channelCode, credentials, headers } = access;
  const { username } = credentials;
  return { api: api.root, username, channelCode, consoleUrl, credentials: credentialsOf({ credentials, headers }) };
}

/** The inputs that these credentials came from. */
export function credentialsOf({ credentials, headers }: Pick<Access, 'credentials' | 'headers'>): CredentialInput[] {
  return CREDENTIAL_INPUTS.filter((name) =>
    name === 'headers' ? Object.keys(headers).length > 0 : credentials[name] !== undefined,
  );
}

/** `src/post.ts` reads this name before it loads anything. */
const PHASE = 'phase';
const RETRY = 'retry';

/**
 * Throws if it can't be written.
 *
 * @param saved undefined when post has nothing to do.
 */
export function saveRetry(runner: Runner, saved: SavedRetry | undefined): void {
  if (saved) {
    const { phase: _, build, baseline, ...rest } = saved;
    const { projectId, pipelineId, buildId } = build;
    const retry = { build: { projectId, pipelineId, buildId }, baseline: timesOf(baseline), ...rest };
    runner.saveState(RETRY, JSON.stringify(retry));
  }
  runner.saveState(PHASE, saved?.phase ?? 'over');
}

/** What tells executions apart, and none of the server's texts. */
function timesOf(baseline: Baseline | undefined): Baseline | undefined {
  if (!baseline) return undefined;
  const { status, startTime, endTime, queueTime, executeCount } = baseline;
  return { status, startTime, endTime, queueTime, executeCount };
}

/** `nothing`: main left nothing to do. `unreadable`: main can't have written this. */
export function readSavedRetry(runner: Runner): SavedRetry | 'nothing' | 'unreadable' {
  const phase = runner.state(PHASE);
  if (phase === '' || phase === 'over') return 'nothing';
  if (phase !== 'sending' && phase !== 'running') return 'unreadable';
  try {
    const saved: unknown = JSON.parse(runner.state(RETRY));
    return isSaved(saved) ? { ...saved, phase } : 'unreadable';
  } catch {
    return 'unreadable';
  }
}

type Saved = Omit<SavedRetry, 'phase'>;

/** Whether main can have saved this: each value becomes a part of a request, or decides about one. */
function isSaved(saved: unknown): saved is Saved {
  const { build, api, username, channelCode, consoleUrl, credentials, baseline, executeCount, unsure } =
    membersOf(saved);
  const { projectId, pipelineId, buildId } = membersOf(build);
  const isHeader = (text: string) => 'value' in parseHeaderText(text);
  return (
    [projectId, pipelineId, buildId].every((id) => typeof id === 'string' && isPathId(id)) &&
    typeof api === 'string' &&
    URL.canParse(api) &&
    parseApi(new URL(api))?.root === api &&
    isOptional(username, isHeader) &&
    isOptional(channelCode, isHeader) &&
    isOptional(consoleUrl, (text) => 'value' in parseConsoleUrl(text)) &&
    Array.isArray(credentials) &&
    credentials.every((name) => CREDENTIAL_INPUTS.some((known) => known === name)) &&
    (baseline === undefined || isBaseline(membersOf(baseline))) &&
    isNumber(executeCount) &&
    (unsure === undefined || unsure === true)
  );
}

function isBaseline({
  status,
  startTime,
  endTime,
  queueTime,
  executeCount,
}: Partial<Record<string, unknown>>): boolean {
  return typeof status === 'string' && [startTime, endTime, queueTime, executeCount].every(isNumber);
}

function membersOf(value: unknown): Partial<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? value : {};
}

function isOptional(value: unknown, isValid: (text: string) => boolean): boolean {
  return value === undefined || (typeof value === 'string' && isValid(value));
}

function isNumber(value: unknown): boolean {
  return value === undefined || typeof value === 'number';
}
