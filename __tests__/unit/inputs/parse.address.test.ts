import { describe, expect, test } from '@jest/globals';
import { type Parsed, parseApiUrl, parseBuildUrl, parseConsoleUrl } from '../../../src/inputs/parse.js';

/** The value, or the problem after a ✗. */
function outcome<T>(parsed: Parsed<T>): T | string {
  return 'value' in parsed ? parsed.value : `✗ ${parsed.problem}`;
}

describe('parseApiUrl', () => {
  const accepted = [
    { text: 'https://devops.example.com', root: 'https://devops.example.com/ms/openapi/api/apigw/v3' },
    { text: 'HTTPS://Devops.Example.com/', root: 'https://devops.example.com/ms/openapi/api/apigw/v3' },
    { text: 'https://devops.example.com/console', root: 'https://devops.example.com/ms/openapi/api/apigw/v3' },
    { text: 'https://h:81/console//', root: 'https://h:81/ms/openapi/api/apigw/v3' },
    { text: 'http://127.0.0.1:21936', root: 'http://127.0.0.1:21936/ms/openapi/api/apigw/v3' },
    { text: 'https://h/ms/openapi/api/apigw-user/v4/', root: 'https://h/ms/openapi/api/apigw-user/v4' },
    {
      text: 'https://bkapi.example.com/api/devops/prod/v4/apigw-app',
      root: 'https://bkapi.example.com/api/devops/prod/v4/apigw-app',
    },
  ];
  test.each(accepted)('takes $text', ({ text, root }) => {
    expect(outcome(parseApiUrl(text))).toMatchObject({ api: { root } });
  });

  const refused = [
    {
      name: 'no scheme',
      text: 'devops.example.com',
      message: /^✗ “devops\.example\.com” is not an address; accepted are https:\/\/devops/,
    },
    {
      name: 'user info without a scheme, before a host',
      text: 'hunter2@devops.example.com',
      message: /^✗ the value, which is not shown because it may contain a password, is not an address; accepted/,
    },
    { name: 'a scheme that only ends with https', text: 'xhttps://h', message: /^✗ “xhttps:” is not http or https/ },
    { name: 'a port without a scheme', text: 'localhost:8080', message: /^✗ “localhost:” is not http or https/ },
    { name: 'another scheme', text: 'ftp://h', message: /^✗ “ftp:” is not http or https/ },
    {
      name: 'the console',
      text: 'https://h/console/pipeline',
      message: /^✗ “https:\/\/h\/console\/pipeline” is not an API address; accepted are .*apigw-app\)$/,
    },
    {
      name: 'a query',
      text: 'https://h/?access_token=hunter2',
      message: /^✗ “https:\/\/h\/” contains a query or a fragment/,
    },
    { name: 'an empty query', text: 'https://h/?', message: /contains a query or a fragment/ },
    { name: 'a fragment', text: 'https://h/#hunter2', message: /contains a query or a fragment/ },
    {
      name: 'user info',
      text: 'https://bot:hunter2@h/',
      message: /^✗ “https:\/\/h\/” contains user info before the host; use username and accessToken/,
    },
    { name: 'a user alone', text: 'https://bot@h/', message: /contains user info before the host/ },
    { name: 'a password alone', text: 'https://:hunter2@h/', message: /contains user info before the host/ },
    { name: 'user info without a scheme, after slashes', text: '//bot:hunter2@h', message: /is not an address/ },
    ...['https://u:hunter2/x@h', 'https://u:hunter2?x@h', 'https://u:hunter2#x@h', 'https://u:x/hunter2@h/p'].map(
      (text) => ({ name: `a password that ends the host: ${text}`, text, message: /^✗ the value, which is not shown/ }),
    ),
    ...['https://u:1/hunter2@h', 'https://tok/hunter2@h/x', 'https:///u:hunter2@h/'].map((text) => ({
      name: `a password that reads as a path: ${text}`,
      text,
      message: /(?:the value, which is not shown|contains user info)/,
    })),
    { name: 'a query without a scheme', text: 'h?access_token=hunter2', message: /^✗ the value, which is not shown/ },
    { name: 'user info with a password, without a scheme', text: 'bot:hunter2@h', message: /is not http or https/ },
  ];
  test.each(refused)('refuses $name, without repeating a credential', ({ text, message }) => {
    const problem = outcome(parseApiUrl(text));
    expect(problem).toMatch(message);
    expect(problem).not.toMatch(/hunter2/);
  });
});

describe('parseConsoleUrl', () => {
  const rows = [
    { text: 'https://h', expected: 'https://h' },
    { text: 'https://h/', expected: 'https://h' },
    { text: 'https://h/console', expected: 'https://h' },
    { text: 'https://h/console/', expected: 'https://h' },
    { text: 'https://h/ci//', expected: 'https://h/ci' },
    { text: 'https://h/console-x', expected: 'https://h/console-x' },
    { text: 'http://h:81/ci', expected: 'http://h:81/ci' },
    { text: 'https://h/ci/console/', expected: 'https://h/ci' },
  ];
  test.each(rows)('takes $text', ({ text, expected }) => {
    expect(outcome(parseConsoleUrl(text))).toBe(expected);
  });

  const refused = [
    { text: 'h', shown: 'h' },
    { text: 'ftp://h', shown: 'ftp://h' },
    { text: 'javascript:alert(1)', shown: 'javascript:alert(1)' },
    { text: 'xhttp://h', shown: 'xhttp://h' },
    { text: 'https://u:hunter2@h', shown: 'https://h' },
    { text: 'https://u@h', shown: 'https://h' },
    { text: 'https://:hunter2@h', shown: 'https://h' },
    { text: 'https://h?hunter2', shown: 'https://h' },
    { text: 'https://h/#x', shown: 'https://h/' },
  ];
  test.each(refused)('refuses $text, without repeating a credential', ({ text, shown }) => {
    expect(outcome(parseConsoleUrl(text))).toBe(
      `✗ “${shown}” is not an http(s) address without user info, query and fragment, such as https://devops.example.com`,
    );
  });
});

test.each(['https://u:1/hunter2@h', 'https://u:1/hunter2@h/console/pipeline/a/b/detail/c'])(
  'a password that reads as a path, in %s, is in no address of a console',
  (text) => {
    expect(outcome(parseConsoleUrl(text))).toMatch(/^✗ the value, which is not shown/);
    expect(outcome(parseBuildUrl(text))).toMatch(/^✗ the value, which is not shown/);
  },
);

describe('parseBuildUrl', () => {
  const form = 'https://devops.example.com/console/pipeline/PROJECT/PIPELINE/detail/BUILD';

  test('takes the link of a build', () => {
    expect(outcome(parseBuildUrl(`${form}/executeDetail/2`))).toEqual({
      consoleUrl: 'https://devops.example.com',
      projectId: 'PROJECT',
      pipelineId: 'PIPELINE',
      buildId: 'BUILD',
    });
  });

  test('takes the build that a history names in its fragment', () => {
    expect(outcome(parseBuildUrl('https://h/console/pipeline/demo/p-1/history/history?page=2#b-0a1'))).toEqual({
      consoleUrl: 'https://h',
      projectId: 'demo',
      pipelineId: 'p-1',
      buildId: 'b-0a1',
    });
  });

  const pages = [
    { path: 'demo', page: 'list of pipelines' },
    { path: 'demo/list/allPipeline', page: 'list of pipelines' },
    { path: 'demo/p-1', page: 'history of a pipeline' },
    { path: 'demo/p-1/history', page: 'history of a pipeline' },
    { path: 'demo/p-1/history/pipeline/3', page: 'history of a pipeline' },
    { path: 'demo/p-1/edit/baseSetting', page: 'edit page of a pipeline' },
    { path: 'demo/p-1/preview', page: 'start page of a pipeline' },
  ];
  test.each(pages)('says which page $path is', ({ path, page }) => {
    const text = `https://h/console/pipeline/${path}`;
    expect(outcome(parseBuildUrl(`${text}?x=hunter2`))).toBe(
      `✗ “${text}” is the ${page}, not the link of a build, which looks like ${form}`,
    );
  });

  test.each([
    { text: '42', problem: '✗ “42” looks like a build number: use buildNumber' },
    { text: 'latest', problem: '✗ “latest” looks like a build number: use buildNumber' },
    { text: 'b-0a1', problem: '✗ “b-0a1” looks like the id of a build: use buildId' },
  ])('says where $text belongs', ({ text, problem }) => {
    expect(outcome(parseBuildUrl(text))).toBe(problem);
  });

  const refused = [
    {
      name: 'another page',
      text: 'https://h/console',
      problem: `✗ “https://h/console” is not the link of a build, which looks like ${form}`,
    },
    {
      name: 'a query, without repeating it',
      text: 'https://h/x?token=hunter2',
      problem: `✗ “https://h/x” is not the link of a build, which looks like ${form}`,
    },
    {
      name: 'user info, without repeating it',
      text: 'https://u:hunter2@h/console/pipeline/a/b/detail/c',
      problem: `✗ “https://h/console/pipeline/a/b/detail/c” is not the link of a build, which looks like ${form}`,
    },
    {
      name: 'an id with a slash',
      text: form.replace('BUILD', 'a%2Fb'),
      problem: '✗ contains an invalid id: “a/b” is not an id: one word without white space or slashes',
    },
    {
      name: 'an id that YAML has rounded',
      text: form.replace('BUILD', '1E+20'),
      problem: '✗ contains an invalid id: “1E+20” looks like a number that YAML has rounded; put it in quotes',
    },
  ];
  test.each(refused)('refuses $name', ({ text, problem }) => {
    expect(outcome(parseBuildUrl(text))).toBe(problem);
  });
});
