/** Outcome → the job summary: the verdict, which build, why, where to click; details fold. Pure Markdown. */

import { ActionError } from '../../lib/errors.js';
import { duration } from '../../lib/format.js';
import { stateOf } from '../../model/describe.js';
import type { BuildStatus } from '../../model/snapshot.js';
import { failureReason } from '../../model/status.js';
import type { Conclusion, Outcome, RunRecord } from '../outcome.js';
import { headlineOf, isNewerThanOurs, linkOf } from '../wording/headline.js';
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

export function summaryOf(conclusion: Conclusion, record: RunRecord): string {
  const paragraphs = [
    `## ${headingOf(conclusion, record)}`,
    ...whichBuild(conclusion, record),
    ...why(conclusion, record),
    ...candidateList(record),
    ...details(conclusion, record),
  ];
  return capDocument(paragraphs, MAX_BYTES);
}

function headingOf(conclusion: Conclusion, record: RunRecord): string {
  const { build, buildNumber, candidates = [] } = record;
  if (!build) return headingWithoutBuild(conclusion, candidates.length);
  // Never `#42`, which GitHub may turn into a link to an issue.
  const name = buildNumber === undefined ? code(build.buildId) : buildNumber;
  return `BK-CI build ${name} ${headlineOf(conclusion, record, (stage) => plain(stage, 80))}`;
}

function headingWithoutBuild(conclusion: Conclusion, found: number): string {
  if (conclusion instanceof ActionError) return 'No BK-CI build was retried';
  switch (conclusion.result) {
    case 'not-needed':
      return 'No BK-CI build needs a retry';
    case 'found':
      return `${found} failed BK-CI builds were found, and nothing was sent`;
    default:
      return 'No BK-CI build was retried: the step was cancelled';
  }
}

function whichBuild(conclusion: Conclusion, record: RunRecord): string[] {
  const { build, buildNumber, pipelineName } = record;
  if (!build) return [];
  const number = `build ${buildNumber ?? code(build.buildId)}`;
  const name = pipelineName === undefined ? undefined : plain(pipelineName, 80);
  const title = name ? `**${name}, ${number}**` : `**${number} in project ${plain(build.projectId, 80)}**`;
  const address = linkOf(record);
  const parts = conclusion instanceof ActionError ? stateParts(record) : endParts(conclusion, record);
  return [[address === undefined ? title : link(title, address), ...parts].filter(Boolean).join(' · ')];
}

function executionPart({ executeCount }: RunRecord): string {
  return executeCount === undefined ? '' : `execution ${executeCount}`;
}

function timePart({ elapsedMs }: RunRecord): string {
  return elapsedMs === undefined ? '' : `after ${duration(elapsedMs)}`;
}

function statePart(status: BuildStatus | undefined): string {
  return status ? plain(stateOf(status)) : '';
}

function stateParts(record: RunRecord): string[] {
  // Once a retry was accepted, what was seen before it is another execution.
  const status = record.lastStatus ?? (record.acceptedCount === 0 ? record.statusBefore : undefined);
  if (!status) return [];
  return [
    statePart(status),
    executionPart(record),
    status.startedBy ? `started by ${plain(status.startedBy, 80)}` : '',
  ];
}

function endParts(outcome: Outcome, record: RunRecord): string[] {
  switch (outcome.result) {
    case 'retried':
      return [executionPart(record), retriedPart(record), 'not followed, so its result is not known here'];
    case 'not-needed':
      return [executionPart(record), plain(outcome.why, 300)];
    case 'found':
      return [...stateParts(record), foundPart(record)];
    case 'succeeded':
      return [executionPart(record), timePart(record), retriedPart(record), otherPart(record)];
    case 'failed':
      return [executionPart(record), failedPart(outcome.gateRefused, record), otherPart(record)];
    case 'cancelled':
    case 'stopped':
      return [executionPart(record), statePart(record.lastStatus), otherPart(record)];
    case 'timed-out':
      return [executionPart(record), statePart(outcome.ended), otherPart(record)];
    case 'aborted':
      return abortParts(record);
  }
}

function retriedPart(record: RunRecord): string {
  const { plan, execution } = record;
  if (!plan) return '';
  const verb = execution?.startedByOther ? 'asked for' : plan.verb === 'Skip' ? 'skipped' : 'retried';
  const as = isNewerThanOurs(record) ? ` as execution ${execution?.executeCount}` : '';
  return `${verb}${as}: ${plain(plan.target, 300)}`;
}

/** Somebody else retried on top, and theirs is what was followed to its end. */
function otherPart(record: RunRecord): string {
  if (!isNewerThanOurs(record)) return '';
  const { startedBy } = record.lastStatus ?? {};
  return `${executionPart(record)} was started by ${startedBy ? plain(startedBy, 80) : 'somebody else'}`;
}

function foundPart({ plan }: RunRecord): string {
  return plan ? `would ${plan.verb === 'Skip' ? 'skip' : 'retry'}: ${whatWasSent(plan)}` : '';
}

function failedPart(gateRefused: boolean, record: RunRecord): string {
  const stage = record.failedTasks[0]?.stageName;
  const how = gateRefused ? 'ended' : stage ? `failed in **${plain(stage, 80)}**` : 'failed';
  const way = record.lastStatus && !gateRefused ? failureReason(record.lastStatus) : '';
  return [how, timePart(record), way === '' ? '' : `(${plain(way, 100)})`].filter(Boolean).join(' ');
}

function abortParts(record: RunRecord): string[] {
  const { phase, lastStatus, statusBefore, plan } = record;
  if (phase === 'idle') return stateParts(record);
  if (phase !== 'sending') return [executionPart(record), timePart(record), statePart(lastStatus), otherPart(record)];
  const seen = statusBefore ? `last seen: ${statePart(statusBefore)}` : '';
  const execution = statusBefore?.executeCount === undefined ? '' : `execution ${statusBefore.executeCount}`;
  return [seen, execution, plan ? `asked for: ${plain(plan.target, 300)}` : ''];
}

function why(conclusion: Conclusion, record: RunRecord): string[] {
  if (conclusion instanceof ActionError) return [...doubt(record), errorParagraph(conclusion, record)];
  switch (conclusion.result) {
    case 'not-needed': {
      const { why: reason } = conclusion;
      return record.build ? [] : [sentenceParagraph(`${reason.charAt(0).toUpperCase()}${reason.slice(1)}.`)];
    }
    case 'failed': {
      const after = 'The gate was refused, so what follows did not run.';
      return [...doubt(record), ...(conclusion.gateRefused ? [after] : []), ...reasons(record), ...logs(record)];
    }
    case 'cancelled':
    case 'timed-out':
    case 'stopped':
    case 'aborted':
      return [...doubt(record), sentenceParagraph(sentenceOf(conclusion, record))];
    default:
      return doubt(record);
  }
}

function details(conclusion: Conclusion, record: RunRecord): string[] {
  if (conclusion instanceof ActionError) return [];
  switch (conclusion.result) {
    case 'failed':
      return [...failedTable(record), ...attemptTable(record), ...stageTable(record), ...footnote(record)];
    case 'cancelled':
    case 'timed-out':
    case 'stopped':
    case 'aborted':
      return [...attemptTable(record), ...footnote(record)];
    default:
      return [];
  }
}
