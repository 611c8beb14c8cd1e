/** Follows a build to its end: what counts as the end and how long to pause are pure, the loop goes around them. */
import type { Client } from './bkci/client.js';
import type { Look } from './bkci/decode.js';
import { type BuildRef, buildLink } from './bkci/link.js';
import { pathOf, waitingPart } from './bkci/model.js';
import { type Baseline, movedSince } from './bkci/moved.js';
import { isRefusedGate, meaningOfBuild } from './bkci/status.js';
import { Outage } from './outage.js';
import { buildName, change, stateOf } from './report/lines.js';
import { changesSince, type Gate, gateOf, runningNow } from './report/progress.js';
import type { Step } from './step.js';
import { duration, oneLine, quote } from './text.js';

export type End =
  | { readonly result: 'succeeded' | 'cancelled'; readonly look: Look }
  | { readonly result: 'failed'; readonly look: Look; readonly gateRefused: boolean }
  | { readonly result: 'timed-out'; readonly look: Look | undefined };

type Settled = { readonly over: false } | { readonly over: true; readonly end: End };

/** Whether a look shows the end of the execution that began after the baseline. Success is SUCCEED and nothing else. */
export function settle(baseline: Baseline | undefined, look: Look): Settled {
  if (baseline && !movedSince(baseline, look)) return { over: false };
  const meaning = meaningOfBuild(look);
  if (meaning === 'succeeded' || meaning === 'cancelled') return { over: true, end: { result: meaning, look } };
  if (meaning === 'failed') return { over: true, end: { result: 'failed', look, gateRefused: isRefusedGate(look) } };
  return { over: false };
}

const FIRST_PAUSE_MS = 2_000;
/** While looks fail, the next one is at most this far away, whatever `pollSeconds` says. */
const OUTAGE_PAUSE_MS = 30_000;
/** A pause is at most this share of the time waited so far: a short build is noticed soon, a long one costs little. */
const PAUSE_SHARE = 1 / 12;

/** Milliseconds until the next look; all in milliseconds. */
export function nextPause({ waited, longest, left }: { waited: number; longest: number; left: number }): number {
  return Math.max(0, Math.min(longest, Math.max(FIRST_PAUSE_MS, waited * PAUSE_SHARE), left));
}

/** After this much silence a line says that the build is still running. */
const STILL_MS = 600_000;
/** While nothing changes, the detail is read after this time, then ever more rarely: it is large. */
const GATE_SEARCH_MS = 30_000;
const GATE_SEARCH_LONGEST_MS = 300_000;

/** What is followed, and until when. Pauses and times in milliseconds. */
export interface Wait {
  readonly client: Client;
  readonly build: BuildRef;
  readonly baseline: Baseline | undefined;
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
  return new Watch(step, task).untilEnd();
}

class Watch {
  readonly #step: Step;
  readonly #task: Wait;
  readonly #begin: number;
  readonly #outage: Outage;
  #before: Look | undefined;
  #lastLine: number;
  #unknownStatus: string | undefined;
  #announced = new Set<string>();
  #gateSearchPause = GATE_SEARCH_MS;
  #nextGateSearch: number;

  constructor(step: Step, task: Wait) {
    const now = step.clock.now();
    this.#step = step;
    this.#task = task;
    this.#begin = now;
    this.#outage = new Outage(step);
    this.#lastLine = now;
    this.#nextGateSearch = now + GATE_SEARCH_MS;
  }

  async untilEnd(): Promise<End> {
    const { clock, cancelled } = this.#step;
    const { baseline, deadline, longestPause } = this.#task;
    for (;;) {
      const look = await this.#look();
      if (look) {
        const settled = settle(baseline, look);
        await this.#tell(look, settled.over);
        if (settled.over) return settled.end;
      }
      const now = clock.now();
      if (now >= deadline) return { result: 'timed-out', look: this.#before };
      const longest = this.#outage.lasts ? Math.min(longestPause, OUTAGE_PAUSE_MS) : longestPause;
      await clock.sleep(nextPause({ waited: now - this.#begin, longest, left: deadline - now }), cancelled);
    }
  }

  async #look(): Promise<Look | undefined> {
    const { client, build } = this.#task;
    try {
      const look = await client.buildStatus(build, {
        signal: this.#step.cancelled,
        consequence: 'how the build ends is not known here',
      });
      const lasted = this.#outage.answered();
      if (lasted !== undefined) this.#line('back', `after ${duration(lasted)}`);
      return look;
    } catch (error) {
      this.#outage.failed(error);
      return undefined;
    }
  }

  #line(state: string, text: string): void {
    const now = this.#step.clock.now();
    this.#lastLine = now;
    this.#step.runner.info(change(now - this.#task.since, state, text));
  }

  async #tell(look: Look, isOver: boolean): Promise<void> {
    const { baseline } = this.#task;
    const { runner, clock } = this.#step;
    runner.debug(`Look: ${stateOf(look)}, execution ${look.executeCount ?? 'unknown'}`);
    // Until the retry shows, a look still tells of the execution before.
    if (baseline && !movedSince(baseline, look)) return;
    this.#task.onLook(look);
    if (this.#isNewExecution(look)) {
      const by = look.startedBy === undefined ? '' : ` by ${oneLine(look.startedBy, 80)}`;
      this.#line('retried', `execution ${look.executeCount} was started${by} and is followed now`);
      this.#before = undefined;
    }
    const changes = changesSince(this.#before, look);
    for (const { state, text } of changes) if (state !== 'waiting') this.#line(state, text);
    this.#before = look;
    this.#warnOfUnknown(look);
    const gate = gateOf(look);
    if (gate) this.#announce(gate);
    else if (changes.length === 0 && !isOver) await this.#searchGate();
    if (clock.now() - this.#lastLine >= STILL_MS)
      this.#line('still', `${runningNow(look)}, ${duration(clock.now() - this.#lastLine)}`);
  }

  #isNewExecution({ executeCount }: Look): boolean {
    const before = this.#before?.executeCount ?? this.#task.executeCount;
    return executeCount !== undefined && before !== undefined && executeCount > before;
  }

  #warnOfUnknown(look: Look): void {
    if (meaningOfBuild(look) !== 'unknown' || this.#unknownStatus === look.status) return;
    this.#unknownStatus = look.status;
    this.#step.runner.annotate(
      'warning',
      `BK-CI reports a status that this action does not know: ${quote(look.status, 40)}. It is waited on and never counts as success.`,
    );
  }

  #announce(gate: Gate): void {
    if (this.#announced.has(gate.key)) return;
    this.#announced.add(gate.key);
    const { build, consoleUrl } = this.#task;
    const who = gate.who === undefined ? '' : ` (${quote(gate.who, 200)})`;
    const where = consoleUrl === undefined ? '.' : `: ${buildLink(consoleUrl, build)}`;
    this.#step.runner.annotate(
      'notice',
      `${gate.name} waits for approval${who}${where}`,
      `BK-CI ${buildName(this.#before?.buildNumber, build.buildId)} waits`,
    );
    this.#lastLine = this.#step.clock.now();
  }

  /** A pause, a review or a quality gate inside a job: the build says RUNNING, only its detail tells. */
  async #searchGate(): Promise<void> {
    const { clock, cancelled } = this.#step;
    const now = clock.now();
    if (now - this.#lastLine < GATE_SEARCH_MS || now < this.#nextGateSearch) return;
    this.#nextGateSearch = now + this.#gateSearchPause;
    this.#gateSearchPause = Math.min(GATE_SEARCH_LONGEST_MS, this.#gateSearchPause * 2);
    try {
      const part = waitingPart(await this.#task.client.buildDetail(this.#task.build, { signal: cancelled }));
      if (part) this.#announce({ key: pathOf(part), name: oneLine(pathOf(part), 200) });
    } catch (error) {
      if (cancelled.aborted) throw error;
      this.#step.runner.debug('The detail could not be read; a gate inside a job would not show.');
    }
  }
}
