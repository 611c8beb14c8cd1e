/** Outcome → the verdict: a line for a good end, one error for each failed plug-in and one for the whole otherwise. Pure. */

import type { Look } from '../bkci/decode.js';
import { buildLink } from '../bkci/link.js';
import { meaningOfBuild } from '../bkci/status.js';
import type { ActionError } from '../errors.js';
import type { Stop } from '../stop.js';
import { cap, duration, quote } from '../text.js';
import { buildName, fact, stateOf } from './lines.js';
import type { Facts, Outcome } from './outcome.js';
import type { FailedTask } from './outputs.js';
import { kindOf, taskPath, taskSentence } from './tasks.js';

export interface Annotation {
  readonly title: string;
  readonly message: string;
}

export type Verdict = { readonly line: string } | { readonly errors: readonly Annotation[] };

/** The runner keeps ten annotations of a kind for each step; one is the verdict's (actions/runner: ExecutionContext.cs). */
const TASKS_SHOWN = 9;
/** Leaves room for the code within what the runner shows of an annotation, 4,000 characters. */
const MESSAGE_CAP = 3_900;

export function linkOf({ consoleUrl, build, executeCount }: Facts): string | undefined {
  if (consoleUrl === undefined || build === undefined) return undefined;
  return buildLink(consoleUrl, build, executeCount);
}

export function nameOf({ buildNumber, before, build }: Facts): string {
  return buildName(buildNumber ?? before?.buildNumber, build?.buildId ?? '');
}

export function verdictOf(outcome: Outcome, facts: Facts): Verdict {
  switch (outcome.result) {
    case 'retried':
      return { line: fact('Done', 'the build runs and is not followed (wait: false)') };
    case 'not-needed':
      return { line: fact('Done', `nothing to retry: ${outcome.why}`) };
    case 'found':
      return { line: fact('Done', 'nothing was sent (dryRun: true)') };
    case 'succeeded':
      return { line: succeeded(facts) };
    case 'failed':
      return {
        errors: [
          ...facts.failedTasks.slice(0, TASKS_SHOWN).map((task) => taskError(task, facts)),
          failed(outcome.gateRefused, facts),
        ],
      };
    default:
      return { errors: [withLink(facts, TITLES[outcome.result], endedOtherwise(outcome, facts))] };
  }
}

const TITLES = {
  cancelled: 'was cancelled',
  'timed-out': 'has not ended in time',
  stopped: 'was asked to stop',
  aborted: 'was left by a cancelled step',
} as const;

function succeeded(facts: Facts): string {
  return fact('Succeeded', `build ${nameOf(facts)}${executionAndTime(facts)}`);
}

/** `, execution 2, after 4 min 2 s` */
function executionAndTime({ executeCount, took }: Facts): string {
  const execution = executeCount === undefined ? '' : `, execution ${executeCount}`;
  return `${execution}${took === undefined ? '' : `, after ${duration(took)}`}`;
}

function taskError(task: FailedTask, facts: Facts): Annotation {
  const notes = [task.errorCode === null ? '' : `code ${task.errorCode}`, kindOf(task.errorType)].filter(Boolean);
  const head = taskSentence(task, 'failed');
  const why = task.errorMessage === '' ? '' : `: ${quote(task.errorMessage, 1500)}`;
  return {
    title: `BK-CI ${nameOf(facts)}: ${taskPath(task)}`,
    message: `${head}${why}${notes.length > 0 ? ` (${notes.join(', ')})` : ''}`,
  };
}

/** Whether the retry ended as the build had ended before. */
export function failedAgain({ before, accepted }: Facts): boolean {
  return accepted > 0 && before !== undefined && meaningOfBuild(before) === 'failed';
}

function failed(gateRefused: boolean, facts: Facts): Annotation {
  const words = failedAgain(facts) ? 'failed again' : 'failed';
  const [first, ...others] = facts.failedTasks;
  const more = others.length > 0 ? ` and ${others.length} more` : '';
  const where = first ? `: ${taskSentence(first)}${more}` : '';
  const gate = gateRefused ? ': a stage gate was refused, so the stages behind it did not run' : where;
  return withLink(facts, words, `Build ${nameOf(facts)} ${words}${executionAndTime(facts)}${gate}.`);
}

type EndedOtherwise = Extract<Outcome, { result: keyof typeof TITLES }>;

function endedOtherwise(outcome: EndedOtherwise, facts: Facts): string {
  const name = nameOf(facts);
  switch (outcome.result) {
    case 'cancelled':
      return `Build ${name} was cancelled${executionAndTime(facts)}. It is not retried again: somebody meant it.`;
    case 'timed-out': {
      const { look = facts.look, stop, ended } = outcome;
      const state = look ? ` (${stateOf(look)})` : '';
      const stopped = stop ? afterTimeout(stop, ended) : '. It goes on without this step.';
      const had = stop?.kind === 'needless' || (ended && !isCancelled(ended)) ? 'had' : 'has';
      return `Build ${name} ${had} not ended after ${duration(facts.took ?? 0)}${state}${stopped}`;
    }
    case 'stopped': {
      const unanswered = outcome.stop?.kind === 'unanswered' ? `, but has not answered (${outcome.stop.why})` : '';
      return `The step was cancelled and BK-CI was asked to stop build ${name}${executionAndTime(facts)}${unanswered}.`;
    }
    case 'aborted':
      return `The step was cancelled. ${abortedState(outcome, facts)}`;
  }
}

const POST_TRIES = 'the post step of this action tries once more.';

function isCancelled(look: Look): boolean {
  return meaningOfBuild(look) === 'cancelled';
}

function afterTimeout(stop: Stop, ended: Look | undefined): string {
  if (stop.kind === 'failed') return `. It could not be stopped: ${stop.why}`;
  if (stop.kind === 'undelivered') return `. It could not be stopped (${stop.why}); ${POST_TRIES}`;
  if (stop.kind === 'needless') return `. It was not stopped: ${stop.why}.`;
  if (ended)
    return isCancelled(ended) ? ' and was stopped.' : `, was asked to stop, and ended by itself: ${stateOf(ended)}.`;
  if (stop.kind === 'unanswered') return ` and was asked to stop, but BK-CI has not answered (${stop.why}).`;
  return ' and was asked to stop; whether it did is not known here.';
}

function abortedState({ stop }: { stop?: Stop }, facts: Facts): string {
  const name = nameOf(facts);
  if (stop?.kind === 'needless') return `Build ${name} was not stopped: ${stop.why}.`;
  if (stop?.kind === 'failed') return `Build ${name} could not be stopped: ${stop.why}`;
  if (stop?.kind === 'undelivered') return `Build ${name} could not be stopped (${stop.why}); ${POST_TRIES}`;
  switch (facts.phase) {
    case 'before':
      if (facts.accepted > 0) return `Build ${name} was not retried again.`;
      return facts.plan ? `Build ${name} was not retried.` : 'Nothing was sent.';
    case 'maybe':
      return `Whether build ${name} was retried${facts.accepted > 0 ? ' again' : ''} is not known: the answer was still awaited.`;
    case 'running':
      return `Build ${name} goes on without it.`;
    case 'ended':
      return `Build ${name} had ended already${facts.look ? ` (${stateOf(facts.look)})` : ''}.`;
  }
}

function withLink(facts: Facts, words: string, message: string): Annotation {
  const address = linkOf(facts);
  return {
    title: `BK-CI ${nameOf(facts)} ${words}`.replace('  ', ' '),
    message: address === undefined ? message : `${message} ${address}`,
  };
}

/** One sentence with cause and remedy, and the word to look up in the troubleshooting page. */
export function errorAnnotation(error: ActionError): Annotation {
  return { title: 'Retry BK-CI build', message: `${cap(error.message, MESSAGE_CAP)} [${error.code}]` };
}
