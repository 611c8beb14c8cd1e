/**
 * Stands in for the package undici. @actions/http-client imports it for `getAgentDispatcher()`, and @actions/github for
 * the fetch it gives Octokit by default; this action calls neither: its requests go through node:http, its proxies
 * through `tunnel`, and Octokit is given a fetch of our own. The real package is 940 kB of every bundle and a third of
 * every start. docs/ARCHITECTURE.md says how to put it back.
 */
function absent() {
  const message = 'undici is left out of this action; see docs/ARCHITECTURE.md';
  throw Object.assign(new Error(message), { code: 'ERR_LEFT_OUT' });
}

export class ProxyAgent {
  constructor() {
    absent();
  }
}

export const fetch = absent;
