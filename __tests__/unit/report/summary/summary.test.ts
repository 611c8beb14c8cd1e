import { describe, expect, test } from '@jest/globals';
import { ActionError } from '../../../../src/lib/errors.js';
import type { PlanText } from '../../../../src/plan/describe.js';
import type { RunRecord } from '../../../../src/report/record.js';
import { summaryOf } from '../../../../src/report/summary/summary.js';
import { BUILD, buildStatus, failedTask, running, stage, stageStatus } from '../../../support/builds.js';
import { elementsOf, textOf } from '../../../support/markdown.js';
import { NOTHING, ONCE, record } from '../../../support/record.js';

const LINK = 'https://devops.example.com/console/pipeline/demo/p-1/detail/b-1';
const { pipelineName: _, ...NAMELESS } = record();
const FAILED_JOBS: PlanText = {
  verb: 'Retry',
  description: 'the failed jobs of stage Test (stage-3, the one that failed) and what follows',
  target: 'the failed jobs of stage Test',
  parameters: { taskId: 'stage-3', failedContainer: true, skip: false },
};
const FAILED = { result: 'failed', gateRefused: false } as const;

describe('the summary of a build that failed again', () => {
  const stages = [
    stage({ id: 'stage-1', name: 'Trigger', status: 'SUCCEED' }),
    stage({ id: 'stage-2', name: 'Build', status: 'SUCCEED', executeCount: 1 }),
    stage({ executeCount: 2, durationMs: 228_000 }),
    stage({ id: 'stage-4', name: 'Deploy', status: '' }),
  ];
  const log = {
    task: failedTask(),
    lines: ['running 128 tests', 'test orders::total … FAILED', 'exit status 1'],
  };
  const runRecord = record({
    ...{ stages, logs: [log], firstStartedBy: 'release-bot' },
    plan: FAILED_JOBS,
  });

  test('has verdict, build, reason, log, plug-ins, stages and what was sent', () => {
    expect(summaryOf(FAILED, runRecord)).toBe(
      [
        '## ❌ BK-CI build 42 failed again',
        `[**Nightly tests, build 42**](<${LINK}/executeDetail/2>) · execution 2 · failed in **Test** after 4 min 2 s`,
        '**Run tests** in Test › Linux: exit status 1 (user error 2199001)<br>Retry only this: `taskId: e-1`',
        '<details open>\n<summary>Log of Test › Linux › Run tests, last 3 lines</summary>',
        '<pre>\nrunning 128 tests\ntest orders::total … FAILED\nexit status 1\n</pre>',
        '</details>',
        [
          '| Stage | State | Time |  |',
          '| :-- | :-- | --: | :-- |',
          '| Build | kept from execution 1 |  |  |',
          '| Test | **failed** | 3:48 | ▇▇▇▇▇▇▇▇ |',
          '| Deploy | not reached |  |  |',
        ].join('\n'),
        '<sub>Retried: the failed jobs of stage Test (`taskId: stage-3`, `failedContainer: true`) · attempt 1 of 1 · as ci-bot · first started by release-bot</sub>',
        '',
      ].join('\n\n'),
    );
  });

  test('folds several logs, and shows the last 20 lines of each', () => {
    const long = {
      task: failedTask({ taskName: 'Lint' }),
      lines: Array.from({ length: 30 }, (__, at) => `line ${at}`),
    };
    const markdown = summaryOf(FAILED, record({ logs: [log, long] }));
    expect(elementsOf(markdown).filter((element) => element.includes('details'))).toEqual(['0 details', '0 details']);
    expect(textOf(markdown)).toContain('Log of Test › Linux › Lint, last 20 lines');
    expect([markdown.includes('line 10'), markdown.includes('line 9\n')]).toEqual([true, false]);
  });

  test('has a table of several attempts', () => {
    const attempts = [
      { executeCount: 2, failedIn: 'Test › Linux › Run tests', durationMs: 242_000 },
      { executeCount: 3, failedIn: 'Test › Linux › Run tests', durationMs: 235_000 },
    ];
    expect(summaryOf(FAILED, record({ attempts }))).toContain(
      [
        '| Attempt | Execution | Failed in | Time |',
        '| --: | --: | :-- | --: |',
        '| 1 | 2 | Test › Linux › Run tests | 4:02 |',
        '| 2 | 3 | Test › Linux › Run tests | 3:55 |',
      ].join('\n'),
    );
  });

  test('has the number of the plug-ins that are not listed', () => {
    const failedTasks = Array.from({ length: 25 }, () => failedTask());
    expect(summaryOf(FAILED, record({ failedTasks }))).toContain('\n\n… and 2 more\n\n');
  });

  test('has no horizontal rule for a plug-in without a name', () => {
    const nameless = failedTask({
      stageName: '',
      containerName: '',
      taskId: '',
      taskName: '',
      errorType: '',
      errorCode: null,
      errorMessage: '',
    });
    expect(elementsOf(summaryOf(FAILED, record({ failedTasks: [nameless] })))).not.toContain('0 hr');
  });
});

describe('the short summary of another conclusion', () => {
  const rows: readonly {
    name: string;
    conclusion: Parameters<typeof summaryOf>[0];
    record: RunRecord;
    lines: readonly string[];
  }[] = [
    {
      name: 'succeeded',
      conclusion: { result: 'succeeded' },
      record: record({
        elapsedMs: 1_351_000,
        plan: FAILED_JOBS,
      }),
      lines: [
        '## ✅ BK-CI build 42 succeeded',
        `[**Nightly tests, build 42**](<${LINK}/executeDetail/2>) · execution 2 · after 22 min 31 s · retried: the failed jobs of stage Test`,
      ],
    },
    {
      name: 'not followed',
      conclusion: { result: 'retried' },
      record: NAMELESS,
      lines: [
        '## 🔁 BK-CI build 42 was retried',
        `[**build 42 in project demo**](<${LINK}/executeDetail/2>) · execution 2 · retried: the whole build, from its first stage · not followed, so its result is not known here`,
      ],
    },
    {
      name: 'not needed',
      conclusion: { result: 'not-needed', why: 'the build has succeeded' },
      record: NAMELESS,
      lines: [
        '## ✅ BK-CI build 42 needs no retry',
        `[**build 42 in project demo**](<${LINK}/executeDetail/2>) · execution 2 · the build has succeeded`,
      ],
    },
    {
      name: 'refused',
      conclusion: new ActionError('already-running', {
        problem: 'Build #42 is running',
        consequence: 'nothing was sent',
        remedy: 'Wait for its end, or set onlyIfFailed: true to leave it alone.',
      }),
      record: {
        ...NAMELESS,
        accepted: undefined,
        lastStatus: running({ startedBy: 'release-bot', stages: [stageStatus({ name: 'Deploy', status: 'RUNNING' })] }),
      },
      lines: [
        '## ❌ BK-CI build 42 was not retried',
        `[**build 42 in project demo**](<${LINK}/executeDetail/2>) · RUNNING in stage Deploy · execution 2 · started by release-bot`,
        'Build 42 is running; nothing was sent.<br>Wait for its end, or set `onlyIfFailed: true` to leave it alone.<br>`already-running`',
      ],
    },
    {
      name: 'in doubt',
      conclusion: new ActionError(
        'answer-lost',
        { problem: 'It is not known whether build #42 was retried', remedy: `Open the build. ${LINK}` },
        {
          leavesDoubt: true,
        },
      ),
      record: { ...NAMELESS, phase: 'sending', accepted: undefined, lastStatus: buildStatus() },
      lines: [
        '## ❌ BK-CI build 42 may have been retried',
        `[**build 42 in project demo**](<${LINK}>) · FAILED in stage Test · execution 2 · started by ci-bot`,
        'It is not known whether build 42 was retried.<br>Open the build.<br>`answer-lost`',
      ],
    },
    {
      name: 'in doubt at a later attempt, with the link only in the sentence',
      conclusion: new ActionError(
        'answer-lost',
        { problem: 'Open the build', remedy: 'https://h/b' },
        { leavesDoubt: true },
      ),
      record: { ...NOTHING, build: BUILD, phase: 'sending', accepted: ONCE },
      lines: [
        '## ❌ BK-CI build may have been retried again',
        '**build `b-1` in project demo**',
        'Open the build.<br>https&#58;//h/b<br>`answer-lost`',
      ],
    },
    {
      name: 'before a build was found',
      conclusion: new ActionError('input-invalid', {
        problem: '1 input needs a change',
        consequence: 'nothing was sent',
        list: ['wait: “maybe” is neither true nor false'],
      }),
      record: NOTHING,
      lines: [
        '## ❌ No BK-CI build was retried',
        '1 input needs a change; nothing was sent&#58;<br>`wait`: “maybe” is neither true nor false<br>`input-invalid`',
      ],
    },
    {
      name: 'not followed, without console and number',
      conclusion: { result: 'retried' },
      record: { ...NOTHING, build: BUILD, accepted: ONCE, phase: 'running' },
      lines: [
        '## 🔁 BK-CI build was retried',
        '**build `b-1` in project demo** · not followed, so its result is not known here',
      ],
    },
  ];
  test.each(rows)('$name', ({ conclusion, record: runRecord, lines }) => {
    expect(summaryOf(conclusion, runRecord).split('\n\n')).toEqual([...lines, '']);
  });

  test('never contains #42, which GitHub may turn into a link to an issue', () => {
    for (const { conclusion, record: runRecord } of rows)
      expect(textOf(summaryOf(conclusion, runRecord))).not.toMatch(/#\d/);
  });
});

describe('the summary of several candidates', () => {
  const candidates = [
    { ...BUILD, buildUrl: LINK, name: 'Nightly@PULL_REQUEST' },
    { ...BUILD, buildId: 'b-2', buildUrl: '', name: 'Lint@PULL_REQUEST' },
  ];
  test('is a list with links', () => {
    const runRecord: RunRecord = { ...NOTHING, candidates };
    expect(summaryOf({ result: 'found' }, runRecord).split('\n\n')).toEqual([
      '## ✅ 2 failed BK-CI builds were found, and nothing was sent',
      `- [Nightly&#64;<!-- -->PULL&#95;REQUEST](<${LINK}>)\n- Lint&#64;<!-- -->PULL&#95;REQUEST \`b-2\``,
      '',
    ]);
  });
});
