import { describe, expect, test } from '@jest/globals';
import { errorOf } from '../../support/errors.js';
import { inputs } from '../../support/inputs.js';

const BKAPI = 'https://bkapi.example.com/api/devops/prod/v4/apigw-app';
const LINK = 'https://console.example.com/console/pipeline/demo/p-1/detail/b-1';

const NO_IDS = { projectId: '', pipelineId: '', buildId: '' };

/** The list of the error, one problem per element. */
async function problemsOf(
  values: Readonly<Record<string, string | undefined>>,
  options?: { canSearch: boolean },
): Promise<string[]> {
  const { message } = await errorOf(() => inputs(values, options));
  return message
    .split('\n')
    .slice(1)
    .map((line) => line.slice(2));
}

describe('readInputs refuses', () => {
  const rows: readonly {
    name: string;
    values: Readonly<Record<string, string | undefined>>;
    canSearch?: boolean;
    problems: readonly (string | RegExp)[];
  }[] = [
    {
      name: 'no inputs at all',
      values: { ...NO_IDS, apiUrl: '', username: '' } as Record<string, string>,
      problems: [
        /^apiUrl: missing/,
        'projectId: missing, or the variable behind it is empty. Give it, or buildUrl',
        'pipelineId: missing, or the variable behind it is empty. Give it, or buildUrl',
        'buildId: missing, or the variable behind it is empty. Give buildId (b-…), buildNumber, buildUrl, or ref',
        'username: missing, or the variable behind it is empty. Give username, accessToken, or appCode and appSecret',
      ],
    },
    {
      name: 'no user name and no token',
      values: { username: undefined },
      problems: ['username: missing. Give username, or accessToken'],
    },
    {
      name: 'an empty user name',
      values: { username: '' },
      problems: ['username: missing, or the variable behind it is empty. Give username, or accessToken'],
    },
    { name: 'an empty buildId on an event without a commit', values: { buildId: '' }, problems: [/^buildId: missing/] },
    {
      name: 'a number without a pipeline',
      values: { ...NO_IDS, buildNumber: '7' } as Record<string, string>,
      canSearch: true,
      problems: [/^projectId: missing/, /^pipelineId: missing/],
    },
    {
      name: 'ids without a pipeline',
      values: { pipelineId: '' },
      canSearch: true,
      problems: [/^pipelineId: missing/],
    },
    {
      name: 'a link that contradicts an id',
      values: { buildUrl: LINK, buildId: 'b-2' },
      problems: ['buildId: b-2 is not the buildId of buildUrl, which is b-1'],
    },
    {
      name: 'a number together with an id',
      values: { buildNumber: '7' },
      problems: ['buildNumber: given together with buildId; give only one of them'],
    },
    {
      name: 'a number together with a link and an id',
      values: { buildNumber: '7', buildUrl: LINK },
      problems: ['buildNumber: given together with buildUrl and buildId; give only one of them'],
    },
    {
      name: 'a checkApp that is GitHub Actions',
      values: { checkApp: 'GITHUB-ACTIONS' },
      problems: ['checkApp: “GITHUB-ACTIONS” is GitHub Actions, as which any workflow can write checks'],
    },
    {
      name: 'a ref together with an id',
      values: { ref: 'main' },
      problems: ['ref: given together with buildId; give only one of them'],
    },
    {
      name: 'skip without taskId',
      values: { skip: 'true' },
      problems: ['skip: true needs taskId, which says what to skip'],
    },
    {
      name: 'skip with failedContainer',
      values: { skip: 'true', taskId: 'e-1', failedContainer: 'true' },
      problems: ['skip: true together with failedContainer: true; give only one of them'],
    },
    {
      name: 'skip with maxAttempts',
      values: { skip: 'true', taskId: 'e-1', maxAttempts: '2', wait: 'true' },
      problems: ['maxAttempts: 2 together with skip: true; a skip is not repeated'],
    },
    { name: 'maxAttempts without wait', values: { maxAttempts: '2' }, problems: ['maxAttempts: 2 needs wait: true'] },
    {
      name: 'stopOnAbort without wait',
      values: { stopOnAbort: 'true' },
      problems: ['stopOnAbort: true needs wait: true'],
    },
    {
      name: 'numbers out of range',
      values: { timeoutMinutes: '7201', pollSeconds: '0.5', maxAttempts: '11', logLines: '1001', maxExecuteCount: '0' },
      problems: [
        'maxExecuteCount: “0” is not a whole number from 1 to 1000',
        'timeoutMinutes: “7201” is not a number from 0.1 to 7200',
        'pollSeconds: “0.5” is not a number from 1 to 300',
        'maxAttempts: “11” is not a whole number from 1 to 10',
        'logLines: “1001” is not a whole number from 0 to 1000',
      ],
    },
    {
      name: 'values that belong into another input',
      values: { buildId: '#42', buildNumber: 'b-0123456789abcdef' },
      problems: [
        'buildId: “#42” looks like a build number: use buildNumber',
        'buildNumber: “b-0123456789abcdef” looks like the id of a build: use buildId',
        'buildNumber: given together with buildId; give only one of them',
      ],
    },
    {
      name: 'a language, error types and a delay that do not exist',
      values: { language: 'de', retryOn: 'SYSTEM, network 0', retryDelaySeconds: '3601' },
      problems: [
        'language: “de” is not a language of BK-CI: en-US, zh-CN or ja-JP',
        'retryOn: “network” and “0” is neither SYSTEM, USER, THIRD_PARTY, PLUGIN or BUILD_MACHINE nor an error number',
        'retryDelaySeconds: “3601” is not a number from 0 to 3600',
      ],
    },
    {
      name: 'an id that YAML has rounded',
      values: { buildId: '1.5E+20' },
      problems: ['buildId: “1.5E+20” looks like a number that YAML has rounded; put it in quotes'],
    },
    {
      name: 'app credentials for BK-CI’s own gateway',
      values: { appCode: 'app', appSecret: 'hunter2' },
      problems: [/^appCode: not used with this apiUrl/, /^appSecret: not used with this apiUrl/],
    },
    {
      name: 'no credentials for the API gateway',
      values: { apiUrl: BKAPI },
      problems: ['appCode: missing. The BlueKing API gateway takes appCode and appSecret, or accessToken'],
    },
    {
      name: 'an app code without its secret',
      values: { apiUrl: BKAPI, appCode: 'app' },
      problems: ['appSecret: missing. It belongs with appCode'],
    },
    {
      name: 'an app secret without its code',
      values: { apiUrl: BKAPI, appSecret: 'hunter2' },
      problems: ['appCode: missing. It belongs with appSecret'],
    },
    {
      name: 'a token with a line break',
      values: { accessToken: 'hunter2\nhunter2' },
      problems: ['accessToken: contains white space or a line break; it must be one word'],
    },
    {
      name: 'a user name that is not valid in a header',
      values: { username: 'bö' },
      problems: ["username: “bö” has characters that a header can't carry; only ASCII is accepted"],
    },
  ];
  test.each(rows)('$name', async ({ values, canSearch = false, problems }) => {
    const expected = problems.map((problem) =>
      typeof problem === 'string' ? problem : expect.stringMatching(problem),
    );
    expect(await problemsOf(values, { canSearch })).toEqual(expected);
  });

  test('several inputs with one error, in the order of the inputs', async () => {
    const error = await errorOf(() => inputs({ buildId: '', failedContainer: 'maybe', 'task-id': 'e-1' }));
    expect([error.code, error.message]).toEqual([
      'input-invalid',
      [
        '3 inputs need a change; nothing was sent:',
        '  buildId: missing, or the variable behind it is empty. Give buildId (b-…), buildNumber, buildUrl, or ref',
        '  task-id: not an input; did you mean taskId? Rename it in with:, or INPUT_TASK-ID in env:',
        '  failedContainer: “maybe” is neither true nor false',
      ].join('\n'),
    ]);
  });

  test('a misspelt name with one problem, without calling the input missing', async () => {
    expect(await problemsOf({ username: '', 'user-name': 'ci-bot' })).toEqual([
      'user-name: not an input; did you mean username? Rename it in with:, or INPUT_USER-NAME in env:',
    ]);
  });

  test('a misspelt name that selects the build, without calling the ids missing', async () => {
    expect(await problemsOf({ ...NO_IDS, bulidUrl: LINK })).toEqual([
      'bulidurl: not an input; did you mean buildUrl? Rename it in with:, or INPUT_BULIDURL in env:',
    ]);
  });

  test('a single input in the singular', async () => {
    const error = await errorOf(() => inputs({ wait: 'maybe' }));
    expect([error.code, error.message]).toEqual([
      'input-invalid',
      expect.stringMatching(/^1 input needs a change; nothing was sent:\n/),
    ]);
  });
});
