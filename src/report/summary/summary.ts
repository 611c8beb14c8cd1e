/** Outcome → the job summary: the verdict, which build, why, where to click; details fold. Pure Markdown. */

import { ActionError } from '../../lib/errors.js';
import { duration } from '../../lib/format.js';
import { stateOf } from '../../model/describe.js';
import type { Look } from '../../model/snapshot.js';
import { wayOfFailure } from '../../model/status.js';
import type { Ending, Facts, Outcome } from '../outcome.js';
import { headlineOf, isLaterExecution, linkOf } from '../wording/headline.js';
import { sentenceOf } from '../wording/sentence.js';
import { capDocument, code, link, plain } from './markdown.js';
import {
  candidateList,
  doubt,
  errorParagraph,
  footnote,
  logs,
  reasons,
  sentenceParagraph,
  whatWasSent,
} from './sections.js';
import { attemptTable, failedTable, stageTable } from './tables.js';

/** GitHub drops a summary of more than 1 MiB as a whole; ours is meant to be read. */
const MAX_BYTES = 128 * 1024;

export function summaryOf(ending: Ending, facts: Facts): string {
  const paragraphs = [
    `## ${headingOf(ending, facts)}`,
    ...whichBuild(ending, facts),
    ...why(ending, facts),
    ...candidateList(facts),
    ...details(ending, facts),
  ];
  return capDocument(paragraphs, MAX_BYTES);
}

function headingOf(ending: Ending, facts: Facts): string {
  const { build, buildNumber, candidates = [] } = facts;
  if (!build) return headingWithoutBuild(ending, candidates.length);
  // Never `#42`, which GitHub may turn into a link to an issue.
  const name = buildNumber === undefined ? code(build.buildId) : buildNumber;
  return `BK-CI build ${name} ${headlineOf(ending, facts, (stage) => plain(stage, 80))}`;
}

function headingWithoutBuild(ending: Ending, found: number): string {
  if (ending instanceof ActionError) return 'No BK-CI build was retried';
  switch (ending.result) {
    case 'not-needed':
      return 'No BK-CI build needs a retry';
    case 'found':
      return `${found} failed BK-CI builds were found, and nothing was sent`;
    default:
      return 'No BK-CI build was retried: the step was cancelled';
  }
}

function whichBuild(ending: Ending, facts: Facts): string[] {
  const { build, buildNumber, pipelineName } = facts;
  if (!build) return [];
  const number = `build ${buildNumber ?? code(build.buildId)}`;
  const name = pipelineName === undefined ? undefined : plain(pipelineName, 80);
  const title = name ? `**${name}, ${number}**` : `**${number} in project ${plain(build.projectId, 80)}**`;
  const address = linkOf(facts);
  const parts = ending instanceof ActionError ? stateParts(facts) : endParts(ending, facts);
  return [[address === undefined ? title : link(title, address), ...parts].filter(Boolean).join(' · ')];
}

function executionPart({ executeCount }: Facts): string {
  return executeCount === undefined ? '' : `execution ${executeCount}`;
}

function timePart({ took }: Facts): string {
  return took === undefined ? '' : `after ${duration(took)}`;
}

function statePart(look: Look | undefined): string {
  return look ? plain(stateOf(look)) : '';
}

function stateParts(facts: Facts): string[] {
  // Once a retry was accepted, what was seen before it is another execution.
  const look = facts.look ?? (facts.accepted === 0 ? facts.before : undefined);
  if (!look) return [];
  return [statePart(look), executionPart(facts), look.startedBy ? `started by ${plain(look.startedBy, 80)}` : ''];
}

function endParts(outcome: Outcome, facts: Facts): string[] {
  switch (outcome.result) {
    case 'retried':
      return [executionPart(facts), retriedPart(facts), 'not followed, so its result is not known here'];
    case 'not-needed':
      return [executionPart(facts), plain(outcome.why, 300)];
    case 'found':
      return [...stateParts(facts), foundPart(facts)];
    case 'succeeded':
      return [executionPart(facts), timePart(facts), retriedPart(facts), otherPart(facts)];
    case 'failed':
      return [executionPart(facts), failedPart(outcome.gateRefused, facts), otherPart(facts)];
    case 'cancelled':
    case 'stopped':
      return [executionPart(facts), statePart(facts.look), otherPart(facts)];
    case 'timed-out':
      return [executionPart(facts), statePart(outcome.ended), otherPart(facts)];
    case 'aborted':
      return abortParts(facts);
  }
}

function retriedPart(facts: Facts): string {
  const { plan, ours } = facts;
  if (!plan) return '';
  const verb = ours?.foreign ? 'asked for' : plan.word === 'Skip' ? 'skipped' : 'retried';
  const as = isLaterExecution(facts) ? ` as execution ${ours?.executeCount}` : '';
  return `${verb}${as}: ${plain(plan.what, 300)}`;
}

/** Somebody else retried on top, and theirs is what was followed to its end. */
function otherPart(facts: Facts): string {
  if (!isLaterExecution(facts)) return '';
  const { startedBy } = facts.look ?? {};
  return `${executionPart(facts)} was started by ${startedBy ? plain(startedBy, 80) : 'somebody else'}`;
}

function foundPart({ plan }: Facts): string {
  return plan ? `would ${plan.word === 'Skip' ? 'skip' : 'retry'}: ${whatWasSent(plan)}` : '';
}

function failedPart(gateRefused: boolean, facts: Facts): string {
  const stage = facts.failedTasks[0]?.stageName;
  const how = gateRefused ? 'ended' : stage ? `failed in **${plain(stage, 80)}**` : 'failed';
  const way = facts.look && !gateRefused ? wayOfFailure(facts.look) : '';
  return [how, timePart(facts), way === '' ? '' : `(${plain(way, 100)})`].filter(Boolean).join(' ');
}

function abortParts(facts: Facts): string[] {
  const { phase, look, before, plan } = facts;
  if (phase === 'before') return stateParts(facts);
  if (phase !== 'maybe') return [executionPart(facts), timePart(facts), statePart(look), otherPart(facts)];
  const seen = before ? `last seen: ${statePart(before)}` : '';
  const execution = before?.executeCount === undefined ? '' : `execution ${before.executeCount}`;
  return [seen, execution, plan ? `asked for: ${plain(plan.what, 300)}` : ''];
}

function why(ending: Ending, facts: Facts): string[] {
  if (ending instanceof ActionError) return [...doubt(facts), errorParagraph(ending, facts)];
  switch (ending.result) {
    case 'not-needed': {
      const { why: reason } = ending;
      return facts.build ? [] : [sentenceParagraph(`${reason.charAt(0).toUpperCase()}${reason.slice(1)}.`)];
    }
    case 'failed': {
      const after = 'The gate was refused, so what follows did not run.';
      return [...doubt(facts), ...(ending.gateRefused ? [after] : []), ...reasons(facts), ...logs(facts)];
    }
    case 'cancelled':
    case 'timed-out':
    case 'stopped':
    case 'aborted':
      return [...doubt(facts), sentenceParagraph(sentenceOf(ending, facts))];
    default:
      return doubt(facts);
  }
}

function details(ending: Ending, facts: Facts): string[] {
  if (ending instanceof ActionError) return [];
  switch (ending.result) {
    case 'failed':
      return [...failedTable(facts), ...attemptTable(facts), ...stageTable(facts), ...footnote(facts)];
    case 'cancelled':
    case 'timed-out':
    case 'stopped':
    case 'aborted':
      return [...attemptTable(facts), ...footnote(facts)];
    default:
      return [];
  }
}
