/**
 * The post step: main was killed, was cancelled before the outcome of the retry was known, or its stop did not arrive.
 * Reads the build until the retried execution shows, and stops it. What to do is in the saved state; only credentials,
 * and `apiUrl` as a guard of them, are read from the inputs. Never fails the job, and never ends without a line.
 */

import { Client } from '../bkci/client.js';
import { type Access, parseApi } from '../bkci/endpoints.js';
import { isFinal } from '../follow/outage.js';
import { confirmStopped, requestStop } from '../follow/stop.js';
import { mayStop, type StopResult } from '../follow/stop-result.js';
import type { Runner } from '../github/runner.js';
import type { StepContext } from '../github/step.js';
import type { Http } from '../http/http.js';
import { readCredentials, readHeaders } from '../inputs/credentials.js';
import { parseApiUrl } from '../inputs/parse.js';
import { InputReader } from '../inputs/reader.js';
import { maskSecrets } from '../inputs/secrets.js';
import { pollAt } from '../lib/clock.js';
import { ActionError } from '../lib/errors.js';
import { listed } from '../lib/format.js';
import { logLine } from '../lib/log-line.js';
import { oneLine } from '../lib/sanitize.js';
import { buildName } from '../model/describe.js';
import { expectedExecution, whoseExecution } from '../model/execution.js';
import { buildLink } from '../model/link.js';
import type { BuildStatus } from '../model/snapshot.js';
import { isFinished, wasStopped } from '../model/status.js';
import { deadlineAfterCancel } from './early-end.js';
import { credentialsOf, readSavedRetry, type SavedRetry } from './saved-state.js';

/** The jobs of a cancelled workflow share some five minutes for all their post steps; ours takes one at most. */
const BUDGET_MS = 60_000;
const STOP_DEADLINE_MS = 15_000;
const READ_DEADLINE_MS = 10_000;
/** When to read the build, in milliseconds from the start. A retry that is under way may take effect within this time. */
const READ_AT_MS: readonly number[] = [0, 2_000, 5_000, 10_000, 20_000, 30_000, 42_000];
/** Left for the stop when the reads have used up the rest. */
const SHORTEST_STOP_MS = 3_000;

export async function runPost(step: StepContext, http: Http): Promise<void> {
  const { runner } = step;
  const secrets = maskSecrets(runner);
  const saved = readSavedRetry(runner);
  if (saved === 'nothing') return;
  if (saved === 'unreadable') {
    const problem = 'A retried build may still be running: the state that the step saved for its post step is damaged';
    runner.annotate('warning', `${problem}, so nothing was sent. Check it in BK-CI.`);
    return;
  }
  const { consoleUrl, build } = saved;
  const where = consoleUrl === undefined ? 'in BK-CI.' : `in BK-CI: ${buildLink(consoleUrl, build)}`;
  try {
    const client = new Client(http, readAccess(runner, saved), secrets);
    await reconcileAndStop(step, client, { ...saved, where });
  } catch (error) {
    const code = error instanceof ActionError ? ` [${error.code}]` : '';
    const why = oneLine(runner.redact((error as Error).message), 1000).replace(/[^.]$/, '$&.');
    runner.annotate('warning', `Build ${build.buildId} may still be running: ${why} Check it ${where}${code}`);
  }
}

/**
 * The access of main, with the credentials that the inputs have now. No input is checked: a mistake in one must not keep
 * the build running. Throws when nothing may be asked with them, or nobody would answer.
 */
function readAccess(runner: Runner, saved: SavedRetry): Access {
  const reader = new InputReader(runner);
  if (reader.raw('apiUrl') && reader.read('apiUrl', parseApiUrl)?.api.root !== saved.api)
    throw new ActionError('input-invalid', { problem: 'apiUrl is not the one that the retry was sent to' });
  const api = parseApi(new URL(saved.api));
  if (!api) throw new Error('the saved state has the root of an API');
  const { accessToken, appCode, appSecret } = readCredentials(reader, undefined);
  const headers = readHeaders(reader).values;
  const credentials = { username: saved.username, accessToken, appCode, appSecret };
  const has = credentialsOf({ credentials, headers });
  const missing = saved.credentials.filter((name) => !has.includes(name));
  const namesCaller = api.gateway === 'own' && saved.username !== undefined;
  if (missing.length > 0 && !namesCaller && !accessToken && !(appCode && appSecret)) {
    const problem = `the step had ${listed(missing)}, which its post step did not get, so BK-CI was not asked`;
    throw new ActionError('unauthorized', { problem });
  }
  if (missing.length > 0) {
    const note = `The step had ${listed(missing)}, which its post step did not get.`;
    runner.annotate('warning', `${note} It tries to stop build ${saved.build.buildId} without.`);
  }
  return { api, credentials, headers, channelCode: saved.channelCode };
}

type PostOptions = SavedRetry & {
  /** Where people can look at the build. */
  readonly where: string;
};

async function reconcileAndStop(step: StepContext, client: Client, saved: PostOptions): Promise<void> {
  const { runner, clock } = step;
  const start = clock.now();
  const signal = deadlineAfterCancel(step);
  const status = await readRetriedStatus({ clock, signal }, client, saved);
  const name = buildName(status?.buildNumber, saved.build.buildId);
  if (!status) {
    const doubt =
      saved.phase === 'sending' ? `It is not known whether build ${name} was retried` : `Build ${name} can't be read`;
    runner.annotate('warning', `${doubt}, so it was not stopped. Check it ${saved.where}`);
    return;
  }
  if (isFinished(status)) {
    runner.info(logLine('Done', `build ${name} has ended already (${oneLine(status.status, 40)})`));
    return;
  }
  const why = whyNotOurs(status, saved);
  if (why !== undefined) {
    runner.annotate('warning', `Build ${name} was not stopped: ${why}. Check it ${saved.where}`);
    return;
  }
  const left = BUDGET_MS - (clock.now() - start);
  const stop = await requestStop(client, saved.build, {
    deadlineMs: Math.max(SHORTEST_STOP_MS, Math.min(STOP_DEADLINE_MS, left)),
    deadlineSignal: signal,
  });
  if (stop.kind === 'unnecessary') {
    runner.info(logLine('Done', `build ${name} was not stopped: ${stop.why}`));
    return;
  }
  const isEnd = (seen: BuildStatus) =>
    isFinished(seen) && whoseExecution({ executeCount: status.executeCount }, seen) === 'ours';
  const withinMs = BUDGET_MS - (clock.now() - start);
  const ended = mayStop(stop) ? await confirmStopped(step, { client, build: saved.build, isEnd, withinMs }) : undefined;
  reportStop(step, { name, stop, ended, where: saved.where });
}

function reportStop(
  { runner }: StepContext,
  {
    name,
    stop,
    ended,
    where,
  }: {
    name: string;
    stop: Exclude<StopResult, { kind: 'unnecessary' }>;
    ended: BuildStatus | undefined;
    where: string;
  },
): void {
  if (ended) {
    const how = wasStopped(ended) ? 'has ended' : `ended: ${oneLine(ended.status, 40)}`;
    runner.info(logLine('Stopped', `build ${name}, since the step ended before it; it ${how}`));
    return;
  }
  runner.annotate('warning', `Build ${name} ${stopProblem(stop)} Check it ${where}`);
}

function stopProblem(stop: Exclude<StopResult, { kind: 'unnecessary' }>): string {
  switch (stop.kind) {
    case 'sent':
      return 'was asked to stop, but its end was not seen.';
    case 'unanswered':
      return `was asked to stop, but ${stop.why}.`;
    case 'undelivered':
      return `could not be stopped: ${stop.why}.`;
    case 'failed':
    case 'too-soon':
      return `could not be stopped: ${stop.why}`;
  }
}

/** Why the execution that runs is not the one that main started; undefined when it may be. */
function whyNotOurs(
  status: BuildStatus,
  { phase, baseline, username, executeCount, unsure }: PostOptions,
): string | undefined {
  const insideRunning = baseline !== undefined && !isFinished(baseline);
  const own = {
    executeCount: executeCount ?? expectedExecution(baseline, insideRunning),
    username: phase === 'sending' ? username : undefined,
  };
  const whose = whoseExecution(own, status);
  if (unsure && (username === undefined || status.startedBy !== username))
    return 'it is not known who started the execution that runs';
  if (whose === 'ours' || whose === 'before ours') return undefined;
  return `${oneLine(status.startedBy ?? 'somebody else', 80)} has started the execution that runs`;
}

/**
 * A read that shows the retried execution; undefined when none did in time. The retry of a plug-in inside a running
 * build does not show in the build's own state, so after an unknown outcome nothing can be said of it.
 */
function readRetriedStatus(
  { clock, signal }: { clock: StepContext['clock']; signal: AbortSignal },
  client: Client,
  { phase, build, baseline, executeCount }: SavedRetry,
): Promise<BuildStatus | undefined> {
  const options = { deadlineMs: READ_DEADLINE_MS, consequence: 'it was not stopped', signal };
  return pollAt(
    { clock, at: READ_AT_MS, signal },
    () => ignoreTransient(client.buildStatus(build, options)),
    (status) => (baseline ? whoseExecution({ baseline, executeCount }, status) !== 'before ours' : phase === 'running'),
  );
}

/** Undefined for a read that may be repeated; throws for one that is refused for good. */
async function ignoreTransient<T>(read: Promise<T>): Promise<T | undefined> {
  try {
    return await read;
  } catch (error) {
    if (isFinal(error)) throw error;
    return undefined;
  }
}
