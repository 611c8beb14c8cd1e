/** Finds the build by the failed BK-CI check runs of a commit: one is the build, several are candidates. Pure. */

import type { BuildSelector } from '../inputs/inputs.js';
import { ActionError, NOTHING_SENT } from '../lib/errors.js';
import { listed } from '../lib/format.js';
import { oneLine, quote } from '../lib/sanitize.js';
import { type BuildRef, type ConsoleLink, isPathId, parseLink } from '../model/link.js';
import { type Candidate, candidateOf } from './candidate.js';
import type { CheckRun, CommitChecks } from './github-checks.js';

export type SearchResult =
  | {
      readonly kind: 'build';
      readonly build: BuildRef;
      readonly candidates: readonly Candidate[];
      readonly explanation?: string | undefined;
    }
  | { readonly kind: 'ambiguous'; readonly candidates: readonly Candidate[]; readonly commit: string }
  | { readonly kind: 'none'; readonly why: string };

/** Inputs that narrow the search. */
export interface SearchOptions {
  readonly selector: BuildSelector;
  readonly consoleUrl: string | undefined;
  readonly onlyIfFailed: boolean;
}

interface BkciCheck extends ConsoleLink {
  readonly run: CheckRun;
}

/** The build whose check failed, or all such builds. Without one, `none` or an ActionError. */
export function findByChecks(search: SearchOptions, { ref, checks }: CommitChecks): SearchResult {
  const newest = newestChecks(checks, search);
  const failed = newest.filter(({ run }) => run.status === 'completed' && run.conclusion === 'failure');
  const commit = /^[0-9a-f]{40}$/.test(ref) ? `commit ${ref.slice(0, 10)}` : oneLine(ref, 80);
  const [only] = failed;
  if (!only) return noFailedCheck(search, { newest, commit, checks });
  const candidates = failed.map((check) => candidateOf(refOf(check), search.consoleUrl, check.run.name));
  if (failed.length > 1) return { kind: 'ambiguous', candidates, commit };
  return {
    kind: 'build',
    build: refOf(only),
    candidates,
    explanation: `check ${quote(only.run.name, 120)} of ${commit} failed: build ${only.buildId}`,
  };
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

/** The newest BK-CI check of each pipeline. */
export function newestChecks(
  checks: readonly CheckRun[],
  search: Pick<SearchOptions, 'selector' | 'consoleUrl'>,
): BkciCheck[] {
  const newest = new Map<string, BkciCheck>();
  for (const run of checks) {
    const check = asBkciCheck(run, search);
    if (!check) continue;
    const pipeline = `${check.projectId}/${check.pipelineId}`;
    const previous = newest.get(pipeline);
    if (!previous || isNewer(run, previous.run)) newest.set(pipeline, check);
  }
  return [...newest.values()];
}

/**
 * The check run as one of BK-CI, or undefined. Anyone with `checks: write` can write a check run, so all of this must
 * hold: it was not written by a workflow, its link leads to the known console, its external id names the build of the
 * link (bk-ci: ScmCheckService), and the ids given as inputs match. The external id can't be split, since user and
 * project may contain `_`.
 */
function asBkciCheck(
  run: CheckRun,
  { selector, consoleUrl }: Pick<SearchOptions, 'selector' | 'consoleUrl'>,
): BkciCheck | undefined {
  const link = parseLink(run.detailsUrl);
  if (!link || run.app === 'github-actions') return undefined;
  if (![link.projectId, link.pipelineId, link.buildId].every(isPathId)) return undefined;
  if (consoleUrl !== undefined && new URL(link.consoleUrl).origin !== new URL(consoleUrl).origin) return undefined;
  if (!run.externalId.endsWith(`_${link.projectId}_${link.pipelineId}_${link.buildId}`)) return undefined;
  const { projectId = link.projectId, pipelineId = link.pipelineId } = selector.ids;
  return projectId === link.projectId && pipelineId === link.pipelineId ? { ...link, run } : undefined;
}

/** ISO 8601 times sort as text; ids of check runs increase. */
function isNewer(run: CheckRun, previous: CheckRun): boolean {
  return run.startedAt === previous.startedAt ? run.id > previous.id : run.startedAt > previous.startedAt;
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
  const running = newest.filter(({ run }) => run.status !== 'completed').length;
  const passed = newest.filter(({ run }) => run.conclusion === 'success').length;
  const others = newest.length - passed - running;
  const ended = others > 0 ? `, ${others} ended otherwise` : '';
  const counts = `${passed} passed, ${running} still ${running === 1 ? 'runs' : 'run'}${ended}`;
  // Without a check that passed, running checks do not show that all is green.
  if (onlyIfFailed && passed > 0) return { kind: 'none', why: `no BK-CI check of ${commit} has failed (${counts})` };
  const filters = Object.entries(selector.ids).flatMap(([name, id]) => (id === undefined ? [] : [`${name} ${id}`]));
  const filter = filters.length > 0 ? ` with ${listed(filters)}` : '';
  const found = `${total} check ${total === 1 ? 'run' : 'runs'} seen, ${newest.length} of BK-CI${filter}: ${counts}`;
  throw new ActionError('not-found', {
    problem: `No failed BK-CI check was found at ${commit} (${found})`,
    consequence: NOTHING_SENT,
    remedy: `${otherConsolesHint(checks, search)}${running === 0 ? 'Give' : `Wait for ${running === 1 ? 'its' : 'their'} end, or give`} buildUrl or buildId${onlyIfFailed ? '' : ', or set onlyIfFailed: true to do nothing when all is green'}.`,
  });
}

/** A hint at checks of other consoles, since the console may have another host than the API. */
function otherConsolesHint(checks: readonly CheckRun[], { selector, consoleUrl }: SearchOptions): string {
  if (consoleUrl === undefined) return '';
  const known = new Set(newestChecks(checks, { selector, consoleUrl }).map(({ run }) => run));
  const elsewhere = newestChecks(checks, { selector, consoleUrl: undefined }).filter(({ run }) => !known.has(run));
  if (elsewhere.length === 0) return '';
  const hosts = [...new Set(elsewhere.map((check) => quote(new URL(check.consoleUrl).origin, 80)))].slice(0, 3);
  return `${elsewhere.length} more ${elsewhere.length === 1 ? 'points' : 'point'} to ${listed(hosts)} instead of ${consoleUrl}: set consoleUrl if that is your BK-CI's. `;
}
