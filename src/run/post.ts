/**
 * The post step: main was killed, was cancelled before the outcome of the retry was known, or its stop did not arrive.
 * Reads the build until the retried execution shows, and stops it. Never fails the job.
 */

import { Client } from '../bkci/client.js';
import { isFinal } from '../follow/outage.js';
import { requestStop } from '../follow/stop.js';
import type { StepContext } from '../github/step.js';
import type { Http } from '../http/http.js';
import { readInputs } from '../inputs/inputs.js';
import { maskSecrets } from '../inputs/secrets.js';
import { pollAt } from '../lib/clock.js';
import { ActionError } from '../lib/errors.js';
import { logLine } from '../lib/log-line.js';
import { oneLine } from '../lib/sanitize.js';
import { buildName } from '../model/describe.js';
import { expectedExecution, whoseExecution } from '../model/execution.js';
import { buildLink } from '../model/link.js';
import type { BuildStatus } from '../model/snapshot.js';
import { isFinished } from '../model/status.js';
import { readSavedRetry, type SavedRetry } from './saved-state.js';

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
  const saved = readSavedRetry(runner);
  if (!saved) return;
  try {
    const secrets = maskSecrets(runner);
    // The build is in the saved state, so the inputs need not name one.
    const inputs = readInputs(runner, true);
    if (!inputs.follow?.stopOnAbort) return;
    if (inputs.access.api.root !== saved.api)
      throw new ActionError('input-invalid', {
        problem: 'apiUrl is not the one that the retry was sent to',
      });
    const { access, consoleUrl } = inputs;
    const where = consoleUrl === undefined ? 'in BK-CI.' : `in BK-CI: ${buildLink(consoleUrl, saved.build)}`;
    const { username } = access.credentials;
    await reconcileAndStop(step, new Client(http, access, secrets), { ...saved, where, username });
  } catch (error) {
    const code = error instanceof ActionError ? ` [${error.code}]` : '';
    const { message } = error as Error;
    runner.annotate(
      'warning',
      `Build ${saved.build.buildId} may still be running: ${oneLine(runner.redact(message), 1000)} Check it in BK-CI.${code}`,
    );
  }
}

interface PostOptions extends SavedRetry {
  readonly username?: string | undefined;
  /** Where people can look at the build. */
  readonly where: string;
}

async function reconcileAndStop({ runner, clock }: StepContext, client: Client, saved: PostOptions): Promise<void> {
  const start = clock.now();
  const status = await readRetriedStatus(clock, client, saved);
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
  });
  if (stop.kind === 'sent')
    runner.info(logLine('Stopped', `build ${name} was asked to stop, since the step ended before it`));
  else if (stop.kind === 'unnecessary') runner.info(logLine('Done', `build ${name} was not stopped: ${stop.why}`));
  else if (stop.kind === 'unanswered') {
    runner.annotate('warning', `Build ${name} was asked to stop, but ${stop.why}.`);
  } else runner.annotate('warning', `Build ${name} could not be stopped: ${stop.why}`);
}

/** Why the execution that runs is not the one that main started; undefined when it may be. */
function whyNotOurs(status: BuildStatus, { phase, baseline, username, executeCount }: PostOptions): string | undefined {
  const insideRunning = baseline !== undefined && !isFinished(baseline);
  const own = {
    executeCount: executeCount ?? expectedExecution(baseline, insideRunning),
    username: phase === 'sending' ? username : undefined,
  };
  const whose = whoseExecution(own, status);
  if (whose === 'ours' || whose === 'before ours') return undefined;
  return `${oneLine(status.startedBy ?? 'somebody else', 80)} has started the execution that runs`;
}

/**
 * A read that shows the retried execution; undefined when none did in time. The retry of a plug-in inside a running
 * build does not show in the build's own state, so after an unknown outcome nothing can be said of it.
 */
function readRetriedStatus(
  clock: StepContext['clock'],
  client: Client,
  { phase, build, baseline }: SavedRetry,
): Promise<BuildStatus | undefined> {
  const options = { deadlineMs: READ_DEADLINE_MS, consequence: 'it was not stopped' };
  return pollAt(
    { clock, at: READ_AT_MS },
    () => ignoreTransient(client.buildStatus(build, options)),
    (status) => (baseline ? whoseExecution({ baseline }, status) !== 'before ours' : phase === 'running'),
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
