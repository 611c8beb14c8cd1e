import { describe, expect, test } from '@jest/globals';
import type { BuildDetail } from '../../../src/model/detail.js';
import type { BuildStatus } from '../../../src/model/snapshot.js';
import { type Decision, decide, needsDetail, type RetryRequest } from '../../../src/plan/decide.js';
import { buildDetail, buildStatus, job, NOON, plugin, running, stage } from '../../support/builds.js';
import { errorOf } from '../../support/errors.js';

const MIN = 60_000;
const request = (more: Partial<RetryRequest> = {}): RetryRequest => ({ retry: {}, onlyIfFailed: false, ...more });

interface Case {
  readonly name: string;
  readonly request?: Partial<RetryRequest>;
  readonly status?: Partial<BuildStatus> | BuildStatus;
  readonly detail?: BuildDetail;
}

const decideCase = ({ request: more, status, detail }: Case): Decision =>
  decide(request(more), buildStatus(status), detail, 'b-1');

const RUNNING = running({ serverTime: NOON + 6 * MIN + 1000, startTime: NOON + 1000, startedBy: 'release-bot' });
const { endTime: _, ...unended } = buildStatus();
const GREEN = { status: 'SUCCEED', stages: [] } as const;
const AT_GATE = { ...unended, status: 'STAGE_SUCCESS' };

const WHOLE = 'the whole build, from its first stage';

describe('decide, for the whole build', () => {
  const rows: readonly Case[] = [
    { name: 'failed' },
    { name: 'terminated', status: { status: 'TERMINATE' } },
    { name: 'cancelled', status: { status: 'CANCELED' } },
    { name: 'refused at a gate', status: { status: 'STAGE_SUCCESS' } },
    { name: 'with an unknown status and an end', status: { status: 'BRAND_NEW' } },
    { name: 'failed, with onlyIfFailed', request: { onlyIfFailed: true } },
    {
      name: 'refused at a gate, with onlyIfFailed',
      request: { onlyIfFailed: true },
      status: { status: 'STAGE_SUCCESS' },
    },
    { name: 'executed less often than maxExecuteCount', request: { maxExecuteCount: 2 } },
  ];
  test.each(rows)('$name: plans a retry', (row) => {
    expect(decideCase(row)).toEqual({
      kind: 'plan',
      verb: 'Retry',
      description: WHOLE,
      target: WHOLE,
      parameters: {},
      warnings: [],
      baseline: buildStatus(row.status),
    });
  });

  test('succeeded: plans a retry with a warning', () => {
    expect(decideCase({ name: '', status: GREEN })).toMatchObject({
      kind: 'plan',
      warnings: [
        'Build #42 has succeeded and is run again as a whole. Set onlyIfFailed: true to leave green builds alone.',
      ],
    });
  });

  test('is named by its id if its number is not known', () => {
    const { buildNumber: _number, ...nameless } = buildStatus(GREEN);
    expect(decide(request(), nameless, undefined, 'b-1')).toMatchObject({
      warnings: [expect.stringMatching(/^Build b-1 has/)],
    });
  });
});

describe('decide, with onlyIfFailed, does not retry', () => {
  const rows: readonly { name: string; status: BuildStatus; decision: Decision }[] = [
    {
      name: 'a build that has succeeded',
      status: buildStatus(GREEN),
      decision: { kind: 'not-needed', why: 'the build has succeeded' },
    },
    {
      name: 'a build that was cancelled',
      status: buildStatus({ status: 'CANCELED' }),
      decision: { kind: 'not-needed', why: 'the build was cancelled' },
    },
  ];
  test.each(rows)('$name', ({ status, decision }) => {
    expect(decide(request({ onlyIfFailed: true }), status, undefined, 'b-1')).toEqual(decision);
  });
});

describe('decide, with onlyIfFailed, follows', () => {
  const rows: readonly { name: string; status: BuildStatus; why: string }[] = [
    { name: 'a running build', status: RUNNING, why: 'the build is running' },
    {
      name: 'a build with an unknown status and no end',
      status: { ...unended, status: 'BRAND_NEW' },
      why: 'the build is running',
    },
    ...['QUEUE', 'QUEUE_CACHE', 'RETRY'].map((status) => ({
      name: `a queued build (${status})`,
      status: { ...RUNNING, status },
      why: 'the build is queued',
    })),
    { name: 'a build at a gate', status: AT_GATE, why: 'the build waits for a person to decide' },
  ];
  test.each(rows)('$name', ({ status, why }) => {
    expect(decide(request({ onlyIfFailed: true }), status, undefined, 'b-1')).toEqual({ kind: 'follow', why });
  });
});

describe('decide, for a running build', () => {
  const message =
    'Build #42 is running (execution 2, started by release-bot 6 min ago); nothing was sent. Wait for its end, or set onlyIfFailed: true to leave it alone.';
  const rows: readonly { name: string; request: Partial<RetryRequest>; status?: BuildStatus; message: string }[] = [
    { name: 'does not retry it as a whole', request: {}, message },
    { name: 'does not retry a stage', request: { retry: { taskId: 'stage-3' } }, message },
    { name: 'does not retry a job', request: { retry: { taskId: '1' } }, message },
    { name: 'does not retry its failed jobs', request: { retry: { failedContainer: true } }, message },
    {
      name: 'does not retry it at a gate',
      request: {},
      status: { ...AT_GATE, serverTime: NOON },
      message:
        'Build #42 waits for a person to decide (execution 1, started by ci-bot 3 h ago); nothing was sent. Decide in BK-CI first, or set onlyIfFailed: true to leave it alone.',
    },
    {
      name: 'does not retry it with an unknown status',
      request: {},
      status: { ...RUNNING, status: 'BRAND_NEW' },
      message,
    },
  ];
  test.each(rows)('$name', async ({ request: more, status = RUNNING, message }) => {
    const error = await errorOf(() => decide(request(more), status, buildDetail(), 'b-1'));
    expect([error.code, error.message]).toEqual(['already-running', message]);
  });

  test('leaves unknown facts out of the error', async () => {
    const bare: BuildStatus = { status: 'RUNNING', stages: [], errors: [] };
    const error = await errorOf(() => decide(request(), bare, undefined, 'b-1'));
    expect([error.code, error.message]).toEqual([
      'already-running',
      expect.stringMatching(/^Build b-1 is running \(RUNNING\); nothing was sent/),
    ]);
  });

  const inside = (retry: RetryRequest['retry'], status = 'FAILED') =>
    decide(
      request({ retry }),
      RUNNING,
      buildDetail({
        stages: [stage({ status: 'RUNNING', jobs: [job({ plugins: [plugin({ status, stepId: 'tests' })] })] })],
      }),
      'b-1',
    );

  test.each(['FAILED', 'CANCELED', 'EXEC_TIMEOUT'])('retries a plug-in that is %s', (status) => {
    expect(inside({ taskId: 'tests', failedContainer: false }, status)).toEqual({
      kind: 'plan',
      verb: 'Retry',
      description: 'plug-in Run tests (e-1) in Test › Linux and what follows',
      target: 'plug-in Run tests in Test › Linux',
      warnings: [],
      parameters: { taskId: 'e-1', failedContainer: false, skip: false },
      baseline: RUNNING,
      plugin: plugin({ status, stepId: 'tests' }),
    });
  });

  test('skips a plug-in with skip', () => {
    expect(inside({ taskId: 'e-1', skip: true })).toMatchObject({
      verb: 'Skip',
      description: 'plug-in Run tests (e-1) in Test › Linux and go on',
      parameters: { taskId: 'e-1', failedContainer: false, skip: true },
    });
  });

  test.each(['RUNNING', 'SUCCEED', 'UNEXEC'])('does not retry a plug-in that is %s', async (status) => {
    const error = await errorOf(() => inside({ taskId: 'e-1' }, status));
    expect([error.code, error.message]).toEqual([
      'already-running',
      `Build #42 is running and its plug-in Test › Linux › Run tests has not failed (${status}); nothing was sent. While a build runs, only a failed or cancelled plug-in can be retried.`,
    ]);
  });
});

describe('decide, with maxExecuteCount', () => {
  const counted = (executeCount: number | undefined, detail?: BuildDetail) => {
    const { executeCount: _count, ...uncounted } = buildStatus();
    const status = executeCount === undefined ? uncounted : buildStatus({ executeCount });
    return () => decide(request({ maxExecuteCount: 3 }), status, detail, 'b-1');
  };

  test.each([3, 4])('refuses at %d executions', async (executeCount) => {
    const error = await errorOf(counted(executeCount));
    expect([error.code, error.message]).toEqual([
      'too-many-executions',
      `Build #42 has been executed ${executeCount} times already and maxExecuteCount is 3; nothing was sent. Look into why it keeps failing, or raise maxExecuteCount.`,
    ]);
  });

  test('uses the count of the detail if the status has none', async () => {
    expect((await errorOf(counted(undefined, buildDetail({ executeCount: 3 })))).code).toBe('too-many-executions');
    expect(counted(undefined, buildDetail({ executeCount: 2 }))()).toMatchObject({ kind: 'plan' });
  });

  test('refuses if the count is not known', async () => {
    expect((await errorOf(counted(undefined))).code).toBe('too-many-executions');
  });

  test('checks onlyIfFailed before the count', () => {
    expect(
      decide(request({ onlyIfFailed: true, maxExecuteCount: 1 }), buildStatus(GREEN), undefined, 'b-1'),
    ).toMatchObject({
      kind: 'not-needed',
    });
  });

  test('suggests onlyIfFailed for a green build', async () => {
    const green = request({ maxExecuteCount: 1 });
    expect((await errorOf(() => decide(green, buildStatus(GREEN), undefined, 'b-1'))).message).toBe(
      'Build #42 has been executed once already and maxExecuteCount is 1; nothing was sent. Set onlyIfFailed: true to leave green builds alone, or raise maxExecuteCount.',
    );
  });
});

describe('needsDetail is', () => {
  const { executeCount: _count, ...uncounted } = buildStatus();
  const rows = [
    { name: 'true for a taskId', request: { retry: { taskId: 'e-1' } }, status: buildStatus(), needed: true },
    {
      name: 'true for failedContainer',
      request: { retry: { failedContainer: true } },
      status: buildStatus(),
      needed: true,
    },
    {
      name: 'true for maxExecuteCount if the status has no count',
      request: { maxExecuteCount: 3 },
      status: uncounted,
      needed: true,
    },
    {
      name: 'false for maxExecuteCount if the status has a count',
      request: { maxExecuteCount: 3 },
      status: buildStatus(),
      needed: false,
    },
    { name: 'false for the whole build', request: {}, status: uncounted, needed: false },
  ];
  test.each(rows)('$name', ({ request: more, status, needed }) => {
    expect(needsDetail(request(more), status)).toBe(needed);
  });
});
