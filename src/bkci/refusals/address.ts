/** What an answer means that comes from somewhere else than the API: apiUrl is not its address. */

import type { RefusalRule } from './rule.js';

export const ADDRESS_RULES: readonly RefusalRule[] = [
  {
    when: ({ redirectTo }, { address }) => isSameHostWithTls(redirectTo, address),
    code: 'unexpected-answer',
    problem: ({ address }, { redirectTo = '' }) => `${address} answered with a redirect to ${redirectTo}`,
    remedy: 'Write apiUrl with https://.',
  },
  {
    when: ({ wantsTls }, { address }) => wantsTls === true && address.startsWith('http:'),
    code: 'unexpected-answer',
    problem: ({ address }) => `${address} is a port for https only`,
    remedy: 'Write apiUrl with https://.',
  },
  {
    when: ({ redirectTo }) => redirectTo !== undefined,
    code: 'unexpected-answer',
    problem: ({ address }, { redirectTo = '' }) => `${address} answered with a redirect to ${redirectTo}`,
    remedy: 'apiUrl must be the API address, not the web console behind a login.',
  },
  {
    // Spring's own words, outside /api: OpenAPI's begin with a status and a message (bk-ci v4.1.0, observed).
    when: ({ json }) => ['timestamp', 'error', 'path'].every((name) => Object.hasOwn(Object(json), name)),
    code: 'unexpected-answer',
    problem: ({ address }) => `${address} answered from outside its API`,
    remedy:
      'Check the path of apiUrl: it ends with /api/apigw/v3 or /api/apigw/v4, and a host alone stands for /ms/openapi/api/apigw/v3.',
  },
  {
    when: ({ form, http }) => form === 'html' && ![401, 404, 405].includes(http),
    code: 'unexpected-answer',
    problem: ({ address }) => `${address} answered with a web page`,
    remedy: 'apiUrl must be the API address, not the web console behind a login.',
  },
];

/** Such a redirect is about http alone: it names no login and no other server. */
function isSameHostWithTls(redirectTo: string | undefined, address: string): boolean {
  if (redirectTo === undefined || !URL.canParse(redirectTo)) return false;
  const [from, to] = [new URL(address), new URL(redirectTo)];
  return from.protocol === 'http:' && to.protocol === 'https:' && from.hostname === to.hostname;
}
