import type { Access } from '../world/access.js';
import { refusal } from '../world/messages.js';
import { type Answer, apiGatewayError, failure, plainText, refusalAnswer } from './answer.js';
import { languageOf, words } from './operations.js';
import { header, parameter, type RecordedRequest } from './recorded-request.js';
import type { Route } from './routes.js';

export type Authentication = { readonly user: string } | { readonly answer: Answer };

export function authenticate(request: RecordedRequest, route: Route, access: Access): Authentication {
  return route.gateway === 'own' ? ownGateway(request, access) : apiGateway(request, route, access);
}

/** bk-ci: AccessTokenFilter, if enabled; X-DEVOPS-UID takes precedence over the user of the token. */
function ownGateway(request: RecordedRequest, access: Access): Authentication {
  const uid = header(request, 'x-devops-uid');
  if (access.jwtRequired) return apiJwt(request);
  if (!access.tokenRequired) return uid === null ? { answer: noUser(request) } : { user: uid };
  const accessToken = parameter(request, 'access_token');
  if (accessToken === null || accessToken === '') return { answer: plainText(400, 'Request accessToken is empty.') };
  const token = access.tokens[accessToken];
  if (!token) return { answer: plainText(400, `${NOT_VERIFIED}token参数非法错误: Access token illegal`) };
  if (token.state === 'expired') {
    return { answer: plainText(400, `${NOT_VERIFIED}token过期错误: Access token expired in: 14400000`) };
  }
  return { user: uid ?? token.user };
}

const NOT_VERIFIED = 'Verification failed : com.tencent.devops.common.api.exception.RemoteServiceException: ';

/** bk-ci: BlueKingApiFilter; no signature of the stand-in's callers is ever right. */
function apiJwt(request: RecordedRequest): Authentication {
  if (header(request, 'x-bkapi-jwt') === null)
    return { answer: plainText(403, 'You do not have permission to access') };
  return { answer: refusalAnswer(refusal(2112005).refusal, languageOf(request)) };
}

/** bk-ci: ApiAspect.aroundMethod. */
function noUser(request: RecordedRequest): Answer {
  return failure(400, `${words('invalid', languageOf(request))}request param userId cannot be empty`);
}

function apiGateway(request: RecordedRequest, route: Route, access: Access): Authentication {
  const credentials = credentialsOf(request);
  if (credentials === null) return notAuthenticated('request header X-Bkapi-Authorization is not a valid JSON');
  const token = access.tokens[credentials.access_token ?? ''];
  if (credentials.access_token !== undefined && token?.state !== 'valid') {
    return notAuthenticated('the access_token is invalid or has expired');
  }
  const code = credentials.bk_app_code ?? '';
  const app = access.apps[code];
  if (!token && code === '') return notAuthenticated('app code cannot be empty');
  if (!token && !app) return notAuthenticated('app not found');
  if (!token && app?.secret !== credentials.bk_app_secret)
    return notAuthenticated('app code or app secret is incorrect');
  if (route.type === 'apigw-user') {
    return token
      ? { user: token.user }
      : notAuthenticated(
          'user authentication failed, please provide a valid user identity, such as bk_username, bk_token, access_token',
        );
  }
  if (app?.granted === false) {
    const message = 'App has no permission to the resource';
    return { answer: apiGatewayError(403, 1640301, { name: 'APP_NO_PERMISSION', message }) };
  }
  const uid = header(request, 'x-devops-uid');
  return uid === null ? { answer: noUser(request) } : { user: uid };
}

function notAuthenticated(reason: string): Authentication {
  const message = `Parameters error [reason="${reason}"]`;
  return { answer: apiGatewayError(400, 1640001, { name: 'INVALID_ARGS', message }) };
}

function credentialsOf(request: RecordedRequest): Readonly<Record<string, string>> | null {
  try {
    const value: unknown = JSON.parse(header(request, 'x-bkapi-authorization') ?? '{}');
    if (typeof value !== 'object' || value === null) return null;
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, String(one)]));
  } catch {
    return null;
  }
}
