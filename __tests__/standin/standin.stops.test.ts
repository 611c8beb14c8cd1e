import { afterEach, describe, expect, test } from '@jest/globals';
import { nightlyBuild } from './scenarios/nightly.js';
import { closeServers, startServer } from './support.js';
import { makePipeline } from './world/pipeline.js';

afterEach(closeServers);

describe('a running build', () => {
  test.each([
    ['in the queue', 1, 5],
    ['that has just started', 14, 10],
    ['while a plug-in runs', 60, 25],
  ])('is stopped %s', async (_, startedAfter, takes) => {
    const waits = makePipeline({
      name: 'Waits',
      stages: [{ name: 'Wait', jobs: [{ name: 'Wait', plugins: [{ name: 'Wait', seconds: 900 }] }] }],
    });
    const wait = waits.stages[1]?.jobs[0]?.plugins[0]?.id ?? '';
    const slow = { queue: [{ position: 1, seconds: 13 }], plugins: { [wait]: { startsAfter: 20 } } };
    const server = await startServer({ builds: [nightlyBuild(waits, { scripts: [{}, slow] })] });
    await server.call('POST', '/retry');
    await server.after(startedAfter);
    expect(await server.call('POST', '/stop')).toMatchObject({ http: 200, data: true });
    expect((await server.after(takes - 1)).data.endTime).toBeUndefined();
    expect((await server.after(1)).data).toMatchObject({ status: 'CANCELED', endTime: expect.any(Number) });
  });

  test('a second stop does nothing within a second, is refused for a minute, and forces the end later', async () => {
    const server = await startServer({ stopSeconds: 300 });
    expect(await server.call('POST', '/stop')).toMatchObject({ http: 400, status: 2101182 });
    await server.call('POST', '/retry');
    await server.after(60);
    expect(await server.call('POST', '/stop')).toMatchObject({ http: 200, data: true });
    await server.after(1);
    expect(await server.call('POST', '/stop')).toMatchObject({ http: 200, data: true });
    expect((await server.after(1)).data.status).toBe('RUNNING');
    expect(await server.call('POST', '/stop')).toMatchObject({ http: 400, status: 2101019 });
    expect((await server.after(58)).data.status).toBe('RUNNING');
    expect(await server.call('POST', '/stop')).toMatchObject({ http: 200 });
    expect((await server.after(0)).data.status).toBe('TERMINATE');
    expect(server.effects().stops.map((stop) => stop.forced)).toEqual([false, false, true]);
  });

  test("the key of a stop in the queue outlives the execution: the next one can't be stopped at once", async () => {
    const server = await startServer();
    await server.call('POST', '/retry');
    expect(await server.call('POST', '/stop')).toMatchObject({ http: 200 });
    expect((await server.after(5)).data.status).toBe('CANCELED');
    await server.call('POST', '/retry');
    await server.after(20);
    expect(await server.call('POST', '/stop')).toMatchObject({ http: 400, status: 2101019 });
    expect((await server.after(30)).data.status).toBe('RUNNING');
    await server.after(10);
    expect(await server.call('POST', '/stop')).toMatchObject({ http: 200 });
    expect((await server.after(0)).data.status).toBe('TERMINATE');
  });

  test('that is about to start a plug-in may end as failed after a stop', async () => {
    const server = await startServer({ stopStatus: 'FAILED' });
    await server.call('POST', '/retry');
    await server.after(60);
    await server.call('POST', '/stop');
    const { data } = await server.after(25);
    expect(data).toMatchObject({ status: 'FAILED', errorInfoList: [{ errorCode: 2199502 }] });
  });
});
