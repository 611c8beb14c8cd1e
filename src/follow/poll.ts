/** Follows a build to its end: reads it, reports what changed, pauses. watch.ts decides what a status means. */

import type { Client } from '../bkci/client.js';
import type { StepContext } from '../github/step.js';
import { ActionError } from '../lib/errors.js';
import { duration } from '../lib/format.js';
import { timedLine } from '../lib/log-line.js';
import { oneLine, quote } from '../lib/sanitize.js';
import { buildName } from '../model/describe.js';
import type { BuildDetail } from '../model/detail.js';
import type { Gate } from '../model/gate.js';
import { type BuildRef, buildLink } from '../model/link.js';
import { pathOf, waitingPart } from '../model/parts.js';
import type { BuildStatus } from '../model/snapshot.js';
import { Outage } from './outage.js';
import { nextPause } from './pause.js';
import {
  debugLine,
  type End,
  endOf,
  type FollowedExecution,
  initialState,
  isOfExecution,
  type Notice,
  onGateSearch,
  onStatus,
} from './watch.js';

/** Which build is followed, and until when. Pauses and times in milliseconds. */
export interface PollOptions extends FollowedExecution {
  readonly client: Client;
  readonly build: BuildRef;
  /** Count of the execution to follow. Absent: any execution after the baseline. */
  readonly executeCount?: number | undefined;
  /** When waiting began, on the step's clock. */
  readonly since: number;
  /** When following ends as `timed-out`, on the step's clock. */
  readonly deadline: number;
  readonly longestPause: number;
  /** How long the build is expected to run; undefined if nothing tells. */
  readonly expected?: number | undefined;
  readonly consoleUrl: string | undefined;
  /** Called with each status of the execution that is followed. */
  readonly recordStatus: (status: BuildStatus) => void;
}

/** A longer pause that the server asks for has a line. */
const ANNOUNCED_PAUSE_MS = 60_000;
/** The longest pause during an outage, whatever `pollSeconds` says. */
const OUTAGE_PAUSE_MS = 30_000;

/** Throws an ActionError if the build can't be read any more, or the cancellation of the workflow. */
export async function pollUntilEnd(step: StepContext, options: PollOptions): Promise<End> {
  const { runner, clock, cancelled } = step;
  const { deadline, longestPause, expected } = options;
  const start = clock.now();
  const outage = new Outage(step);
  let state = initialState(start, options.executeCount);
  for (;;) {
    let isEnding = false;
    const { status, requestedMs = 0 } = await readStatus(step, options, outage);
    const outageMs = status && outage.onSuccess();
    if (outageMs !== undefined) {
      showNotices(step, options, [{ kind: 'line', state: 'back', text: `after ${duration(outageMs)}` }]);
      state = { ...state, lastLine: clock.now() };
    }
    if (requestedMs > ANNOUNCED_PAUSE_MS) {
      const text = `for ${duration(requestedMs)}, as the server asks`;
      showNotices(step, options, [{ kind: 'line', state: 'paused', text }]);
      state = { ...state, lastLine: clock.now() };
    }
    if (status) runner.debug(debugLine(status));
    if (status && isOfExecution(options, state, status)) {
      options.recordStatus(status);
      const next = onStatus(state, status, clock.now());
      showNotices(step, options, await withReviewers(step, options, next.notices));
      state = next.state;
      isEnding = next.isEnding;
      const end = endOf(state);
      if (end) return end;
      if (next.search) {
        const found = onGateSearch(state, await findGateInJobs(step, options), clock.now());
        showNotices(step, options, found.notices);
        state = found.state;
      }
    }
    const now = clock.now();
    if (now >= deadline) return { result: 'timed-out', status: state.lastStatus };
    const longest = outage.isOngoing ? Math.min(longestPause, OUTAGE_PAUSE_MS) : longestPause;
    const waited = now - start;
    const remaining = deadline - now;
    const pause = nextPause({ waited, expected, isEnding, longest, requested: requestedMs, remaining });
    await clock.sleep(pause, cancelled);
  }
}

async function readStatus(
  { cancelled }: StepContext,
  options: PollOptions,
  outage: Outage,
): Promise<{ status?: BuildStatus; requestedMs?: number | undefined }> {
  const consequence = 'the build goes on without this step';
  try {
    return { status: await options.client.buildStatus(options.build, { signal: cancelled, consequence }) };
  } catch (error) {
    try {
      return { requestedMs: outage.onFailure(error) };
    } catch (final) {
      throw final instanceof ActionError ? withLink(final, options) : final;
    }
  }
}

/** Adds the link to the build, since its end is only visible there. */
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
  for (const notice of notices) {
    if (notice.kind === 'line') runner.info(timedLine(clock.now() - since, notice.state, notice.text));
    else if (notice.kind === 'warning') runner.annotate('warning', notice.text);
    else {
      const who = notice.gate.who === undefined ? '' : ` (${quote(notice.gate.who, 200)})`;
      const link = consoleUrl === undefined ? '.' : `: ${buildLink(consoleUrl, build)}`;
      const name = buildName(notice.status?.buildNumber, build.buildId);
      runner.annotate(
        'notice',
        `${notice.gate.name} waits for ${notice.gate.waitsFor}${who}${link}`,
        `BK-CI ${name} waits`,
      );
    }
  }
}

/** The status of v4.1.0 does not say who may decide a gate, so the detail is read once for each (bk-ci: observed). */
async function withReviewers(
  step: StepContext,
  options: PollOptions,
  notices: readonly Notice[],
): Promise<readonly Notice[]> {
  const isNameless = (notice: Notice) => notice.kind === 'gate' && notice.gate.who === undefined;
  const detail = notices.some(isNameless) ? await readForGate(step, options) : undefined;
  if (!detail) return notices;
  return notices.map((notice) => {
    if (notice.kind !== 'gate' || !isNameless(notice)) return notice;
    const { reviewers = [] } = detail.stages.find(({ id }) => id === notice.gate.key) ?? {};
    const who = oneLine(reviewers.join(', '), 200);
    return who === '' ? notice : { ...notice, gate: { ...notice.gate, who } };
  });
}

async function findGateInJobs(step: StepContext, options: PollOptions): Promise<Gate | undefined> {
  const detail = await readForGate(step, options);
  const part = detail && waitingPart(detail);
  return part && { key: pathOf(part), name: oneLine(pathOf(part), 200), waitsFor: 'a person' };
}

/** A gate is looked for every few minutes, and a detail of this size is too large for that. */
const GATE_SEARCH_MAX_BYTES = 2 * 1024 * 1024;

async function readForGate(
  { runner, cancelled }: StepContext,
  { client, build }: PollOptions,
): Promise<BuildDetail | undefined> {
  try {
    return await client.buildDetail(build, { signal: cancelled, maxBytes: GATE_SEARCH_MAX_BYTES });
  } catch (error) {
    if (cancelled.aborted) throw error;
    runner.debug('The detail could not be read; a gate inside a job, or who may decide one, would not show.');
    return undefined;
  }
}
