import { describe, expect, test } from '@jest/globals';
import { type Facts, isGreen, type Outcome } from '../../../src/report/outcome.js';
import { look, running, stageLook } from '../../support/builds.js';
import { facts, NOTHING } from '../../support/record.js';
import { BUILD_LINK, LINK, said } from '../../support/verdict.js';

const DEPLOYING = running({ stages: [stageLook({ name: 'Deploy', status: 'RUNNING' })] });
const HOUR = { took: 3_600_000, look: DEPLOYING };

describe('a step that ends before its build says so, and what that means for the build', () => {
  const rows: readonly { name: string; outcome: Outcome; facts?: Facts; errors: readonly string[] }[] = [
    {
      name: 'timed out',
      outcome: { result: 'timed-out' },
      facts: facts(HOUR),
      errors: [
        `BK-CI #42 has not ended in time | Build #42 has not ended after 1 h (RUNNING in stage Deploy). It goes on without this step. ${LINK}`,
      ],
    },
    {
      name: 'timed out and stopped',
      outcome: {
        result: 'timed-out',
        look: running({ stages: [stageLook({ name: 'Deploy', status: 'RUNNING' })] }),
        stop: { kind: 'sent' },
        ended: look({ status: 'CANCELED' }),
      },
      facts: facts(HOUR),
      errors: [
        `BK-CI #42 has not ended in time and was stopped | Build #42 has not ended after 1 h (RUNNING in stage Deploy) and was stopped. ${LINK}`,
      ],
    },
    {
      name: 'timed out, asked to stop, and not seen to have ended',
      outcome: { result: 'timed-out', stop: { kind: 'sent' } },
      facts: facts(HOUR),
      errors: [
        `BK-CI #42 has not ended in time and was asked to stop | Build #42 has not ended after 1 h (RUNNING in stage Deploy) and was asked to stop; whether it did is not known here. ${LINK}`,
      ],
    },
    {
      name: 'timed out, asked to stop, and ended by itself',
      outcome: { result: 'timed-out', look: DEPLOYING, stop: { kind: 'sent' }, ended: look({ status: 'SUCCEED' }) },
      facts: facts(HOUR),
      errors: [
        `BK-CI #42 ended too late | Build #42 had not ended after 1 h (RUNNING in stage Deploy), was asked to stop, and ended by itself: SUCCEED. ${LINK}`,
      ],
    },
    {
      name: 'timed out, and somebody has terminated it as well',
      outcome: {
        result: 'timed-out',
        look: DEPLOYING,
        stop: { kind: 'sent' },
        ended: look({ status: 'TERMINATE' }),
      },
      facts: facts({ took: 3_600_000 }),
      errors: [
        `BK-CI #42 has not ended in time and was stopped | Build #42 has not ended after 1 h (RUNNING in stage Deploy) and was stopped. ${LINK}`,
      ],
    },
    {
      name: 'timed out, but ended before it could be stopped',
      outcome: { result: 'timed-out', stop: { kind: 'needless', why: 'it has ended already' } },
      facts: facts(HOUR),
      errors: [
        `BK-CI #42 has not ended in time | Build #42 had not ended after 1 h (RUNNING in stage Deploy). It was not stopped: it has ended already. ${LINK}`,
      ],
    },
    {
      name: 'timed out, and the stop did not get through',
      outcome: { result: 'timed-out', stop: { kind: 'undelivered', why: 'connection refused' } },
      facts: facts(HOUR),
      errors: [
        `BK-CI #42 has not ended in time and could not be stopped | Build #42 has not ended after 1 h (RUNNING in stage Deploy). It could not be stopped (connection refused); the post step of this action tries once more. ${LINK}`,
      ],
    },
    {
      name: 'timed out, could not be stopped',
      outcome: { result: 'timed-out', stop: { kind: 'failed', why: 'no right.' } },
      facts: facts(HOUR),
      errors: [
        `BK-CI #42 has not ended in time and could not be stopped | Build #42 has not ended after 1 h (RUNNING in stage Deploy). It could not be stopped: no right. ${LINK}`,
      ],
    },
    {
      name: 'stopped',
      outcome: { result: 'stopped', stop: { kind: 'sent' } },
      errors: [
        `BK-CI #42 was asked to stop | The step was cancelled and BK-CI was asked to stop build #42, execution 2, after 4 min 2 s. ${LINK}`,
      ],
    },
    {
      name: 'aborted while the build runs',
      outcome: { result: 'aborted' },
      facts: facts({ phase: 'running' }),
      errors: [`BK-CI #42 goes on without this step | The step was cancelled. Build #42 goes on without it. ${LINK}`],
    },
    {
      name: 'aborted, and the stop did not get through',
      outcome: { result: 'aborted', stop: { kind: 'undelivered', why: 'connection refused' } },
      errors: [
        `BK-CI #42 could not be stopped yet | The step was cancelled. Build #42 could not be stopped (connection refused); the post step of this action tries once more. ${LINK}`,
      ],
    },
    {
      name: 'aborted, somebody else’s execution',
      outcome: { result: 'aborted', stop: { kind: 'needless', why: 'execution 3 was started by somebody else' } },
      errors: [
        `BK-CI #42 was not stopped | The step was cancelled. Build #42 was not stopped: execution 3 was started by somebody else. ${LINK}`,
      ],
    },
    {
      name: 'aborted, could not be stopped',
      outcome: { result: 'aborted', stop: { kind: 'failed', why: 'no right.' } },
      errors: [
        `BK-CI #42 goes on: it could not be stopped | The step was cancelled. Build #42 could not be stopped: no right. ${LINK}`,
      ],
    },
  ];
  test.each(rows)('$name', ({ outcome, facts: told, errors }) => {
    expect([said(outcome, told), isGreen(outcome)]).toEqual([errors, false]);
  });

  const UNSURE = 'The step was cancelled while the answer was awaited, so whether build #42 was retried';
  const { executeCount: _, ...uncounted } = look();
  const aborted: readonly { name: string; facts: Partial<Facts>; title: string; says: string }[] = [
    {
      name: 'before BK-CI got the retry',
      facts: { phase: 'before', accepted: 0 },
      title: 'was not retried: the step was cancelled',
      says: `The step was cancelled before BK-CI got the retry, so build #42 was not retried. ${LINK}`,
    },
    {
      name: 'while the answer was awaited',
      facts: { phase: 'maybe', accepted: 0 },
      title: 'may have been retried: the step was cancelled',
      says: `${UNSURE} is not known. Open the build: if it still shows execution 1, it was not; if it shows execution 2, it was. ${BUILD_LINK}`,
    },
    {
      name: 'while a later answer was awaited',
      facts: { phase: 'maybe', accepted: 1, before: look({ executeCount: 2 }) },
      title: 'may have been retried again: the step was cancelled',
      says: `${UNSURE} again is not known. Open the build: if it still shows execution 2, it was not; if it shows execution 3, it was. ${BUILD_LINK}`,
    },
    {
      name: 'while the answer was awaited, of a server that does not count',
      facts: { phase: 'maybe', accepted: 0, before: uncounted },
      title: 'may have been retried: the step was cancelled',
      says: `${UNSURE} is not known. Open the build: if it runs or has run again, it was retried. ${BUILD_LINK}`,
    },
    {
      name: 'while the answer for a plug-in of a running build was awaited',
      facts: { phase: 'maybe', accepted: 0, before: running() },
      title: 'may have been retried: the step was cancelled',
      says: `${UNSURE} is not known. Open the build: if the plug-in runs or has run again, it was retried. ${BUILD_LINK}`,
    },
    {
      name: 'after its end',
      facts: { phase: 'ended' },
      title: 'had ended when the step was cancelled',
      says: `The step was cancelled. Build #42 had ended already (FAILED in stage Test). ${LINK}`,
    },
  ];
  test.each(aborted)('aborted $name says so', ({ facts: more, title, says }) => {
    expect(said({ result: 'aborted' }, facts(more))).toEqual([`BK-CI #42 ${title} | ${says}`]);
  });

  test('aborted in doubt says that the post step looks, where it does', () => {
    expect(said({ result: 'aborted', postLooks: true }, facts({ phase: 'maybe', accepted: 0 }))).toEqual([
      expect.stringContaining(
        'it was. The post step of this action looks too, and stops the build if it was retried. https:',
      ),
    ]);
  });

  test('aborted in doubt about a plug-in of a running build promises nothing of the post step', () => {
    expect(
      said({ result: 'aborted', postLooks: true }, facts({ phase: 'maybe', accepted: 0, before: running() })),
    ).toEqual([expect.stringContaining('it was retried. https:')]);
  });

  test('aborted before a build was found says that nothing was sent', () => {
    expect(said({ result: 'aborted' }, NOTHING)).toEqual([
      'Retry BK-CI build | The step was cancelled before anything was sent.',
    ]);
  });

  test('in time of a build that ran already counts from when it was awaited', () => {
    expect(said({ result: 'timed-out' }, facts({ ...HOUR, accepted: 0 }))).toEqual([
      expect.stringContaining(
        'Build #42 has not ended after 1 h (RUNNING in stage Deploy). It goes on without this step.',
      ),
    ]);
  });
});
