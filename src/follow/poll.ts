/** Follows a build to its end: read, tell, pause. What a look means and what is told of it is decided in watch.ts. */
import type { Client } from '../bkci/client.js';
import type { Step } from '../github/step.js';
import { ActionError } from '../lib/errors.js';
import { duration } from '../lib/format.js';
import { change } from '../lib/log-line.js';
import { oneLine, quote } from '../lib/sanitize.js';
import { buildName } from '../model/describe.js';
import type { Gate } from '../model/gate.js';
import { type BuildRef, buildLink } from '../model/link.js';
import { pathOf, waitingPart } from '../model/parts.js';
import type { Baseline, Look } from '../model/snapshot.js';
import { Outage } from './outage.js';
import { afterLook, afterSearch, beginWatch, described, type End, endOf, isOfRetry, type Telling } from './watch.js';

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
export interface Wait {
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
  readonly onLook: (look: Look) => void;
}

/** Throws an ActionError when the end can't be learned, and the abort as it comes. */
export async function waitForEnd(step: Step, task: Wait): Promise<End> {
  const { runner, clock, cancelled } = step;
  const { client, build, baseline, deadline, longestPause } = task;
  const begin = clock.now();
  const outage = new Outage(step);
  let watched = beginWatch(begin, task.executeCount);
  for (;;) {
    const look = await lookOnce(step, task, outage);
    const lasted = look && outage.answered();
    if (lasted !== undefined) {
      tell(step, task, [{ kind: 'line', state: 'back', text: `after ${duration(lasted)}` }]);
      watched = { ...watched, lastLine: clock.now() };
    }
    if (look) runner.debug(described(look));
    if (look && isOfRetry(baseline, look)) {
      task.onLook(look);
      const next = afterLook(watched, look, clock.now());
      tell(step, task, next.told);
      watched = next.watched;
      const end = endOf(look);
      if (end) return end;
      if (next.search) {
        const found = afterSearch(watched, await gateInside(step, client, build), clock.now());
        tell(step, task, found.told);
        watched = found.watched;
      }
    }
    const now = clock.now();
    if (now >= deadline) return { result: 'timed-out', look: watched.look };
    const longest = outage.lasts ? Math.min(longestPause, OUTAGE_PAUSE_MS) : longestPause;
    await clock.sleep(nextPause({ waited: now - begin, longest, left: deadline - now }), cancelled);
  }
}

async function lookOnce({ cancelled }: Step, task: Wait, outage: Outage): Promise<Look | undefined> {
  const consequence = 'the build goes on without this step';
  try {
    return await task.client.buildStatus(task.build, { signal: cancelled, consequence });
  } catch (error) {
    try {
      outage.failed(error);
    } catch (final) {
      throw final instanceof ActionError ? withLink(final, task) : final;
    }
    return undefined;
  }
}

/** What can't be followed here any more can be in BK-CI. */
function withLink(error: ActionError, { consoleUrl, build, executeCount }: Wait): ActionError {
  if (consoleUrl === undefined) return error;
  return error.saying(`${error.message} ${buildLink(consoleUrl, build, executeCount)}`);
}

function tell({ runner, clock }: Step, { since, build, consoleUrl }: Wait, told: readonly Telling[]): void {
  for (const it of told) {
    if (it.kind === 'line') runner.info(change(clock.now() - since, it.state, it.text));
    else if (it.kind === 'warning') runner.annotate('warning', it.text);
    else {
      const who = it.gate.who === undefined ? '' : ` (${quote(it.gate.who, 200)})`;
      const where = consoleUrl === undefined ? '.' : `: ${buildLink(consoleUrl, build)}`;
      const name = buildName(it.look?.buildNumber, build.buildId);
      runner.annotate('notice', `${it.gate.name} waits for ${it.gate.waitsFor}${who}${where}`, `BK-CI ${name} waits`);
    }
  }
}

async function gateInside({ runner, cancelled }: Step, client: Client, build: BuildRef): Promise<Gate | undefined> {
  try {
    const part = waitingPart(await client.buildDetail(build, { signal: cancelled }));
    return part && { key: pathOf(part), name: oneLine(pathOf(part), 200), waitsFor: 'a person' };
  } catch (error) {
    if (cancelled.aborted) throw error;
    runner.debug('The detail could not be read; a gate inside a job would not show.');
    return undefined;
  }
}
