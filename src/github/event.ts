/** What the workflow run is about: the commit its event names, and its own address. */
import type { Runner } from './runner.js';

export type CommitRef =
  /** A commit, or the input `ref`: a commit, branch or tag. */
  | { readonly ref: string }
  /** The head of a pull request, which a comment does not name. */
  | { readonly pullRequest: number };

/** Undefined outside a workflow run, and when a variable is not what the runner writes. */
export function workflowRun(runner: Runner): string | undefined {
  const server = runner.environment('GITHUB_SERVER_URL');
  const repository = runner.environment('GITHUB_REPOSITORY');
  const id = runner.environment('GITHUB_RUN_ID');
  const isWhole = /^https?:\/\/[\w.:-]+$/.test(server) && /^[\w.-]+\/[\w.-]+$/.test(repository) && /^\d+$/.test(id);
  return isWhole ? `${server}/${repository}/actions/runs/${id}` : undefined;
}

type Members = Readonly<Record<string, unknown>>;

function member(from: unknown, name: string): unknown {
  return typeof from === 'object' && from !== null ? (from as Members)[name] : undefined;
}

/** The commit whose checks may tell the build; undefined when the inputs name the build, and when nothing names one. */
export function commitFromEvent(runner: Runner): CommitRef | undefined {
  const ref = runner.input('ref');
  if (ref !== '') return { ref };
  const isTold = ['buildId', 'buildNumber', 'buildUrl'].some((name) => runner.input(name) !== '');
  return isTold ? undefined : eventCommit(runner);
}

/** Undefined on every other event: nothing is guessed from a push or a schedule. */
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
