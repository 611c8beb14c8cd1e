import { describe, expect, test } from '@jest/globals';
import { ActionError } from '../../../../src/lib/errors.js';
import type { StageSummary } from '../../../../src/model/detail.js';
import type { FailedTask } from '../../../../src/model/failure.js';
import type { PlanText } from '../../../../src/plan/describe.js';
import type { Conclusion } from '../../../../src/report/outcome.js';
import type { RunRecord } from '../../../../src/report/record.js';
import { summaryOf } from '../../../../src/report/summary/summary.js';
import { BUILD, buildStatus, failedTask, running, stage, stageStatus } from '../../../support/builds.js';
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
const RETRY: PlanText = { ...SKIP, verb: 'Retry', target: 'stage Test' };
/** release-bot started a third execution while the second was followed. */
const NEWER_EXECUTION: Partial<RunRecord> = {
  ...{ executeCount: 3, accepted: { count: 1, executeCount: 2, startedByOther: false } },
  lastStatus: buildStatus({ status: 'SUCCEED', executeCount: 3, startedBy: 'release-bot' }),
};
const STARTED_BY_OTHER: Partial<RunRecord> = { accepted: { count: 1, executeCount: 2, startedByOther: true } };

const paragraphsOf = (conclusion: Conclusion, runRecord: RunRecord) =>
  summaryOf(conclusion, runRecord).trimEnd().split('\n\n');

describe('the summary of a cancelled step', () => {
  const rows: readonly {
    name: string;
    conclusion: Conclusion;
    record: Partial<RunRecord>;
    expected: readonly string[];
  }[] = [
    {
      name: 'before the retry',
      conclusion: { result: 'aborted' },
      record: { phase: 'idle', accepted: undefined, executeCount: 1, lastStatus: buildStatus() },
      expected: [
        '## ⏹ BK-CI build 42 was not retried: the step was cancelled',
        `[**Nightly tests, build 42**](<${LINK}/executeDetail/1>) · FAILED in stage Test · execution 1 · started by ci-bot`,
        'The step was cancelled before BK-CI got the retry, so build 42 was not retried.',
      ],
    },
    {
      name: 'while waiting for the answer, with a link to the build, not to the execution before',
      conclusion: { result: 'aborted', postLooks: true },
      record: { phase: 'sending', accepted: undefined, executeCount: 1 },
      expected: [
        '## ⏹ BK-CI build 42 may have been retried: the step was cancelled',
        `[**Nightly tests, build 42**](<${LINK}>) · last seen: FAILED in stage Test · execution 1 · asked for: the whole build, from its first stage`,
        'The step was cancelled while waiting for the answer, so it is not known whether build 42 was retried. Open the build: if it still shows execution 1, it was not retried; if it shows execution 2, it was. The post step of this action checks it too, and stops the build if it was retried.',
      ],
    },
    {
      name: 'while the build runs',
      conclusion: { result: 'aborted' },
      record: { phase: 'running', lastStatus: running() },
      expected: [
        '## ⏹ BK-CI build 42 goes on without this step',
        `${SECOND} · after 4 min 2 s · RUNNING in stage Test`,
        'The step was cancelled. Build 42 goes on without it.',
        NOTE,
      ],
    },
    {
      name: 'whose build could not be stopped',
      conclusion: { result: 'aborted', stop: { kind: 'failed', why: 'ci-bot may not execute this pipeline.' } },
      record: { lastStatus: running() },
      expected: [
        '## ⏹ BK-CI build 42 goes on: it could not be stopped',
        `${SECOND} · after 4 min 2 s · RUNNING in stage Test`,
        'The step was cancelled. Build 42 could not be stopped: ci-bot may not execute this pipeline.',
        NOTE,
      ],
    },
    {
      name: 'whose stop request was not answered',
      conclusion: {
        result: 'aborted',
        stop: { kind: 'unanswered', why: 'BK-CI has not answered (connection reset)' },
      },
      record: { lastStatus: running() },
      expected: [
        '## ⏹ BK-CI build 42 was asked to stop, without an answer',
        `${SECOND} · after 4 min 2 s · RUNNING in stage Test`,
        'The step was cancelled and BK-CI was asked to stop build 42, but BK-CI has not answered (connection reset). Check whether it goes on.',
        NOTE,
      ],
    },
  ];
  test.each(rows)('$name', ({ conclusion, record: more, expected }) => {
    expect(paragraphsOf(conclusion, record(more))).toEqual(expected);
  });
});

describe('the summary of a build that has not ended in time', () => {
  test('has the result of the stop request', () => {
    const stop = { kind: 'undelivered', why: 'connection refused' } as const;
    expect(
      paragraphsOf({ result: 'timed-out', stop }, record({ elapsedMs: 3_600_000, lastStatus: running() })),
    ).toEqual([
      '## ⏱ BK-CI build 42 has not ended in time and could not be stopped',
      SECOND,
      'Build 42 has not ended after 1 h (RUNNING in stage Test). It could not be stopped (connection refused); the post step of this action tries once more.',
      NOTE,
    ]);
  });

  test('has the end after the stop request', () => {
    const ended = buildStatus({ status: 'CANCELED', stages: [] });
    const conclusion = { result: 'timed-out', status: running(), stop: { kind: 'sent' }, ended } as const;
    expect(paragraphsOf(conclusion, record({ lastStatus: ended }))).toEqual([
      '## ⏱ BK-CI build 42 has not ended in time and was stopped',
      `${SECOND} · CANCELED`,
      'Build 42 has not ended after 4 min 2 s (RUNNING in stage Test) and was stopped.',
      NOTE,
    ]);
  });

  test('does not show the stages of the execution before while the build is queued', () => {
    const queued = running({ status: 'QUEUE', stages: buildStatus().stages });
    expect(paragraphsOf({ result: 'timed-out' }, record({ lastStatus: queued }))[2]).toBe(
      'Build 42 has not ended after 4 min 2 s (QUEUE). It goes on without this step.',
    );
  });
});

describe('the summary of a refused gate', () => {
  test('names the gate in the heading and in the table', () => {
    const stages = [
      stage({ status: 'SUCCEED', executeCount: 2, durationMs: 228_000 }),
      stage({ id: 'stage-4', name: 'Deploy', status: '' }),
      stage({ id: 'stage-5', name: 'Tell', status: '' }),
    ];
    expect(paragraphsOf(AT_GATE, record({ failedTasks: [], stages, lastStatus: refusedAtDeploy() }))).toEqual([
      '## ❌ BK-CI build 42 was refused at the gate of Deploy',
      `${SECOND} · ended after 4 min 2 s`,
      'The gate was refused, so what follows did not run.',
      [
        '| Stage | State | Time |  |',
        '| :-- | :-- | --: | :-- |',
        '| Test | succeeded | 3:48 | ▇▇▇▇▇▇▇▇ |',
        '| Deploy | gate refused |  |  |',
        '| Tell | not reached |  |  |',
      ].join('\n'),
      NOTE,
    ]);
  });
});

describe('the table of stages', () => {
  const stageOf = (name: string, durationMs: number | undefined, more: Partial<StageSummary> = {}) =>
    stage({ id: `stage-${name}`, name, status: 'SUCCEED', executeCount: 2, durationMs, ...more });
  const earlier = (name: string, durationMs: number) =>
    stageStatus({ stageId: `stage-${name}`, name, status: 'FAILED', durationMs });
  const tableOf = (conclusion: Conclusion, more: Partial<RunRecord>) =>
    paragraphsOf(conclusion, record(more))
      .find((text) => text.startsWith('| Stage |'))
      ?.split('\n')
      .filter((_, at) => at !== 1);

  test.each([{ result: 'succeeded' }, { result: 'cancelled', hasRun: true }, { result: 'timed-out' }, FAILED] as const)(
    'is shown when the build $result, with bars, and times of the execution before where both are known',
    (conclusion) => {
      const stages = [
        stageOf('Build', 60_000, { executeCount: 1 }),
        stageOf('Test', 228_000),
        stageOf('Pack', 4_000),
        stageOf('Deploy', undefined, { status: '' }),
      ];
      const statusBefore = buildStatus({
        stages: [earlier('Build', 61_000), earlier('Test', 221_000), earlier('Deploy', 1)],
      });
      expect(tableOf(conclusion, { stages, statusBefore })).toEqual([
        '| Stage | State | Time |  | Before |',
        '| Build | kept from execution 1 |  |  |  |',
        '| Test | succeeded | 3:48 | ▇▇▇▇▇▇▇▇ | 3:41 |',
        '| Pack | succeeded | 0:04 | ▇▁▁▁▁▁▁▁ |  |',
        '| Deploy | not reached |  |  |  |',
      ]);
    },
  );

  test.each([
    [-10, -5],
    [5, Number.MAX_VALUE],
    [-Number.MAX_VALUE, Number.MAX_VALUE],
  ])('is shown whatever times the server gives: %d and %d ms', (one, other) => {
    const rows = tableOf({ result: 'succeeded' }, { stages: [stageOf('Build', one), stageOf('Test', other)] });
    expect(rows).toHaveLength(3);
    for (const row of rows?.slice(1) ?? []) expect(row).toMatch(/\| ▇+▁* \|/);
  });

  test('names the reviewers of a gate at which time ran out, which has a mark of its own', () => {
    const waiting = stageOf('Deploy', undefined, { status: 'PAUSE', reviewers: ['ops-lead', 'ops-oncall'] });
    const lastStatus = running({
      status: 'STAGE_SUCCESS',
      stages: [stageStatus({ stageId: 'stage-Deploy', status: 'PAUSE' })],
    });
    const more = { stages: [waiting], lastStatus };
    expect(tableOf({ result: 'timed-out' }, more)?.[1]).toBe(
      '| Deploy | waits for approval (ops-lead, ops-oncall) |  |  |',
    );
    expect(paragraphsOf({ result: 'timed-out' }, record(more))[0]).toMatch(/^## ⏸ /);
    expect(paragraphsOf({ result: 'timed-out' }, record({ lastStatus: running() }))[0]).toMatch(/^## ⏱ /);
  });
});

describe('a failure in the summary', () => {
  const paragraph = (task: Partial<FailedTask>) => paragraphsOf(FAILED, record({ failedTasks: [failedTask(task)] }))[2];
  const WITHOUT_PLUGIN = { taskId: '', taskName: '', errorType: '', errorCode: null, errorMessage: '' } as const;
  test.each([
    [{}, 'Retry only this: `taskId: e-1`'],
    [{ canBeSkipped: true }, 'Retry only this: `taskId: e-1` · Skip it: add `skip: true`'],
    [{ ...WITHOUT_PLUGIN, containerId: '2', containerName: 'Windows' }, 'Retry only this: `taskId: 2`'],
    [{ ...WITHOUT_PLUGIN, containerId: '', containerName: '' }, 'Retry only this: `taskId: stage-3`'],
  ] as const)('says how to retry it: %j', (task, hint) => {
    expect(paragraph(task)?.split('<br>')[1]).toBe(hint);
  });

  test('without a build machine says so, with the words of BK-CI', () => {
    const windows = { ...WITHOUT_PLUGIN, containerId: '3', containerName: 'Windows' } as const;
    const error = { errorType: 'SYSTEM', errorCode: 2103002, errorMessage: 'Fail to start up' } as const;
    expect([paragraph({ ...windows, ...error }), paragraph({ ...windows, errorMessage: 'no build machine' })]).toEqual([
      '**Job Windows** in Test: no build machine: Fail to start up (system error 2103002)<br>Retry only this: `taskId: 3`',
      '**Job Windows** in Test: no build machine<br>Retry only this: `taskId: 3`',
    ]);
  });

  test('at a quality gate has no hint, since its stage can’t be retried, and stands in the table of stages', () => {
    const ofStage = { ...WITHOUT_PLUGIN, containerId: '', containerName: '' } as const;
    const gate = failedTask({ ...ofStage, errorMessage: 'the quality gate was not passed' });
    const stages = [stage({ id: gate.stageId, name: 'Deploy', status: '' })];
    const shown = paragraphsOf(FAILED, record({ failedTasks: [gate], stages }));
    expect(shown[2]).toBe('**Stage Test**: the quality gate was not passed');
    expect(shown[3]?.split('\n')[2]).toBe('| Deploy | **quality gate not passed** |  |  |');
  });

  test('has no hint in a matrix: BK-CI before v4.2 reruns the whole build for its id', () => {
    expect(paragraph({ isInMatrix: true, canBeSkipped: true })).not.toContain('Retry only this');
  });

  test('has no hint without an id', () => {
    expect(paragraph({ taskId: '' })).toBe('**Run tests** in Test › Linux: exit status 1 (user error 2199001)');
  });

  test('that was tolerated stands in the table alone', () => {
    const failedTasks = [failedTask(), failedTask({ taskId: 'e-2', taskName: 'Lint', tolerated: true })];
    const shown = paragraphsOf(FAILED, record({ failedTasks }));
    expect(shown.filter((text) => text.includes('Lint'))).toEqual([
      expect.stringContaining('| Test › Linux › **Lint** | exit status 1 | user error, tolerated | 2199001 | `e-2` |'),
    ]);
  });
});

describe('the code of an error', () => {
  const error = new ActionError('not-found', { problem: 'No such build', remedy: 'Check buildId.' });
  test('links to its part of the troubleshooting page, and the remedy has a line of its own', () => {
    const pages = 'https://github.com/acme/retry-bk-ci/blob/v1/docs';
    expect(paragraphsOf(error, record({ pages })).at(-1)).toBe(
      `No such build.<br>Check \`buildId\`.<br>[\`not-found\`](<${pages}/TROUBLESHOOTING.md#not-found>)`,
    );
  });

  test('is plain if the address of the page is not known', () => {
    expect(paragraphsOf(error, record()).at(-1)).toBe('No such build.<br>Check `buildId`.<br>`not-found`');
  });
});

describe('the summary of many failed plug-ins', () => {
  const failedTasks = Array.from({ length: 12 }, (_, at) =>
    failedTask({ containerId: `${at}`, containerName: `shard ${at + 1}` }),
  );
  const [first, second, ...others] = failedTasks.map((task) => ({ task, lines: ['x'] }));
  const logs = [
    ...(first && second ? [first, { ...second, lines: [], missing: 'it has expired' }] : []),
    ...others.slice(0, 3),
  ];
  const shown = paragraphsOf(FAILED, record({ failedTasks, logs }));

  test('names the plug-in of each log, and the missing logs', () => {
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

  test('has three reasons with their logs, and the other failures in a table', () => {
    expect(shown.filter((text) => text.startsWith('**Run tests**'))).toHaveLength(3);
    const table = shown.find((text) => text.startsWith('| Failed too |'));
    expect(table?.split('\n')).toHaveLength(2 + 9);
  });
});

describe('the summary without a retried build', () => {
  const candidates = ['Nightly', 'Lint'].map((name, at) => ({ ...BUILD, buildId: `b-${at + 1}`, buildUrl: '', name }));
  const rows: readonly {
    name: string;
    conclusion: Conclusion;
    record?: Partial<RunRecord>;
    expected: readonly string[];
  }[] = [
    {
      name: 'because none needs a retry',
      conclusion: {
        result: 'not-needed',
        why: 'no BK-CI check of commit c0ffee4444 has failed (1 passed, 0 still run)',
      },
      expected: [
        '## ✅ No BK-CI build needs a retry',
        'No BK-CI check of commit c0ffee4444 has failed (1 passed, 0 still run).',
      ],
    },
    {
      name: 'because the number does not exist',
      conclusion: new ActionError('not-found', {
        problem: 'Pipeline p-1 has no build with the number 7',
        remedy: 'Check buildNumber.',
      }),
      expected: [
        '## ❌ No BK-CI build was retried',
        'Pipeline p-1 has no build with the number 7.<br>Check `buildNumber`.<br>`not-found`',
      ],
    },
    {
      name: 'because several builds have failed',
      conclusion: new ActionError('ambiguous', {
        problem: '2 BK-CI checks have failed',
        remedy: 'Give pipelineId',
        list: ['“Nightly”: b-1', '“Lint”: b-2'],
      }),
      record: { candidates },
      expected: [
        '## ❌ No BK-CI build was retried',
        '2 BK-CI checks have failed.<br>Give `pipelineId`.<br>`ambiguous`',
        '- Nightly `b-1`\n- Lint `b-2`',
      ],
    },
    {
      name: 'because the step was cancelled',
      conclusion: { result: 'aborted' },
      expected: [
        '## ⏹ No BK-CI build was retried: the step was cancelled',
        'The step was cancelled before anything was sent.',
      ],
    },
  ];
  test.each(rows)('$name', ({ conclusion, record: more, expected }) => {
    expect(paragraphsOf(conclusion, { ...NOTHING, consoleUrl: CONSOLE, ...more })).toEqual(expected);
  });
});

describe('the plan in the summary', () => {
  test('is worded as a skip after a skip', () => {
    expect(paragraphsOf({ result: 'retried' }, record({ plan: SKIP }))).toEqual([
      '## 🔁 BK-CI build 42 goes on after a skip',
      `${SECOND} · skipped: plug-in Run tests in Test › Linux · not followed, so its result is not known here`,
    ]);
  });

  test('is worded as possible in a dry run', () => {
    const runRecord = record({ accepted: undefined, executeCount: 1, lastStatus: buildStatus(), plan: SKIP });
    expect(paragraphsOf({ result: 'found' }, runRecord)[1]).toMatch(
      / · would skip: plug-in Run tests in Test › Linux \(`taskId: e-1`, `skip: true`\)$/,
    );
  });

  test('is only “asked for” if another user may have started the execution', () => {
    const unsure =
      'Somebody else may have started this execution; it is not known whether the retry of this step took effect as well.';
    expect(paragraphsOf({ result: 'retried' }, record(STARTED_BY_OTHER))).toEqual([
      '## 🔁 BK-CI build 42 was retried',
      `${SECOND} · asked for: the whole build, from its first stage · not followed, so its result is not known here`,
      unsure,
    ]);
    const failed = paragraphsOf(FAILED, record(STARTED_BY_OTHER));
    expect([failed[2], failed.at(-1)]).toEqual([unsure, expect.stringMatching(/^<sub>Asked for: /)]);
  });

  test.each([
    { startedByOther: false, verb: 'retried' },
    { startedByOther: true, verb: 'asked for' },
  ])('is “$verb” if startedByOther is $startedByOther', ({ startedByOther, verb }) => {
    const { state } = fakeRun({}).context;
    state.update({ plan: RETRY });
    state.recordAccepted({
      accepted: { build: BUILD, executeCount: 2, at: 0, ownership: startedByOther ? 'other' : 'ours' },
    });
    expect(summaryOf({ result: 'retried' }, state.record)).toContain(` · ${verb}: stage Test · `);
  });

  test('belongs to its own execution, not to a newer one', () => {
    expect(paragraphsOf({ result: 'succeeded' }, record(NEWER_EXECUTION))).toEqual([
      '## ✅ BK-CI build 42 succeeded',
      `[**Nightly tests, build 42**](<${LINK}/executeDetail/3>) · execution 3 · after 4 min 2 s · retried as execution 2: the whole build, from its first stage · execution 3 was started by release-bot`,
    ]);
  });
});
