import { describe, expect, test } from '@jest/globals';
import { collectFailures, type FailureOptions } from '../../../src/follow/failures.js';
import { answer, fakeBkci, lost, no, type Script, wireDetail, yes } from '../../support/bkci.js';
import { BUILD, buildStatus, failedTask, taskError } from '../../support/builds.js';
import { fakeStep } from '../../support/harness.js';

const ended = buildStatus({ executeCount: 2 });

const log = (...lines: string[]) => yes({ status: 0, logs: lines.map((message) => ({ message })) });

async function collect(script: Script, more: Partial<FailureOptions> = {}) {
  const fake = fakeStep();
  const { client, requests } = fakeBkci({ detail: [wireDetail({ executeCount: 2 }, { executeCount: 2 })], ...script });
  const report = await collectFailures(fake.step, {
    client,
    build: BUILD,
    status: ended,
    hasRun: true,
    logLines: 50,
    ...more,
  });
  return { report, requests, fake };
}

describe('a failure report', () => {
  test('has plug-ins, logs, stages and the name of the pipeline', async () => {
    const { report, requests } = await collect({ log: [log('running', '##[error]exit status 1')] });
    const task = failedTask({ errorType: '', errorCode: null });
    expect(report).toMatchObject({
      failedTasks: [task],
      logs: [{ task, lines: ['running', 'exit status 1'] }],
      pipelineName: 'Nightly tests',
    });
    expect(report.stages.map(({ name }) => name)).toEqual(['Trigger', 'Test']);
    expect(requests).toEqual([
      'GET detail',
      'GET log?tag=e-1&executeCount=2&num=50&fromStart=false&start=0&end=1000000000',
    ]);
  });

  test('reads no logs if none are wanted', async () => {
    const { report, requests } = await collect({}, { logLines: 0 });
    expect([report.logs, requests]).toEqual([[], ['GET detail']]);
  });

  test('uses the errors of the status if the detail can’t be read', async () => {
    const status = buildStatus({ executeCount: 2, errors: [taskError({ errorMessage: 'm' })] });
    const { report, fake } = await collect({ detail: [no(2101008, '', 403)], log: [log('x')] }, { status });
    expect(report.failedTasks.map(({ taskName, errorMessage }) => `${taskName}: ${errorMessage}`)).toEqual([
      'Run tests: m',
    ]);
    expect(fake.recorder.recorded.debug).toEqual(['The detail could not be read: it was refused (HTTP 403)']);
  });

  test('throws when the workflow is cancelled', async () => {
    const fake = fakeStep();
    const { client } = fakeBkci({ detail: [lost()] });
    fake.cancel();
    await expect(
      collectFailures(fake.step, { client, build: BUILD, status: ended, hasRun: true, logLines: 50 }),
    ).rejects.toThrow('the workflow was cancelled');
  });
});

describe('a log', () => {
  const missing = [
    { name: 'empty', reply: yes({ status: 1, logs: [] }), why: 'it is empty' },
    { name: 'found, but empty', reply: log(), why: 'it is empty' },
    { name: 'expired', reply: yes({ status: 2 }), why: 'it has expired' },
    { name: 'archived', reply: yes({ status: 3 }), why: 'it is archived' },
    { name: 'unreadable', reply: yes({ status: 999 }), why: 'BK-CI could not read it' },
    { name: 'refused', reply: no(2101008, '', 403), why: 'it was refused (HTTP 403)' },
    { name: 'not answered', reply: lost(), why: 'it was not answered (connection reset)' },
    { name: 'behind a gateway that is down', reply: answer('', { http: 502 }), why: 'it was not answered (HTTP 502)' },
  ];
  test.each(missing)('that is $name is reported as missing', async ({ reply, why }) => {
    const { report } = await collect({ log: () => reply });
    expect(report.logs).toEqual([{ task: failedTask({ errorType: '', errorCode: null }), lines: [], missing: why }]);
    expect(report.failedTasks).toHaveLength(1);
  });

  test('is cut to the last lines, whatever control characters they contain', async () => {
    const { report } = await collect({ log: [log('a\nb\rc', '\x1b[31md\x1b[0m', 'e')] }, { logLines: 3 });
    expect(report.logs[0]?.lines).toEqual(['c', 'd', 'e']);
  });

  const many = (count: number) =>
    yes({
      model: {
        stages: [
          {
            id: 'stage-3',
            containers: [
              { id: '1', elements: Array.from({ length: count }, (_, at) => ({ id: `e-${at}`, status: 'FAILED' })) },
            ],
          },
        ],
      },
    });

  test('is read for five plug-ins at most', async () => {
    const { report, requests } = await collect({ detail: [many(7)], log: () => log('x') });
    expect([report.failedTasks.length, report.logs.length, requests.length]).toEqual([7, 5, 6]);
  });

  test('is not read for a plug-in without an id', async () => {
    const { requests } = await collect(
      { detail: [no(2101008, '', 403)] },
      { status: buildStatus({ errors: [{ taskName: 'x' }] }) },
    );
    expect(requests).toEqual(['GET detail']);
  });

  test('has no markers of BK-CI at the start of a line, and none that the runner would read elsewhere', async () => {
    const lines = ['##[group]Build', '  ##[section]x', 'a ##[error]b', '##[a]##[command]d'];
    const { report } = await collect({ log: [log(...lines)] });
    expect(report.logs[0]?.lines).toEqual(['Build', 'x', 'a ##\\[error]b', '##\\[command]d']);
  });

  const x = (count: number) => 'x'.repeat(count);
  const long = Array.from({ length: 1000 }, (_, at) => `${at} ${x(900)}`);
  const short = ['first', 'last'];
  const shares = [
    { name: 'short ones stay whole beside large ones', logs: [long, short, long, short] },
    { name: 'large ones share the room', logs: [long, long, long, long, long] },
    { name: 'a line longer than its share is cut', logs: [[x(900_000)], short, [x(900_000)]] },
  ];
  test.each(shares)('shares the room with others: $name', async ({ logs }) => {
    const { report } = await collect(
      { detail: [many(logs.length)], log: logs.map((lines) => log(...lines)) },
      { logLines: 1000 },
    );
    const sizes = report.logs.map((entry) => entry.lines.join('').length);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(200_000);
    for (const [index, lines] of logs.entries()) {
      const shown = report.logs[index]?.lines ?? [];
      const isLarge = lines.join('').length > 200_000 / logs.length;
      // A line is cut to 1,000 characters when it is shown.
      if (isLarge) expect(sizes[index]).toBeGreaterThan(lines.length === 1 ? 999 : 200_000 / logs.length - 1_000);
      else expect(shown).toEqual(lines);
      expect(lines.at(-1)).toContain(shown.at(-1)?.replace(/…$/, ''));
    }
  });
});
