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
  const isValid = /^https?:\/\/[\w.:-]+$/.test(server) && /^[\w.-]+\/[\w.-]+$/.test(repository) && /^\d+$/.test(id);
  return isValid ? `${server}/${repository}/actions/runs/${id}` : undefined;
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
