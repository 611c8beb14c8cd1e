/** Finds the build by the failed BK-CI check runs of a commit: one is the build, several are candidates. Pure. */

import { ActionError, NOTHING_SENT } from '../lib/errors.js';
import { listed } from '../lib/format.js';
import { oneLine, quote } from '../lib/sanitize.js';
import type { BuildRef } from '../model/link.js';
import { type BkciCheck, bkciChecks, type CheckFilter, newestChecks, unusedCodeccChecks } from './bkci-checks.js';
import { type Candidate, candidateOf } from './candidate.js';
import type { CheckRun, CommitChecks } from './github-checks.js';

export type SearchResult = {
  /** What the user should know about the checks that were, or were not, believed. */
  readonly notices?: readonly string[] | undefined;
} & (
  | {
      readonly kind: 'build';
      readonly build: BuildRef;
      readonly candidates: readonly Candidate[];
      readonly explanation?: string | undefined;
    }
  | { readonly kind: 'ambiguous'; readonly candidates: readonly Candidate[]; readonly commit: string }
  | { readonly kind: 'none'; readonly why: string }
);

/** Inputs that narrow the search. */
export interface SearchOptions extends CheckFilter {
  readonly onlyIfFailed: boolean;
}

/** The build whose check failed, or all such builds. Without one, `none` or an ActionError. */
export function findByChecks(search: SearchOptions, { ref, checks }: CommitChecks): SearchResult {
  const commit = /^[0-9a-f]{40}$/.test(ref) ? `commit ${ref.slice(0, 10)}` : oneLine(ref, 80);
  const app = theOneApp(bkciChecks(checks, search), commit);
  const newest = newestChecks(checks, search);
  const failed = newest.filter(({ run }) => stateOf(run) === 'failed');
  const notices = [...appNotice(search, app), ...codeccNotice(search, checks)];
  const [only] = failed;
  if (!only) return { ...noFailedCheck(search, { newest, commit, checks }), notices };
  const candidates = failed.map((check) => candidateOf(refOf(check), search.consoleUrl, check.run.name));
  if (failed.length > 1) return { kind: 'ambiguous', candidates, commit, notices };
  return {
    kind: 'build',
    build: refOf(only),
    candidates,
    explanation: `check ${quote(only.run.name, 120)} of ${commit} failed: build ${only.buildId}`,
    notices,
  };
}

/** Only `success` has passed: whatever else a check ended with (timed out, action required, …) proves nothing. */
function stateOf({ status, conclusion }: CheckRun): 'running' | 'failed' | 'passed' | 'other' {
  if (status !== 'completed') return 'running';
  if (conclusion === 'failure') return 'failed';
  return conclusion === 'success' ? 'passed' : 'other';
}

/** The app that wrote all these checks; undefined without a check. Several apps: one of them may imitate BK-CI. */
function theOneApp(checks: readonly BkciCheck[], commit: string): string | undefined {
  const apps = [...new Set(checks.map(({ run }) => run.app.toLowerCase()))];
  if (apps.length <= 1) return apps[0];
  const names = apps.slice(0, 10).map((app) => quote(app, 80));
  throw new ActionError('ambiguous', {
    problem: `The BK-CI checks of ${commit} were written by ${apps.length} GitHub Apps: ${listed(names)}`,
    consequence: NOTHING_SENT,
    remedy: 'Set checkApp to the one that your BK-CI reports with.',
  });
}

function appNotice({ selector }: SearchOptions, app: string | undefined): string[] {
  if (app === undefined || selector.checkApp !== undefined) return [];
  return [
    `The BK-CI checks were believed because one GitHub App, ${quote(app, 80)}, wrote all of them. If it is the one of your BK-CI, set checkApp: ${oneLine(app, 80)}, so that checks of other apps never count.`,
  ];
}

function codeccNotice(search: SearchOptions, checks: readonly CheckRun[]): string[] {
  const hint = codeccHint(search, checks);
  return hint === '' ? [] : [hint.trim()];
}

/** Names the CodeCC checks that were not used; empty without one, otherwise it ends with a blank. */
function codeccHint(search: SearchOptions, checks: readonly CheckRun[]): string {
  const unused = unusedCodeccChecks(checks, search);
  if (unused.length === 0) return '';
  const names = unused.slice(0, 3).map(({ name }) => quote(name, 80));
  const [what, it] = unused.length === 1 ? ['CodeCC check', 'it'] : [`${unused.length} CodeCC checks`, 'them'];
  return `The ${what} ${listed(names)} ${unused.length === 1 ? 'was' : 'were'} not used: give projectId and pipelineId to use ${it}. `;
}

/** The error when several builds match; it lists twenty at most. */
export function ambiguousError({ candidates, commit }: Extract<SearchResult, { kind: 'ambiguous' }>): ActionError {
  const lines = candidates.slice(0, 20).map(({ name, buildUrl, projectId, pipelineId, buildId }) => {
    return `${quote(name, 100)}: ${buildUrl || `${projectId} / ${pipelineId} / ${buildId}`}`;
  });
  return new ActionError('ambiguous', {
    problem: `${candidates.length} BK-CI checks of ${commit} have failed, and one build is retried at a time`,
    consequence: NOTHING_SENT,
    remedy: `Give pipelineId or buildUrl, or run a matrix over the output candidates`,
    list: lines,
  });
}

function refOf({ projectId, pipelineId, buildId }: BkciCheck): BuildRef {
  return { projectId, pipelineId, buildId };
}

function noFailedCheck(
  search: SearchOptions,
  { newest, commit, checks }: { newest: readonly BkciCheck[]; commit: string; checks: readonly CheckRun[] },
): SearchResult {
  const { onlyIfFailed, selector } = search;
  const total = checks.length;
  const count = (state: ReturnType<typeof stateOf>) => newest.filter(({ run }) => stateOf(run) === state).length;
  const [passed, running, others] = [count('passed'), count('running'), count('other')];
  const ended = others > 0 ? `, ${others} ended otherwise` : '';
  const counts = `${passed} passed, ${running} still ${running === 1 ? 'runs' : 'run'}${ended}`;
  if (onlyIfFailed && newest.length > 0 && passed === newest.length) {
    return { kind: 'none', why: `no BK-CI check of ${commit} has failed (${counts})` };
  }
  const filters = Object.entries(selector.ids).flatMap(([name, id]) => (id === undefined ? [] : [`${name} ${id}`]));
  const filter = filters.length > 0 ? ` with ${listed(filters)}` : '';
  const found = `${total} check ${total === 1 ? 'run' : 'runs'} seen, ${newest.length} of BK-CI${filter}: ${counts}`;
  throw new ActionError('not-found', {
    problem: `No failed BK-CI check was found at ${commit} (${found})`,
    consequence: NOTHING_SENT,
    remedy: `${otherConsolesHint(checks, search)}${codeccHint(search, checks)}${running === 0 ? 'Give' : `Wait for ${running === 1 ? 'its' : 'their'} end, or give`} buildUrl or buildId${onlyIfFailed ? '' : ', or set onlyIfFailed: true to do nothing when all is green'}.`,
  });
}

/** A hint at checks of other consoles, since the console may have another host than the API. */
function otherConsolesHint(checks: readonly CheckRun[], { selector, consoleUrl }: SearchOptions): string {
  if (consoleUrl === undefined) return '';
  const known = new Set(newestChecks(checks, { selector, consoleUrl }).map(({ run }) => run));
  const elsewhere = newestChecks(checks, { selector, consoleUrl: undefined }).filter(({ run }) => !known.has(run));
  if (elsewhere.length === 0) return '';
  const hosts = [...new Set(elsewhere.map((check) => quote(check.origin, 80)))].slice(0, 3);
  return `${elsewhere.length} more ${elsewhere.length === 1 ? 'points' : 'point'} to ${listed(hosts)} instead of ${consoleUrl}: set consoleUrl if that is your BK-CI's. `;
}
