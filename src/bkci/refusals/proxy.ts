/** What an answer of a proxy means, which is no answer of BK-CI. */

import { hostAndPort, variableOf } from '../../http/proxy.js';
import type { ApiResponse } from '../response.js';
import type { RefusalRule } from './rule.js';

const isProxys =
  (...statuses: number[]) =>
  ({ proxy, http }: ApiResponse) =>
    proxy !== undefined && (statuses.length === 0 || statuses.includes(http));

const BYPASS = 'or add the host of apiUrl to no_proxy if this runner reaches it without the proxy.';

export const PROXY_RULES: readonly RefusalRule[] = [
  {
    when: isProxys(401, 407),
    code: 'not-delivered',
    problem: (_, response) => `${nameOf(response)} wants a user and password`,
    remedy: ({ address }) =>
      `Give them in ${variableOf(new URL(address))} (http://USER:PASSWORD@HOST:PORT, percent-encoded), or check those in it.`,
  },
  {
    when: isProxys(403),
    code: 'not-delivered',
    problem: ({ address }, response) =>
      `${nameOf(response)} does not allow connections to ${hostAndPort(new URL(address))}`,
    remedy: `Ask the people who run the proxy to allow them, ${BYPASS}`,
  },
  {
    when: isProxys(),
    code: 'unexpected-answer',
    problem: ({ address }, response) => `${nameOf(response)} answered instead of ${address}`,
    remedy: `Ask the people who run the proxy, ${BYPASS}`,
  },
];

function nameOf({ proxy }: ApiResponse): string {
  return proxy ? `The proxy ${proxy}` : 'A proxy on the way';
}
