/** Which of a commit's check runs are BK-CI's and failed: one is the build that is meant, several are candidates. Pure. */

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

/** What is looked for, and how much of it is known. */
export interface SearchOptions {
  readonly selector: BuildSelector;
  readonly consoleUrl: string | undefined;
  readonly onlyIfFailed: boolean;
}

interface BkciCheck extends ConsoleLink {
  readonly run: CheckRun;
}

/** One entry for each pipeline: its newest check. Pure. */
export function newestChecks(
  checks: readonly CheckRun[],
  search: Pick<SearchOptions, 'selector' | 'consoleUrl'>,
): BkciCheck[] {
  const newest = new Map<string, BkciCheck>();
  for (const run of checks) {
    const check = asBkciCheck(run, search);
    if (!check) continue;
    const pipeline = `${check.projectId}/${check.pipelineId}`;
    const other = newest.get(pipeline);
    if (!other || isNewer(run, other.run)) newest.set(pipeline, check);
  }
  return [...newest.values()];
}

/**
 * Anyone with `checks: write` can write a check run. One is BK-CI's when no workflow wrote it, its link leads to the
 * known console, its external id tells the same build (bk-ci: ScmCheckService; user and project may hold `_`, so the id
 * can't be split), and given ids agree.
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

/** Times as ISO text compare as text; ids only grow. */
function isNewer(run: CheckRun, other: CheckRun): boolean {
  return run.startedAt === other.startedAt ? run.id > other.id : run.startedAt > other.startedAt;
}

/** The build whose check has failed, or all of them. Throws an ActionError when none has. */
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
  // Checks that only run say nothing yet: without a green one, nothing is proven to be fine.
  if (onlyIfFailed && passed > 0) return { kind: 'none', why: `no BK-CI check of ${commit} has failed (${counts})` };
  const fence = Object.entries(selector.ids).flatMap(([name, id]) => (id === undefined ? [] : [`${name} ${id}`]));
  const narrowed = fence.length > 0 ? ` with ${listed(fence)}` : '';
  const seen = `${total} check ${total === 1 ? 'run' : 'runs'} seen, ${newest.length} of BK-CI${narrowed}: ${counts}`;
  throw new ActionError('not-found', {
    problem: `No failed BK-CI check was found at ${commit} (${seen})`,
    consequence: NOTHING_SENT,
    remedy: `${otherConsoles(checks, search)}${running === 0 ? 'Give' : `Wait for ${running === 1 ? 'its' : 'their'} end, or give`} buildUrl or buildId${onlyIfFailed ? '' : ', or set onlyIfFailed: true to do nothing when all is green'}.`,
  });
}

/** The console may have another host than the API: then the checks of BK-CI look foreign. */
function otherConsoles(checks: readonly CheckRun[], { selector, consoleUrl }: SearchOptions): string {
  if (consoleUrl === undefined) return '';
  const known = newestChecks(checks, { selector, consoleUrl });
  const foreign = newestChecks(checks, { selector, consoleUrl: undefined }).filter(
    ({ run }) => !known.some((check) => check.run === run),
  );
  if (foreign.length === 0) return '';
  const hosts = [...new Set(foreign.map((check) => quote(new URL(check.consoleUrl).origin, 80)))].slice(0, 3);
  return `${foreign.length} more ${foreign.length === 1 ? 'points' : 'point'} to ${listed(hosts)} instead of ${consoleUrl}: set consoleUrl if that is your BK-CI's. `;
}

/** The error for several candidates, when one is needed. */
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
