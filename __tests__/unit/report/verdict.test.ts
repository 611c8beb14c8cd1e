import { describe, expect, test } from '@jest/globals';
import { ActionError } from '../../../src/errors.js';
import { errorAnnotation, verdictOf } from '../../../src/report/annotations.js';
import { type Facts, isGreen, type Outcome } from '../../../src/report/outcome.js';
import { kindOf } from '../../../src/report/tasks.js';
import { failedTask, look, running, stageLook } from '../../support/builds.js';
import { facts, NOTHING, refusedAtDeploy } from '../../support/facts.js';

const BUILD_LINK = 'https://devops.example.com/console/pipeline/demo/p-1/detail/b-1';
const LINK = `${BUILD_LINK}/executeDetail/2`;
const DEPLOYING = running({ stages: [stageLook({ name: 'Deploy', status: 'RUNNING' })] });
const HOUR = { took: 3_600_000, look: DEPLOYING };

/** The line, or the errors as `title: message`. */
function said(outcome: Outcome, told: Facts = facts()): string | string[] {
  const verdict = verdictOf(outcome, told);
  return 'line' in verdict ? verdict.line : verdict.errors.map(({ title, message }) => `${title} | ${message}`);
}

describe('a good end is one line', () => {
  const rows: readonly { name: string; outcome: Outcome; facts?: Facts; line: string }[] = [
    {
      name: 'not followed',
      outcome: { result: 'retried' },
      line: 'Done      the build runs and is not followed (wait: false)',
    },
    {
      name: 'not needed',
      outcome: { result: 'not-needed', why: 'the build has succeeded' },
      line: 'Done      nothing to retry: the build has succeeded',
    },
    { name: 'found', outcome: { result: 'found' }, line: 'Done      nothing was sent (dryRun: true)' },
    {
      name: 'succeeded',
      outcome: { result: 'succeeded' },
      facts: facts({ took: 1_351_000 }),
      line: 'Succeeded build #42, execution 2, after 22 min 31 s',
    },
  ];
  test.each(rows)('$name', ({ outcome, facts: told, line }) => {
    expect([said(outcome, told), isGreen(outcome)]).toEqual([line, true]);
  });
});

describe('a bad end is an error with title, sentence and link', () => {
  const rows: readonly { name: string; outcome: Outcome; facts?: Facts; errors: readonly string[] }[] = [
    {
      name: 'failed again',
      outcome: { result: 'failed', gateRefused: false },
      errors: [
        'BK-CI #42: Test › Linux › Run tests | Run tests failed in Test › Linux: “exit status 1” (code 2199001, user error)',
        `BK-CI #42 failed again | Build #42 failed again, execution 2, after 4 min 2 s: Run tests in Test › Linux. ${LINK}`,
      ],
    },
    {
      name: 'left the queue without having run',
      outcome: { result: 'failed', gateRefused: false },
      facts: facts({ look: look({ status: 'QUEUE_TIMEOUT' }), failedTasks: [] }),
      errors: [
        `BK-CI #42 failed again | Build #42 failed again (QUEUE_TIMEOUT: it waited too long in the queue), execution 2, after 4 min 2 s. ${LINK}`,
      ],
    },
    {
      name: 'failed after it had succeeded',
      outcome: { result: 'failed', gateRefused: false },
      facts: facts({ before: look({ status: 'SUCCEED' }), failedTasks: [] }),
      errors: [`BK-CI #42 failed | Build #42 failed, execution 2, after 4 min 2 s. ${LINK}`],
    },
    {
      name: 'failed in several plug-ins',
      outcome: { result: 'failed', gateRefused: false },
      facts: facts({
        failedTasks: [
          failedTask({ errorCode: null, errorType: '', errorMessage: '' }),
          failedTask({ taskName: 'Lint', stageName: '', containerName: '' }),
        ],
      }),
      errors: [
        'BK-CI #42: Test › Linux › Run tests | Run tests failed in Test › Linux',
        'BK-CI #42: Lint | Lint failed: “exit status 1” (code 2199001, user error)',
        `BK-CI #42 failed again | Build #42 failed again, execution 2, after 4 min 2 s: Run tests in Test › Linux and 1 more. ${LINK}`,
      ],
    },
    {
      name: 'failed in a plug-in with “in” in its name',
      outcome: { result: 'failed', gateRefused: false },
      facts: facts({ failedTasks: [failedTask({ taskName: 'Run tests in docker' })] }),
      errors: [
        'BK-CI #42: Test › Linux › Run tests in docker | Run tests in docker failed in Test › Linux: “exit status 1” (code 2199001, user error)',
        expect.stringContaining(': Run tests in docker in Test › Linux.') as unknown as string,
      ],
    },
    {
      name: 'refused at a gate',
      outcome: { result: 'failed', gateRefused: true },
      facts: facts({ failedTasks: [], look: refusedAtDeploy() }),
      errors: [
        `BK-CI #42 was refused at the gate of Deploy | Build #42 ended at the gate of stage Deploy, execution 2, after 4 min 2 s: the gate was refused, so what follows did not run. ${LINK}`,
      ],
    },
    {
      name: 'refused at a gate that nobody knows',
      outcome: { result: 'failed', gateRefused: true },
      facts: facts({ failedTasks: [], look: look({ status: 'STAGE_SUCCESS', stages: [] }) }),
      errors: [
        `BK-CI #42 was refused at a stage gate | Build #42 ended at a stage gate, execution 2, after 4 min 2 s: the gate was refused, so what follows did not run. ${LINK}`,
      ],
    },
    {
      name: 'cancelled',
      outcome: { result: 'cancelled' },
      facts: facts({ took: 72_000 }),
      errors: [
        `BK-CI #42 was cancelled | Build #42 was cancelled, execution 2, after 1 min 12 s. It is not retried again: somebody meant it. ${LINK}`,
      ],
    },
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

  test('without a console has no link', () => {
    const { consoleUrl: _, ...linkless } = facts();
    expect(said({ result: 'cancelled' }, linkless)).toEqual([expect.stringMatching(/somebody meant it\.$/)]);
  });

  test('of a build without a number calls it by its id', () => {
    const { buildNumber: _, before: __, ...nameless } = facts();
    expect(said({ result: 'cancelled' }, nameless)).toEqual([
      expect.stringMatching(/^BK-CI b-1 was cancelled \| Build b-1 was cancelled/),
    ]);
  });
});

describe('many failed plug-ins', () => {
  const many = (count: number) =>
    facts({ failedTasks: Array.from({ length: count }, (_, at) => failedTask({ taskName: `T${at}` })) });
  test.each([
    { count: 9, errors: 10, more: ' and 8 more' },
    { count: 30, errors: 10, more: ' and 29 more' },
  ])('$count become $errors errors, the verdict last', ({ count, errors, more }) => {
    const all = said({ result: 'failed', gateRefused: false }, many(count));
    expect([all.length, all.at(-1)]).toEqual([errors, expect.stringContaining(`: T0 in Test › Linux${more}.`)]);
  });
});

describe('a plug-in of which nothing is known', () => {
  test('is still told as one', () => {
    const nameless = failedTask({
      stageName: '',
      containerName: '',
      taskId: '',
      taskName: '',
      errorType: '',
      errorCode: null,
      errorMessage: '',
    });
    for (const error of said({ result: 'failed', gateRefused: false }, facts({ failedTasks: [nameless] }))) {
      expect(error).not.toMatch(/: \||\| failed$|: \.|\s{2}/);
    }
  });
});

describe('an error of ours', () => {
  test('ends with its code', () => {
    expect(errorAnnotation(new ActionError('refused', 'x'.repeat(5000))).message).toMatch(/^x{3899}… \[refused\]$/);
    expect(errorAnnotation(new ActionError('unauthorized', 'accessToken has expired.'))).toEqual({
      title: 'Retry BK-CI build',
      message: 'accessToken has expired. [unauthorized]',
    });
  });
});

test.each([
  ['SYSTEM', 'system error'],
  ['USER', 'user error'],
  ['THIRD_PARTY', 'third-party error'],
  ['PLUGIN', 'plug-in error'],
  ['', ''],
  ['constructor', ''],
  ['toString', ''],
])('the kind of error “%s” is “%s”', (errorType, kind) => {
  expect(kindOf(errorType)).toBe(kind);
});
