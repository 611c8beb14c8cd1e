import { describe, expect, test } from '@jest/globals';
import { TransientError } from '../../../src/bkci/transient-error.js';
import { NetworkError } from '../../../src/http/network-error.js';
import {
  answer,
  type FakeBkci,
  fakeBkci,
  lost,
  no,
  type Reply,
  unreached,
  wireDetail,
  wireStatus,
  yes,
} from '../../support/bkci.js';
import { BUILD } from '../../support/builds.js';
import { errorOf } from '../../support/errors.js';

const TOKEN = 'aB+/'.repeat(38);
const headersOf = ({ sent }: FakeBkci) => sent[0]?.headers;

describe('a request of the client', () => {
  test('for a plain retry has no query, asks for JSON, and uses its own connection', async () => {
    const bkci = fakeBkci({ retry: [yes({ id: 'b-1' })] });
    await bkci.client.retryBuild(BUILD, {});
    const [request] = bkci.sent;
    expect({ ...request, url: request?.url.href }).toEqual({
      method: 'POST',
      url: 'https://devops.example.com/ms/openapi/api/apigw/v3/projects/demo/pipelines/p-1/builds/b-1/retry',
      headers: { accept: 'application/json', 'content-type': 'application/json', 'X-DEVOPS-UID': 'ci-bot' },
      deadlineMs: 75_000,
      maxBytes: 2 * 1024 * 1024,
      ownConnection: true,
    });
  });

  const cookies = [
    { name: 'a language', access: { language: 'en-US' }, headers: { Cookie: 'blueking_language=en-US' } },
    {
      name: 'a language beside a cookie of the user',
      access: { language: 'zh-CN', headers: { cookie: 'session=x;', 'X-A': '1' } },
      headers: { cookie: 'session=x; blueking_language=zh-CN', 'X-A': '1' },
    },
    { name: 'a cookie alone', access: { headers: { Cookie: 'session=x' } }, headers: { Cookie: 'session=x' } },
  ] as const;
  test.each(cookies)('sends $name with every operation', async ({ access, headers }) => {
    const bkci = fakeBkci({ retry: [yes({ id: 'b-1' })], status: [wireStatus()] }, { access });
    await bkci.client.retryBuild(BUILD, {});
    await bkci.client.buildStatus(BUILD);
    for (const { headers: sent } of bkci.sent) {
      const { accept: _, 'content-type': __, 'X-DEVOPS-UID': ___, ...rest } = sent;
      expect(rest).toEqual(headers);
    }
    expect(bkci.sent).toHaveLength(2);
  });

  test('contains every given parameter, but none that is false', async () => {
    const bkci = fakeBkci({ retry: () => yes({ id: 'b-1' }) }, { access: { channelCode: 'AM' } });
    await bkci.client.retryBuild(BUILD, { taskId: 'stage-2', failedContainer: true, skip: false });
    await bkci.client.retryBuild(BUILD, { taskId: 'e-1', failedContainer: false, skip: true });
    expect(bkci.requests).toEqual([
      'POST retry?taskId=stage-2&failedContainer=true&channelCode=AM',
      'POST retry?taskId=e-1&skip=true&channelCode=AM',
    ]);
    expect(headersOf(bkci)).toMatchObject({ 'X-DEVOPS-CHANNEL': 'AM' });
  });

  test('contains the headers of the user, which override none of the action', async () => {
    const headers = { 'X-Bk-Tenant-Id': 't', accept: 'text/html' };
    const bkci = fakeBkci({ retry: [yes({ id: 'b-1' })] }, { access: { headers } });
    await bkci.client.retryBuild(BUILD, {});
    expect(headersOf(bkci)).toMatchObject({ 'X-Bk-Tenant-Id': 't', accept: 'application/json' });
  });

  test('for a read shares a connection and has a deadline of 20 s', async () => {
    const bkci = fakeBkci({ status: [wireStatus()], detail: [wireDetail()], log: [yes({ status: 0, logs: [] })] });
    await bkci.client.buildStatus(BUILD);
    await bkci.client.buildDetail(BUILD);
    await bkci.client.taskLog(BUILD, { taskId: 'e-1', executeCount: 2, lines: 50 });
    expect(bkci.requests).toEqual([
      'GET status',
      'GET detail',
      'GET log?tag=e-1&executeCount=2&num=50&fromStart=false&start=0&end=1000000000',
    ]);
    expect(bkci.sent.map(({ deadlineMs, ownConnection }) => ({ deadlineMs, ownConnection }))).toEqual(
      bkci.sent.map(() => ({ deadlineMs: 20_000, ownConnection: false })),
    );
  });

  test('for a build by its number asks v4 for that build only, and v3 for a page', async () => {
    const page = { page: 2, pageSize: 100, number: 42 };
    const v4 = { gateway: 'own', version: 'v4', root: 'https://devops.example.com/ms/openapi/api/apigw/v4' } as const;
    const fakes = [
      fakeBkci({ history: [yes({ records: [] })] }),
      fakeBkci({ history: [yes({ records: [] })] }, { access: { api: v4 } }),
    ];
    const { projectId, pipelineId } = BUILD;
    for (const { client } of fakes) await client.buildHistory({ projectId, pipelineId }, page);
    expect(fakes.flatMap(({ requests }) => requests)).toEqual([
      'GET history?page=2&pageSize=100',
      'GET history?pipelineId=p-1&page=2&pageSize=100&buildNoStart=42&buildNoEnd=42',
    ]);
  });

  test('is described without query and credentials', () => {
    const { client } = fakeBkci({}, { access: { credentials: { accessToken: TOKEN } } });
    expect(client.describeRequest('retry', BUILD)).toBe(
      'POST https://devops.example.com/ms/openapi/api/apigw/v3/projects/demo/pipelines/p-1/builds/b-1/retry',
    );
  });
});

describe('a read', () => {
  const status = (reply: Reply) => () => fakeBkci({ status: [reply] }).client.buildStatus(BUILD);

  const transient = [
    { name: 'not delivered', reply: unreached(), kind: 'not-delivered' },
    { name: 'lost', reply: lost(), kind: 'answer-lost' },
    { name: '502', reply: answer('<html>', { http: 502 }), kind: 'answer-lost' },
    { name: '429', reply: answer('', { http: 429 }), kind: 'not-delivered' },
  ] as const;
  test.each(transient)('that ends as $name throws a TransientError', async ({ reply, kind }) => {
    const error = await status(reply)().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(TransientError);
    expect((error as TransientError).outcome.kind).toBe(kind);
  });

  test('that is refused names the user, the missing permission and the consequence', async () => {
    const error = await errorOf(status(no(2101008, 'm', 403)));
    expect([error.code, error.message]).toEqual([
      'forbidden',
      'ci-bot may not view this pipeline (2101008 “m”); nothing was sent. In BK-CI, give ci-bot the permission VIEW on the pipeline.',
    ]);
  });

  test('of a build that does not exist names all three ids', async () => {
    const error = await errorOf(status(no(2101163, 'm', 404)));
    expect([error.code, error.message]).toEqual([
      'not-found',
      'There is no build b-1 in pipeline p-1 of project demo (2101163 “m”); nothing was sent. Check projectId, pipelineId and buildId, or give buildUrl, which has all three.',
    ]);
  });

  test('of an unexpected form names the field, never its value', async () => {
    const error = await errorOf(status(wireStatus({ endTime: 'hunter2' })));
    expect([error.code, error.response?.http]).toEqual(['unexpected-answer', 200]);
    expect(error.message).toMatch(
      /^GET https:\/\/devops\.example\.com\/\S+\/status was not answered .*: data\.endTime is not a number; nothing was sent\./,
    );
    expect(error.message).not.toContain('hunter2');
  });

  test('without a status is an unexpected answer', async () => {
    const error = await errorOf(status(answer('{}')));
    expect([error.code, error.message]).toEqual([
      'unexpected-answer',
      expect.stringContaining(': status is missing; nothing was sent'),
    ]);
  });

  test('that is cancelled throws the reason of the cancellation', async () => {
    const { client } = fakeBkci({ status: [wireStatus()] });
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(client.buildStatus(BUILD, { signal })).rejects.toThrow('enough');
  });
});

describe('a secret', () => {
  const secrets = ['app_secret*012'];

  test('in the error message of a plug-in is removed from the decoded detail', async () => {
    const text = `${'x'.repeat(995)} app_secret*012`;
    const { client } = fakeBkci({ detail: [wireDetail({}, { errorMsg: text, name: text })] }, { secrets });
    expect(JSON.stringify(await client.buildDetail(BUILD))).not.toContain('app_secret');
  });

  test('in a log is removed from its lines', async () => {
    const logs = [{ lineNo: 1, message: 'curl -H "X-Token: app_secret*012"', timestamp: 1 }];
    const { client } = fakeBkci({ log: [yes({ status: 0, finished: true, logs })] }, { secrets });
    const { lines } = await client.taskLog(BUILD, { taskId: 'e-1', lines: 10 });
    expect(lines).toEqual(['curl -H "X-Token: ***"']);
  });
});

describe('a credential', () => {
  const text = `bad token ${'x'.repeat(270)} ${TOKEN} ${encodeURIComponent(TOKEN)}`;
  const replies = [
    { name: 'an error of BK-CI', reply: no(2101047, text) },
    { name: 'a text of the filter of BK-CI', reply: answer(text, { http: 400 }) },
    { name: 'a long text', reply: answer(`${'x '.repeat(990)}${TOKEN}`, { http: 400 }) },
    { name: 'an HTML page', reply: answer(`<html><title>${'x'.repeat(180)} ${TOKEN}</title>`, { http: 200 }) },
    {
      name: 'an error of the API gateway',
      reply: answer({ code: 1640001, message: text, result: false }, { http: 400 }),
    },
  ];
  test.each(replies)('in $name is not in the error, not even a part of it', async ({ reply }) => {
    const secrets = [TOKEN, encodeURIComponent(TOKEN)];
    const { client } = fakeBkci({ retry: [reply] }, { access: { credentials: { accessToken: TOKEN } }, secrets });
    const outcome = await client.retryBuild(BUILD, {});
    if (outcome.kind !== 'refused') throw new Error(`it was ${outcome.kind}`);
    const error = client.refusal(outcome, { operation: 'retry', build: BUILD, consequence: 'nothing was retried' });
    expect(`${error.message} ${error.request} ${error.response?.message}`).not.toContain(TOKEN.slice(0, 8));
  });
});

describe('the size of an answer', () => {
  const MIB = 1024 * 1024;
  const tooLarge = new NetworkError('sent', 'BODY_TOO_LARGE', 'the answer is larger than 2 MiB');

  test('has a limit for each operation', async () => {
    const accepted = [yes({ id: 'b-1' })];
    const script = { status: [wireStatus()], detail: [wireDetail()], retry: accepted, stop: [yes(true)] };
    const bkci = fakeBkci({ ...script, log: [yes({ status: 0, logs: [] })], history: [yes({ records: [] })] });
    const { client } = bkci;
    await client.retryBuild(BUILD, {});
    await client.buildStatus(BUILD);
    await client.stopBuild(BUILD, { deadlineMs: 3000 });
    await client.taskLog(BUILD, { taskId: 'e-1', lines: 50 });
    await client.buildHistory(BUILD, { page: 1, pageSize: 100 });
    await client.buildDetail(BUILD);
    expect(bkci.sent.map(({ maxBytes }) => maxBytes / MIB)).toEqual([2, 2, 2, 10, 10, 64]);
  });

  test('beyond the limit makes a read unexpected, which is not repeated', async () => {
    const bkci = fakeBkci({ detail: [tooLarge] });
    const error = await errorOf(() => bkci.client.buildDetail(BUILD, { consequence: 'so what' }));
    expect([error.code, error.cause, error.message]).toEqual([
      'unexpected-answer',
      tooLarge,
      expect.stringContaining('was not answered as the API documents it: the answer is larger than 2 MiB; so what.'),
    ]);
  });

  test.each(['retry', 'stop'] as const)('beyond the limit makes the answer to a %s a lost one', async (operation) => {
    const { client } = fakeBkci({ [operation]: [tooLarge] });
    const send = () =>
      operation === 'retry' ? client.retryBuild(BUILD, {}) : client.stopBuild(BUILD, { deadlineMs: 3000 });
    expect(await send()).toMatchObject({ kind: 'answer-lost', answered: false });
  });
});
