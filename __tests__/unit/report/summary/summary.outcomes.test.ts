import { describe, expect, test } from '@jest/globals';
import { ActionError } from '../../../../src/lib/errors.js';
import type { PlanText } from '../../../../src/plan/describe.js';
import type { Conclusion } from '../../../../src/report/outcome.js';
import type { RunRecord } from '../../../../src/report/record.js';
import { summaryOf } from '../../../../src/report/summary/summary.js';
import { BUILD, buildStatus, failedTask, running, stage } from '../../../support/builds.js';
import { fakeRun } from '../../../support/harness.js';
import { CONSOLE, NOTHING, record, refusedAtDeploy } from '../../../support/record.js';

const LINK = `${CONSOLE}/console/pipeline/demo/p-1/detail/b-1`;
const SECOND = `[**Nightly tests, build 42**](<${LINK}/executeDetail/2>) · execution 2`;
const FAILED = { result: 'failed', gateRefused: false } as const;
const AT_GATE = { result: 'failed', gateRefused: true } as const;
const NOTE = '<sub>Retried: the whole build, from its first stage · attempt 1 of 1 · as ci-bot</sub>';
const SKIP: PlanText = {
  verb: 'Skip',
  description: 'plug-in Run tests (e-1) in Test › Linux and go on',
  target: 'plug-in Run tests in Test › Linux',
  parameters: { taskId: 'e-1', failedContainer: false, skip: true },
};
const SENT: PlanText = { ...SKIP, verb: 'Retry', target: 'stage Test' };
/** The third execution, which release-bot started while the second was followed. */
const LATER: Partial<RunRecord> = {
  ...{ executeCount: 3, accepted: { count: 1, executeCount: 2, startedByOther: false } },
  lastStatus: buildStatus({ status: 'SUCCEED', executeCount: 3, startedBy: 'release-bot' }),
};
const FOREIGN: Partial<RunRecord> = { accepted: { count: 1, executeCount: 2, startedByOther: true } };

const paragraphs = (conclusion: Conclusion, runRecord: RunRecord) =>
  summaryOf(conclusion, runRecord).trimEnd().split('\n\n');

describe('the summary of a cancelled step', () => {
  const rows: readonly { name: string; conclusion: Conclusion; record: Partial<RunRecord>; says: readonly string[] }[] =
    [
      {
        name: 'before the retry',
        conclusion: { result: 'aborted' },
        record: { phase: 'idle', accepted: undefined, executeCount: 1, lastStatus: buildStatus() },
        says: [
          '## BK-CI build 42 was not retried: the step was cancelled',
          `[**Nightly tests, build 42**](<${LINK}/executeDetail/1>) · FAILED in stage Test · execution 1 · started by ci-bot`,
          'The step was cancelled before BK-CI got the retry, so build 42 was not retried.',
        ],
      },
      {
        name: 'while the answer was awaited, with a link to the build, not to the execution before',
        conclusion: { result: 'aborted', postLooks: true },
        record: { phase: 'sending', accepted: undefined, executeCount: 1 },
        says: [
          '## BK-CI build 42 may have been retried: the step was cancelled',
          `[**Nightly tests, build 42**](<${LINK}>) · last seen: FAILED in stage Test · execution 1 · asked for: the whole build, from its first stage`,
          'The step was cancelled while waiting for the answer, so it is not known whether build 42 was retried. Open the build: if it still shows execution 1, it was not retried; if it shows execution 2, it was. The post step of this action checks it too, and stops the build if it was retried.',
        ],
      },
      {
        name: 'while the build runs',
        conclusion: { result: 'aborted' },
        record: { phase: 'running', lastStatus: running() },
        says: [
          '## BK-CI build 42 goes on without this step',
          `${SECOND} · after 4 min 2 s · RUNNING in stage Test`,
          'The step was cancelled. Build 42 goes on without it.',
          NOTE,
        ],
      },
      {
        name: 'whose build could not be stopped',
        conclusion: { result: 'aborted', stop: { kind: 'failed', why: 'ci-bot may not execute this pipeline.' } },
        record: { lastStatus: running() },
        says: [
          '## BK-CI build 42 goes on: it could not be stopped',
          `${SECOND} · after 4 min 2 s · RUNNING in stage Test`,
          'The step was cancelled. Build 42 could not be stopped: ci-bot may not execute this pipeline.',
          NOTE,
        ],
      },
      {
        name: 'whose stop was not answered',
        conclusion: {
          result: 'stopped',
          stop: { kind: 'unanswered', why: 'BK-CI has not answered (connection reset)' },
        },
        record: { lastStatus: running() },
        says: [
          '## BK-CI build 42 was asked to stop',
          `${SECOND} · RUNNING in stage Test`,
          'The step was cancelled and BK-CI was asked to stop build 42, execution 2, after 4 min 2 s, but BK-CI has not answered (connection reset).',
          NOTE,
        ],
      },
    ];
  test.each(rows)('$name', ({ conclusion, record: more, says }) => {
    expect(paragraphs(conclusion, record(more))).toEqual(says);
  });
});

describe('the summary of a build that has not ended in time', () => {
  test('says what became of the stop', () => {
    const stop = { kind: 'undelivered', why: 'connection refused' } as const;
    expect(paragraphs({ result: 'timed-out', stop }, record({ elapsedMs: 3_600_000, lastStatus: running() }))).toEqual([
      '## BK-CI build 42 has not ended in time and could not be stopped',
      SECOND,
      'Build 42 has not ended after 1 h (RUNNING in stage Test). It could not be stopped (connection refused); the post step of this action tries once more.',
      NOTE,
    ]);
  });

  test('shows the end that the stop brought', () => {
    const ended = buildStatus({ status: 'CANCELED', stages: [] });
    const conclusion = { result: 'timed-out', status: running(), stop: { kind: 'sent' }, ended } as const;
    expect(paragraphs(conclusion, record({ lastStatus: ended }))).toEqual([
      '## BK-CI build 42 has not ended in time and was stopped',
      `${SECOND} · CANCELED`,
      'Build 42 has not ended after 4 min 2 s (RUNNING in stage Test) and was stopped.',
      NOTE,
    ]);
  });

  test('does not show the stage of the execution before while it is queued', () => {
    const queued = running({ status: 'QUEUE', stages: buildStatus().stages });
    expect(paragraphs({ result: 'timed-out' }, record({ lastStatus: queued }))[2]).toBe(
      'Build 42 has not ended after 4 min 2 s (QUEUE). It goes on without this step.',
    );
  });
});

describe('the summary of a refused gate', () => {
  test('names the gate, in the heading and in the table', () => {
    const stages = [
      stage({ status: 'SUCCEED', executeCount: 2, durationMs: 228_000 }),
      stage({ id: 'stage-4', name: 'Deploy', status: '' }),
      stage({ id: 'stage-5', name: 'Tell', status: '' }),
    ];
    expect(paragraphs(AT_GATE, record({ failedTasks: [], stages, lastStatus: refusedAtDeploy() }))).toEqual([
      '## BK-CI build 42 was refused at the gate of Deploy',
      `${SECOND} · ended after 4 min 2 s`,
      'The gate was refused, so what follows did not run.',
      [
        '| Stage | State | Time |',
        '| :-- | :-- | --: |',
        '| Test | succeeded | 3:48 |',
        '| Deploy | gate refused |  |',
        '| Tell | not reached |  |',
      ].join('\n'),
      NOTE,
    ]);
  });
});

describe('the summary of many failed plug-ins', () => {
  const failedTasks = Array.from({ length: 12 }, (_, at) => failedTask({ containerName: `shard ${at + 1}` }));
  const [first, second, ...others] = failedTasks.map((task) => ({ task, lines: ['x'] }));
  const logs = [
    ...(first && second ? [first, { ...second, lines: [], missing: 'it has expired' }] : []),
    ...others.slice(0, 3),
  ];
  const shown = paragraphs(FAILED, record({ failedTasks, logs }));

  test('tells their logs apart, and names those that it has not', () => {
    expect(
      shown.filter((text) => /<summary>|not shown/.test(text)).map((text) => text.replace(/<details>\n/, '')),
    ).toEqual([
      '<summary>Log of Test › shard 1 › Run tests, last 1 line</summary>',
      '<summary>Log of Test › shard 3 › Run tests, last 1 line</summary>',
      '<summary>Log of Test › shard 4 › Run tests, last 1 line</summary>',
      '<summary>Log of Test › shard 5 › Run tests, last 1 line</summary>',
      'The log of Test › shard 2 › Run tests is not shown: it has expired.<br>The logs of 7 more failed plug-ins are not shown: see the build.',
    ]);
  });

  test('points to the table for the reasons that it leaves out', () => {
    expect(shown[5]).toBe('… and 9 more, see the table');
  });
});

describe('the summary without a build', () => {
  const candidates = ['Nightly', 'Lint'].map((name, at) => ({ ...BUILD, buildId: `b-${at + 1}`, buildUrl: '', name }));
  const rows: readonly {
    name: string;
    conclusion: Conclusion;
    record?: Partial<RunRecord>;
    says: readonly string[];
  }[] = [
    {
      name: 'that needs a retry, and why',
      conclusion: {
        result: 'not-needed',
        why: 'no BK-CI check of commit c0ffee4444 has failed (1 passed, 0 still run)',
      },
      says: [
        '## No BK-CI build needs a retry',
        'No BK-CI check of commit c0ffee4444 has failed (1 passed, 0 still run).',
      ],
    },
    {
      name: 'of that number',
      conclusion: new ActionError('not-found', {
        problem: 'Pipeline p-1 has no build with the number 7',
        remedy: 'Check buildNumber.',
      }),
      says: [
        '## No BK-CI build was retried',
        'Pipeline p-1 has no build with the number 7. Check `buildNumber`. `not-found`',
      ],
    },
    {
      name: 'because several could be meant',
      conclusion: new ActionError('ambiguous', {
        problem: '2 BK-CI checks have failed',
        remedy: 'Give pipelineId',
        list: ['“Nightly”: b-1', '“Lint”: b-2'],
      }),
      record: { candidates },
      says: [
        '## No BK-CI build was retried',
        '2 BK-CI checks have failed. Give `pipelineId`. `ambiguous`',
        '- Nightly `b-1`\n- Lint `b-2`',
      ],
    },
    {
      name: 'when the step was cancelled',
      conclusion: { result: 'aborted' },
      says: [
        '## No BK-CI build was retried: the step was cancelled',
        'The step was cancelled before anything was sent.',
      ],
    },
  ];
  test.each(rows)('$name', ({ conclusion, record: more, says }) => {
    expect(paragraphs(conclusion, { ...NOTHING, consoleUrl: CONSOLE, ...more })).toEqual(says);
  });
});

describe('what was sent', () => {
  test('is facts of a skip as of a skip', () => {
    expect(paragraphs({ result: 'retried' }, record({ plan: SKIP }))).toEqual([
      '## BK-CI build 42 goes on after a skip',
      `${SECOND} · skipped: plug-in Run tests in Test › Linux · not followed, so its result is not known here`,
    ]);
  });

  test('would be sent, in a dry run', () => {
    const runRecord = record({ accepted: undefined, executeCount: 1, lastStatus: buildStatus(), plan: SKIP });
    expect(paragraphs({ result: 'found' }, runRecord)[1]).toMatch(
      / · would skip: plug-in Run tests in Test › Linux \(`taskId: e-1`, `skip: true`\)$/,
    );
  });

  test('is not claimed of an execution that somebody else may have started', () => {
    const unsure =
      'Somebody else may have started this execution; it is not known whether the retry of this step took effect as well.';
    expect(paragraphs({ result: 'retried' }, record(FOREIGN))).toEqual([
      '## BK-CI build 42 was retried',
      `${SECOND} · asked for: the whole build, from its first stage · not followed, so its result is not known here`,
      unsure,
    ]);
    const failed = paragraphs(FAILED, record(FOREIGN));
    expect([failed[2], failed.at(-1)]).toEqual([unsure, expect.stringMatching(/^<sub>Asked for: /)]);
  });

  test.each([
    { startedByOther: false, verb: 'retried' },
    { startedByOther: true, verb: 'asked for' },
  ])('is $verb, as the acceptance tells', ({ startedByOther, verb }) => {
    const { state } = fakeRun({}).context;
    state.update({ plan: SENT });
    state.recordAccepted({ accepted: { build: BUILD, executeCount: 2, at: 0, startedByOther } });
    expect(summaryOf({ result: 'retried' }, state.record)).toContain(` · ${verb}: stage Test · `);
  });

  test('is not claimed of a later execution', () => {
    expect(paragraphs({ result: 'succeeded' }, record(LATER))).toEqual([
      '## BK-CI build 42 succeeded',
      `[**Nightly tests, build 42**](<${LINK}/executeDetail/3>) · execution 3 · after 4 min 2 s · retried as execution 2: the whole build, from its first stage · execution 3 was started by release-bot`,
    ]);
  });
});
