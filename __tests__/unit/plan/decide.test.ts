import { describe, expect, test } from '@jest/globals';
import type { Detail } from '../../../src/model/detail.js';
import type { Look } from '../../../src/model/snapshot.js';
import { type Decision, decide, needsDetail, type Wish } from '../../../src/plan/decide.js';
import { detail, job, look, NOON, plugin, running, stage } from '../../support/builds.js';
import { errorOf } from '../../support/errors.js';

const MIN = 60_000;
const wish = (more: Partial<Wish> = {}): Wish => ({ retry: {}, onlyIfFailed: false, ...more });

interface Case {
  readonly name: string;
  readonly wish?: Partial<Wish>;
  readonly look?: Partial<Look> | Look;
  readonly detail?: Detail;
}

const decideCase = ({ wish: wanted, look: seen, detail: model }: Case): Decision =>
  decide(wish(wanted), look(seen), model, 'b-1');

/** A build that runs. */
const RUNS = running({ serverTime: NOON + 6 * MIN + 1000, startTime: NOON + 1000, startedBy: 'release-bot' });
const { endTime: _, ...unended } = look();
const GREEN = { status: 'SUCCEED', stages: [] } as const;
const GATE = { ...unended, status: 'STAGE_SUCCESS' };

const WHOLE = 'the whole build, from its first stage';

describe('the whole build', () => {
  const rows: readonly Case[] = [
    { name: 'that failed' },
    { name: 'that was terminated', look: { status: 'TERMINATE' } },
    { name: 'that was cancelled', look: { status: 'CANCELED' } },
    { name: 'whose gate was refused', look: { status: 'STAGE_SUCCESS' } },
    { name: 'in a state nobody knows, with an end', look: { status: 'BRAND_NEW' } },
    { name: 'that failed, with onlyIfFailed', wish: { onlyIfFailed: true } },
    {
      name: 'whose gate was refused, with onlyIfFailed',
      wish: { onlyIfFailed: true },
      look: { status: 'STAGE_SUCCESS' },
    },
    { name: 'executed less often than the fence', wish: { maxExecuteCount: 2 } },
  ];
  test.each(rows)('$name is retried', (row) => {
    expect(decideCase(row)).toEqual({
      kind: 'plan',
      word: 'Retry',
      intent: WHOLE,
      what: WHOLE,
      parameters: {},
      warnings: [],
      baseline: look(row.look),
    });
  });

  test('that has succeeded is retried with a warning', () => {
    expect(decideCase({ name: '', look: GREEN })).toMatchObject({
      kind: 'plan',
      warnings: [
        'Build #42 has succeeded and is run again as a whole. Set onlyIfFailed: true to leave green builds alone.',
      ],
    });
  });

  test('is called by its id where its number is not known', () => {
    const { buildNumber: _number, ...nameless } = look(GREEN);
    expect(decide(wish(), nameless, undefined, 'b-1')).toMatchObject({
      warnings: [expect.stringMatching(/^Build b-1 has/)],
    });
  });
});

describe('onlyIfFailed leaves alone', () => {
  const rows: readonly { name: string; seen: Look; decision: Decision }[] = [
    {
      name: 'a build that has succeeded',
      seen: look(GREEN),
      decision: { kind: 'not-needed', why: 'the build has succeeded' },
    },
    {
      name: 'a build that was cancelled',
      seen: look({ status: 'CANCELED' }),
      decision: { kind: 'not-needed', why: 'the build was cancelled, and somebody meant it' },
    },
  ];
  test.each(rows)('$name', ({ seen, decision }) => {
    expect(decide(wish({ onlyIfFailed: true }), seen, undefined, 'b-1')).toEqual(decision);
  });
});

describe('onlyIfFailed has followed, or leaves alone where nothing is followed,', () => {
  const rows: readonly { name: string; seen: Look; why: string }[] = [
    { name: 'a build that runs', seen: RUNS, why: 'the build is running' },
    {
      name: 'a build in a state nobody knows, without an end',
      seen: { ...unended, status: 'BRAND_NEW' },
      why: 'the build is running',
    },
    { name: 'a build that is queued', seen: { ...RUNS, status: 'QUEUE_CACHE' }, why: 'the build is queued' },
    { name: 'a build at a gate', seen: GATE, why: 'the build waits for a person to decide' },
  ];
  test.each(rows)('$name', ({ seen, why }) => {
    expect(decide(wish({ onlyIfFailed: true }), seen, undefined, 'b-1')).toEqual({ kind: 'follow', why });
  });
});

describe('a build that runs', () => {
  const said =
    'Build #42 is running (execution 2, started by release-bot 6 min ago), so nothing was sent. Wait for its end, or set onlyIfFailed: true to leave it alone.';
  const rows: readonly { name: string; wish: Partial<Wish>; look?: Look; message: string }[] = [
    { name: 'is not retried as a whole', wish: {}, message: said },
    { name: 'not from a stage', wish: { retry: { taskId: 'stage-3' } }, message: said },
    { name: 'not from a job', wish: { retry: { taskId: '1' } }, message: said },
    { name: 'not for its failed jobs', wish: { retry: { failedContainer: true } }, message: said },
    {
      name: 'not at a gate',
      wish: {},
      look: { ...GATE, serverTime: NOON },
      message:
        'Build #42 waits for a person to decide (execution 1, started by ci-bot 3 h ago), so nothing was sent. Decide in BK-CI first, or set onlyIfFailed: true to leave it alone.',
    },
    { name: 'not in a state nobody knows', wish: {}, look: { ...RUNS, status: 'BRAND_NEW' }, message: said },
  ];
  test.each(rows)('$name', async ({ wish: more, look: seen = RUNS, message }) => {
    const error = await errorOf(() => decide(wish(more), seen, detail(), 'b-1'));
    expect([error.code, error.message]).toEqual(['already-running', message]);
  });

  test('is told without what is not known', async () => {
    const bare: Look = { status: 'RUNNING', stages: [], errors: [] };
    const error = await errorOf(() => decide(wish(), bare, undefined, 'b-1'));
    expect([error.code, error.message]).toEqual([
      'already-running',
      expect.stringMatching(/^Build b-1 is running \(RUNNING\), so nothing was sent/),
    ]);
  });

  const inside = (retry: Wish['retry'], status = 'FAILED') =>
    decide(
      wish({ retry }),
      RUNS,
      detail({
        stages: [stage({ status: 'RUNNING', jobs: [job({ plugins: [plugin({ status, stepId: 'tests' })] })] })],
      }),
      'b-1',
    );

  test.each(['FAILED', 'CANCELED', 'EXEC_TIMEOUT'])('is sent a plug-in of it that is %s', (status) => {
    expect(inside({ taskId: 'tests', failedContainer: false }, status)).toEqual({
      kind: 'plan',
      word: 'Retry',
      intent: 'plug-in Run tests (e-1) in Test › Linux and what follows',
      what: 'plug-in Run tests in Test › Linux',
      warnings: [],
      parameters: { taskId: 'e-1', failedContainer: false, skip: false },
      baseline: RUNS,
      plugin: plugin({ status, stepId: 'tests' }),
    });
  });

  test('has a plug-in skipped, not retried, when that is what was asked for', () => {
    expect(inside({ taskId: 'e-1', skip: true })).toMatchObject({
      word: 'Skip',
      intent: 'plug-in Run tests (e-1) in Test › Linux and go on',
      parameters: { taskId: 'e-1', failedContainer: false, skip: true },
    });
  });

  test.each(['RUNNING', 'SUCCEED', 'UNEXEC'])('is not sent a plug-in of it that is %s', async (status) => {
    const error = await errorOf(() => inside({ taskId: 'e-1' }, status));
    expect([error.code, error.message]).toEqual([
      'already-running',
      `Build #42 is running and its plug-in Test › Linux › Run tests has not failed (${status}); nothing was sent. While a build runs, only a failed or cancelled plug-in can be retried.`,
    ]);
  });
});

describe('maxExecuteCount', () => {
  const counted = (executeCount: number | undefined, model?: Detail) => {
    const { executeCount: _count, ...uncounted } = look();
    const seen = executeCount === undefined ? uncounted : look({ executeCount });
    return () => decide(wish({ maxExecuteCount: 3 }), seen, model, 'b-1');
  };

  test.each([3, 4])('refuses at %d executions', async (executeCount) => {
    const error = await errorOf(counted(executeCount));
    expect([error.code, error.message]).toEqual([
      'too-many-executions',
      `Build #42 has been executed ${executeCount} times already and maxExecuteCount is 3; nothing was sent. Look into why it keeps failing, or raise maxExecuteCount.`,
    ]);
  });

  test('counts by the detail where the status does not say', async () => {
    expect((await errorOf(counted(undefined, detail({ executeCount: 3 })))).code).toBe('too-many-executions');
    expect(counted(undefined, detail({ executeCount: 2 }))()).toMatchObject({ kind: 'plan' });
  });

  test('refuses when nobody can say how often it was', async () => {
    expect((await errorOf(counted(undefined))).code).toBe('too-many-executions');
  });

  test('leaves a green build alone before it counts', () => {
    expect(decide(wish({ onlyIfFailed: true, maxExecuteCount: 1 }), look(GREEN), undefined, 'b-1')).toMatchObject({
      kind: 'not-needed',
    });
  });

  test('of a green build advises to leave it alone', async () => {
    const green = wish({ maxExecuteCount: 1 });
    expect((await errorOf(() => decide(green, look(GREEN), undefined, 'b-1'))).message).toBe(
      'Build #42 has been executed once already and maxExecuteCount is 1; nothing was sent. Set onlyIfFailed: true to leave green builds alone, or raise maxExecuteCount.',
    );
  });
});

describe('the detail is read', () => {
  const { executeCount: _count, ...uncounted } = look();
  const rows = [
    { name: 'for a taskId', wish: { retry: { taskId: 'e-1' } }, seen: look(), needed: true },
    { name: 'for failedContainer', wish: { retry: { failedContainer: true } }, seen: look(), needed: true },
    { name: 'for a count that the status lacks', wish: { maxExecuteCount: 3 }, seen: uncounted, needed: true },
    { name: 'not for a count that is known', wish: { maxExecuteCount: 3 }, seen: look(), needed: false },
    { name: 'not for the whole build', wish: {}, seen: uncounted, needed: false },
  ];
  test.each(rows)('$name', ({ wish: more, seen, needed }) => {
    expect(needsDetail(wish(more), seen)).toBe(needed);
  });
});
