import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ErrorCode } from '../../../../src/lib/errors.js';
import { answer, no } from '../../../support/bkci.js';
import { explain } from '../../../support/request-info.js';

describe('a refusal without a status of BK-CI', () => {
  const EXPIRED = 'Verification failed : token过期错误: Access token expired in: 14400000';
  const gateway = (status: number, message: string) => JSON.stringify({ status, data: '', result: true, message });
  const apigw = (code: number) => JSON.stringify({ code, message: 'm', result: false, data: null });
  const rows: readonly { name: string; http: number; body: string; code: ErrorCode; message: RegExp }[] = [
    {
      name: 'no token',
      http: 400,
      body: 'Request accessToken is empty.',
      code: 'unauthorized',
      message: /^This BK-CI asks for an accessToken, and none was given \(.*\); .*a fork or of Dependabot/,
    },
    {
      name: 'token expired',
      http: 400,
      body: EXPIRED,
      code: 'unauthorized',
      message: /^accessToken has expired \(.*\); nothing was retried\. .*appCode and appSecret/,
    },
    {
      name: 'token illegal',
      http: 400,
      body: 'Verification failed : token参数非法错误: Access token illegal',
      code: 'unauthorized',
      message: /does not know this accessToken \(.*\); .*one value of 152 characters/,
    },
    {
      name: 'token not verified for another reason',
      http: 400,
      body: 'Verification failed : x',
      code: 'unauthorized',
      message: /does not know this accessToken/,
    },
    {
      name: 'app not verified',
      http: 400,
      body: 'Devops OpenAPI Auth fail：app auth fail.',
      code: 'unauthorized',
      message: /apigw-app needs appCode and appSecret/,
    },
    {
      name: 'user not verified',
      http: 400,
      body: "Request don't has user's access_token.",
      code: 'unauthorized',
      message: /apigw-user needs an accessToken/,
    },
    {
      name: 'no JWT',
      http: 400,
      body: 'Request bkapi jwt is empty.',
      code: 'unauthorized',
      message: /through the BlueKing API gateway only/,
    },
    {
      name: 'API gateway only',
      http: 403,
      body: 'You do not have permission to access\n',
      code: 'unauthorized',
      message: /through the BlueKing API gateway only/,
    },
    {
      name: 'no user',
      http: 400,
      body: gateway(400, 'Parameter verification failed: request param userId cannot be empty'),
      code: 'unauthorized',
      message: /^BK-CI could not identify the caller \(.*\); .*Set username, or accessToken/,
    },
    {
      name: 'a wrong parameter, which is not a wrong token',
      http: 400,
      body: '{"status":400,"message":"query parameter type is incorrect","data":"HTTP 404 Not Found"}',
      code: 'refused',
      message: /“query parameter type is incorrect”/,
    },
    ...[
      'Parameter verification failed: {0} parameter content of the request is empty',
      '参数校验失败:{0} 请求的参数内容为空',
      'パラメータの検証に失敗しました:{0} リクエストしたパラメータ内容が空です',
      'parameter content of the request is empty',
      'Parameter verification failed: {0} Invalid buildId, please check if projectId & buildId are related',
      'Parameter verification failed: Invalid buildId',
    ].map((words) => ({
      name: `v4, an unknown build: ${words}`,
      http: 400,
      body: JSON.stringify({ status: 400, message: words }),
      code: 'not-found' as const,
      message: /^There is no build b-1 in pipeline p-1 of project demo \(400 “.*”\); /,
    })),
    ...['Parameter verification failed: {0} PipelineId is invalid ', '参数校验失败:PipelineId is invalid'].map(
      (words) => ({
        name: `v4, a build of another pipeline: ${words}`,
        http: 400,
        body: JSON.stringify({ status: 400, message: words }),
        code: 'not-found' as const,
        message: /^Build b-1 is not one of pipeline p-1 \(400 “.*”\); /,
      }),
    ),
    {
      name: 'BK-CI’s gateway: 401',
      http: 401,
      body: gateway(401, '用户权限验证失败。'),
      code: 'unauthorized',
      message: /asks for a login .*Check username and accessToken/,
    },
    { name: 'a 401 without a body', http: 401, body: '', code: 'unauthorized', message: /asks for a login/ },
    {
      name: 'no permission (RBAC)',
      http: 403,
      body: '{"status":403,"message":"You don\'t have permission to do so"}',
      code: 'forbidden',
      message: /^ci-bot may not execute this pipeline .*give ci-bot the permission EXECUTE/,
    },
    {
      name: 'no such project',
      http: 404,
      body: '{"status":404,"message":"ProjectId [x] not find, please check it."}',
      code: 'not-found',
      message: /^There is no project demo/,
    },
    {
      name: 'no such route',
      http: 404,
      body: '{"status":404,"message":"requested resource does not exist","data":"HTTP 404 Not Found"}',
      code: 'unexpected-answer',
      message: /Check apiUrl/,
    },
    { name: 'a 404 without a body', http: 404, body: '', code: 'unexpected-answer', message: /Check apiUrl/ },
    {
      name: 'a path that the filter does not know',
      http: 400,
      body: 'Devops OpenAPI Auth fail: path(/x) illegal!',
      code: 'unexpected-answer',
      message: /Check apiUrl/,
    },
    {
      name: 'an HTML page',
      http: 200,
      body: '<html><title>Sign in</title></html>',
      code: 'unexpected-answer',
      message: /answered with a web page \(HTTP 200 “Sign in”\)/,
    },
    ...[1640001, 1640004, 1640100, 1640101, 1640102].map((code) => ({
      name: `API gateway ${code}`,
      http: 400,
      body: apigw(code),
      code: 'unauthorized' as const,
      message: /Check username and accessToken/,
    })),
    ...[1640301, 1640302, 1640304].map((code) => ({
      name: `API gateway ${code}`,
      http: 403,
      body: apigw(code),
      code: 'forbidden' as const,
      message: /Apply for the permission/,
    })),
    {
      name: 'API gateway 1640401',
      http: 404,
      body: apigw(1640401),
      code: 'unexpected-answer',
      message: /on the API gateway its stage/,
    },
    { name: 'API gateway 1641301', http: 413, body: apigw(1641301), code: 'refused', message: /\(1641301 “m”\)/ },
    {
      name: 'API gateway 1640001, rewritten to 200',
      http: 200,
      body: apigw(1640001),
      code: 'unauthorized',
      message: /^The API gateway does not accept/,
    },
  ];
  test.each(rows)('$name', ({ http, body, code, message }) => {
    const error = explain(answer(body, { http }));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
    expect(error.message).toContain('; nothing was retried');
  });

  const NO_USER = [
    ...['Parameter verification failed: ', '参数校验失败:', ''].map(
      (prefix) => `${prefix}request param userId cannot be empty`,
    ),
    'Parameter specified as non-null is null: method com.tencent.devops.openapi.resources.apigw.v3.ApigwBuildResourceV3Impl.getStatus, parameter userId',
    'Parameter specified as non-null is null: method a.b.C.retry, parameter userId',
  ];
  test.each(NO_USER)('no user, and a token was given or not: %s', (words) => {
    for (const body of [words, { status: 400, message: words }]) {
      const problemWith = (credentials: readonly string[]) => {
        const { code, text } = explain(answer(body, { http: 400 }), { credentials });
        return `${text.problem.replace(/ \(.*/, '')}. ${text.remedy} [${code}]`;
      };
      expect(problemWith(['appCode', 'accessToken'])).toBe(
        'This BK-CI takes the user from username and ignores accessToken. Set username. [unauthorized]',
      );
      expect(problemWith(['appCode', 'appSecret'])).toBe(
        'BK-CI could not identify the caller. Set username, or accessToken. [unauthorized]',
      );
    }
  });

  test('another parameter that is missing is no matter of credentials', () => {
    const words = 'Parameter specified as non-null is null: method a.b.C.retry, parameter projectId';
    expect(explain(no(400, words)).code).toBe('refused');
  });

  test('a redirect names its origin only', () => {
    const headers = { location: 'https://login.example.com/sso?ticket=s3cret' };
    const error = explain(answer('', { http: 302, headers }));
    expect([error.code, error.message]).toEqual([
      'unexpected-answer',
      'https://devops.example.com answered with a redirect to https://login.example.com (HTTP 302); nothing was retried. apiUrl must be the API address, not the web console behind a login.',
    ]);
  });
});

describe('the text of a refusal', () => {
  test('names the permission VIEW for a read', () => {
    expect(explain(no(2101174, 'm', 403), { operation: 'status' }).message).toBe(
      'ci-bot may not view this pipeline (2101174 “m”); nothing was retried. In BK-CI, give ci-bot the permission VIEW on the pipeline.',
    );
  });

  test('names the credentials in use, or those that the API gateway takes', () => {
    const body = JSON.stringify({ code: 1640001, message: 'm' });
    const check = (credentials: readonly string[]) =>
      /Check ([\w, ]+), and/.exec(explain(answer(body, { http: 400 }), { credentials }).message)?.[1];
    expect([check(['appCode', 'appSecret']), check([])]).toEqual(['appCode and appSecret', 'appCode and appSecret']);
  });

  test('contains the message of the server on one line, limited in length', () => {
    const status = fc.constantFrom(0, 1, 2101008, 2101047, 2101058, 2101114, 2101129, 2101163, 2112005);
    fc.assert(
      fc.property(status, fc.string({ unit: 'grapheme', maxLength: 400 }), (number, text) => {
        const { message } = explain(no(number, `${text}\n::error::x\r##[error]y`));
        expect(message).not.toMatch(/[\n\r]|##\[/);
        expect(message.length).toBeLessThan(900);
      }),
    );
  });
});
