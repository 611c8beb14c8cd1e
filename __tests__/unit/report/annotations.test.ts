import { describe, expect, test } from '@jest/globals';
import { ActionError } from '../../../src/lib/errors.js';
import { errorAnnotation } from '../../../src/report/annotations.js';
import type { Outcome } from '../../../src/report/outcome.js';
import { isGreen } from '../../../src/report/outcomes.js';
import type { RunRecord } from '../../../src/report/record.js';
import { buildStatus, failedTask, taskError } from '../../support/builds.js';
import { record, refusedAtDeploy } from '../../support/record.js';
import { LINK, verdictText } from '../../support/verdict.js';

const WITHOUT_PLUGIN = { taskId: '', taskName: '' } as const;
const NO_MACHINE = failedTask({
  ...WITHOUT_PLUGIN,
  containerId: '2',
  containerName: 'Windows',
  errorType: 'BUILD_MACHINE',
  errorCode: 2128040,
  errorMessage: 'no agent is online',
});
const QUALITY_GATE = failedTask({
  ...WITHOUT_PLUGIN,
  stageId: 'stage-4',
  stageName: 'Deploy',
  containerId: '',
  containerName: '',
  errorType: '',
  errorCode: null,
  errorMessage: 'the quality gate was not passed',
});

describe('a good result is one line', () => {
  const rows: readonly { name: string; outcome: Outcome; record?: RunRecord; line: string }[] = [
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
      record: record({ elapsedMs: 1_351_000 }),
      line: 'Succeeded build #42, execution 2, after 22 min 31 s',
    },
  ];
  test.each(rows)('$name', ({ outcome, record: runRecord, line }) => {
    expect([verdictText(outcome, runRecord), isGreen(outcome)]).toEqual([line, true]);
  });
});

describe('a bad result is an error with title, sentence and link', () => {
  const rows: readonly { name: string; outcome: Outcome; record?: RunRecord; errors: readonly string[] }[] = [
    {
      name: 'failed again',
      outcome: { result: 'failed', gateRefused: false },
      errors: [
        'BK-CI #42: Test › Linux › Run tests | Run tests failed in Test › Linux: “exit status 1” (code 2199001, user error)',
        `BK-CI #42 failed again | Build #42 failed again, execution 2, after 4 min 2 s: Run tests in Test › Linux. ${LINK}`,
      ],
    },
    {
      name: 'failed again in the queue, without having run',
      outcome: { result: 'failed', gateRefused: false },
      record: record({ lastStatus: buildStatus({ status: 'QUEUE_TIMEOUT' }), failedTasks: [] }),
      errors: [
        `BK-CI #42 failed again | Build #42 failed again (QUEUE_TIMEOUT: it waited too long in the queue), execution 2, after 4 min 2 s. ${LINK}`,
      ],
    },
    {
      name: 'failed after an earlier success',
      outcome: { result: 'failed', gateRefused: false },
      record: record({ statusBefore: buildStatus({ status: 'SUCCEED' }), failedTasks: [] }),
      errors: [`BK-CI #42 failed | Build #42 failed, execution 2, after 4 min 2 s. ${LINK}`],
    },
    {
      name: 'failed in several plug-ins',
      outcome: { result: 'failed', gateRefused: false },
      record: record({
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
      name: 'failed in a plug-in whose name contains “in”',
      outcome: { result: 'failed', gateRefused: false },
      record: record({ failedTasks: [failedTask({ taskName: 'Run tests in docker' })] }),
      errors: [
        'BK-CI #42: Test › Linux › Run tests in docker | Run tests in docker failed in Test › Linux: “exit status 1” (code 2199001, user error)',
        expect.stringContaining(': Run tests in docker in Test › Linux.') as unknown as string,
      ],
    },
    {
      name: 'refused at a gate',
      outcome: { result: 'failed', gateRefused: true },
      record: record({ failedTasks: [], lastStatus: refusedAtDeploy() }),
      errors: [
        `BK-CI #42 was refused at the gate of Deploy | Build #42 ended at the gate of stage Deploy, execution 2, after 4 min 2 s: the gate was refused, so what follows did not run. ${LINK}`,
      ],
    },
    {
      name: 'refused at an unknown gate',
      outcome: { result: 'failed', gateRefused: true },
      record: record({ failedTasks: [], lastStatus: buildStatus({ status: 'STAGE_SUCCESS', stages: [] }) }),
      errors: [
        `BK-CI #42 was refused at a stage gate | Build #42 ended at a stage gate, execution 2, after 4 min 2 s: the gate was refused, so what follows did not run. ${LINK}`,
      ],
    },
    {
      name: 'cancelled',
      outcome: { result: 'cancelled', hasRun: true },
      record: record({ elapsedMs: 72_000 }),
      errors: [
        `BK-CI #42 was cancelled | Build #42 was cancelled, execution 2, after 1 min 12 s. It is not retried again, because it was cancelled. ${LINK}`,
      ],
    },
    {
      name: 'cancelled, with a reason in its list of errors',
      outcome: { result: 'cancelled', hasRun: true },
      record: record({
        elapsedMs: 72_000,
        lastStatus: buildStatus({
          status: 'CANCELED',
          executeCount: 2,
          errors: [{}, taskError({ errorMessage: 'newer commit' })],
        }),
      }),
      errors: [
        `BK-CI #42 was cancelled | Build #42 was cancelled, execution 2, after 1 min 12 s. BK-CI gives a reason: “newer commit”. It is not retried again, because it was cancelled. ${LINK}`,
      ],
    },
    {
      name: 'cancelled in the queue, with the errors of the execution before',
      outcome: { result: 'cancelled', hasRun: false },
      record: record({
        elapsedMs: 12_000,
        lastStatus: buildStatus({ status: 'CANCELED', executeCount: 2, errors: [taskError({ errorMessage: 'old' })] }),
      }),
      errors: [
        `BK-CI #42 was cancelled in the queue | Build #42 was cancelled in the queue, execution 2, after 12 s. The queue may have been full, or its concurrency group may have cancelled it. It is not retried again, because it was cancelled. ${LINK}`,
      ],
    },
    {
      name: 'failed, after a tolerated failure, which has no error of its own',
      outcome: { result: 'failed', gateRefused: false },
      record: record({ failedTasks: [failedTask(), failedTask({ taskName: 'Lint', tolerated: true })] }),
      errors: [
        `BK-CI #42: Test › Linux › Run tests | Run tests failed in Test › Linux: “exit status 1” (code 2199001, user error)`,
        `BK-CI #42 failed again | Build #42 failed again, execution 2, after 4 min 2 s: Run tests in Test › Linux. ${LINK}`,
      ],
    },
    {
      name: 'failed without a plug-in',
      outcome: { result: 'failed', gateRefused: false },
      record: record({ failedTasks: [NO_MACHINE, QUALITY_GATE] }),
      errors: [
        `BK-CI #42: Test › job Windows | Job Windows in Test: no build machine: “no agent is online” (code 2128040, build machine error)`,
        `BK-CI #42: stage Deploy | The quality gate of stage Deploy was not passed`,
        `BK-CI #42 failed again | Build #42 failed again, execution 2, after 4 min 2 s: job Windows in Test: no build machine and 1 more. ${LINK}`,
      ],
    },
  ];
  test.each(rows)('$name', ({ outcome, record: runRecord, errors }) => {
    expect([verdictText(outcome, runRecord), isGreen(outcome)]).toEqual([errors, false]);
  });

  test('has no link if no console is known', () => {
    const { consoleUrl: _, ...linkless } = record();
    expect(verdictText({ result: 'cancelled', hasRun: true }, linkless)).toEqual([
      expect.stringMatching(/because it was cancelled\.$/),
    ]);
  });

  test('names a build without a number by its id', () => {
    const { buildNumber: _, statusBefore: __, ...nameless } = record();
    expect(verdictText({ result: 'cancelled', hasRun: true }, nameless)).toEqual([
      expect.stringMatching(/^BK-CI b-1 was cancelled \| Build b-1 was cancelled/),
    ]);
  });
});

describe('many failed plug-ins', () => {
  const recordWith = (count: number) =>
    record({ failedTasks: Array.from({ length: count }, (_, at) => failedTask({ taskName: `T${at}` })) });
  test.each([
    { count: 9, errors: 10, more: ' and 8 more' },
    { count: 30, errors: 10, more: ' and 29 more' },
  ])('are $errors errors if $count failed, the verdict last', ({ count, errors, more }) => {
    const all = verdictText({ result: 'failed', gateRefused: false }, recordWith(count));
    expect([all.length, all.at(-1)]).toEqual([errors, expect.stringContaining(`: T0 in Test › Linux${more}.`)]);
  });
});

describe('a failed plug-in without a name', () => {
  test('leaves no gaps in the sentences', () => {
    const nameless = failedTask({
      stageName: '',
      containerName: '',
      taskId: '',
      taskName: '',
      errorType: '',
      errorCode: null,
      errorMessage: '',
    });
    for (const error of verdictText({ result: 'failed', gateRefused: false }, record({ failedTasks: [nameless] }))) {
      expect(error).not.toMatch(/: \||\| failed$|: \.|\s{2}/);
    }
  });
});

describe('an error of this action', () => {
  test('ends with its code', () => {
    expect(errorAnnotation(new ActionError('refused', { problem: 'x'.repeat(5000) })).message).toMatch(
      /^x{3899}… \[refused\]$/,
    );
    expect(errorAnnotation(new ActionError('unauthorized', { problem: 'accessToken has expired' }))).toEqual({
      title: 'Retry BK-CI build',
      message: 'accessToken has expired. [unauthorized]',
    });
  });
});
