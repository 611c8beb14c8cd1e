import { describe, expect, test } from '@jest/globals';
import type { ErrorCode } from '../../../../src/lib/errors.js';
import { answer, no } from '../../../support/bkci.js';
import { explain, REQUEST } from '../../../support/request-info.js';

/** Every status that a retry, a read or a stop can get (bk-ci: ProcessMessageCode.kt, CommonMessageCode.kt). */
const STATUSES: readonly (readonly [status: number, code: ErrorCode, http?: number])[] = [
  [2100001, 'refused'],
  [2100002, 'refused'],
  [2100006, 'forbidden'],
  [2100013, 'refused'],
  [2100014, 'refused'],
  [2100016, 'unauthorized', 401],
  [2100122, 'forbidden'],
  [2100124, 'forbidden'],
  [2101008, 'forbidden', 403],
  [2101008, 'forbidden', 400],
  [2101020, 'refused'],
  [2101021, 'refused'],
  [2101038, 'not-found', 404],
  [2101039, 'refused'],
  [2101047, 'refused'],
  [2101049, 'refused'],
  [2101058, 'not-found'],
  [2101080, 'refused'],
  [2101081, 'refused'],
  [2101100, 'not-found', 404],
  [2101110, 'task-unknown'],
  [2101114, 'task-unknown'],
  [2101129, 'already-running'],
  [2101139, 'refused'],
  [2101163, 'not-found', 404],
  [2101164, 'not-found', 404],
  [2101174, 'forbidden', 403],
  [2101182, 'refused'],
  [2101184, 'not-found', 404],
  [2101221, 'task-unknown'],
  [2101258, 'refused'],
  [2101273, 'task-unknown'],
  [2101274, 'refused'],
  [2101277, 'task-unknown'],
  [2101500, 'forbidden'],
  [2101901, 'already-running'],
  [2101907, 'task-unknown'],
  [2101911, 'task-unknown'],
  [2112005, 'unauthorized'],
  [2101084, 'refused'],
  [2101115, 'refused'],
  [2101233, 'refused'],
];

describe('a refusal with a status of BK-CI', () => {
  test.each(STATUSES.map(([status, code, http = 400]) => ({ status, code, http })))(
    '$status (HTTP $http) is $code, with status, message and consequence',
    ({ status, code, http }) => {
      const error = explain(no(status, '流水线锁定', http));
      expect(error.code).toBe(code);
      expect(error.message).toContain(`(${status} “流水线锁定”)`);
      expect(error.message).toContain('; nothing was retried');
      expect(error.message).toMatch(/\.$/);
      expect({ request: error.request, status: error.response?.status }).toEqual({ request: REQUEST.request, status });
    },
  );

  test('has its own text, except for these statuses', () => {
    const generic = STATUSES.filter(([status, , http]) =>
      explain(no(status, 'm', http)).message.includes('Ask the people who run this BK-CI'),
    );
    expect(generic.map(([status]) => status)).toEqual([
      2100001, 2100002, 2100013, 2100014, 2101139, 2101182, 2101084, 2101115, 2101233,
    ]);
  });

  test('401, 403 and 404 are recognised in the body as well', () => {
    expect([explain(no(403)).code, explain(no(404)).code, explain(no(401)).code]).toEqual([
      'forbidden',
      'unexpected-answer',
      'unauthorized',
    ]);
  });

  test('2100002 is already-running only if the message names the parameter of a running build', () => {
    const error = explain(no(2100002, 'Parameter BK_CI_RETRY_TASK_IN_STAGE_ID cannot be empty'));
    expect(error.code).toBe('already-running');
  });

  test('shows the status alone without a message, and the HTTP status without both', () => {
    expect(explain(no(2101047)).message).toContain('(2101047)');
    expect(explain(answer('{}', { http: 418 })).message).toContain('(HTTP 418)');
  });
});

describe('the error says what is the matter', () => {
  const rows: readonly [problem: string, response: ReturnType<typeof answer>][] = [
    ['There is no build b-1 in pipeline p-1 of project demo', no(2101163)],
    ['Build b-1 is not one of pipeline p-1', no(2101058)],
    ['There is no pipeline p-1 in project demo', no(2101164)],
    ['The version of pipeline p-1 that build b-1 ran with is gone', no(2101184)],
    ['ci-bot may not execute this pipeline', no(2101008)],
    ['There is no build b-1, or ci-bot may not stop it', no(2101340)],
    ['ci-bot may not use a build node of this pipeline', no(2101500)],
    ['https://devops.example.com does not know this path', answer('', { http: 405 })],
    ['https://devops.example.com does not know this path', answer('<html></html>', { http: 404 })],
    ['https://devops.example.com answered with a web page', answer('<html></html>', { http: 403 })],
    ['https://devops.example.com refused the request', answer('{}', { http: 418 })],
  ];
  test.each(rows)('%s', (problem, response) => {
    expect(explain(response).text.problem.replace(/ \(.*/, '')).toBe(problem);
  });
});

test.each([
  [2101907, 2101110],
  [2101911, 2101114],
])('%i of old servers means what %i means', (old, current) => {
  expect(explain(no(old)).text).toEqual({
    ...explain(no(current)).text,
    problem: explain(no(current)).text.problem.replace(String(current), String(old)),
  });
});

describe('2100013, an invalid parameter', () => {
  const version = (words: string) => no(2100013, `${words}: projectId:demo,pipelineId:p-1,version:77`);

  test.each(['Invalid parameter', '无效参数', '無効なパラメータ'])(
    'on a retry, with a version in its words, says that this is gone: %s',
    (words) => {
      const error = explain(version(words));
      expect([error.code, error.message]).toEqual([
        'not-found',
        `The version of pipeline p-1 that build b-1 ran with is gone (2100013 “${words}: projectId:demo,pipelineId:p-1,version:77”); nothing was retried. Start a new build instead.`,
      ]);
    },
  );

  test('on anything else, or without a version, is a refusal like any other', () => {
    const others = [
      explain(no(2100013, 'Invalid parameter: version')),
      explain(no(2100013, 'Invalid parameter: pipelineId:p-1')),
      explain(version('Invalid parameter'), { operation: 'status' }),
    ];
    expect(others.map(({ code }) => code)).toEqual(['refused', 'refused', 'refused']);
  });
});

describe('the JSON of Spring, which answers outside /api', () => {
  const spring = (status: number, more = {}) =>
    answer({ timestamp: 1795709997215, status, error: 'x', path: '/', ...more }, { http: status });

  test.each([400, 401, 403, 404, 405, 415])('%d is a wrong address, never a matter of credentials', (status) => {
    for (const response of [spring(status), spring(status, { message: 'No message available' })]) {
      const { code, text } = explain(response);
      expect([code, text.problem.replace(/ \(.*/, '')]).toEqual([
        'unexpected-answer',
        'https://devops.example.com answered from outside its API',
      ]);
    }
  });

  test.each([null, 'text', [], { status: 403, error: 'x' }])('%j is none', (json) => {
    expect(explain(answer(JSON.stringify(json), { http: 403 })).message).not.toContain('outside its API');
  });
});

describe('a 403 is a missing permission only if BK-CI, a gateway of it or its filter wrote it', () => {
  const TYPED = { headers: { 'content-type': 'text/plain' } };
  const written = [
    no(2101008, '', 403),
    no(7, '', 403),
    answer({ code: 1640301, result: false }, { http: 403 }),
    answer('Verification failed', { http: 403 }),
  ];
  test.each(written)('forbidden: $body', (response) => expect(explain(response).code).toBe('forbidden'));

  const others = [
    answer('', { http: 403 }),
    answer('{}', { http: 403 }),
    answer('{"message":"no"}', { http: 403 }),
    answer('{"status":0}', { http: 403 }),
    answer('Verification failed', { http: 403, ...TYPED }),
    answer('<html></html>', { http: 403 }),
  ];
  test.each(others)('not understood: $body', (response) => {
    expect(explain(response).code).toBe('unexpected-answer');
  });

  test('but the filter’s own sentence is about credentials, and only as a whole', () => {
    const codeOf = (text: string) => explain(answer(text, { http: 403 })).code;
    expect(codeOf('You do not have permission to access')).toBe('unauthorized');
    expect(codeOf('Sorry: you do not have permission to access')).toBe('forbidden');
    expect(codeOf('You do not have permission to access this')).toBe('forbidden');
  });
});
