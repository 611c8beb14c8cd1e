import { describe, expect, test } from '@jest/globals';
import { codeOf, errorOf } from '../../support/errors.js';
import { inputs } from '../../support/inputs.js';

const BKAPI = 'https://bkapi.example.com/api/devops/prod/v4/apigw-app';
const LINK = 'https://console.example.com/console/pipeline/demo/p-1/detail/b-1';

const NO_IDS = { projectId: '', pipelineId: '', buildId: '' };

/** The lines of the one error, without its first. */
async function problemsOf(more: Readonly<Record<string, string>>, options?: { canSearch: boolean }): Promise<string[]> {
  const { message } = await errorOf(() => inputs(more, options));
  return message
    .split('\n')
    .slice(1)
    .map((line) => line.slice(2));
}

describe('what can’t be', () => {
  const rows: readonly {
    name: string;
    given: Readonly<Record<string, string>>;
    canSearch?: boolean;
    problems: readonly (string | RegExp)[];
  }[] = [
    {
      name: 'nothing given at all',
      given: { ...NO_IDS, apiUrl: '', username: '' } as Record<string, string>,
      problems: [
        /^apiUrl: missing/,
        'projectId: missing. Give it, or buildUrl',
        'pipelineId: missing. Give it, or buildUrl',
        'buildId: missing. Give buildId (b-…), buildNumber, buildUrl, or ref',
        'username: missing. Give username, accessToken, or appCode and appSecret',
      ],
    },
    {
      name: 'nobody who asks',
      given: { username: '' },
      problems: ['username: missing. Give username, or accessToken'],
    },
    { name: 'an empty buildId on an event without a commit', given: { buildId: '' }, problems: [/^buildId: missing/] },
    {
      name: 'a number without its pipeline',
      given: { ...NO_IDS, buildNumber: '7' } as Record<string, string>,
      canSearch: true,
      problems: [/^projectId: missing/, /^pipelineId: missing/],
    },
    {
      name: 'ids without their pipeline',
      given: { pipelineId: '' },
      canSearch: true,
      problems: [/^pipelineId: missing/],
    },
    {
      name: 'a link that contradicts an id',
      given: { buildUrl: LINK, buildId: 'b-2' },
      problems: ['buildId: b-2 is not the buildId of buildUrl, which is b-1'],
    },
    {
      name: 'a number beside an id',
      given: { buildNumber: '7' },
      problems: ['buildNumber: given together with buildId; give only one of them'],
    },
    {
      name: 'a number beside a link and an id',
      given: { buildNumber: '7', buildUrl: LINK },
      problems: ['buildNumber: given together with buildUrl and buildId; give only one of them'],
    },
    {
      name: 'a ref beside an id',
      given: { ref: 'main' },
      problems: ['ref: given together with buildId; give only one of them'],
    },
    {
      name: 'skip without taskId',
      given: { skip: 'true' },
      problems: ['skip: true needs taskId, which says what to skip'],
    },
    {
      name: 'skip with failedContainer',
      given: { skip: 'true', taskId: 'e-1', failedContainer: 'true' },
      problems: ['skip: true together with failedContainer: true; give only one of them'],
    },
    {
      name: 'skip with maxAttempts',
      given: { skip: 'true', taskId: 'e-1', maxAttempts: '2', wait: 'true' },
      problems: ['maxAttempts: 2 together with skip: true; a skip is not repeated'],
    },
    { name: 'maxAttempts without wait', given: { maxAttempts: '2' }, problems: ['maxAttempts: 2 needs wait: true'] },
    {
      name: 'stopOnAbort without wait',
      given: { stopOnAbort: 'true' },
      problems: ['stopOnAbort: true needs wait: true'],
    },
    {
      name: 'numbers out of their ranges',
      given: { timeoutMinutes: '7201', pollSeconds: '0.5', maxAttempts: '11', logLines: '1001', maxExecuteCount: '0' },
      problems: [
        'maxExecuteCount: “0” is not a whole number from 1 to 1000',
        'timeoutMinutes: “7201” is not a number from 0.1 to 7200',
        'pollSeconds: “0.5” is not a number from 1 to 300',
        'maxAttempts: “11” is not a whole number from 1 to 10',
        'logLines: “1001” is not a whole number from 0 to 1000',
      ],
    },
    {
      name: 'an id that YAML has rounded',
      given: { buildId: '1.5E+20' },
      problems: ['buildId: “1.5E+20” looks like a number that YAML has rounded; put it in quotes'],
    },
    {
      name: 'app credentials on the own gateway',
      given: { appCode: 'app', appSecret: 'hunter2' },
      problems: [/^appCode: not used with this apiUrl/, /^appSecret: not used with this apiUrl/],
    },
    {
      name: 'no credentials on the API gateway',
      given: { apiUrl: BKAPI },
      problems: ['appCode: missing. The BlueKing API gateway takes appCode and appSecret, or accessToken'],
    },
    {
      name: 'an app without its secret',
      given: { apiUrl: BKAPI, appCode: 'app' },
      problems: ['appSecret: missing. It belongs with appCode'],
    },
    {
      name: 'a secret without its app',
      given: { apiUrl: BKAPI, appSecret: 'hunter2' },
      problems: ['appCode: missing. It belongs with appSecret'],
    },
    {
      name: 'a token with a line break',
      given: { accessToken: 'hunter2\nhunter2' },
      problems: ['accessToken: contains white space or a line break; it must be one word'],
    },
    {
      name: 'a user name that no header carries',
      given: { username: 'bö' },
      problems: ["username: “bö” has characters that a header can't carry; only ASCII is accepted"],
    },
  ];
  test.each(rows)('$name', async ({ given, canSearch = false, problems }) => {
    const expected = problems.map((problem) =>
      typeof problem === 'string' ? problem : expect.stringMatching(problem),
    );
    expect(await problemsOf(given, { canSearch })).toEqual(expected);
  });

  test('is told all at once, in the order of the inputs, as one error with a code', async () => {
    const error = await errorOf(() => inputs({ buildId: '', failedContainer: 'maybe', 'task-id': 'e-1' }));
    expect([error.code, error.message]).toEqual([
      'input-invalid',
      [
        '3 inputs need a change; nothing was sent:',
        '  buildId: missing. Give buildId (b-…), buildNumber, buildUrl, or ref',
        '  task-id: not an input; did you mean taskId?',
        '  failedContainer: “maybe” is neither true nor false',
      ].join('\n'),
    ]);
  });

  test('a name that is misspelt is one problem, and the input is not missing as well', async () => {
    expect(await problemsOf({ username: '', 'user-name': 'ci-bot' })).toEqual([
      'user-name: not an input; did you mean username?',
    ]);
  });

  test('one problem is told in the singular', async () => {
    const error = await errorOf(() => inputs({ wait: 'maybe' }));
    expect([error.code, error.message]).toEqual([
      'input-invalid',
      expect.stringMatching(/^1 input needs a change; nothing was sent:\n/),
    ]);
  });
});

describe('a name that is ours but for its spelling', () => {
  const misspelt = [
    'task-id',
    'task_id',
    'failed-container',
    'FAILED_CONTAINER',
    'only-if-failed',
    'build-url',
    'api-url',
    'wait-',
  ];
  test.each(misspelt)('%s is an error', async (name) => {
    expect(await codeOf(() => inputs({ [name]: 'x' }))).toBe('input-invalid');
    expect(await problemsOf({ [name]: 'x' })).toEqual([
      expect.stringMatching(`^${name.toLowerCase()}: not an input; did you mean [a-zA-Z]+\\?$`),
    ]);
  });

  test('case alone does not matter, as GitHub ignores it', () => {
    expect(inputs({ TASKID: 'e-1' }).retry.taskId).toBe('e-1');
  });

  test('other names are GitHub’s to warn about', () => {
    expect(inputs({ foo: 'bar' })).toEqual(inputs());
  });
});
