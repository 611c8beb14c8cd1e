import { describe, expect, test } from '@jest/globals';
import { collectFailures, type FailureOptions, failedTasksOf } from '../../../src/follow/failures.js';
import { answer, fakeBkci, lost, no, type Script, wireDetail, yes } from '../../support/bkci.js';
import { BUILD, buildDetail, buildStatus, failedTask, job, plugin, stage, taskError } from '../../support/builds.js';
import { fakeStep } from '../../support/harness.js';

const modelOf = (...plugins: ReturnType<typeof plugin>[]) =>
  buildDetail({ stages: [stage({ jobs: [job({ plugins })] })] });
const ended = buildStatus({ executeCount: 2 });
const idsOf = (model: ReturnType<typeof buildDetail>, status = ended) =>
  failedTasksOf(model, status).map(({ taskId }) => taskId);

describe('the failed plug-ins of our execution', () => {
  test('are told with all that is known of them', () => {
    const model = modelOf(
      plugin({ executeCount: 2, errorType: 'USER', errorCode: 2199001, errorMessage: 'exit status 1' }),
    );
    expect(failedTasksOf(model, ended)).toEqual([failedTask()]);
  });

  test('take from the list beside the build what the model does not say', () => {
    const listed = [taskError({ errorType: 'PLUGIN', errorCode: 7, errorMessage: 'listed' })];
    expect(failedTasksOf({ ...modelOf(plugin()), errors: listed }, ended)).toEqual([
      failedTask({ errorType: 'PLUGIN', errorCode: 7, errorMessage: 'listed' }),
    ]);
  });

  test('say nothing where nothing is known', () => {
    expect(failedTasksOf(modelOf(plugin()), ended)).toEqual([
      failedTask({ errorType: '', errorCode: null, errorMessage: '' }),
    ]);
  });

  const rows = [
    {
      name: 'not those of the execution before',
      plugins: [plugin({ executeCount: 1 }), plugin({ id: 'e-2', executeCount: 2 })],
      ids: ['e-2'],
    },
    {
      name: 'those of which nobody says the execution',
      plugins: [plugin(), plugin({ id: 'e-2', executeCount: 1 })],
      ids: ['e-1'],
    },
    {
      name: 'not those that were cancelled or skipped',
      plugins: [plugin({ status: 'CANCELED' }), plugin({ id: 'e-2', status: 'SKIP' })],
      ids: [],
    },
    {
      name: 'none, when only older ones failed, though the list beside the build still has them',
      plugins: [plugin({ executeCount: 1 })],
      errors: [taskError()],
      ids: [],
    },
  ];
  test.each(rows)('are $name', ({ plugins, ids, ...more }) => {
    const errors = 'errors' in more ? more.errors : [];
    expect(idsOf(modelOf(...plugins), { ...ended, errors })).toEqual(ids);
  });

  test('are all, where the execution is not known', () => {
    const { executeCount: _, ...uncounted } = buildStatus();
    const { executeCount: __, ...model } = modelOf(plugin({ executeCount: 1 }), plugin({ id: 'e-2', executeCount: 2 }));
    expect(idsOf(model, uncounted)).toEqual(['e-1', 'e-2']);
  });

  test('are found in the jobs of a matrix', () => {
    const children = [job({ id: '2002', plugins: [plugin({ id: 'e-24' })] })];
    // The group itself only has the pattern that they were made from.
    const group = job({ plugins: [plugin({ id: 'e-pattern' })], children });
    expect(idsOf(buildDetail({ stages: [stage({ jobs: [group] })] }))).toEqual(['e-24']);
  });

  test('are none in a build that never left the queue', () => {
    const status = buildStatus({ status: 'QUEUE_TIMEOUT', executeCount: 2, errors: [taskError()] });
    expect(idsOf(modelOf(plugin()), status)).toEqual([]);
  });

  test('are those that BK-CI lists, where the model has none', () => {
    const status = buildStatus({ executeCount: 2, errors: [taskError({ errorMessage: 'listed' }), {}] });
    expect(failedTasksOf(modelOf(plugin({ status: 'SUCCEED' })), status)).toEqual([
      failedTask({ errorType: '', errorCode: null, errorMessage: 'listed' }),
      {
        stageId: '',
        stageName: '',
        containerId: '',
        containerName: '',
        taskId: '',
        taskName: '',
        errorType: '',
        errorCode: null,
        errorMessage: '',
      },
    ]);
  });
});

const log = (...lines: string[]) => yes({ status: 0, logs: lines.map((message) => ({ message })) });

async function asked(script: Script, more: Partial<FailureOptions> = {}) {
  const fake = fakeStep();
  const { client, requests } = fakeBkci({ detail: [wireDetail({ executeCount: 2 }, { executeCount: 2 })], ...script });
  const report = await collectFailures(fake.step, { client, build: BUILD, status: ended, logLines: 50, ...more });
  return { explanation: report, requests, fake };
}

describe('an explanation', () => {
  test('has the plug-ins, their logs, the stages and the names', async () => {
    const { explanation: report, requests } = await asked({ log: [log('running', '##[error]exit status 1')] });
    const task = failedTask({ errorType: '', errorCode: null });
    expect(report).toMatchObject({
      failedTasks: [task],
      logs: [{ task, lines: ['running', '##\\[error]exit status 1'] }],
      pipelineName: 'Nightly tests',
    });
    expect(report.stages.map(({ name }) => name)).toEqual(['Trigger', 'Test']);
    expect(requests).toEqual([
      'GET detail',
      'GET log?tag=e-1&executeCount=2&num=50&fromStart=false&start=0&end=1000000000',
    ]);
  });

  test('reads no log where none is wanted', async () => {
    const { explanation: report, requests } = await asked({}, { logLines: 0 });
    expect([report.logs, requests]).toEqual([[], ['GET detail']]);
  });

  test('without the detail is what the look lists', async () => {
    const status = buildStatus({ executeCount: 2, errors: [taskError({ errorMessage: 'm' })] });
    const { explanation: report, fake } = await asked(
      { detail: [no(2101008, '', 403)], log: [log('x')] },
      { status: status },
    );
    expect(report.failedTasks.map(({ taskName, errorMessage }) => `${taskName}: ${errorMessage}`)).toEqual([
      'Run tests: m',
    ]);
    expect(fake.recorder.recorded.debug).toEqual(['The detail could not be read: it was refused (HTTP 403)']);
  });

  test('of hostile names and messages is one line each', async () => {
    const { explanation: report } = await asked({
      detail: [wireDetail({}, { executeCount: 2, name: 'a\n::error::b', errorMsg: 'x\r##[group]y' })],
      log: [log()],
    });
    expect(report.failedTasks).toMatchObject([{ taskName: 'a ::error::b', errorMessage: 'x ##\\[group]y' }]);
  });

  test('ends with the abort, and with nothing else', async () => {
    const fake = fakeStep();
    const { client } = fakeBkci({ detail: [lost()] });
    fake.cancel();
    await expect(collectFailures(fake.step, { client, build: BUILD, status: ended, logLines: 50 })).rejects.toThrow(
      'the workflow was cancelled',
    );
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
  test.each(missing)('that is $name is missing, and the rest stands', async ({ reply, why }) => {
    const { explanation: report } = await asked({ log: [reply] });
    expect(report.logs).toEqual([{ task: failedTask({ errorType: '', errorCode: null }), lines: [], missing: why }]);
    expect(report.failedTasks).toHaveLength(1);
  });

  test('is cut to the last lines that were asked for, whatever a line holds', async () => {
    const { explanation: report } = await asked({ log: [log('a\nb\rc', '\x1b[31md\x1b[0m', 'e')] }, { logLines: 3 });
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

  test('is read of five plug-ins at most', async () => {
    const { explanation: report, requests } = await asked({ detail: [many(7)], log: () => log('x') });
    expect([report.failedTasks.length, report.logs.length, requests.length]).toEqual([7, 5, 6]);
  });

  test('is not asked for where there is no id', async () => {
    const { requests } = await asked({ detail: [lost()] }, { status: buildStatus({ errors: [{ taskName: 'x' }] }) });
    expect(requests).toEqual(['GET detail']);
  });

  test('of all plug-ins together stays within its cap, and keeps the end of each', async () => {
    const lines = Array.from({ length: 100 }, (_, at) => `${at} ${'x'.repeat(900)}`);
    const { explanation: report } = await asked({ detail: [many(4)], log: () => log(...lines) }, { logLines: 1000 });
    const sizes = report.logs.map((it) => it.lines.join('').length);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(200_000);
    expect(report.logs[0]?.lines.at(-1)).toBe(lines.at(-1));
  });
});
