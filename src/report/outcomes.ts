/** The table of all texts that log, annotations and summary show for an outcome. A new result is one new entry. */

import { ActionError } from '../lib/errors.js';
import { capitalized } from '../lib/format.js';
import { gateOf } from '../model/gate.js';
import type { Conclusion, Outcome, OutcomeOf } from './outcome.js';
import { buildNameOf, type RunRecord } from './record.js';
import {
  abortParts,
  endedParts,
  failedParts,
  footnote,
  foundParts,
  retriedParts,
  stateParts,
  succeededParts,
  unneededParts,
} from './summary/build-line.js';
import {
  candidateList,
  causes,
  doubtNote,
  errorParagraph,
  otherFailures,
  otherLogs,
  sentenceParagraph,
} from './summary/sections.js';
import { attemptTable, failedTable, stageTable } from './summary/tables.js';
import { abortHeadline, errorHeadline, failedHeadline, type ShowName, timeoutHeadline } from './wording/headline.js';
import {
  abortSentence,
  cancelledSentence,
  executionAndTime,
  failedSentence,
  stoppedSentence,
  timeoutSentence,
} from './wording/sentence.js';

/** Success, failure, stopped or cancelled, out of time, waiting for a person, retried and not followed. */
export type Mark = '✅' | '❌' | '⏹' | '⏱' | '⏸' | '🔁';

export interface ConclusionText<C extends Conclusion> {
  /** The first word of the log line of a good result. Without it the step fails. */
  readonly green?: 'Done' | 'Succeeded';
  /** The rest of that line, or the sentence of the error. */
  readonly sentence: (conclusion: C, record: RunRecord) => string;
  /** Before the heading of the summary, so that one glance tells. */
  readonly mark: (conclusion: C, record: RunRecord) => Mark;
  /** Continues `BK-CI build 42 …`. */
  readonly headline: (conclusion: C, record: RunRecord, show: ShowName) => string;
  /** The whole heading of the summary when no build is known. */
  readonly headingWithoutBuild?: (record: RunRecord) => string;
  /** The facts after the build's name in the summary. */
  readonly parts: (conclusion: C, record: RunRecord) => readonly string[];
  /** Paragraphs of the summary. */
  readonly body: (conclusion: C, record: RunRecord) => readonly string[];
}

const OUTCOMES: { readonly [R in Outcome['result']]: ConclusionText<OutcomeOf<R>> } = {
  retried: {
    mark: () => '🔁',
    green: 'Done',
    sentence: () => 'the build runs and is not followed (wait: false)',
    headline: (_, { plan }) => (plan?.verb === 'Skip' ? 'goes on after a skip' : 'was retried'),
    parts: (_, record) => retriedParts(record),
    body: (_, record) => doubtNote(record),
  },
  'not-needed': {
    mark: () => '✅',
    green: 'Done',
    sentence: ({ why }) => `nothing to retry: ${why}`,
    headline: () => 'needs no retry',
    headingWithoutBuild: () => 'No BK-CI build needs a retry',
    parts: unneededParts,
    body: ({ why }, { build }) => (build ? [] : [sentenceParagraph(`${capitalized(why)}.`)]),
  },
  found: {
    mark: () => '✅',
    green: 'Done',
    sentence: () => 'nothing was sent (dryRun: true)',
    headline: () => 'was found, and nothing was sent',
    headingWithoutBuild: ({ candidates = [] }) =>
      `${candidates.length} failed BK-CI builds were found, and nothing was sent`,
    parts: (_, record) => foundParts(record),
    body: (_, record) => [...doubtNote(record), ...candidateList(record)],
  },
  succeeded: {
    mark: () => '✅',
    green: 'Succeeded',
    sentence: (_, record) => `build ${buildNameOf(record)}${executionAndTime(record)}`,
    headline: () => 'succeeded',
    parts: (_, record) => succeededParts(record),
    body: (_, record) => [...doubtNote(record), ...stageTable(record)],
  },
  failed: {
    mark: () => '❌',
    sentence: failedSentence,
    headline: failedHeadline,
    parts: failedParts,
    body: ({ gateRefused }, record) => [
      ...doubtNote(record),
      ...(gateRefused ? ['The gate was refused, so what follows did not run.'] : []),
      ...causes(record),
      ...otherLogs(record),
      ...failedTable(otherFailures(record), 'Failed too'),
      ...attemptTable(record),
      ...stageTable(record),
      ...footnote(record),
    ],
  },
  cancelled: {
    mark: () => '⏹',
    sentence: cancelledSentence,
    headline: ({ hasRun }) => (hasRun ? 'was cancelled' : 'was cancelled in the queue'),
    // In the queue, the stages are still those of the execution before.
    parts: ({ hasRun }, record) =>
      endedParts(record.lastStatus && (hasRun ? record.lastStatus : { ...record.lastStatus, stages: [] }), record),
    body: (outcome, record) => unendedBody(cancelledSentence(outcome, record), record),
  },
  'timed-out': {
    mark: (_, { lastStatus }) => (lastStatus && gateOf(lastStatus) ? '⏸' : '⏱'),
    sentence: timeoutSentence,
    headline: timeoutHeadline,
    parts: ({ ended }, record) => endedParts(ended, record),
    body: (outcome, record) => unendedBody(timeoutSentence(outcome, record), record),
  },
  stopped: {
    mark: () => '⏹',
    sentence: (_, record) => stoppedSentence(record),
    headline: () => 'was asked to stop',
    parts: (_, record) => endedParts(record.lastStatus, record),
    body: (_, record) => unendedBody(stoppedSentence(record), record),
  },
  aborted: {
    mark: () => '⏹',
    sentence: abortSentence,
    headline: abortHeadline,
    headingWithoutBuild: () => 'No BK-CI build was retried: the step was cancelled',
    parts: (_, record) => abortParts(record),
    body: (outcome, record) => unendedBody(abortSentence(outcome, record), record),
  },
};

const ERROR: ConclusionText<ActionError> = {
  mark: () => '❌',
  sentence: ({ message }) => message,
  headline: errorHeadline,
  parts: (_, record) => stateParts(record),
  body: (error, record) => [
    ...doubtNote(record),
    errorParagraph(error, record),
    // The sentence names one.
    ...(error.code === 'not-retryable' && record.failedTasks.length > 1
      ? failedTable(record.failedTasks, 'Failed')
      : []),
    ...candidateList(record),
  ],
};

function unendedBody(sentence: string, record: RunRecord): string[] {
  return [
    ...doubtNote(record),
    sentenceParagraph(sentence),
    ...attemptTable(record),
    ...stageTable(record),
    ...footnote(record),
  ];
}

/** The entry of a conclusion. The cast is needed: TypeScript can't relate the entry to the type of the conclusion. */
export function textOf<C extends Conclusion>(conclusion: C): ConclusionText<C> {
  const text = conclusion instanceof ActionError ? ERROR : OUTCOMES[conclusion.result];
  return text as unknown as ConclusionText<C>;
}

/** Whether the step succeeds. */
export function isGreen(conclusion: Conclusion): boolean {
  return textOf(conclusion).green !== undefined;
}
