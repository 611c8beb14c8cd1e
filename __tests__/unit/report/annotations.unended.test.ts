import { describe, expect, test } from '@jest/globals';
import type { Outcome } from '../../../src/report/outcome.js';
import { isGreen } from '../../../src/report/outcomes.js';
import type { RunRecord } from '../../../src/report/record.js';
import { buildStatus, running, stageStatus } from '../../support/builds.js';
import { NOTHING, ONCE, record } from '../../support/record.js';
import { BUILD_LINK, LINK, verdictText } from '../../support/verdict.js';

const DEPLOYING = running({ stages: [stageStatus({ name: 'Deploy', status: 'RUNNING' })] });
const TOO_SOON = { kind: 'too-soon', why: 'BK-CI refused.' } as const;
const HOUR = { elapsedMs: 3_600_000, lastStatus: DEPLOYING };

describe('the error of a step that ends before its build', () => {
  const rows: readonly { name: string; outcome: Outcome; record?: RunRecord; errors: readonly string[] }[] = [
    {
      name: 'after a timeout',
      outcome: { result: 'timed-out' },
      record: record(HOUR),
      errors: [
        `BK-CI #42 has not ended in time | Build #42 has not ended after 1 h (RUNNING in stage Deploy). It goes on without this step. ${LINK}`,
      ],
    },
    {
      name: 'after a timeout and a stop',
      outcome: {
        result: 'timed-out',
        status: running({ stages: [stageStatus({ name: 'Deploy', status: 'RUNNING' })] }),
        stop: { kind: 'sent' },
        ended: buildStatus({ status: 'CANCELED' }),
      },
      record: record(HOUR),
      errors: [
        `BK-CI #42 has not ended in time and was stopped | Build #42 has not ended after 1 h (RUNNING in stage Deploy) and was stopped. ${LINK}`,
      ],
    },
    {
      name: 'after a timeout and a stop request, with the end not known',
      outcome: { result: 'timed-out', stop: { kind: 'sent' } },
      record: record(HOUR),
      errors: [
        `BK-CI #42 has not ended in time and was asked to stop | Build #42 has not ended after 1 h (RUNNING in stage Deploy) and was asked to stop; whether it did is not known here. ${LINK}`,
      ],
    },
    {
      name: 'after a timeout, a stop request and an end by itself',
      outcome: {
        result: 'timed-out',
        status: DEPLOYING,
        stop: { kind: 'sent' },
        ended: buildStatus({ status: 'SUCCEED' }),
      },
      record: record(HOUR),
      errors: [
        `BK-CI #42 ended too late | Build #42 had not ended after 1 h (RUNNING in stage Deploy), was asked to stop, and ended by itself: SUCCEED. ${LINK}`,
      ],
    },
    {
      name: 'after a timeout, when another user terminated the build as well',
      outcome: {
        result: 'timed-out',
        status: DEPLOYING,
        stop: { kind: 'sent' },
        ended: buildStatus({ status: 'TERMINATE' }),
      },
      record: record({ elapsedMs: 3_600_000 }),
      errors: [
        `BK-CI #42 has not ended in time and was stopped | Build #42 has not ended after 1 h (RUNNING in stage Deploy) and was stopped. ${LINK}`,
      ],
    },
    {
      name: 'after a timeout, when the build ended before it could be stopped',
      outcome: { result: 'timed-out', stop: { kind: 'unnecessary', why: 'it has ended already' } },
      record: record(HOUR),
      errors: [
        `BK-CI #42 has not ended in time | Build #42 had not ended after 1 h (RUNNING in stage Deploy). It was not stopped: it has ended already. ${LINK}`,
      ],
    },
    {
      name: 'after a timeout and a stop request that was not delivered',
      outcome: { result: 'timed-out', stop: { kind: 'undelivered', why: 'connection refused' } },
      record: record(HOUR),
      errors: [
        `BK-CI #42 has not ended in time and could not be stopped | Build #42 has not ended after 1 h (RUNNING in stage Deploy). It could not be stopped (connection refused); the post step of this action tries once more. ${LINK}`,
      ],
    },
    {
      name: 'after a timeout and a stop request that failed',
      outcome: { result: 'timed-out', stop: { kind: 'failed', why: 'no right.' } },
      record: record(HOUR),
      errors: [
        `BK-CI #42 has not ended in time and could not be stopped | Build #42 has not ended after 1 h (RUNNING in stage Deploy). It could not be stopped: no right. ${LINK}`,
      ],
    },
    {
      name: 'after a timeout, when the stopped build failed: BK-CI terminates a job that is about to start its plug-in',
      outcome: { result: 'timed-out', status: DEPLOYING, stop: { kind: 'sent' }, ended: buildStatus() },
      record: record(HOUR),
      errors: [
        `BK-CI #42 ended too late | Build #42 had not ended after 1 h (RUNNING in stage Deploy), was asked to stop, and ended: FAILED in stage Test. ${LINK}`,
      ],
    },
    {
      name: 'after a timeout and a stop that came too soon after another one',
      outcome: { result: 'timed-out', status: DEPLOYING, stop: TOO_SOON },
      record: record(HOUR),
      errors: [
        `BK-CI #42 has not ended in time and could not be stopped | Build #42 has not ended after 1 h (RUNNING in stage Deploy). It could not be stopped: BK-CI refused. ${LINK}`,
      ],
    },
    {
      name: 'after a timeout, when the other stop ended the build',
      outcome: {
        result: 'timed-out',
        status: DEPLOYING,
        stop: TOO_SOON,
        ended: buildStatus({ status: 'CANCELED' }),
      },
      record: record(HOUR),
      errors: [
        `BK-CI #42 has not ended in time and was stopped | Build #42 has not ended after 1 h (RUNNING in stage Deploy), was being stopped already, and has ended. ${LINK}`,
      ],
    },
    {
      name: 'after a cancellation and a stop without an answer, which may not have arrived',
      outcome: { result: 'aborted', stop: { kind: 'unanswered', why: 'BK-CI has not answered (timeout)' } },
      errors: [
        `BK-CI #42 was asked to stop, without an answer | The step was cancelled and BK-CI was asked to stop build #42, but BK-CI has not answered (timeout). Check whether it goes on. ${LINK}`,
      ],
    },
    {
      name: 'after a cancellation and a stop that came too soon after another one',
      outcome: { result: 'aborted', stop: TOO_SOON },
      errors: [
        `BK-CI #42 goes on: it could not be stopped | The step was cancelled. Build #42 could not be stopped: BK-CI refused. ${LINK}`,
      ],
    },
    {
      name: 'after a stop',
      outcome: { result: 'stopped' },
      errors: [
        `BK-CI #42 was asked to stop | The step was cancelled and BK-CI was asked to stop build #42, execution 2, after 4 min 2 s. ${LINK}`,
      ],
    },
    {
      name: 'after a cancellation while the build runs',
      outcome: { result: 'aborted' },
      record: record({ phase: 'running' }),
      errors: [`BK-CI #42 goes on without this step | The step was cancelled. Build #42 goes on without it. ${LINK}`],
    },
    {
      name: 'after a cancellation and a stop request that was not delivered',
      outcome: { result: 'aborted', stop: { kind: 'undelivered', why: 'connection refused' } },
      errors: [
        `BK-CI #42 could not be stopped yet | The step was cancelled. Build #42 could not be stopped (connection refused); the post step of this action tries once more. ${LINK}`,
      ],
    },
    {
      name: 'after a cancellation, when the execution is another user’s',
      outcome: { result: 'aborted', stop: { kind: 'unnecessary', why: 'execution 3 was started by somebody else' } },
      errors: [
        `BK-CI #42 was not stopped | The step was cancelled. Build #42 was not stopped: execution 3 was started by somebody else. ${LINK}`,
      ],
    },
    {
      name: 'after a cancellation and a stop request that failed',
      outcome: { result: 'aborted', stop: { kind: 'failed', why: 'no right.' } },
      errors: [
        `BK-CI #42 goes on: it could not be stopped | The step was cancelled. Build #42 could not be stopped: no right. ${LINK}`,
      ],
    },
  ];
  test.each(rows)('$name', ({ outcome, record: runRecord, errors }) => {
    expect([verdictText(outcome, runRecord), isGreen(outcome)]).toEqual([errors, false]);
  });

  const UNSURE =
    'The step was cancelled while waiting for the answer, so it is not known whether build #42 was retried';
  const { executeCount: _, ...uncounted } = buildStatus();
  const aborted: readonly { name: string; record: Partial<RunRecord>; title: string; says: string }[] = [
    {
      name: 'before BK-CI got the retry',
      record: { phase: 'idle', accepted: undefined },
      title: 'was not retried: the step was cancelled',
      says: `The step was cancelled before BK-CI got the retry, so build #42 was not retried. ${LINK}`,
    },
    {
      name: 'while waiting for the answer',
      record: { phase: 'sending', accepted: undefined },
      title: 'may have been retried: the step was cancelled',
      says: `${UNSURE}. Open the build: if it still shows execution 1, it was not retried; if it shows execution 2, it was. ${BUILD_LINK}`,
    },
    {
      name: 'while waiting for the answer of a later attempt',
      record: { phase: 'sending', accepted: ONCE, statusBefore: buildStatus({ executeCount: 2 }) },
      title: 'may have been retried again: the step was cancelled',
      says: `${UNSURE} again. Open the build: if it still shows execution 2, it was not retried; if it shows execution 3, it was. ${BUILD_LINK}`,
    },
    {
      name: 'while waiting for the answer, from a server that does not count executions',
      record: { phase: 'sending', accepted: undefined, statusBefore: uncounted },
      title: 'may have been retried: the step was cancelled',
      says: `${UNSURE}. Open the build: if it runs or has run again, it was retried. ${BUILD_LINK}`,
    },
    {
      name: 'while waiting for the answer about a plug-in of a running build',
      record: { phase: 'sending', accepted: undefined, statusBefore: running() },
      title: 'may have been retried: the step was cancelled',
      says: `${UNSURE}. Open the build: if the plug-in runs or has run again, it was retried. ${BUILD_LINK}`,
    },
    {
      name: 'after the end of the build',
      record: { phase: 'ended' },
      title: 'had ended when the step was cancelled',
      says: `The step was cancelled. Build #42 had ended already (FAILED in stage Test). ${LINK}`,
    },
  ];
  test.each(aborted)('after a cancellation $name', ({ record: more, title, says }) => {
    expect(verdictText({ result: 'aborted' }, record(more))).toEqual([`BK-CI #42 ${title} | ${says}`]);
  });

  test('announces the check of the post step if the retry is in doubt', () => {
    expect(
      verdictText({ result: 'aborted', postLooks: true }, record({ phase: 'sending', accepted: undefined })),
    ).toEqual([
      expect.stringContaining(
        'it was. The post step of this action checks it too, and stops the build if it was retried. https:',
      ),
    ]);
  });

  test('announces no check of the post step for a plug-in of a running build', () => {
    expect(
      verdictText(
        { result: 'aborted', postLooks: true },
        record({ phase: 'sending', accepted: undefined, statusBefore: running() }),
      ),
    ).toEqual([expect.stringContaining('it was retried. https:')]);
  });

  test('after a cancellation before a build was found says that nothing was sent', () => {
    expect(verdictText({ result: 'aborted' }, NOTHING)).toEqual([
      'Retry BK-CI build | The step was cancelled before anything was sent.',
    ]);
  });

  test('has the time since waiting began if no retry was accepted', () => {
    expect(verdictText({ result: 'timed-out' }, record({ ...HOUR, accepted: undefined }))).toEqual([
      expect.stringContaining(
        'Build #42 has not ended after 1 h (RUNNING in stage Deploy). It goes on without this step.',
      ),
    ]);
  });
});
