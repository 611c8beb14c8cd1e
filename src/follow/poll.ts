/** Follows a build to its end: read, tell, pause. What a look means and what is told of it is decided in watch.ts. */
import type { Client } from '../bkci/client.js';
import type { StepContext } from '../github/step.js';
import { ActionError } from '../lib/errors.js';
import { duration } from '../lib/format.js';
import { timedLine } from '../lib/log-line.js';
import { oneLine, quote } from '../lib/sanitize.js';
import { buildName } from '../model/describe.js';
import { whoseExecution } from '../model/execution.js';
import type { Gate } from '../model/gate.js';
import { type BuildRef, buildLink } from '../model/link.js';
import { pathOf, waitingPart } from '../model/parts.js';
import type { Baseline, BuildStatus } from '../model/snapshot.js';
import { Outage } from './outage.js';
import { debugLine, type End, endOf, initialState, type Notice, onGateSearch, onStatus } from './watch.js';

const FIRST_PAUSE_MS = 2_000;
/** While looks fail, the next one is at most this far away, whatever `pollSeconds` says. */
const OUTAGE_PAUSE_MS = 30_000;
/** A pause is at most this share of the time waited so far: a short build is noticed soon, a long one costs little. */
const PAUSE_SHARE = 1 / 12;

/** Milliseconds until the next look; all in milliseconds. */
export function nextPause({ waited, longest, left }: { waited: number; longest: number; left: number }): number {
  return Math.max(0, Math.min(longest, Math.max(FIRST_PAUSE_MS, waited * PAUSE_SHARE), left));
}

/** What is followed, and until when. Pauses and times in milliseconds. */
export interface PollOptions {
  readonly client: Client;
  readonly build: BuildRef;
  readonly baseline?: Baseline | undefined;
  /** Count of the execution that is followed, when it is known; absent when whatever runs is followed. */
  readonly executeCount?: number | undefined;
  /** When the first retry was accepted, and when waiting must end, on the step's clock. */
  readonly since: number;
  readonly deadline: number;
  readonly longestPause: number;
  readonly consoleUrl: string | undefined;
  /** Told of each look at the execution that is followed. */
  readonly recordStatus: (status: BuildStatus) => void;
}

/** Throws an ActionError when the end can't be learned, and the abort as it comes. */
export async function pollUntilEnd(step: StepContext, options: PollOptions): Promise<End> {
  const { runner, clock, cancelled } = step;
  const { client, build, baseline, deadline, longestPause } = options;
  const begin = clock.now();
  const outage = new Outage(step);
  let state = initialState(begin, options.executeCount);
  for (;;) {
    const status = await readStatus(step, options, outage);
    const lasted = status && outage.answered();
    if (lasted !== undefined) {
      showNotices(step, options, [{ kind: 'line', state: 'back', text: `after ${duration(lasted)}` }]);
      state = { ...state, lastLine: clock.now() };
    }
    if (status) runner.debug(debugLine(status));
    if (status && whoseExecution({ baseline }, status) !== 'before ours') {
      options.recordStatus(status);
      const next = onStatus(state, status, clock.now());
      showNotices(step, options, next.notices);
      state = next.state;
      const end = endOf(status);
      if (end) return end;
      if (next.search) {
        const found = onGateSearch(state, await findGateInJobs(step, client, build), clock.now());
        showNotices(step, options, found.notices);
        state = found.state;
      }
    }
    const now = clock.now();
    if (now >= deadline) return { result: 'timed-out', status: state.lastStatus };
    const longest = outage.isOngoing ? Math.min(longestPause, OUTAGE_PAUSE_MS) : longestPause;
    await clock.sleep(nextPause({ waited: now - begin, longest, left: deadline - now }), cancelled);
  }
}

async function readStatus(
  { cancelled }: StepContext,
  options: PollOptions,
  outage: Outage,
): Promise<BuildStatus | undefined> {
  const consequence = 'the build goes on without this step';
  try {
    return await options.client.buildStatus(options.build, { signal: cancelled, consequence });
  } catch (error) {
    try {
      outage.failed(error);
    } catch (final) {
      throw final instanceof ActionError ? withLink(final, options) : final;
    }
    return undefined;
  }
}

/** What can't be followed here any more can be in BK-CI. */
function withLink(error: ActionError, { consoleUrl, build, executeCount }: PollOptions): ActionError {
  if (consoleUrl === undefined) return error;
  const link = buildLink(consoleUrl, build, executeCount);
  return error.with({ remedy: error.text.remedy === undefined ? link : `${error.text.remedy} ${link}` });
}

function showNotices(
  { runner, clock }: StepContext,
  { since, build, consoleUrl }: PollOptions,
  notices: readonly Notice[],
): void {
  for (const it of notices) {
    if (it.kind === 'line') runner.info(timedLine(clock.now() - since, it.state, it.text));
    else if (it.kind === 'warning') runner.annotate('warning', it.text);
    else {
      const who = it.gate.who === undefined ? '' : ` (${quote(it.gate.who, 200)})`;
      const where = consoleUrl === undefined ? '.' : `: ${buildLink(consoleUrl, build)}`;
      const name = buildName(it.status?.buildNumber, build.buildId);
      runner.annotate('notice', `${it.gate.name} waits for ${it.gate.waitsFor}${who}${where}`, `BK-CI ${name} waits`);
    }
  }
}

async function findGateInJobs(
  { runner, cancelled }: StepContext,
  client: Client,
  build: BuildRef,
): Promise<Gate | undefined> {
  try {
    const part = waitingPart(await client.buildDetail(build, { signal: cancelled }));
    return part && { key: pathOf(part), name: oneLine(pathOf(part), 200), waitsFor: 'a person' };
  } catch (error) {
    if (cancelled.aborted) throw error;
    runner.debug('The detail could not be read; a gate inside a job would not show.');
    return undefined;
  }
}
