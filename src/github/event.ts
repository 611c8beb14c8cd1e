/** Reads facts about the workflow run: the commit that its event names, and its URL. */

import type { Runner } from './runner.js';

export type CommitRef =
  /** A commit, or the input `ref`: a commit, branch or tag. */
  | { readonly ref: string }
  /** The head of a pull request; the event of a comment contains only its number. */
  | { readonly pullRequest: number };

/** The commit whose checks are searched for the build; undefined if the inputs name the build, or no commit is known. */
export function commitFromEvent(runner: Runner): CommitRef | undefined {
  const ref = runner.input('ref');
  if (ref !== '') return { ref };
  const namesBuild = ['buildId', 'buildNumber', 'buildUrl'].some((name) => runner.input(name) !== '');
  return namesBuild ? undefined : eventCommit(runner);
}

/** The URL of the workflow run; undefined outside of one, or if a variable does not have the form the runner writes. */
export function workflowRun(runner: Runner): string | undefined {
  const server = runner.environment('GITHUB_SERVER_URL');
  const repository = runner.environment('GITHUB_REPOSITORY');
  const id = runner.environment('GITHUB_RUN_ID');
  return isServer(server) && isRepository(repository) && /^\d+$/.test(id)
    ? `${server}/${repository}/actions/runs/${id}`
    : undefined;
}

function isServer(text: string): boolean {
  return /^https?:\/\/[\w.:-]+$/.test(text);
}

function isRepository(text: string): boolean {
  return /^[\w.-]+\/[\w.-]+$/.test(text);
}

/**
 * The address of the pages of this action in the version that runs; undefined if its variables do not have the form the
 * runner writes. A local action has none; those of a composite action may be its wrapper's.
 */
export function actionPages(runner: Runner): string | undefined {
  const server = runner.environment('GITHUB_SERVER_URL');
  const repository = runner.environment('GITHUB_ACTION_REPOSITORY');
  const ref = runner.environment('GITHUB_ACTION_REF');
  const isRef = /^[\w.-]+(?:\/[\w.-]+)*$/.test(ref) && !ref.includes('..');
  return isServer(server) && isRepository(repository) && isRef ? `${server}/${repository}/blob/${ref}/docs` : undefined;
}

/** Undefined for every other event, such as a push or a schedule. */
function eventCommit(runner: Runner): CommitRef | undefined {
  const name = runner.environment('GITHUB_EVENT_NAME');
  if (/^pull_request/.test(name))
    return asCommit(member(member(member(runner.event(), 'pull_request'), 'head'), 'sha'));
  if (name === 'check_run' || name === 'check_suite') return asCommit(member(member(runner.event(), name), 'head_sha'));
  if (name !== 'issue_comment') return undefined;
  const issue = member(runner.event(), 'issue');
  const number = member(issue, 'number');
  const onPullRequest = member(issue, 'pull_request') !== undefined;
  return onPullRequest && typeof number === 'number' ? { pullRequest: number } : undefined;
}

function asCommit(sha: unknown): CommitRef | undefined {
  return typeof sha === 'string' && /^[0-9a-f]{7,64}$/.test(sha) ? { ref: sha } : undefined;
}

type Members = Readonly<Record<string, unknown>>;

function member(from: unknown, name: string): unknown {
  return typeof from === 'object' && from !== null ? (from as Members)[name] : undefined;
}
