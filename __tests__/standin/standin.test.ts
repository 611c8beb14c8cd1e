import { afterEach, describe, expect, test } from '@jest/globals';
import { gatedPipeline, nightlyBuild, nightlyPipeline, passes, pluginId, testsFail } from './scenarios/nightly.js';
import { closeServers, HEADERS, startServer } from './support.js';
import { makePipeline, type Pipeline } from './world/pipeline.js';
import { BK_CI_1_5, BK_CI_3_2, BK_CI_4_2, type Release } from './world/release.js';
import type { WorldOptions } from './world/world.js';

afterEach(closeServers);

/** The plug-ins that ran in the newest execution, after its end. */
async function executedPlugins(server: Awaited<ReturnType<typeof startServer>>): Promise<string> {
  server.clock.advance(24 * 3600 * 1000);
  const { data } = await server.call('GET', '/detail');
  const names: string[] = [];
  for (const stage of data.model.stages.slice(1)) {
    for (const job of stage.containers.flatMap((one) => one.groupContainers ?? [one])) {
      for (const plugin of job.elements) {
        if (plugin.executeCount === data.executeCount && plugin.status !== '') {
          names.push(plugin.status === 'SKIP' ? `skip ${plugin.name}` : plugin.name);
        }
      }
    }
  }
  return names.join(', ');
}

describe('a failed build is retried', () => {
  const plugin = pluginId(nightlyPipeline(), 'Run tests');
  const succeeded = pluginId(nightlyPipeline(), 'Fetch artefacts');
  const BEHIND = 'Run tests, Publish report, Deploy to staging';
  const WHOLE = `Checkout, Compile, Fetch artefacts, Run tests, Publish report, Run tests on Windows, Deploy to staging`;
  test.each([
    { name: 'without taskId', query: '', expected: WHOLE },
    { name: 'failed jobs without a stage are ignored', query: '?failedContainer=true&skip=true', expected: WHOLE },
    { name: 'unknown taskId', query: '?taskId=nonsense', expected: WHOLE },
    { name: 'job hash', query: '?taskId=c-0123', expected: WHOLE },
    { name: 'stage', query: '?taskId=stage-3', expected: WHOLE.replace('Checkout, Compile, ', '') },
    { name: 'failed jobs', query: '?taskId=stage-3&failedContainer=TRUE', expected: `Fetch artefacts, ${BEHIND}` },
    { name: 'skip in a stage', query: '?taskId=stage-3&skip=true', expected: `skip ${BEHIND}` },
    { name: 'job, whose failed plug-in stays failed', query: '?taskId=2&skip=true', expected: 'Fetch artefacts' },
    { name: 'plug-in', query: `?taskId=${plugin}`, expected: BEHIND },
    { name: 'step id', query: '?taskId=run-tests', expected: BEHIND },
    { name: 'skip of a plug-in', query: `?taskId=${plugin}&skip=true`, expected: `skip ${BEHIND}` },
    { name: 'job that had succeeded', query: '?taskId=3', expected: 'Run tests on Windows' },
    { name: 'plug-in that had succeeded', query: `?taskId=${succeeded}`, expected: 'Fetch artefacts' },
  ])('$name', async ({ query, expected }) => {
    const server = await startServer();
    const answer = await server.call('POST', `/retry${query}`);
    expect(answer).toMatchObject({ http: 200, status: 0, data: { id: server.build.id, executeCount: 2, num: 42 } });
    expect(await executedPlugins(server)).toBe(expected);
    expect(server.effects()).toMatchObject({ executeCount: 2, retries: [{ user: 'ci-bot' }] });
    expect(server.standin.problems).toEqual([]);
  });

  test('a matrix: only its failed children are retried', async () => {
    const matrix = makePipeline({
      name: 'Matrix',
      stages: [{ name: 'Test', jobs: [{ name: 'Unit', matrix: ['a', 'b'], plugins: [{ name: 'Run' }] }] }],
    });
    const child = matrix.stages[1]?.jobs[0]?.children[1]?.plugins[0]?.id ?? '';
    const red = { plugins: { [child]: { status: 'FAILED' } } };
    const server = await startServer({ builds: [nightlyBuild(matrix, { scripts: [red, {}] })] });
    expect(await server.call('POST', '/retry?taskId=1&failedContainer=true')).toMatchObject({ http: 200 });
    expect(await executedPlugins(server)).toBe('Run');
  });

  test('the build goes from the queue to its end, and errors of the previous execution stay until it starts', async () => {
    const server = await startServer();
    await server.call('POST', '/retry?taskId=stage-3&failedContainer=true');
    const queued = await server.after(0);
    expect(queued.data).toMatchObject({ status: 'QUEUE', currentQueuePosition: 3, retry: true });
    expect(queued.data.startTime).toBeLessThan(queued.data.queueTime);
    expect(queued.data.errorInfoList).toHaveLength(1);
    expect(queued.data.endTime).toBeUndefined();
    expect((await server.after(13)).data.status).toBe('QUEUE_CACHE');
    const running = (await server.after(1)).data;
    expect(running).toMatchObject({ status: 'RUNNING', buildParameters: expect.any(Array) });
    expect(running.errorInfoList).toBeUndefined();
    expect(running.buildParameters).toContainEqual(expect.objectContaining({ key: 'BK_CI_RETRY_COUNT', value: 1 }));
    expect((await server.after(240 + 770)).data).toMatchObject({ status: 'SUCCEED', endTime: expect.any(Number) });
  });

  test('a gate waits for an answer', async () => {
    const gated = gatedPipeline();
    const server = await startServer({ builds: [nightlyBuild(gated, { scripts: [testsFail(gated), passes()] })] });
    await server.call('POST', '/retry?taskId=stage-3');
    const waiting = (await server.after(3600)).data;
    expect(waiting).toMatchObject({
      status: 'STAGE_SUCCESS',
      stageStatus: [{}, {}, { stageId: 'stage-4', status: 'PAUSE' }],
    });
    expect(waiting.endTime).toBeUndefined();
    const [group] = (await server.call('GET', '/detail')).data.model.stages[3]?.checkIn?.reviewGroups ?? [];
    expect(group?.reviewers).toEqual(['ops-lead', 'ops-oncall']);
    expect(await server.call('POST', '/retry')).toMatchObject({ http: 400, status: 2101129 });
    server.standin.world.answerGate(server.build.id, 'stage-4', 'approve');
    expect((await server.after(1)).data.status).toBe('RUNNING');
    expect((await server.after(770)).data.status).toBe('SUCCEED');
  });
});

describe('a retry is refused', () => {
  const locked = nightlyPipeline({ locked: true });
  const oldBuild = (pipeline: Pipeline) => nightlyBuild(pipeline, { endedSecondsAgo: 29 * 86_400 });
  test.each<{ name: string; options: Partial<WorldOptions>; query?: string; http: number; status: number }>([
    { name: 'locked', options: { builds: [nightlyBuild(locked)] }, http: 400, status: 2101047 },
    { name: '28 days', options: { builds: [oldBuild(nightlyPipeline())] }, http: 400, status: 2101258 },
    {
      name: 'queue full',
      options: { builds: [nightlyBuild(nightlyPipeline({ startRefusal: 2101049 }))] },
      http: 400,
      status: 2101049,
    },
    { name: 'stage that has not failed', options: {}, query: '?taskId=stage-2', http: 400, status: 2101114 },
    { name: 'plug-in without skip', options: {}, query: '?taskId=report&skip=true', http: 400, status: 2101221 },
  ])('$name', async ({ options, query = '', http, status }) => {
    const server = await startServer(options);
    expect(await server.call('POST', `/retry${query}`)).toMatchObject({ http, status });
    expect(server.effects().retries).toEqual([]);
  });

  test('for a user without the permission, in the language of the cookie', async () => {
    const server = await startServer();
    const headers = { ...HEADERS, 'X-DEVOPS-UID': 'view-only', Cookie: 'blueking_language=en-US' };
    const answer = await server.call('POST', '/retry', headers);
    expect(answer).toMatchObject({ http: 403, status: 2101008 });
    expect(answer.message).toBe('Pipelining: users do not have Run permissions');
    expect(answer.headers.get('X-DEVOPS-RID')).toMatch(/^[0-9a-f]{32}$/);
  });

  test.each<{ release: Release; status: number; wipes: number }>([
    { release: BK_CI_4_2, status: 2100002, wipes: 1 },
    { release: BK_CI_3_2, status: 2101129, wipes: 0 },
    { release: BK_CI_1_5, status: 2101901, wipes: 0 },
  ])('for a running build, on BK-CI $release.name, and variables are deleted $wipes times', async (one) => {
    const clean = nightlyPipeline({ cleanVariablesWhenRetry: true });
    const server = await startServer({ release: one.release, builds: [nightlyBuild(clean)] });
    await server.call('POST', '/retry');
    expect(await server.call('POST', '/retry')).toMatchObject({ http: 400, status: one.status });
    expect(server.effects().retries).toHaveLength(1);
    expect(server.effects().wipes).toHaveLength(one.wipes);
    expect('db_password' in (await server.call('GET', '/status')).data.variables).toBe(one.wipes === 0);
  });
});

describe('the detail of a build', () => {
  test('has another queueTime than the status', async () => {
    const server = await startServer();
    await server.call('POST', '/retry');
    const [status, detail] = [await server.call('GET', '/status'), await server.call('GET', '/detail')];
    expect(detail.data.queueTime).not.toBe(status.data.queueTime);
  });

  test('lists the newest execution first', async () => {
    const server = await startServer();
    server.standin.world.retryAs('ops-lead', server.build.id);
    const { recordList } = (await server.call('GET', '/detail')).data;
    expect(recordList.map(({ startUser }) => startUser)).toEqual(['ops-lead', 'ci-bot']);
  });

  test.each([
    [20, true],
    [22, false],
  ])('%i days after the start: canRetry is %s, and the retry is accepted', async (days, canRetry) => {
    const server = await startServer({ builds: [nightlyBuild(nightlyPipeline(), { endedSecondsAgo: days * 86_400 })] });
    const { stages } = (await server.call('GET', '/detail')).data.model;
    expect(stages[2]).toMatchObject({ status: 'FAILED', canRetry });
    expect(await server.call('POST', '/retry')).toMatchObject({ http: 200 });
  });
});

describe('a running build', () => {
  test('a retry of a failed plug-in in a finished job joins the execution', async () => {
    const slow = testsFail(nightlyPipeline(), {
      plugins: { [pluginId(nightlyPipeline(), 'Fetch artefacts')]: { status: 'FAILED' } },
    });
    const server = await startServer({ builds: [nightlyBuild(nightlyPipeline(), { scripts: [slow, slow] })] });
    await server.call('POST', '/retry?taskId=stage-3');
    await server.after(14 + 60);
    expect(await server.call('POST', '/retry?taskId=run-tests')).toMatchObject({ http: 400, status: 2101277 });
    const task = pluginId(server.build.pipeline, 'Fetch artefacts');
    expect(await server.call('POST', `/retry?taskId=${task}`)).toMatchObject({ http: 200, data: { executeCount: 2 } });
    expect(server.effects().retries.map((retry) => retry.description)).toEqual([
      'stage Test',
      'plug-in Fetch artefacts, running',
    ]);
    expect(await server.call('POST', '/retry?taskId=2')).toMatchObject({ status: 2100002 });
  });
});
