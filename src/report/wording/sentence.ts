/** Outcome → the sentence for an end that is not a good one: what happened, and what that means for the build. Pure. */

import type { Stop } from '../../follow/stop.js';
import { duration } from '../../lib/format.js';
import { oneLine } from '../../lib/sanitize.js';
import { stateOf } from '../../model/describe.js';
import { refusedGate } from '../../model/gate.js';
import type { Look } from '../../model/snapshot.js';
import { isFinished, wasStopped, wayOfFailure } from '../../model/status.js';
import type { Facts, Outcome } from '../outcome.js';
import { failedAgain, nameOf } from './headline.js';
import { taskSentence } from './tasks.js';

type Of<Result extends Outcome['result']> = Extract<Outcome, { result: Result }>;

/** The build itself has not failed. */
export type EndedOtherwise = Of<'cancelled' | 'timed-out' | 'stopped' | 'aborted'>;

const POST_TRIES = 'the post step of this action tries once more.';

/** `, execution 2, after 4 min 2 s` */
export function executionAndTime({ executeCount, took }: Facts): string {
  const execution = executeCount === undefined ? '' : `, execution ${executeCount}`;
  return `${execution}${took === undefined ? '' : `, after ${duration(took)}`}`;
}

export function failedSentence({ gateRefused }: Of<'failed'>, facts: Facts): string {
  const name = nameOf(facts);
  if (gateRefused) {
    const gate = facts.look && refusedGate(facts.look);
    const where = gate ? `the gate of stage ${oneLine(gate.name, 80)}` : 'a stage gate';
    return `Build ${name} ended at ${where}${executionAndTime(facts)}: the gate was refused, so what follows did not run.`;
  }
  const [first, ...others] = facts.failedTasks;
  const more = others.length > 0 ? ` and ${others.length} more` : '';
  const where = first ? `: ${taskSentence(first)}${more}` : '';
  const way = facts.look ? wayOfFailure(facts.look) : '';
  const how = `${failedAgain(facts) ? 'failed again' : 'failed'}${way === '' ? '' : ` (${oneLine(way, 100)})`}`;
  return `Build ${name} ${how}${executionAndTime(facts)}${where}.`;
}

export function sentenceOf(outcome: EndedOtherwise, facts: Facts): string {
  const name = nameOf(facts);
  switch (outcome.result) {
    case 'cancelled':
      return `Build ${name} was cancelled${executionAndTime(facts)}. It is not retried again: somebody meant it.`;
    case 'timed-out':
      return timedOut(outcome, facts);
    case 'stopped': {
      const unanswered = outcome.stop?.kind === 'unanswered' ? `, but ${outcome.stop.why}` : '';
      return `The step was cancelled and BK-CI was asked to stop build ${name}${executionAndTime(facts)}${unanswered}.`;
    }
    case 'aborted':
      return aborted(outcome, facts);
  }
}

function timedOut({ look, stop, ended }: Of<'timed-out'>, facts: Facts): string {
  // After a stop, what was seen last is the end.
  const seen = look ?? (ended ? undefined : facts.look);
  const state = seen ? ` (${stateOf(seen)})` : '';
  const had = stop?.kind === 'needless' || (ended && !wasStopped(ended)) ? 'had' : 'has';
  const stopped = stop ? afterTimeout(stop, ended) : '. It goes on without this step.';
  return `Build ${nameOf(facts)} ${had} not ended after ${duration(facts.took ?? 0)}${state}${stopped}`;
}

function afterTimeout(stop: Stop, ended: Look | undefined): string {
  if (stop.kind === 'failed') return `. It could not be stopped: ${stop.why}`;
  if (stop.kind === 'undelivered') return `. It could not be stopped (${stop.why}); ${POST_TRIES}`;
  if (stop.kind === 'needless') return `. It was not stopped: ${stop.why}.`;
  if (ended)
    return wasStopped(ended) ? ' and was stopped.' : `, was asked to stop, and ended by itself: ${stateOf(ended)}.`;
  if (stop.kind === 'unanswered') return ` and was asked to stop, but ${stop.why}.`;
  return ' and was asked to stop; whether it did is not known here.';
}

function aborted(outcome: Of<'aborted'>, facts: Facts): string {
  const { stop } = outcome;
  const name = nameOf(facts);
  if (stop?.kind === 'needless') return `The step was cancelled. Build ${name} was not stopped: ${stop.why}.`;
  if (stop?.kind === 'undelivered')
    return `The step was cancelled. Build ${name} could not be stopped (${stop.why}); ${POST_TRIES}`;
  if (stop?.kind === 'failed') return `The step was cancelled. Build ${name} could not be stopped: ${stop.why}`;
  switch (facts.phase) {
    case 'before':
      return facts.plan
        ? `The step was cancelled before BK-CI got the retry, so build ${name} was not retried.`
        : 'The step was cancelled before anything was sent.';
    case 'maybe':
      return leftInDoubt(outcome, facts);
    case 'running':
      return `The step was cancelled. Build ${name} goes on without it.`;
    case 'ended':
      return `The step was cancelled. Build ${name} had ended already${facts.look ? ` (${stateOf(facts.look)})` : ''}.`;
  }
}

function leftInDoubt({ postLooks }: Of<'aborted'>, facts: Facts): string {
  const again = facts.accepted > 0 ? ' again' : '';
  // Post can't tell either whether a plug-in inside a running build was retried (run/post.ts: retriedLook).
  const tells = facts.before !== undefined && isFinished(facts.before);
  const post =
    postLooks && tells ? ' The post step of this action looks too, and stops the build if it was retried.' : '';
  return `The step was cancelled while the answer was awaited, so whether build ${nameOf(facts)} was retried${again} is not known. ${howToTell(facts)}${post}`;
}

/** A plug-in inside a running build is retried in the same execution. */
function howToTell({ before }: Facts): string {
  if (before && !isFinished(before)) return 'Open the build: if the plug-in runs or has run again, it was retried.';
  const count = before?.executeCount;
  if (count === undefined) return 'Open the build: if it runs or has run again, it was retried.';
  return `Open the build: if it still shows execution ${count}, it was not; if it shows execution ${count + 1}, it was.`;
}
