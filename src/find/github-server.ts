/** Where the checks of a commit are read: the server and the repository of the workflow run. */

import type { Runner } from '../github/runner.js';
import { shownAddress } from '../inputs/parse.js';
import { ActionError, NOTHING_SENT } from '../lib/errors.js';
import { quote } from '../lib/sanitize.js';

export interface GithubServer {
  readonly baseUrl: string;
  readonly owner: string;
  readonly repo: string;
}

/** Throws an ActionError if the server is known to have no check runs, or if a variable of the runner is not valid. */
export function githubServer(runner: Runner): GithubServer {
  const otherServer = ['GITEA_ACTIONS', 'FORGEJO_ACTIONS'].find((name) => runner.environment(name) !== '');
  if (otherServer) throw noCheckRuns(`${otherServer} is set`);
  const baseUrl = runner.environment('GITHUB_API_URL') || 'https://api.github.com';
  const repository = runner.environment('GITHUB_REPOSITORY');
  const [, owner, repo] = /^([\w.-]+)\/([\w.-]+)$/.exec(repository) ?? [];
  const list = [
    ...(isAddress(baseUrl)
      ? []
      : [`GITHUB_API_URL: ${shownAddress(baseUrl, 120)} is not an http(s) address such as https://api.github.com`]),
    ...(owner && repo ? [] : [`GITHUB_REPOSITORY: ${quote(repository, 80)} is not of the form OWNER/NAME`]),
  ];
  if (owner && repo && list.length === 0) return { baseUrl, owner, repo };
  throw new ActionError('input-invalid', {
    problem: 'The checks of the commit need variables of the runner that are not valid',
    consequence: NOTHING_SENT,
    remedy: 'Give buildUrl or buildId instead, or correct them',
    list,
  });
}

/** The error for a server other than GitHub; `sign` says how it was recognised. */
export function noCheckRuns(sign: string, cause?: unknown): ActionError {
  return new ActionError(
    'input-invalid',
    {
      problem: `This server has no check runs to find the build by (${sign})`,
      consequence: NOTHING_SENT,
      remedy: 'Give buildUrl or buildId.',
    },
    { cause },
  );
}

function isAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return /^https?:$/.test(protocol) && username === '' && password === '' && !/[?#]/.test(text);
}
