import { describe, expect, test } from '@jest/globals';
import type { Inputs } from '../../../src/inputs/inputs.js';
import { ACCESS } from '../../support/bkci.js';
import { type InputValues, inputs } from '../../support/inputs.js';

const BKAPI = 'https://bkapi.example.com/api/devops/prod/v4/apigw-app';
const LINK = 'https://console.example.com/console/pipeline/demo/p-1/detail/b-1';
const NO_IDS: InputValues = { projectId: '', pipelineId: '', buildId: '' };

describe('the required inputs', () => {
  test('are enough, with defaults for the others', () => {
    expect(inputs()).toEqual({
      access: ACCESS,
      selector: { ids: { projectId: 'demo', pipelineId: 'p-1', buildId: 'b-1' } },
      consoleUrl: 'https://devops.example.com',
      retry: { failedContainer: false, skip: false },
      onlyIfFailed: false,
      dryRun: false,
      logLines: 50,
      warnings: [],
    } satisfies Inputs);
  });

  test('are enough if the others are empty', () => {
    const empty = Object.fromEntries(
      ['taskId', 'skip', 'wait', 'logLines', 'consoleUrl', 'maxExecuteCount', 'headers'].map((name) => [name, '']),
    );
    expect(inputs(empty)).toEqual(inputs());
  });
});

describe('optional inputs', () => {
  test('are read together', () => {
    const result = inputs({
      taskId: 'stage-2',
      failedContainer: 'True',
      channelCode: 'AM',
      accessToken: 'aB%2B%3D',
      headers: 'X-Bk-Tenant-Id: t\n\nX-Y: z',
      consoleUrl: 'https://c/console/',
      onlyIfFailed: 'true',
      maxExecuteCount: '5',
      dryRun: 'TRUE',
      wait: 'true',
      timeoutMinutes: '0.5',
      pollSeconds: '2.5',
      maxAttempts: '3',
      retryOn: 'third_party, 2199001',
      retryDelaySeconds: '1.5',
      language: 'ZH-cn',
      stopOnAbort: 'true',
      logLines: '0',
      githubToken: 'ghs_x',
    });
    expect(result).toEqual({
      access: {
        ...ACCESS,
        credentials: { username: 'ci-bot', accessToken: 'aB+=' },
        headers: { 'X-Bk-Tenant-Id': 't', 'X-Y': 'z' },
        channelCode: 'AM',
        language: 'zh-CN',
      },
      selector: { ids: { projectId: 'demo', pipelineId: 'p-1', buildId: 'b-1' }, githubToken: 'ghs_x' },
      consoleUrl: 'https://c',
      retry: { failedContainer: true, skip: false, taskId: 'stage-2' },
      onlyIfFailed: true,
      dryRun: true,
      logLines: 0,
      retryOn: { types: ['THIRD_PARTY'], codes: [2199001] },
      maxExecuteCount: 5,
      warnings: [],
      follow: { timeoutMs: 30_000, pollMs: 2500, maxAttempts: 3, retryDelayMs: 1500, stopOnAbort: true },
    } satisfies Inputs);
  });

  test('for following a build have defaults', () => {
    expect(inputs({ wait: 'true' }).follow).toEqual({
      timeoutMs: 3_600_000,
      pollMs: 10_000,
      maxAttempts: 1,
      retryDelayMs: 0,
      stopOnAbort: false,
    });
  });

  test('appCode and appSecret replace the user name on the API gateway', () => {
    const { access, consoleUrl } = inputs({ apiUrl: BKAPI, username: '', appCode: 'app', appSecret: 's3cret' });
    expect(access).toEqual({
      api: { gateway: 'bkapi', version: 'v4', root: BKAPI },
      credentials: { appCode: 'app', appSecret: 's3cret' },
      headers: {},
    });
    expect(consoleUrl).toBeUndefined();
  });
});

describe('consoleUrl', () => {
  const rows = [
    { name: 'is the host of BK-CI’s own gateway', values: {}, expected: 'https://devops.example.com' },
    {
      name: 'is the host of BK-CI’s own gateway, without the path',
      values: { apiUrl: 'https://h:81/ms/openapi/api/apigw/v4' },
      expected: 'https://h:81',
    },
    { name: 'is the host of buildUrl', values: { ...NO_IDS, buildUrl: LINK }, expected: 'https://console.example.com' },
    {
      name: 'is the input consoleUrl if it is given',
      values: { ...NO_IDS, buildUrl: LINK, consoleUrl: 'https://c' },
      expected: 'https://c',
    },
    { name: 'is not known on the API gateway', values: { apiUrl: BKAPI, accessToken: 'abcd' }, expected: undefined },
    {
      name: 'is the host of buildUrl on the API gateway',
      values: { ...NO_IDS, apiUrl: BKAPI, accessToken: 'abcd', buildUrl: LINK },
      expected: 'https://console.example.com',
    },
  ];
  test.each(rows)('$name', ({ values, expected }) => {
    expect(inputs(values).consoleUrl).toBe(expected);
  });
});

describe('the selector of the build', () => {
  const rows: readonly { name: string; values: InputValues; canSearch?: boolean; selector: Inputs['selector'] }[] = [
    {
      name: 'a link',
      values: { ...NO_IDS, buildUrl: LINK },
      selector: {
        ids: {},
        link: { consoleUrl: 'https://console.example.com', projectId: 'demo', pipelineId: 'p-1', buildId: 'b-1' },
      },
    },
    {
      name: 'a link with ids that agree',
      values: { ...NO_IDS, buildUrl: LINK, projectId: 'demo' },
      selector: {
        ids: { projectId: 'demo' },
        link: { consoleUrl: 'https://console.example.com', projectId: 'demo', pipelineId: 'p-1', buildId: 'b-1' },
      },
    },
    {
      name: 'a number in a pipeline',
      values: { buildId: '', buildNumber: '#42' },
      selector: { ids: { projectId: 'demo', pipelineId: 'p-1' }, buildNumber: 42 },
    },
    {
      name: 'the latest build of a pipeline',
      values: { buildId: '', buildNumber: 'latest' },
      selector: { ids: { projectId: 'demo', pipelineId: 'p-1' }, buildNumber: 'latest' },
    },
    { name: 'the checks of a commit', values: NO_IDS, canSearch: true, selector: { ids: {} } },
    {
      name: 'the checks of the commit in ref',
      values: { ...NO_IDS, ref: 'main' },
      canSearch: true,
      selector: { ids: {} },
    },
    {
      name: 'the checks of a commit, limited to a project',
      values: { ...NO_IDS, projectId: 'demo' },
      canSearch: true,
      selector: { ids: { projectId: 'demo' } },
    },
  ];
  test.each(rows)('$name', ({ values, canSearch = false, selector }) => {
    expect(inputs(values, { canSearch }).selector).toEqual(selector);
  });
});
