import { describe, expect, test } from '@jest/globals';
import type { Inputs } from '../../../src/inputs/inputs.js';
import { ACCESS } from '../../support/bkci.js';
import { type Given, inputs } from '../../support/inputs.js';

const BKAPI = 'https://bkapi.example.com/api/devops/prod/v4/apigw-app';
const LINK = 'https://console.example.com/console/pipeline/demo/p-1/detail/b-1';
const NO_IDS: Given = { projectId: '', pipelineId: '', buildId: '' };

describe('the five inputs of the plainest use', () => {
  test('become everything that the step needs', () => {
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

  test('an empty string is the same as nothing', () => {
    const empty = Object.fromEntries(
      ['taskId', 'skip', 'wait', 'logLines', 'consoleUrl', 'maxExecuteCount', 'headers'].map((name) => [name, '']),
    );
    expect(inputs(empty)).toEqual(inputs());
  });
});

describe('all inputs together', () => {
  test('are read as they are meant', () => {
    const read = inputs({
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
      stopOnAbort: 'true',
      logLines: '0',
      githubToken: 'ghs_x',
    });
    expect(read).toEqual({
      access: {
        ...ACCESS,
        credentials: { username: 'ci-bot', accessToken: 'aB+=' },
        headers: { 'X-Bk-Tenant-Id': 't', 'X-Y': 'z' },
        channelCode: 'AM',
      },
      selector: { ids: { projectId: 'demo', pipelineId: 'p-1', buildId: 'b-1' }, githubToken: 'ghs_x' },
      consoleUrl: 'https://c',
      retry: { failedContainer: true, skip: false, taskId: 'stage-2' },
      onlyIfFailed: true,
      dryRun: true,
      logLines: 0,
      maxExecuteCount: 5,
      warnings: [],
      follow: { timeoutMs: 30_000, pollMs: 2500, maxAttempts: 3, stopOnAbort: true },
    } satisfies Inputs);
  });

  test('numbers of waiting have their defaults', () => {
    expect(inputs({ wait: 'true' }).follow).toEqual({
      timeoutMs: 3_600_000,
      pollMs: 10_000,
      maxAttempts: 1,
      stopOnAbort: false,
    });
  });

  test('on the API gateway the app stands for the user', () => {
    const { access, consoleUrl } = inputs({ apiUrl: BKAPI, username: '', appCode: 'app', appSecret: 's3cret' });
    expect(access).toEqual({
      api: { gateway: 'bkapi', version: 'v4', root: BKAPI },
      credentials: { appCode: 'app', appSecret: 's3cret' },
      headers: {},
    });
    expect(consoleUrl).toBeUndefined();
  });
});

describe('selector links point', () => {
  const rows = [
    { name: 'the host of the own gateway', given: {}, expected: 'https://devops.example.com' },
    {
      name: 'the host of the own gateway with a path',
      given: { apiUrl: 'https://h:81/ms/openapi/api/apigw/v4' },
      expected: 'https://h:81',
    },
    { name: 'the host of buildUrl', given: { ...NO_IDS, buildUrl: LINK }, expected: 'https://console.example.com' },
    {
      name: 'consoleUrl before both',
      given: { ...NO_IDS, buildUrl: LINK, consoleUrl: 'https://c' },
      expected: 'https://c',
    },
    { name: 'nowhere on the API gateway', given: { apiUrl: BKAPI, accessToken: 'abcd' }, expected: undefined },
    {
      name: 'the host of buildUrl on the API gateway',
      given: { ...NO_IDS, apiUrl: BKAPI, accessToken: 'abcd', buildUrl: LINK },
      expected: 'https://console.example.com',
    },
  ];
  test.each(rows)('$name', ({ given, expected }) => {
    expect(inputs(given).consoleUrl).toBe(expected);
  });
});

describe('which build', () => {
  const rows: readonly { name: string; given: Given; canSearch?: boolean; selector: Inputs['selector'] }[] = [
    {
      name: 'a link alone',
      given: { ...NO_IDS, buildUrl: LINK },
      selector: {
        ids: {},
        link: { consoleUrl: 'https://console.example.com', projectId: 'demo', pipelineId: 'p-1', buildId: 'b-1' },
      },
    },
    {
      name: 'a link with ids that agree',
      given: { ...NO_IDS, buildUrl: LINK, projectId: 'demo' },
      selector: {
        ids: { projectId: 'demo' },
        link: { consoleUrl: 'https://console.example.com', projectId: 'demo', pipelineId: 'p-1', buildId: 'b-1' },
      },
    },
    {
      name: 'a number of a pipeline',
      given: { buildId: '', buildNumber: '#42' },
      selector: { ids: { projectId: 'demo', pipelineId: 'p-1' }, buildNumber: 42 },
    },
    {
      name: 'the latest of a pipeline',
      given: { buildId: '', buildNumber: 'latest' },
      selector: { ids: { projectId: 'demo', pipelineId: 'p-1' }, buildNumber: 'latest' },
    },
    { name: 'the checks of a commit', given: NO_IDS, canSearch: true, selector: { ids: {} } },
    {
      name: 'the checks of a commit that ref names',
      given: { ...NO_IDS, ref: 'main' },
      canSearch: true,
      selector: { ids: {} },
    },
    {
      name: 'the checks of a commit, with a fence',
      given: { ...NO_IDS, projectId: 'demo' },
      canSearch: true,
      selector: { ids: { projectId: 'demo' } },
    },
  ];
  test.each(rows)('$name', ({ given, canSearch = false, selector }) => {
    expect(inputs(given, { canSearch }).selector).toEqual(selector);
  });
});
